"""What became of an operation on a cursor, as lines of a tree."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterator

from pgmem_tui.display import quantities
from pgmem_tui.display.fold_lines import FoldLine
from pgmem_tui.display.text import one_line, truncate
from pgmem_tui.paging.inspecting import Operated
from pgmem_tui.postgres import cursor_operation
from pgmem_tui.postgres.cursor_operation import UNKNOWN, Verb
from pgmem_tui.postgres.errors import Problem

DONE = "done"
NARROWEST = 52
"""Cells of a sentence in the narrowest pane; one that is longer takes several lines."""
MOST_LINES = 6
WIDEST = 40
"""Cells of one value."""
MOST_VALUES = 12
LOST = "the connection is lost; r connects again"
_ENDED = (
    "an error ends the transaction, and the cursor with it; scrolling brings them back, in another snapshot"
)
_TAKEN_BACK = (
    "an error goes back to a savepoint, which ends the cursor; what was written stays, and scrolling declares"
    " another"
)


def position(number: int, row_count: int | None) -> str:
    """Where a cursor stands, in words: on the row returned last, or before or after all of them."""
    if number == UNKNOWN:
        return "row ?: the server tells no row numbers"
    if number == 0:
        return "before its first row"
    if row_count is not None and number > row_count:
        return "at its end: it has no rows" if row_count == 0 else f"after its last row, {row_count:,}"
    return f"on its row {quantities.row_number(number)}"


def done(answer: Operated) -> Iterator[FoldLine]:
    """What it did."""
    took = quantities.seconds(answer.seconds)
    yield FoldLine(DONE, 0, one_line(answer.statement), (took,), "head")
    tag = answer.operation.verb.value
    if answer.operation.verb is not Verb.CLOSE:
        tag += f" {answer.got:,}"
    before, after = (_short(number, answer.row_count) for number in (answer.before, answer.after))
    moved = f": position {before} → {after}" if before != after else f": position {before}, as before"
    moved = "" if answer.operation.verb is Verb.CLOSE else moved
    yield FoldLine(f"{DONE}/tag", 1, f"{tag}{moved}")
    if answer.then:
        text = f"{answer.then}; the next read of rows declares another, or goes back to the start"
        yield from _sentence(f"{DONE}/then", text, "note")
    if answer.rows:
        names = [column.name for column in answer.columns]
        yield FoldLine(f"{DONE}/rows", 1, _joined(names), (quantities.counted(answer.got, "row"),), "note")
    for number, row in enumerate(answer.rows):
        yield FoldLine(f"{DONE}/row/{number}", 2, _joined(["NULL" if cell is None else cell for cell in row]))
    if answer.got > len(answer.rows) > 0:
        yield FoldLine(f"{DONE}/more", 2, f"… {answer.got - len(answer.rows):,} more came, and are gone")


def lost(found_at: float) -> Iterator[FoldLine]:
    """What is said above the facts once there is no connection any longer.

    Args:
        found_at: When they were so, in epoch seconds; 0 if there are none.
    """
    yield FoldLine("lost", 0, "The cursor is gone", ("connection lost",), "head")
    yield from _sentence("lost/how", LOST, "error")
    if found_at:
        when = time.strftime("%H:%M:%S", time.localtime(found_at))
        yield FoldLine("lost/when", 1, f"what stands below was so at {when}", (), "note")


def failed(
    statement: str, problem: Problem, scrollable: bool, lost: bool, uncommitted: bool, sent: bool = True
) -> Iterator[FoldLine]:
    """What the server said to it, and why.

    Args:
        statement: What was refused.
        problem: The server's words, or ours.
        scrollable: Whether the cursor was declared SCROLL.
        lost: Whether it is gone now.
        uncommitted: Whether it was read inside a transaction that writes.
        sent: Whether the server was asked at all.
    """
    yield FoldLine(DONE, 0, one_line(statement), ("failed" if sent else "not sent",), "head")
    yield from _sentence(f"{DONE}/message", problem.message, "error")
    for name in ("detail", "hint", "advice"):
        if text := getattr(problem, name):
            yield from _sentence(f"{DONE}/{name}", text, "note")
    if problem.sqlstate == "55000" and not scrollable:
        text = "it was declared NO SCROLL: in an index's order rows come forward only"
        yield from _sentence(f"{DONE}/why", text, "note")
    if lost:
        yield from _sentence(f"{DONE}/lost", _TAKEN_BACK if uncommitted else _ENDED, "note")


def _sentence(key: str, text: str, look: str) -> Iterator[FoldLine]:
    """A text that is not cut, unless it is very long."""
    lines = textwrap.wrap(one_line(text), NARROWEST, max_lines=MOST_LINES, placeholder=" …")
    for number, line in enumerate(lines):
        yield FoldLine(f"{key}/{number}", 1, line, (), look)


def _joined(values: list[str]) -> str:
    more = " │ …" if len(values) > MOST_VALUES else ""
    return " │ ".join(truncate(value, WIDEST) for value in values[:MOST_VALUES]) + more


def _short(number: int, row_count: int | None) -> str:
    if number == 0:
        return "before the first row"
    if row_count is not None and number > row_count:
        return "after the last row"
    return cursor_operation.position_text(number)
