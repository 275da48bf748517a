"""A text to be run, looked at before anything of it is sent: its statements, or why it may not be."""

from __future__ import annotations

from dataclasses import dataclass

from pgmem_tui.paging import requests as rq
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.parameters import BoundValue


@dataclass(frozen=True)
class Step:
    """A statement on its way."""

    sql: str
    start: int
    """Where it begins, as its teller counts."""
    word: str
    target: rq.UserQuery | rq.Statement
    headline: str = ""
    """What it is that writes; empty if nothing does."""

    @property
    def writes(self) -> bool:
        """Whether it was classified as one that does."""
        return isinstance(self.target, rq.Statement) and self.target.writes


@dataclass(frozen=True)
class Refusal:
    """Why nothing of the text is run."""

    problem: Problem
    """Its position is in `sql`."""
    sql: str
    start: int


def steps(text: str, offset: int, values: tuple[BoundValue, ...], writable: bool) -> list[Step] | Refusal:
    """The statements of a text in order, at least one, or why none may be run.

    Takes some 4 s for a megabyte: not for the event loop. Imports PostgreSQL's grammar.

    Args:
        text: One or several statements.
        offset: Added to every place told.
        values: Of the parameters of all the statements.
        writable: Whether any may write.
    """
    from pgmem_tui.language.classifying import Runs, classify
    from pgmem_tui.language.splitting import split

    found = []
    for start, end in split(text):
        sql = text[start:end]
        what = classify(sql, writable)
        if what.runs in (Runs.REFUSED, Runs.INVALID):
            problem = Problem(what.reason, position=what.position, advice=what.hint)
            return Refusal(problem, sql, offset + start)
        target: rq.UserQuery | rq.Statement = rq.UserQuery(sql, values)
        if what.runs is not Runs.CURSOR:
            target = rq.Statement(sql, values, writes=what.runs is Runs.WRITES)
        found.append(Step(sql, offset + start, what.word, target, what.headline))
    if not found:
        problem = Problem("there is no statement", advice="give one, SELECT … for example")
        return Refusal(problem, text, offset)
    return found
