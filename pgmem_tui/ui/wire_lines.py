"""Statements that were sent as lines of a table: which are shown, and what stands in which column."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from pgmem_tui.display import quantities
from pgmem_tui.display.text import cell_width
from pgmem_tui.postgres.cursor_operation import UNKNOWN, number
from pgmem_tui.postgres.wire import StatementReport
from pgmem_tui.postgres.wire_log import Numbered

LONGEST = 400
"""Characters of a statement that its line is made from."""
_OF_CATALOG = re.compile(r"\b(?:FROM|JOIN)\s+(?:LATERAL\s+)?pg_catalog\.pg_", re.IGNORECASE)
_LOOKED_AT = 4000
_QUERIES = ("SELECT", "WITH")
_BLANKS = re.compile(r"\s+")
_COMMENTS = re.compile(r"\A(?:\s*--[^\n]*\n)+")


class Column(NamedTuple):
    """One of the table's."""

    title: str
    width: int
    right: bool


_TIME, _MILLISECONDS = Column("time", 8, False), Column("time", 12, False)
_CONNECTION, _KIND = Column("conn", 7, False), Column("kind", 11, False)
_TOOK, _ROWS, _BYTES = Column("took", 7, True), Column("rows", 6, True), Column("bytes", 7, True)
_SHORT, _LONG = Column("position", 11, True), Column("position", 25, True)


@dataclass(frozen=True)
class Shown:
    """Which statements are shown."""

    catalog: bool = False
    """Those about the system's catalogs, and all of the second connection's."""
    housekeeping: bool = False
    """Those that serve the program itself."""

    def chosen(self, statements: Iterable[Numbered]) -> list[Numbered]:
        """Those of them that are shown."""
        return [statement for statement in statements if self._has(statement.report)]

    def _has(self, report: StatementReport) -> bool:
        if report.housekeeping:
            return self.housekeeping
        return self.catalog or not is_catalog(report)


def is_catalog(report: StatementReport) -> bool:
    """Whether it looks something up, rather than read what is browsed."""
    if report.connection == "catalog":
        return True
    return report.kind in _QUERIES and _OF_CATALOG.search(report.sql[:_LOOKED_AT]) is not None


def columns(width: int) -> tuple[Column, ...]:
    """The columns before the text, in so many cells."""
    if width >= 140:
        return _MILLISECONDS, _CONNECTION, _KIND, _TOOK, _ROWS, _BYTES, _LONG
    if width >= 110:
        return _TIME, _CONNECTION, _KIND, _TOOK, _ROWS, _BYTES, _SHORT
    if width >= 100:
        return _TIME, _CONNECTION, _TOOK, _ROWS, _BYTES, _SHORT
    return _TOOK, _ROWS, _SHORT  # the rest is said of the bright one


def cell(column: Column, report: StatementReport) -> str:
    """What stands in a column."""
    if column.title == "time":
        clock = time.strftime("%H:%M:%S", time.localtime(report.started))
        return clock if column is _TIME else f"{clock}.{int(report.started % 1 * 1000):03}"
    if column.title == "conn":
        return report.connection
    if column.title == "kind":
        return report.kind
    if column.title == "took":
        return "↓" if report.implied else quantities.seconds(report.seconds)
    if column.title == "rows":
        return quantities.count(report.rows) if report.rows else ""
    if column.title == "bytes":
        return ("" if report.exact else "≈") + quantities.nbytes(report.nbytes) if report.nbytes else ""
    return _position(report, column.width)


def _position(report: StatementReport, width: int) -> str:
    if not report.cursor:
        return ""
    text = f"{number(report.before)} → {number(report.after)}"
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
    parts.append("sent by psycopg2 itself" if report.implied else quantities.seconds(report.seconds))
    if report.rows:
        parts.append(f"{report.rows:,} {'row' if report.rows == 1 else 'rows'}")
    if report.nbytes:
        parts.append(cell(_BYTES, report))
    if report.cursor:
        parts.append(_position(report, 60))
    if report.error:
        parts.append(f"SQLSTATE {report.error}" if len(report.error) == 5 else report.error)
    if report.housekeeping:
        parts.append("housekeeping")
    if not report.whole and not report.masked:
        parts.append(f"the first of {report.length:,} characters")
    return " · ".join(part for part in parts if part)
