"""Parameters in a statement, written psql's way: `:name`, `:'name'` and, for a name, `:"name"`.

https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-INTERPOLATION
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pgmem_tui.language.tokens import Kind, tokens


class Parameter(NamedTuple):
    """A place for a value, or for a name."""

    name: str
    quoting: str
    """Empty or `'` is a value's, `"` an identifier's."""
    start: int
    end: int

    @property
    def identifier(self) -> bool:
        """Whether an identifier stands there and no value."""
        return self.quoting == '"'


class Piece(NamedTuple):
    """Text between parameters, or one of them, and the slice of the whole where it stands."""

    what: str | Parameter
    start: int
    end: int


def names(text: str) -> tuple[str, ...]:
    """The names of all parameters, each once, as they come."""
    found = (piece.what.name for piece in placed(text) if isinstance(piece.what, Parameter))
    return tuple(dict.fromkeys(found))


def pieces(text: str) -> list[str | Parameter]:
    r"""The text, cut at its parameters; `\:` has become the colon that it stands for.

    As psql has it, none is in strings, quoted names or comments, in `::` or `:=`. Unlike it, a colon between
    the bounds of a slice (`a[1:n]`, `a[:2]`) begins none, since every parameter is asked for here: write
    `a[1: :n]`.
    """
    return [piece.what for piece in placed(text)]


def placed(text: str) -> list[Piece]:
    """The pieces, and where they stand."""
    return list(_placed(text))


def _placed(text: str) -> Iterator[Piece]:
    done = 0
    for token in tokens(text):
        escaped = token.kind is Kind.PUNCTUATION and token.text(text) == "\\:"
        if token.kind is not Kind.PARAMETER and not escaped:
            continue
        if token.start > done:
            yield Piece(text[done : token.start], done, token.start)
        done = token.end
        if escaped:
            yield Piece(":", token.start, token.end)
            continue
        name = token.text(text)[1:]
        quoting = name[0] if name[0] in "'\"" else ""
        yield Piece(Parameter(name.strip("'\""), quoting, *token[1:3]), token.start, token.end)
    if done < len(text):
        yield Piece(text[done:], done, len(text))


def said_of(text: str, position: int, message: str) -> tuple[str, str]:
    """What to say, and what to do, about an error of the grammar at a place, in characters from 1."""
    for piece in placed(text):
        if piece.start == position - 1 and isinstance(piece.what, Parameter):
            return "a value cannot stand here", "write CAST(:name AS date) for date :'name'; nothing was run"
    return message, "nothing was run"


def masked(text: str) -> str:
    """The text with something that the grammar takes for each parameter; every character keeps its index."""
    if ":" not in text:
        return text
    done = ""
    parts: list[str] = []
    for what, start, end in _placed(text):
        if isinstance(what, Parameter):
            done = _mask(what, done[-1:])
        else:
            done = what if len(what) == end - start else " :"
        parts.append(done)
    return "".join(parts)


def _mask(parameter: Parameter, before: str) -> str:
    length = parameter.end - parameter.start
    if parameter.identifier:
        return f' "{parameter.name[1:]}" ' if length > 4 else " _  "
    if not (before.isalnum() or before in ("_", "$") or before > "\x7f"):
        return "$1".ljust(length)
    # Behind a letter `$1` would make its name longer.
    return " $1".ljust(length) if length > 2 else " 1"
