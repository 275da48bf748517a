"""Python and SQL as lines with their parts told apart. Pure."""

from __future__ import annotations

from functools import lru_cache

from pgmem_tui.language.highlighting import Look, spans
from pgmem_tui.language.lines import opened_behind
from pgmem_tui.language.python_parts import Part, parts
from pgmem_tui.ui.text_lines import (
    COMMENT,
    KEY_WORD,
    NAME,
    NUMBER,
    PLAIN,
    STRING,
    Line,
    line,
)

MOST_LINES = 2000
"""Of one program that are looked at."""
_KINDS = {
    Look.KEY_WORD: KEY_WORD,
    Look.FUNCTION: NAME,
    Look.STRING: STRING,
    Look.QUOTED_NAME: NAME,
    Look.NUMBER: NUMBER,
    Look.COMMENT: COMMENT,
}
Marks = list[tuple[int, int, str]]


@lru_cache(maxsize=64)
def python(source: str) -> tuple[Line, ...]:
    """A program, or a piece of one, line by line."""
    text = "\n".join(source.rstrip("\n").split("\n")[:MOST_LINES])
    lines, now, place = list[Line](), list[tuple[str, str]](), 0
    for start, end, look, _ in [*parts(text), Part(len(text), len(text), Look.STRING)]:
        for piece, kind in ((text[place:start], PLAIN), (text[start:end], _KINDS[look])):
            first, *others = piece.split("\n")
            now.append((first, kind))
            for other in others:
                lines.append(line(*now))
                now = [(other, kind)]
        place = end
    return (*lines, line(*now))


@lru_cache(maxsize=64)
def sql(source: str) -> tuple[Line, ...]:
    """SQL, line by line."""
    texts = source.rstrip("\n").split("\n")[:MOST_LINES]
    lines, opened = list[Line](), ""
    for text in texts:
        marks = [(span.start, span.end, _KINDS.get(span.look, PLAIN)) for span in spans(text, opened)]
        lines.append(_marked(text, marks))
        opened = opened_behind(text, opened)
    return tuple(lines)


def _marked(text: str, marks: Marks) -> Line:
    place, parts = 0, list[tuple[str, str]]()
    for start, end, kind in marks:
        if start >= place and end > start:
            parts += [(text[place:start], PLAIN), (text[start:end], kind)]
            place = end
    return line(*parts, (text[place:], PLAIN))
