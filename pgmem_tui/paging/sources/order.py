"""An order of rows that has places in it, as `Anchored` needs one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol

from psycopg2 import sql

from pgmem_tui.paging.sources.run import Place
from pgmem_tui.postgres.matching import Matching
from pgmem_tui.postgres.relation import Row


@dataclass(frozen=True)
class Stretch(Generic[Place]):
    """A bounded query."""

    query: sql.Composed
    first: Place
    """Where it begins."""
    most: int
    """Rows it can have."""
    counted: bool = False
    """Whether it has just so many."""


class Order(Protocol[Place]):
    """An order of rows, and how to begin to read anywhere in it."""

    name: str

    def start(self) -> Place:
        """Before everything."""

    def end(self) -> Place:
        """Behind everything."""

    def has_places_of(self, other: object) -> bool:
        """Whether places of that order, in an earlier snapshot, are places of this one."""

    def near(self, share: float) -> tuple[Place, float]:
        """A place about that share of the way, from 0 to 1; and how far along that really is, about."""

    def share(self, place: Place) -> float:
        """How far along a place is, about."""

    def query(self, place: Place) -> sql.Composed:
        """Rows from a place on, as far as one query reaches."""

    def beginning(self, row: int, place: Place) -> tuple[int, Place]:
        """Where the query for a place really begins: a row number at or before that of the place."""

    def following(self, place: Place) -> Place | None:
        """Where to go on when the query from that place is exhausted; None at the end of everything."""

    def query_before(self, place: Place, rows: int) -> Stretch[Place] | None:
        """About that many rows right before a place; None if nothing can be before it."""

    def mark(self, first: int, rows: Sequence[Row], query: Place) -> tuple[int, Place] | None:
        """A row that can be begun at, by its number, among those that the query from `query` on returned."""

    def inside(self, step: Stretch[Place], skipped: int, rows: Sequence[Row]) -> Place:
        """The place of the first of these rows, which come so far behind the beginning of a stretch."""

    def way(
        self, mark: tuple[int, Place], first: int, rows: Sequence[Row]
    ) -> tuple[tuple[sql.Composed, ...], int]:
        """The queries that return these rows, one after the other, and how many rows come before them.

        Args:
            mark: A row at or before the first, by its number, and its place.
            first: The first one's number.
            rows: As they were read.
        """

    def matched(self, matching: Matching) -> Order[Place]:
        """The same order; its queries return rows as `Matching.numbered` does."""

    def found(self, row: Row, query: Place) -> Place:
        """The place of a row of a `matched` order, which the query from `query` on returned."""
