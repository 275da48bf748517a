"""The steps of a lesson: programs one below the other, sessions side by side, and what came of each. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from pgmem_tui.display import quantities
from pgmem_tui.lessons import value_words
from pgmem_tui.lessons.attempt import Attempt
from pgmem_tui.lessons.lesson import Program, Statement, Step
from pgmem_tui.lessons.running import StepResult
from pgmem_tui.lessons.sessions import Said
from pgmem_tui.lessons.value_words import Kinds
from pgmem_tui.lessons.watching import Watched
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.ui.markdown_lines import markdown, program
from pgmem_tui.ui.text_lines import (
    BAD,
    DIM,
    GOOD,
    PLAIN,
    STRONG,
    Line,
    cut,
    flowed,
    indented,
    line,
    piece,
)

NARROWEST = 30
"""Cells of a session's column; with less each session is only named."""


def steps(attempt: Attempt, width: int, here: bool = True) -> Iterator[Line]:
    """Every step, with what is known of it.

    Args:
        attempt: How far the lesson has come.
        width: Cells of a line.
        here: Whether it can run on this server.
    """
    sessions = list(dict.fromkeys(step.session for step in attempt.steps if isinstance(step, Statement)))
    column = (width - 3 * (len(sessions) - 1)) // max(1, len(sessions))
    beside = len(sessions) > 1 and column >= NARROWEST
    kinds = value_words.kinds(attempt.lesson)
    coming = attempt.next if attempt.predicted and here else -1
    if beside:
        yield _beside([[line((f"session {name}", STRONG))] for name in sessions], 0, column)[0]
    for index, step in enumerate(attempt.steps):
        if step.intro:
            yield from (each._replace(step=index) for each in (*markdown(step.intro, width), Line()))
        if isinstance(step, Statement) and beside:
            block = list(_step(attempt, index, step, column, kinds, coming, named=False))
            columns: list[list[Line]] = [[] for _ in sessions]
            columns[sessions.index(step.session)] = block
            yield from _beside(columns, index, column)
        else:
            yield from (
                each._replace(step=index) for each in _step(attempt, index, step, width, kinds, coming)
            )
        last = index == len(attempt.steps) - 1
        yield from (
            _beside([[Line()] for _ in sessions], index, column)
            if beside and not last
            else [Line(step=index)]
        )


def _beside(columns: list[list[Line]], step: int, width: int) -> list[Line]:
    found = []
    for parts in zip_longest(*columns, fillvalue=Line()):
        pieces = []
        for number, part in enumerate(parts):
            pieces += [piece(" │ ", DIM)] if number else []
            pieces += [*part.pieces, piece(" " * (width - part.cells))]
        found.append(Line(tuple(pieces), step=step))
    return found


def _step(
    attempt: Attempt, index: int, step: Step, width: int, kinds: Kinds, coming: int, named: bool = True
) -> Iterator[Line]:
    session = f"session {step.session}, " if isinstance(step, Statement) and named else ""
    yield from flowed(
        [(f"{session}{step.name}", STRONG), ("  ", PLAIN), *_state(attempt, index, coming)], width
    )
    if isinstance(step, Program):
        yield from program(step.source, "python", width)
    else:
        yield from program(step.sql, "sql", width)
    if index == attempt.running:
        yield from _seen(step.name, attempt.watched, width, kinds)
    elif index < len(attempt.ran):
        ran = attempt.ran[index]
        yield from _seen(step.name, ran.watched, width, kinds)
        failed = attempt.result is not None and attempt.result.failed == ran.result
        yield from _brought(ran.result, width, ran.result.where if failed else "")


def _state(attempt: Attempt, index: int, coming: int) -> list[tuple[str, str]]:
    """A word on how far a step is."""
    if index == attempt.running:
        return [("running", GOOD)]
    if index >= len(attempt.ran):
        return [("runs next" if index == coming else "not run yet", DIM)]
    result = attempt.ran[index].result
    if result.problem is not None and result.problem.canceled:
        return [("cancelled", BAD)]
    if attempt.result is not None and attempt.result.failed is not None and attempt.result.failed == result:
        return [("failed", BAD)]
    if result.problem is not None:
        return [("failed, as it is meant to", DIM)]
    if result.outcome is None:
        return [(quantities.seconds(result.said.seconds if result.said else 0.0), DIM)]
    outcome = result.outcome
    grown = quantities.nbytes(max(0, outcome.peak_rss - outcome.baseline))
    return [(f"ran {quantities.seconds(outcome.seconds)}, memory grew by {grown}", DIM)]


def _seen(name: str, watched: Watched, width: int, kinds: Kinds) -> Iterator[Line]:
    """What a program has said so far: its lines, and its notes."""
    room = max(1, width - 4)
    if watched.earlier:
        yield line((f"  … {watched.earlier:,} lines before", DIM))
    for text in watched.lines:
        yield from indented(cut(line((text, PLAIN)), room), piece("  > ", DIM))
    for note, measured in watched.notes:
        shown = value_words.value(f"{name}.{note}", measured, kinds)
        yield from indented(flowed([(f"{note} = ", DIM), (shown, PLAIN)], room), piece("  = ", DIM))


def _brought(result: StepResult, width: int, where: str) -> Iterator[Line]:
    if result.problem is not None and not result.problem.canceled:
        yield from problem(result.problem, width, where)
    elif result.said is not None:
        yield from _said(result.said, width)


def problem(found: Problem, width: int, where: str = "") -> Iterator[Line]:
    """What went wrong, and what to try.

    Args:
        found: What.
        width: Cells of a line.
        where: The file and the line of it.
    """
    begin = f"{where}: " if where else ""
    state = f" (SQLSTATE {found.sqlstate})" if found.sqlstate else ""
    texts = ((f"{begin}{found.message.strip()}{state}", BAD), (found.detail, PLAIN), (found.hint, PLAIN))
    for text, kind in (*texts, (found.advice, PLAIN)):
        if text:
            yield from indented(flowed([(text, kind)], max(1, width - 4)), piece("  ! ", BAD))


def _said(said: Said, width: int) -> Iterator[Line]:
    room = max(1, width - 4)
    rows = [" | ".join(row) for row in said.rows]
    if said.columns:
        yield from indented(cut(line((" | ".join(said.columns), DIM)), room), piece("  = ", DIM))
    for row in rows:
        yield from indented(cut(line((row, PLAIN)), room), piece("  = ", DIM))
    if said.more:
        yield line((f"  … {said.beyond}", DIM))
    if not said.columns:
        yield line(("  = ", DIM), (said.status, PLAIN))
