"""What one may ask of a cursor by hand, as SQL writes it, and where it stands then. Pure.

The words and what they mean are those of https://www.postgresql.org/docs/current/sql-fetch.html;
MOVE has the same ones (https://www.postgresql.org/docs/current/sql-move.html).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from math import inf

from psycopg2 import sql

from pgmem_tui.postgres.errors import Refused

LARGEST_COUNT = 2**31 - 1
"""A count is an int4."""
UNKNOWN = -1
"""The position of a cursor that is somewhere, or after the end, of nobody knows how many rows."""
_ADVICE = "FETCH or MOVE with NEXT, PRIOR, FIRST, LAST, FORWARD n, BACKWARD n, RELATIVE n, ABSOLUTE n; CLOSE"
_WORDS = re.compile(
    r"(?P<verb>FETCH|MOVE)(?:\s+(?P<way>NEXT|PRIOR|FIRST|LAST|FORWARD|BACKWARD|RELATIVE|ABSOLUTE))?"
    r"(?:\s+(?P<count>[+-]?[0-9]{1,12}|ALL))?|(?P<close>CLOSE)",
    re.IGNORECASE,
)

_COUNT = re.compile(r"[+-]?[0-9]+")


class Verb(Enum):
    """The statement."""

    FETCH = "FETCH"
    MOVE = "MOVE"
    CLOSE = "CLOSE"


class Way(Enum):
    """How its count is meant."""

    FORWARD = "FORWARD"
    BACKWARD = "BACKWARD"
    RELATIVE = "RELATIVE"
    ABSOLUTE = "ABSOLUTE"


_SHORT = {
    "NEXT": (Way.FORWARD, 1),
    "PRIOR": (Way.BACKWARD, 1),
    "FIRST": (Way.ABSOLUTE, 1),
    "LAST": (Way.ABSOLUTE, -1),
}


@dataclass(frozen=True)
class Operation:
    """One FETCH, MOVE or CLOSE."""

    verb: Verb
    way: Way = Way.FORWARD
    count: int | None = 1
    """None is ALL."""
    words: str = ""
    """The direction as it was written; empty for CLOSE."""

    @property
    def forward(self) -> bool:
        """Whether the server need not go back for it, wherever the cursor stands."""
        return self.way is Way.FORWARD and (self.count is None or self.count > 0)

    @property
    def most(self) -> float:
        """Rows that can come of it."""
        if self.verb is not Verb.FETCH:
            return 0
        if self.way in (Way.RELATIVE, Way.ABSOLUTE):
            return 1
        return inf if self.count is None else max(1, abs(self.count))

    @property
    def statement_words(self) -> str:
        """What it does, without the cursor's name."""
        return f"{self.verb.value} {self.words}".strip()

    def statement(self, cursor: str) -> sql.Composed:
        """The text to send, for a cursor of that name."""
        if self.verb is Verb.CLOSE:
            return sql.SQL("CLOSE {}").format(sql.Identifier(cursor))
        return sql.SQL(f"{self.statement_words} FROM {{}}").format(sql.Identifier(cursor))


def parse(text: str) -> Operation:
    """Read an operation as SQL writes it, without the cursor's name: `FETCH FORWARD 10`, `MOVE LAST`.

    Raises:
        Refused: It is none, or its count is larger than the server takes.
    """
    found = _WORDS.fullmatch(text.strip().removesuffix(";").strip())
    if found is None:
        raise Refused("this is nothing that a cursor does", _ADVICE)
    if found["close"]:
        return Operation(Verb.CLOSE)
    verb, way, count = Verb[found["verb"].upper()], (found["way"] or "").upper(), found["count"]
    if way in _SHORT:
        if count:
            raise Refused(f"{way} takes no count", _ADVICE)
        return Operation(verb, *_SHORT[way], words=way)
    number = None if count and count.upper() == "ALL" else int(count) if count else 1
    if number is not None and abs(number) > LARGEST_COUNT:
        raise Refused(f"a count is {LARGEST_COUNT:,} at most: the server takes an int4")
    if way in ("RELATIVE", "ABSOLUTE") and (not count or number is None):
        raise Refused(f"{way} takes a number", _ADVICE)
    shown = "ALL" if number is None else str(number)
    return Operation(verb, Way[way or "FORWARD"], number, f"{way or 'FORWARD'} {shown}")


def completed(offered: str, text: str) -> str:
    """What is meant by a text typed over an offered operation: a bare number is its count, if it has one.

    Args:
        offered: An operation as `parse` reads it, or its first word: `FETCH FORWARD 10`, `FETCH `.
        text: What was typed: `5`, `-5`, `MOVE LAST`.
    """
    if not _COUNT.fullmatch(text.strip()):
        return text
    words = [word for word in offered.split() if not _COUNT.fullmatch(word)]
    return " ".join([*words, text.strip()])


def position_text(position: int) -> str:
    """A position as it is shown: `1,092,292`, or `?` for `UNKNOWN`."""
    return "?" if position == UNKNOWN else f"{position:,}"


def landed(done: Operation, position: int, row_count: int | None, got: int) -> tuple[int, int | None]:
    """Where a cursor stands after an operation, and how many rows it has, as far as that tells.

    Args:
        done: What was done.
        position: Where it stood: 0 before the first row, n on row n, `row_count` + 1 after the last, or
            `UNKNOWN`.
        row_count: How many rows it has; None if nobody knows.
        got: The number in the server's command tag: rows returned, or that would have been.
    """
    way, count = done.way, inf if done.count is None else done.count
    if count < 0 and way in (Way.FORWARD, Way.BACKWARD):
        way, count = (Way.BACKWARD if way is Way.FORWARD else Way.FORWARD), -count
    if done.verb is Verb.CLOSE or (count == 0 and way is not Way.ABSOLUTE):
        return position, row_count
    if way is Way.FORWARD:
        if got < count and row_count is None and position != UNKNOWN:
            row_count = position + got
        return (_after(row_count) if got < count else _plus(position, got)), row_count
    if way is Way.BACKWARD:
        return (0 if got < count else _plus(position, -got)), row_count
    step = int(count)
    if not got:
        return (_after(row_count) if step > 0 else 0), row_count
    if way is Way.RELATIVE:
        return _plus(position, step), row_count
    if step > 0:
        return step, row_count
    return (UNKNOWN if row_count is None else row_count + 1 + step), row_count


def _after(row_count: int | None) -> int:
    return UNKNOWN if row_count is None else row_count + 1


def _plus(position: int, by: int) -> int:
    return UNKNOWN if position == UNKNOWN else position + by
