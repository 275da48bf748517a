"""The order in which a table's rows lie in its blocks: any block is one step away.

A TID range scan (PostgreSQL 14) begins at a block without reading those before it
(https://www.postgresql.org/docs/14/release-14.html). A partitioned table is one address space over
its leaves, read one after the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from psycopg2 import sql

from pgmem_tui.paging.sources.order import Stretch
from pgmem_tui.postgres.composition import LeafSelect, Tid, select_from_leaf
from pgmem_tui.postgres.matching import Matching, numbered
from pgmem_tui.postgres.relation import Leaf, Row

NEEDS = 140000
"""The first server version with TID range scans."""
MOST_BLOCKS = 4096
"""Blocks of one bounded cursor: where a table is nearly empty, a screenful may be far away."""


MOST_ROWS_A_BLOCK = 291
"""MaxHeapTuplesPerPage of blocks of 8 kB; larger blocks are rare, and only cost a FETCH more."""


class HeapPlace(NamedTuple):
    """Where a row lies, or could."""

    leaf: int
    """Index of the leaf table."""
    block: int
    item: int = 0


class HeapOrder:
    """Blocks of one table, or of the leaves of a partitioned one."""

    name = "heap order"

    def __init__(self, leaves: Sequence[Leaf], select: LeafSelect) -> None:
        """Nothing is sent from here.

        Args:
            leaves: The tables that hold the rows; at least one.
            select: Composes the SELECT of a leaf; its last column is the row's ctid.
        """
        self._leaves = leaves
        self._select = select
        # A leaf without blocks keeps a little weight, so that shares stay in order.
        self._ends = list(accumulate(max(1, leaf.blocks) for leaf in leaves))

    def start(self) -> HeapPlace:
        """The first block of the first leaf."""
        return HeapPlace(0, 0)

    def end(self) -> HeapPlace:
        """Behind the last block of the last leaf."""
        return HeapPlace(len(self._leaves) - 1, self._leaves[-1].blocks)

    def has_places_of(self, other: object) -> bool:
        """If it has the same leaves: rows stay where they are, until something rewrites the table."""
        return isinstance(other, HeapOrder) and [leaf.oid for leaf in self._leaves] == [
            leaf.oid for leaf in other._leaves
        ]

    def near(self, share: float) -> tuple[HeapPlace, float]:
        """The block that far along."""
        position = min(int(share * self._ends[-1]), self._ends[-1] - 1)
        leaf = bisect_right(self._ends, position)
        return HeapPlace(leaf, position - (self._ends[leaf - 1] if leaf else 0)), share

    def share(self, place: HeapPlace) -> float:
        """How far along a block is."""
        before = self._ends[place.leaf - 1] if place.leaf else 0
        return (before + place.block) / self._ends[-1]

    def query(self, place: HeapPlace) -> sql.Composed:
        """The rest of a leaf."""
        leaf = self._leaves[place.leaf]
        if place == HeapPlace(place.leaf, 0):
            return self._select(leaf)
        return self._select(leaf, at_least=place[1:])

    def beginning(self, row: int, place: HeapPlace) -> tuple[int, HeapPlace]:
        """Right there."""
        return row, place

    def following(self, place: HeapPlace) -> HeapPlace | None:
        """The next leaf."""
        return HeapPlace(place.leaf + 1, 0) if place.leaf + 1 < len(self._leaves) else None

    def query_before(self, place: HeapPlace, rows: int) -> Stretch[HeapPlace] | None:
        """Whole blocks before a place that should hold so many rows."""
        index, block, item = place
        while block == 0 and item <= 1:
            if index == 0:
                return None
            index -= 1
            block, item = self._leaves[index].blocks, 0
        leaf = self._leaves[index]
        density = max(leaf.rows, 1) / max(leaf.blocks, 1)
        blocks = min(MOST_BLOCKS, int(rows / density) + 1)
        first = HeapPlace(index, max(0, block - blocks))
        query = self._select(leaf, at_least=first[1:], below=(block, item))
        return Stretch(query, first, (block - first.block + 1) * MOST_ROWS_A_BLOCK)

    def mark(self, first: int, rows: Sequence[Row], query: HeapPlace) -> tuple[int, HeapPlace]:
        """The first of these rows."""
        return first, _place_of(rows[0], query.leaf)

    def inside(self, step: Stretch[HeapPlace], skipped: int, rows: Sequence[Row]) -> HeapPlace:
        """Where the first of these rows lies."""
        return _place_of(rows[0], step.first.leaf)

    def way(
        self, mark: tuple[int, HeapPlace], first: int, rows: Sequence[Row]
    ) -> tuple[tuple[sql.Composed, ...], int]:
        """From the first row's own ctid on; then the other leaves that have any of them."""
        if not rows:
            return (self.query(mark[1]),), first - mark[0]
        leaves = dict.fromkeys([self._leaf_of(row) for row in rows])
        leaf, *others = leaves
        begin = HeapPlace(leaf, 0) if first == 0 else _place_of(rows[0], leaf)
        return tuple(self.query(place) for place in (begin, *(HeapPlace(leaf, 0) for leaf in others))), 0

    def matched(self, matching: Matching) -> HeapOrder:
        """The same blocks, with rows as `Matching` numbers them."""
        names = [sql.Identifier(column.name) for column in matching.columns]
        rows = select_from_leaf(sql.SQL("{} AS hit, ctid").format(matching.hit(names)))

        def select(leaf: Leaf, at_least: Tid | None = None, below: Tid | None = None) -> sql.Composed:
            return numbered(rows(leaf, at_least, below))

        return HeapOrder(self._leaves, select)

    def found(self, row: Row, query: HeapPlace) -> HeapPlace:
        """Where it lies."""
        return _place_of(row, query.leaf)

    def _leaf_of(self, row: Row) -> int:
        """Which leaf a row was read from: its tableoid is the last value but one, if there are several."""
        if len(self._leaves) == 1:
            return 0
        return next(place for place, leaf in enumerate(self._leaves) if str(leaf.oid) == row[-2])


def _place_of(row: Row, leaf: int) -> HeapPlace:
    """Where a row lies; its ctid is the last value."""
    block, item = (row[-1] or "(0,0)").strip("()").split(",")
    return HeapPlace(leaf, int(block), int(item))
