"""Rows of COPY's CSV as they stream past: the first ones are kept up to a bound, the rest is let go."""

from __future__ import annotations

import re
import sys
from sys import getsizeof

from pgmem_tui.postgres.relation import Row

OPTIONS = "FORMAT csv, HEADER true, FORCE_QUOTE *"
"""Every value is quoted, so that NULL is what is not."""
_FIELD = re.compile(rb'(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*))([,\n])')


def row_size(row: Row) -> int:
    """Bytes of memory that a row takes, and its place in a list."""
    return getsizeof(row) + sum(map(getsizeof, row)) + 8


class KeptRows:
    """Takes COPY's output in pieces of any size; holds no more than its bound and one piece."""

    def __init__(self, limit: int, most: int = sys.maxsize) -> None:
        """Nothing has come.

        Args:
            limit: Bytes of memory that the rows kept may take, as `row_size` counts.
            most: Rows to keep.
        """
        self.names: tuple[str, ...] | None = None
        """Of the columns, once they have come."""
        self.rows: list[Row] = []
        self.full = False
        """Whether rows were let go."""
        self._limit, self._most, self._size = limit, most, 0
        self._rest = b""
        """The beginning of a row whose end has not come."""

    def take(self, data: bytes) -> None:
        """Take in what came next."""
        if self.full:
            return
        data = self._rest + data
        place = 0
        while not self.full and (read := _record(data, place)) is not None:
            values, place = read
            self._add(values)
        self._rest = b"" if self.full else data[place:]
        if len(self._rest) > self._limit:  # one row is more than there is room for
            self.full, self._rest = True, b""

    def _add(self, values: tuple[str | None, ...]) -> None:
        if self.names is None:
            self.names = tuple(value or "" for value in values) if values != (None,) else ()
            return
        row = values if self.names else ()
        self._size += row_size(row)
        if self._size > self._limit or len(self.rows) == self._most:
            self.full = True
        else:
            self.rows.append(row)


def _record(data: bytes, place: int) -> tuple[tuple[str | None, ...], int] | None:
    """The values of the row that begins there, and where the next one does; None if its end is not there."""
    values: list[str | None] = []
    while (field := _FIELD.match(data, place)) is not None:
        quoted, bare, delimiter = field.groups()
        text = bare or None if quoted is None else quoted.replace(b'""', b'"')
        values.append(None if text is None else text.decode("utf-8", "surrogateescape"))
        place = field.end()
        if delimiter == b"\n":
            return tuple(values), place
    return None
