"""Find a text from a row on: the request, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Find:
    """Go to the next row, or the one before, that contains a text; no further than the end."""

    generation: int
    text: str
    """Plain text; capital letters in it are told from small ones (see `postgres.matching`)."""
    row: int
    """Look behind this row, or before it; -1 is before the first one."""
    forward: bool = True
    columns: tuple[int, ...] = ()
    """Indexes of the columns to look at; empty is all."""
    epoch: int = 0
    """The newest `PageRead.epoch` seen: row numbers of before mean other rows."""


@dataclass(frozen=True)
class Searching:
    """A search is under way."""

    generation: int
    text: str
    rows: int
    """Rows gone past."""
    share: float
    """Of the rows there are on that side, about; -1 if nobody knows."""
    seconds: float


@dataclass(frozen=True)
class Found:
    """A row that contains the text; a `Read` brings it."""

    generation: int
    text: str
    row: int
    column: int
    """The index of the first of its columns that does."""


@dataclass(frozen=True)
class NotFound:
    """There is none up to the end, or to the beginning."""

    generation: int
    text: str
    forward: bool
