"""Statements laid out anew: the same tokens, comments and parameters too, with other blanks between them.

pglast's own printer writes another text of the same meaning (CAST for `::`, INNER JOIN for JOIN), moves
comments and knows no parameters: so only its parser is used, to see that nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from pgmem_tui.language import grammar, layout, parameters, splitting
from pgmem_tui.language.tokens import Kind, tokens


class NotFormatted(Exception):
    """The text was left as it is; `position` is in characters from 1, or 0."""

    def __init__(self, message: str, position: int = 0) -> None:
        """Keep both."""
        super().__init__(message)
        self.position = position


def formatted(text: str) -> str:
    """The statements with a clause a line, within 80 columns where that can be; key words in capitals.

    The parse tree is the same before and after, and each comment, literal and parameter stands as it was.

    Raises:
        NotFormatted: It is no SQL, or something would not be the same.
    """
    tree = _parsed(text)
    statements = [(statement.start, statement.end) for statement in splitting.split(text)]
    new = "\n\n".join(_pieces(text, statements))
    try:
        same = tree == _parsed(new)
    except (NotFormatted, RecursionError):
        same = False
    if not same or _words(text) != _words(new):
        raise NotFormatted("it could not be laid out without changing it")
    return new + ("\n" if text.endswith("\n") and new else "")


def _parsed(text: str) -> object:
    try:
        return grammar.parse(parameters.masked(text))
    except grammar.NotParsed as error:
        raise NotFormatted(
            *parameters.said_of(text, error.position, str(error))[:1], error.position
        ) from None


def _pieces(text: str, statements: list[tuple[int, int]]) -> Iterator[str]:
    """Each statement with the comments before it and in its last line, and its semicolon."""
    left = list(tokens(text))
    left.reverse()
    for _, end in statements[:-1]:
        stop = _behind(text, end)
        piece = []
        while left and left[-1].start < stop:
            piece.append(left.pop())
        yield layout.laid_out(text, piece)
    yield layout.laid_out(text, left[::-1])


def _behind(text: str, end: int) -> int:
    """Behind the semicolon of a statement, and the comment in its line."""
    stop = end
    for token in tokens(text, end):
        semicolon = token.text(text) == ";"
        if not semicolon and (token.kind is not Kind.COMMENT or "\n" in text[stop : token.start]):
            break
        stop = token.end
    return stop


def _words(text: str) -> tuple[list[str], list[str]]:
    """What must stay: tokens, names without quotes in any case; comments, without blanks at line ends."""
    words: list[str] = []
    comments: list[str] = []
    for token in tokens(text):
        what = token.text(text)
        if token.kind is Kind.COMMENT:
            comments.extend(line.strip() for line in what.splitlines())
        else:
            words.append(what.lower() if token.kind is Kind.NAME else what)
    return words, comments
