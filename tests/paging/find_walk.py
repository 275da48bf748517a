"""Walks that find texts on the way; what is found is held against Python's idea of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hypothesis import strategies as st

from pgmem_tui.paging.sources import Hit
from pgmem_tui.paging.sources.anchored import Anchored
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.matching import Matching, matching
from pgmem_tui.postgres.relation import Column
from tests.paging.walk import BATCH, Checked, Walked, on

Cells = tuple[str | None, ...]
Step = tuple[str, bool] | tuple[int, bool]
"""A text to find or a row to go to, and whether that is forward."""


class Searched(Walked, Protocol):
    """Rows to walk through and search."""

    connection: Connection


def steps(texts: Sequence[str]) -> st.SearchStrategy[list[Step]]:
    """Searches in any direction and reads of any rows, in any order."""
    find: st.SearchStrategy[Step] = st.tuples(st.sampled_from(texts), st.booleans())
    near: st.SearchStrategy[Step] = st.tuples(st.integers(0, 8_000), st.booleans())
    far: st.SearchStrategy[Step] = st.tuples(st.integers(0, 90_000), st.booleans())
    end: st.SearchStrategy[Step] = st.just((-1, True))
    return st.lists(st.one_of(find, find, find, near, far, end), max_size=12)


def contains(value: str | None, text: str) -> bool:
    """Python's idea of smart case."""
    if value is None:
        return False
    return text in value if text != text.lower() else text in value.lower()


def first_of(cells: Cells, text: str) -> int | None:
    """The first column that has the text."""
    return next((index for index, value in enumerate(cells) if contains(value, text)), None)


def passed(rows: int) -> None:
    """Go on."""
    assert rows >= 0


class Finder:
    """A source in which texts are found, and all its rows."""

    def __init__(
        self, table: Walked, cells: Sequence[Cells], columns: Sequence[Column], estimate: int | None
    ):
        self.checked = Checked(table, estimate)
        self.cells, self.columns = cells, columns
        self.row = self.first = 0

    def expected(self, text: str, place: int, forward: bool) -> int | None:
        """The true place of what is to be found from a place."""
        places = range(place + 1, len(self.cells)) if forward else range(place - 1, -1, -1)
        return next((row for row in places if first_of(self.cells[row], text) is not None), None)

    def find(self, text: str, row: int, forward: bool) -> Hit:
        """Find from a row on, and read what was found."""
        checked = self.checked
        assert checked.offset is not None
        wanted = self.expected(text, row + checked.offset, forward)
        hit = checked.source.find(self.matching(text), row, forward, on, passed)
        assert not hit.stopped and not hit.batch.restarted
        checked.check(hit.batch)
        assert hit.batch.exact == checked.source.exact
        if wanted is None:
            assert hit.row is None
            if forward and isinstance(checked.source, Anchored):
                assert checked.source.row_count == len(self.cells) - checked.offset
            else:
                assert forward or checked.source.exact
            return hit
        assert hit.row is not None and hit.row + checked.offset == wanted, "the next one"
        assert hit.column == first_of(self.cells[wanted], text)
        batch = checked.read(hit.row, BATCH)
        assert not batch.restarted and not batch.shift and batch.first == hit.row
        assert batch.rows[0][0] == checked.table.rows[wanted]
        return hit

    def matching(self, text: str) -> Matching:
        """What to look for."""
        return matching(text, self.columns)

    def walk(self, walked: Sequence[Step]) -> None:
        """Find and go to rows."""
        for what, forward in walked:
            if isinstance(what, str):
                hit = self.find(what, self.row, forward)
                self.row = self.row + hit.batch.shift if hit.row is None else hit.row
                continue
            batch = self.checked.end() if what < 0 else self.checked.read(what, BATCH)
            if not batch.rows:
                batch = self.checked.end()
            self.row = batch.first + (len(batch.rows) - 1 if forward and batch.rows else 0)
            if self.checked.offset is None:
                return  # there are no rows


def all_cells(connection: Connection, name: str, keys: Sequence[str]) -> list[Cells]:
    """The values of all rows as text, in the order of their first ones."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}")
        found = {row[0]: tuple(row) for row in cursor.fetchall()}
    return [found[key] for key in keys]
