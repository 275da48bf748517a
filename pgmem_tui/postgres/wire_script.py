"""Statements that were sent, as a file that psql can run.

Each connection has a part of its own, on a session of its own. What is run is run in transactions that
begin READ ONLY, as it was; all else is there as comments: what wrote or could have, what failed, what is
not whole, what is about a transaction or savepoint whose beginning is not known any longer, what was sent
in autocommit, and what became of the connection.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator

from pgmem_tui.language.tokens import Kind, tokens
from pgmem_tui.postgres.cursor_operation import position_text
from pgmem_tui.postgres.wire import ENDS, LOST, StatementReport
from pgmem_tui.postgres.wire_log import Numbered

_NO_BEGIN = "the BEGIN of its transaction is not kept"
_ALONE = "its connection is in autocommit: what it sends may begin and end transactions of any kind"
_BREAK = re.compile(r"\r\n|[\r\n]")
_SAVEPOINT = re.compile(r'\A(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) ("[^"]+"|\w+)')
_SNAPSHOT = re.compile(r"\ASET TRANSACTION SNAPSHOT '[^']*'; ")
"""Another session's, which is gone by then (https://www.postgresql.org/docs/current/sql-set-transaction.html)."""


def script(statements: Iterable[Numbered], lost: int = 0) -> Iterator[str]:
    """The file, piece by piece.

    Args:
        statements: In the order in which they were sent.
        lost: How many other lines of the log are not known any longer.
    """
    kept = list(statements)
    count = sum(not statement.report.of_connection for statement in kept)
    yield f"-- {count:,} statements that pgmem-tui has sent"
    yield f"; {lost:,} more lines, before them or of housekeeping, are not kept\n" if lost else "\n"
    yield "-- Run it with psql on the same database: what it runs is in READ ONLY transactions.\n"
    for label in dict.fromkeys(statement.report.connection for statement in kept):
        yield f"\n{_comment(f'connection: {label}')}\n\\connect -\n"
        yield from _part([statement for statement in kept if statement.report.connection == label])


def _part(statements: list[Numbered]) -> Iterator[str]:
    """Those of one connection."""
    inside, savepoints, why = False, list[str](), _NO_BEGIN
    for number, report in statements:
        yield f"\n-- {number} {_figures(report)}\n"
        if report.of_connection:
            if inside:
                yield "ROLLBACK;  -- its connection has ended\n"
            inside, why = False, "its transaction is over"
            yield _comment(report.sql) + "\n"
        elif report.alone:
            yield f"-- not run: {_ALONE}\n{_comment(report.sql)}\n"
        elif report.kind == "BEGIN" and not report.error:
            if inside:
                yield "ROLLBACK;  -- the connection was lost here\n"
            inside, savepoints = report.sql.endswith(" READ ONLY"), []
            yield f"{report.sql};\n" if inside else _comment(report.sql, " -- may write") + "\n"
            why = "its transaction may write"
        elif not inside:
            lost = ", nor is its DECLARE" if report.cursor and why == _NO_BEGIN else ""
            yield f"-- not run: {why}{lost}\n{_comment(report.sql)}\n"
        elif report.error or not report.whole or not _there(report.sql, savepoints):
            yield _comment(report.sql, "" if report.error or report.whole else " …") + "\n"
        else:
            yield _runnable(report.sql)
            inside, why = report.kind not in ENDS, "its transaction is over"
    if inside:
        yield "\nROLLBACK;  -- still open when this was saved\n"


def _there(text: str, savepoints: list[str]) -> bool:
    """Whether the savepoint that a statement is about is among these; takes note of what it does to them.

    The one before housekeeping may not be kept any longer, or not be run because that has failed.
    """
    found = _SAVEPOINT.match(text)
    if found is None:
        return True
    does, name = found.groups()
    if does == "SAVEPOINT":
        savepoints.append(name)
    elif name not in savepoints:
        return False
    elif does == "RELEASE SAVEPOINT":
        savepoints.reverse()
        savepoints.remove(name)
        savepoints.reverse()
    return True


def _figures(report: StatementReport) -> str:
    clock = time.strftime("%H:%M:%S", time.localtime(report.started))
    parts = [f"{clock}.{int(report.started % 1 * 1000):03}"]
    if report.kind != LOST:
        parts.append("sent by psycopg2" if report.implied else f"{report.seconds * 1000:.3f} ms")
    if report.rows:
        parts.append(f"{report.rows:,} row{'' if report.rows == 1 else 's'}")
    if report.nbytes:
        parts.append(f"{'' if report.exact else 'about '}{report.nbytes:,} bytes")
    if report.cursor:
        parts.append(f"position {position_text(report.before)} -> {position_text(report.after)}")
    if report.error:
        parts.append(report.error if report.kind == LOST else f"failed: {report.error}")
    if report.length > len(report.sql) and not report.masked:
        parts.append(f"{report.length:,} characters, of which these are the first")
    return _comment("  ".join(parts)).removeprefix("-- ")


def _comment(text: str, after: str = "") -> str:
    return "\n".join(f"-- {line}" for line in _BREAK.split(text + after))


def _runnable(text: str) -> str:
    """A statement that psql sends as it is: it would put its own variables in the place of `:name`, which
    may be the bound of an array's slice, too.

    https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-VARIABLES
    """
    text = _SNAPSHOT.sub("", text)
    parts, place, last = [], 0, None
    for last in tokens(text):
        if last.kind is Kind.PARAMETER or text[last.start : last.end] == ":":
            parts += [text[place : last.start], "\\"]
            place = last.start
    ended = "\n;\n" if last is not None and last.kind is Kind.COMMENT else ";\n"
    return "".join([*parts, text[place:], ended])
