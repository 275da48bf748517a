"""The order of a key, by an index: any key is one step away.

Scans go forward only. Backward, PostgreSQL returns equal keys that share an index entry in the same
order as forward (since 13, whose btree indexes store them once), so one finds only the key to begin at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from sys import maxsize
from typing import NamedTuple

from psycopg2 import sql

from pgmem_tui.paging.sources import Batch, Progress, Row
from pgmem_tui.paging.sources.anchored import Anchored
from pgmem_tui.paging.sources.order import Stretch
from pgmem_tui.postgres.composition import RelationSelect
from pgmem_tui.postgres.key_bounds import Edge, Key, KeyBound, KeyBounds
from pgmem_tui.postgres.key_scale import KeyScale
from pgmem_tui.postgres.matched_select import matched
from pgmem_tui.postgres.matching import Matching
from pgmem_tui.postgres.server_cursor import ServerCursor

ONE_TEXT = frozenset({16, 17, 18, 19, 20, 21, 23, 25, 26, 1043, 1082, 1083, 1114, 1184, 2950})
"""Types of which equal values have one text, not two as the numerics 1.0 and 1.00 or padded texts do."""


class KeyPlace(NamedTuple):
    """A row, by the rows between a bound and it."""

    bound: KeyBound
    skip: int = 0


START, END = KeyPlace(Edge.START), KeyPlace(Edge.END)


class KeyOrder:
    """The order of one key of one relation."""

    def __init__(
        self,
        select: RelationSelect,
        bounds: KeyBounds,
        declare: Callable[[sql.Composed], ServerCursor],
        load_scale: Callable[[], KeyScale],
        index: str,
        unique: bool,
    ) -> None:
        """Nothing is sent yet.

        Args:
            select: Composes the relation's SELECT.
            bounds: Of the key.
            declare: Makes and declares a cursor in the snapshot.
            load_scale: Loads what is known of the spread of the key; called at the first jump.
            index: The name of the index.
            unique: Whether no two rows have the same key.
        """
        self.name = f"key order by {index}"
        self._select, self._bounds, self._declare = select, bounds, declare
        self._load_scale = load_scale
        self._scale: KeyScale | None = None
        self._unique = unique
        self._nulls_first = bool(bounds.keys[0].sort.nulls_first)
        names = [column.name for column in select.columns]
        self._key = [names.index(key.sort.column) for key in bounds.keys]
        self._marking = all(key.column.type_oid in ONE_TEXT for key in bounds.keys)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that a row can be sought by."""
        return tuple(key.sort.column for key in self._bounds.keys)

    @property
    def scale(self) -> KeyScale:
        """How far along a key is."""
        if self._scale is None:
            self._scale = self._load_scale()
        return self._scale

    def start(self) -> KeyPlace:
        """Before the first key."""
        return START

    def end(self) -> KeyPlace:
        """Behind the last."""
        return END

    def has_places_of(self, other: object) -> bool:
        """If its keys are the same."""
        return isinstance(other, KeyOrder) and self._bounds == other._bounds

    def near(self, share: float) -> tuple[KeyPlace, float]:
        """The first row of a key about that far along."""
        bound, share = self.scale.near(share)
        return KeyPlace(bound), share

    def share(self, place: KeyPlace) -> float:
        """How far along the place's key is."""
        if isinstance(place.bound, Edge):
            return 0.0 if place.bound is Edge.START else 1.0
        return self.scale.share(place.bound[0])

    def query(self, place: KeyPlace) -> sql.Composed:
        """The rows from a key on, up to NULLs that follow."""
        return self._select(self._bounds.from_bound(place.bound), self._bounds.ordering())

    def beginning(self, row: int, place: KeyPlace) -> tuple[int, KeyPlace]:
        """The first row of its key."""
        return row - place.skip, KeyPlace(place.bound)

    def following(self, place: KeyPlace) -> KeyPlace | None:
        """The NULLs that a condition left out."""
        bound = place.bound
        if isinstance(bound, Edge) or bound[0] is None or self._nulls_first or self._bounds.nulls is None:
            return None
        return KeyPlace((None,))

    def query_before(self, place: KeyPlace, rows: int) -> Stretch[KeyPlace] | None:
        """The rows from the key that the row so far back has, up to a place."""
        bound, skip = place
        if skip:
            query = self._select(self._bounds.from_bound(bound), self._bounds.ordering(), skip)
            return Stretch(query, KeyPlace(bound), skip, counted=True)
        nulls = self._bounds.nulls
        if bound is Edge.START or (nulls is not None and self._nulls_first and bound == (None,)):
            return None
        if bound is Edge.END and nulls is not None and not self._nulls_first:
            return Stretch(self._select(nulls, self._bounds.ordering()), KeyPlace((None,)), maxsize)
        key, most = self._key_before(bound, rows)
        if key is not None:
            return self._stretch(key, bound, most)
        if nulls is None or not self._nulls_first:
            return None
        return Stretch(self._select(nulls, self._bounds.ordering()), KeyPlace((None,)), maxsize)

    def mark(self, first: int, rows: Sequence[Row], query: KeyPlace) -> tuple[int, KeyPlace] | None:
        """The first row whose key is another one than that of the row before it."""
        if not self._marking:
            return None
        before = [rows[0][column] for column in self._key]
        for number, row in enumerate(rows):
            values = [row[column] for column in self._key]
            if values != before:
                return None if self._cut(values) else (first + number, KeyPlace(tuple(values)))
        return None

    def inside(self, step: Stretch[KeyPlace], skipped: int, rows: Sequence[Row]) -> KeyPlace:
        """So many rows behind the key that the stretch begins with."""
        return KeyPlace(step.first.bound, step.first.skip + skipped)

    def way(
        self, mark: tuple[int, KeyPlace], first: int, rows: Sequence[Row]
    ) -> tuple[tuple[sql.Composed, ...], int]:
        """From the last known key before them on, and the NULLs that follow it, if one is among them."""
        row, place = self.beginning(*mark)
        queries = [self.query(place)]
        following = self.following(place)
        if following is not None and rows and rows[-1][self._key[0]] is None:
            queries.append(self.query(following))
        return tuple(queries), first - row

    def matched(self, matching: Matching) -> KeyOrder:
        """The same order, with rows as `Matching` numbers them."""
        order = copy(self)
        order._select = matched(self._select, matching, [key.sort for key in self._bounds.keys])
        return order

    def found(self, row: Row, query: KeyPlace) -> KeyPlace:
        """So many rows behind the first one that has its key."""
        number, _, first, *key = row[: 3 + len(self._key)]
        return KeyPlace(tuple(key), int(number or 0) - int(first or 0))

    def values(self, row: Row) -> Key:
        """The key of a row, as far as the grid has it."""
        return tuple(row[column] for column in self._key)

    def _key_before(self, bound: KeyBound, rows: int) -> tuple[Key | None, int]:
        """The key of the row so far before a bound, or the first; and rows there are at most from it on."""
        names = [key.sort.column for key in self._bounds.keys]
        where = self._bounds.before_bound(bound)
        for backward in (True, False):
            cursor = self._declare(self._select.texts(names, where, self._bounds.ordering(backward)))
            passed = cursor.move_forward(rows - 1) if backward and rows > 1 else 0
            found = cursor.fetch(1) if not backward or passed == rows - 1 else []
            cursor.close()
            if found:
                return found[0], rows if self._unique and backward else maxsize
        return None, 0

    def _stretch(self, key: Key, bound: KeyBound, most: int) -> Stretch[KeyPlace]:
        """The rows from a key on, none of them NULL, up to a bound."""
        parts = [self._bounds.from_bound(key), self._bounds.before_bound(bound)]
        where = sql.SQL(" AND ").join([part for part in parts if part is not None])
        return Stretch(self._select(where, self._bounds.ordering()), KeyPlace(key), most)

    def _cut(self, values: Sequence[str | None]) -> bool:
        columns, limit = self._select.columns, self._select.cell_limit
        keys = zip(self._key, values, strict=True)
        return any(value is not None and columns[index].was_cut(value, limit) for index, value in keys)


class ByKey(Anchored[KeyPlace]):
    """Rows in the order of a key, which can be sought by it."""

    def __init__(
        self, order: KeyOrder, declare: Callable[[sql.Composed], ServerCursor], estimate: int
    ) -> None:
        """Nothing is sent yet; see `Anchored`."""
        super().__init__(order, declare, estimate)
        self.found = False
        """Whether the row that was landed on has the key that was sought."""
        self._keys = order

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that a row can be sought by."""
        return self._keys.keys

    def seek(self, key: Sequence[str], count: int, progress: Progress) -> Batch:
        """Rows from the first one on whose key is that, or would come after it.

        Args:
            key: Values of the first key columns, at least one.
            count: Rows wanted.
            progress: See `Progress`.

        Raises:
            Refused: The server cannot read a value, or there are more values than columns; nothing is lost.
        """
        scale = self._keys.scale
        written = scale.check(key)
        row = max(1, round(scale.share(key[0]) * self.estimate))
        batch = self._land(row, KeyPlace(tuple(key)), count, progress)
        landed = batch.rows[self.landed - batch.first :][:1]
        self.found = [self._keys.values(row)[: len(key)] for row in landed] == [tuple(written)]
        return batch
