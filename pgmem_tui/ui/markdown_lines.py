"""The Markdown of lessons as lines: paragraphs, lists, headings, tables, programs; bold, code, links. Pure.

What is no such thing is text, and so is everything else that Markdown or a terminal knows.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import zip_longest

from pgmem_tui.ui import program_lines
from pgmem_tui.ui.text_lines import (
    CODE,
    DIM,
    EMPHASIS,
    HEADING,
    LINK,
    PLAIN,
    STRONG,
    Line,
    cut,
    flowed,
    indented,
    line,
    piece,
)

LEAST = 20
"""Cells of the narrowest text."""
_NARROW = 6
"""Cells of the narrowest part of one: an item, a column."""

_ITEM = re.compile(r"( {0,8})(- |[0-9]{1,3}\. |[a-z]\) )")
_INLINE = re.compile(
    r"(?P<ticks>`+)(?P<code>.+?)(?P=ticks)(?!`)|\*\*(?P<strong>\S.*?)\*\*|\*(?P<emphasis>\S.*?)\*"
    r"|\[(?P<title>[^]]+)\]\((?P<url>[^()\s]+)\)",
    re.DOTALL,
)
_RULE = re.compile(r"\|[-:| ]+\|?\s*")
_CELLS = re.compile(r"((?:`[^`]*`|[^`|])*)\|?")


@lru_cache(maxsize=256)
def markdown(text: str, width: int) -> tuple[Line, ...]:
    """The lines of a text.

    Args:
        text: Markdown; anything may be in it.
        width: Cells of a line.
    """
    return tuple(_lines(text, max(LEAST, width)))


def inline(text: str) -> list[tuple[str, str]]:
    """The parts of a paragraph, as (text, kind) pairs."""
    found, place = list[tuple[str, str]](), 0
    for match in _INLINE.finditer(text):
        found.append((text[place : match.start()], PLAIN))
        place = match.end()
        if match["code"]:
            found.append((match["code"], CODE))
        elif match["strong"]:
            found += [(part, STRONG if kind == PLAIN else kind) for part, kind in inline(match["strong"])]
        elif match["emphasis"]:
            found += [(part, EMPHASIS if kind == PLAIN else kind) for part, kind in inline(match["emphasis"])]
        else:
            found += [(match["title"], PLAIN), (" ", PLAIN), (match["url"], LINK)]
    return [*found, (text[place:], PLAIN)]


def program(text: str, language: str, width: int) -> Iterator[Line]:
    """A program behind a rule, its lines whole: what is too wide goes on below."""
    look = {"python": program_lines.python, "sql": program_lines.sql}.get(language)
    lines = look(text) if look else tuple(line((each, CODE)) for each in text.rstrip("\n").split("\n"))
    for each in lines:
        yield from indented(cut(each, max(_NARROW, width - 2)), piece("│ ", DIM), piece("┊ ", DIM))


def _lines(text: str, width: int) -> Iterator[Line]:
    held: list[str] = []
    rows = deque(text.split("\n"))
    while rows:
        row = rows.popleft()
        fence, table, heading = row.startswith("```"), row.startswith("|"), row.startswith("#")
        apart = fence or table or heading or not row.strip()
        if held and (apart or _ITEM.match(row)):
            yield from _paragraph(held, width)
            held = []
        if fence:
            language = row.strip("` ").partition(" ")[0]
            yield from program(
                "\n".join(_while(rows, lambda each: not each.startswith("```"))), language, width
            )
            if rows:
                rows.popleft()
        elif table:
            yield from _table([row, *_while(rows, lambda each: each.startswith("|"))], width)
        elif heading:
            yield from flowed([(row.lstrip("# "), HEADING)], width)
        elif apart:
            yield Line()
        else:
            held.append(row.rstrip())
    if held:
        yield from _paragraph(held, width)


def _while(rows: deque[str], belongs: Callable[[str], bool]) -> list[str]:
    found = []
    while rows and belongs(rows[0]):
        found.append(rows.popleft())
    return found


def _paragraph(rows: list[str], width: int) -> Iterator[Line]:
    item = _ITEM.match(rows[0])
    text = "\n".join(row.strip() for row in rows)
    if item is None:
        yield from flowed(inline(text), width)
        return
    mark = item[1] + item[2]
    rest = flowed(inline(text[len(item[2]) :]), max(_NARROW, width - len(mark)))
    yield from indented(rest, piece(mark, DIM))


def _table(rows: list[str], width: int) -> Iterator[Line]:
    """Columns as wide as they must be; the widest give way where there is too little room, links last."""
    table = [_cells(row) for row in rows if not _RULE.fullmatch(row)]
    ruled = len(table) < len(rows)
    wanted = [
        max(sum(piece(text).cells for text, _ in inline(cell)) for cell in column)
        for column in zip_longest(*table, fillvalue="")
    ]
    room = width - 3 * (len(wanted) - 1)
    links = [max(map(_link, column)) for column in zip_longest(*table, fillvalue="")]
    for least in (links, [_NARROW] * len(wanted)):
        while sum(wanted) > room and (wider := [n for n, cells in enumerate(wanted) if cells > least[n]]):
            wanted[max(wider, key=wanted.__getitem__)] -= 1
    for number, row in enumerate(table):
        columns = [
            flowed(
                [(text, STRONG) if ruled and not number else (text, kind) for text, kind in inline(cell)],
                wide,
            )
            for cell, wide in zip_longest(row, wanted, fillvalue="")
            if isinstance(wide, int)
        ]
        for parts in zip_longest(*columns, fillvalue=Line()):
            yield from cut(_beside(list(parts), wanted), width)
        if ruled and not number:
            yield from cut(line(("─┼─".join("─" * wide for wide in wanted), DIM)), width)


def _link(cell: str) -> int:
    """Cells that the longest address in a table's cell takes, or that any cell may have."""
    return max((piece(text).cells for text, kind in inline(cell) if kind == LINK), default=_NARROW)


def _cells(row: str) -> list[str]:
    inside = row.strip().removeprefix("|").removesuffix("|")
    found = [match[1].strip() for match in _CELLS.finditer(inside) if match[0]]
    return found or [inside.strip()]


def _beside(parts: list[Line], widths: list[int]) -> Line:
    """Lines next to each other, each in its column."""
    found = list(parts[0].pieces)
    at = parts[0].cells
    end = 0
    for part, before, _ in zip(parts[1:], widths, widths[1:], strict=False):
        end += before
        found += [piece(" " * max(0, end - at)), piece(" │ ", DIM), *part.pieces]
        end += 3
        at = max(at, end - 3) + 3 + part.cells
    return Line(tuple(found))
