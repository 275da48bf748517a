"""Statements that were sent, and what became of connections, as lines of a table: which are shown, and
what stands in which column.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from pgmem_tui.display import quantities
from pgmem_tui.display.text import cell_width
from pgmem_tui.postgres.cursor_operation import UNKNOWN, position_text
from pgmem_tui.postgres.wire import ENDS, LOST, StatementReport
from pgmem_tui.postgres.wire_log import Numbered

LONGEST = 400
"""Characters of a statement that its line is made from."""
FAR = 9_900
"""Rows, from which on two positions are longer than 11 cells, though they are shortened."""
_OF_CATALOG = re.compile(r"\b(?:FROM|JOIN)\s+(?:LATERAL\s+)?pg_catalog\.pg_", re.IGNORECASE)
_LOOKED_AT = 4000
_QUERIES = ("SELECT", "WITH")
_FRAME = ("SET LOCAL", "SET TRANSACTION")
_BLANKS = re.compile(r"\s+")
_COMMENTS = re.compile(r"\A(?:\s*--[^\n]*\n)+")


class Column(NamedTuple):
    """One of the table's."""

    title: str
    width: int
    right: bool


_TIME, _MILLISECONDS = Column("ended", 8, False), Column("ended", 12, False)
_CONNECTION, _KIND = Column("conn", 7, False), Column("kind", 11, False)
_TOOK, _ROWS, _BYTES = Column("took", 7, True), Column("rows", 6, True), Column("bytes", 7, True)
_SHORT, _FAR = Column("position", 11, True), Column("position", 15, True)
_LONG = Column("position", 25, True)


@dataclass(frozen=True)
class Shown:
    """Which statements are shown."""

    catalog: bool = False
    """Those about the system's catalogs, and all of the second connection's."""
    housekeeping: bool = False
    """Those that serve the program itself."""


class Choosing:
    """Picks those that are shown; remembers which are about catalogs, as that takes long to find out."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._catalog: dict[int, bool] = {}
        """By the statement's number."""

    def chosen(self, statements: Sequence[Numbered], shown: Shown) -> list[Numbered]:
        """Those of them that are shown, without the frames of transactions of which nothing is."""
        known = self._catalog
        self._catalog = {
            number: known[number] if number in known else is_catalog(report) for number, report in statements
        }
        hidden = {statement.number for statement in statements if not self._has(statement, shown)}
        hidden |= _empty_frames(statements, hidden)
        return [statement for statement in statements if statement.number not in hidden]

    def _has(self, statement: Numbered, shown: Shown) -> bool:
        if statement.report.housekeeping:
            return shown.housekeeping
        return shown.catalog or not self._catalog[statement.number]


def _empty_frames(statements: Iterable[Numbered], hidden: Set[int]) -> set[int]:
    """What begins and ends the transactions of which all else is hidden."""
    empty, frames, seen = set[int](), dict[str, list[int]](), dict[str, set[bool]]()
    for number, report in statements:
        label = report.connection
        if report.kind == "BEGIN":
            frames[label], seen[label] = [number], set()
        elif label in frames and (report.kind in _FRAME or report.kind in ENDS):
            frames[label].append(number)
        elif label in frames and not report.of_connection:
            seen[label].add(number in hidden)
        over = report.kind in ENDS or report.of_connection
        if over and (frame := frames.pop(label, None)) and seen[label] == {True}:
            empty.update(frame)
    return empty


def is_catalog(report: StatementReport) -> bool:
    """Whether it looks something up, rather than read what is browsed."""
    if report.of_connection:
        return False
    if report.connection == "catalog":
        return True
    return report.kind in _QUERIES and _OF_CATALOG.search(report.sql[:_LOOKED_AT]) is not None


def is_far(statements: Iterable[Numbered]) -> bool:
    """Whether a position among theirs needs more room than those of most do: `10.0k → 10.2k`."""
    return any(report.cursor and max(report.before, report.after) >= FAR for _, report in statements)


def columns(width: int, far: bool = False) -> tuple[Column, ...]:
    """The columns before the text.

    Args:
        width: Cells of all.
        far: Whether positions have many digits.
    """
    position = _FAR if far else _SHORT
    if width >= 140:
        return _MILLISECONDS, _CONNECTION, _KIND, _TOOK, _ROWS, _BYTES, _LONG
    if width >= 110:
        return _TIME, _CONNECTION, _KIND, _TOOK, _ROWS, _BYTES, position
    if width >= 100:
        return _TIME, _CONNECTION, _TOOK, _ROWS, _BYTES, position
    return _TOOK, _ROWS, position  # the rest is said of the bright one


def cell(column: Column, report: StatementReport) -> str:
    """What stands in a column."""
    if column.title == "ended":
        if report.implied:
            return ""  # with the next line at the latest
        ended = report.started + report.seconds  # the order of the lines
        clock = time.strftime("%H:%M:%S", time.localtime(ended))
        return clock if column is _TIME else f"{clock}.{int(ended % 1 * 1000):03}"
    if column.title == "conn":
        return report.connection
    if column.title == "kind":
        return report.kind
    if column.title == "took":
        if report.kind == LOST:
            return ""  # at a moment
        return "↓" if report.implied else quantities.seconds(report.seconds)
    if column.title == "rows":
        return quantities.count(report.rows) if report.rows else ""
    if column.title == "bytes":
        return ("" if report.exact else "≈") + quantities.nbytes(report.nbytes) if report.nbytes else ""
    return _position(report, column.width)


def _position(report: StatementReport, width: int) -> str:
    if not report.cursor:
        return ""
    text = f"{position_text(report.before)} → {position_text(report.after)}"
    if cell_width(text) <= width:
        return text
    return " → ".join("?" if at == UNKNOWN else quantities.count(at) for at in (report.before, report.after))


def text(report: StatementReport) -> str:
    """The statement on one line, without the comments before it; hostile."""
    short = _BLANKS.sub(" ", _COMMENTS.sub("", report.sql[:_LOOKED_AT])[:LONGEST]).strip()
    return f"{report.error}: {short}" if report.error else short


def heading(report: StatementReport) -> str:
    """One line about a statement."""
    parts = [cell(_TIME, report), report.connection, report.kind]
    parts.append("sent by psycopg2 itself" if report.implied else cell(_TOOK, report))
    if report.rows:
        parts.append(quantities.counted(report.rows, "row"))
    if report.nbytes:
        parts.append(cell(_BYTES, report))
    if report.cursor:
        parts.append(_position(report, 60))
    if report.error:
        parts += ["cancelled"] * report.cancelled
        parts.append(f"SQLSTATE {report.error}" if len(report.error) == 5 else report.error)
    if report.housekeeping:
        parts.append("housekeeping")
    if not report.whole and not report.masked:
        parts.append(f"the first of {report.length:,} characters")
    return " · ".join(part for part in parts if part)
