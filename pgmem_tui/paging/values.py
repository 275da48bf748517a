"""Questions about one value, however long it is, and their answers.

All are asked in the snapshot that the value's row was read in. If that was lost (a cancel, an idle
release, a new connection) they are asked in the new one, and its answers say so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pgmem_tui.display.values.forms import make_outline
from pgmem_tui.display.values.outline import LONGEST, NoOutline, Outline
from pgmem_tui.files.target import FileExists
from pgmem_tui.files.writing import writing
from pgmem_tui.paging.events import Answer, Event
from pgmem_tui.paging.requests import Question
from pgmem_tui.paging.snapshot import Snapshot
from pgmem_tui.paging.sources import Stopped
from pgmem_tui.paging.sources.held_rows import HeldValue
from pgmem_tui.paging.value_place import Cell, compose, elsewhere
from pgmem_tui.postgres.value_cursor import ValueCursor

SLICE = 256 * 2**10
"""Bytes of one FETCH while a whole value goes by: some 2 MB of memory at most, on its way in."""
TELL_EVERY = 0.1
"""Seconds between two words about how far a search or a file has come."""

Emit = Callable[[Event], None]


# -- answers -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ValueRead(Answer):
    """Some bytes."""

    cell: Cell
    offset: int
    data: bytes = field(repr=False)
    size: int
    """Bytes of the whole value."""
    began: float
    """When the snapshot began that they are of, epoch seconds."""
    refreshed: str
    """Why that is not the one in which the rows were opened; empty if it is."""


@dataclass(frozen=True)
class ValueCounted(Answer):
    """How many characters it has."""

    cell: Cell
    characters: int | None
    """None where there are only bytes."""


@dataclass(frozen=True)
class ValueOutlined(Answer):
    """Its lines, or why there are none."""

    cell: Cell
    form: str
    outline: Outline | None
    why: str = ""


@dataclass(frozen=True)
class ValuePassed(Answer):
    """A search, or a file being written, has come so far."""

    cell: Cell
    offset: int


@dataclass(frozen=True)
class ValueFound(Answer):
    """Where the text is, -1 if it is nowhere."""

    cell: Cell
    offset: int


@dataclass(frozen=True)
class ValueSaved(Answer):
    """A file has all of it."""

    cell: Cell
    path: str
    nbytes: int


@dataclass(frozen=True)
class ValueFileExists(Answer):
    """There is a file of that name, and nothing was written."""

    cell: Cell
    path: str


# -- questions -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadValue(Question):
    """Bring bytes [offset, offset + length)."""

    cell: Cell
    offset: int
    length: int

    def run(self, snapshot: Snapshot, emit: Emit, given_up: Callable[[], bool]) -> None:
        """Answers with `ValueRead`."""
        value = _opened(snapshot, self.cell)
        data = value.read(self.offset, self.length)
        answer = ValueRead(
            self.generation, self.cell, self.offset, data, value.size, snapshot.began, snapshot.reason
        )
        emit(answer)


@dataclass(frozen=True)
class CountCharacters(Question):
    """Count them, on the server."""

    cell: Cell

    def run(self, snapshot: Snapshot, emit: Emit, given_up: Callable[[], bool]) -> None:
        """Answers with `ValueCounted`."""
        emit(ValueCounted(self.generation, self.cell, _opened(snapshot, self.cell).count()))


@dataclass(frozen=True)
class OutlineValue(Question):
    """Read all of it and put it into lines."""

    cell: Cell
    form: str
    data: bytes | None = field(default=None, repr=False)
    """All its bytes, if they are here."""
    in_steps: ClassVar[bool] = True

    def run(self, snapshot: Snapshot, emit: Emit, given_up: Callable[[], bool]) -> None:
        """Answers with `ValueOutlined`."""
        data = _opened(snapshot, self.cell).read(0, LONGEST) if self.data is None else self.data
        try:
            outline = make_outline(self.form, data, given_up)
        except NoOutline as error:
            if given_up():
                raise Stopped from None
            emit(ValueOutlined(self.generation, self.cell, self.form, None, str(error)))
        else:
            emit(ValueOutlined(self.generation, self.cell, self.form, outline))


@dataclass(frozen=True)
class FindInValue(Question):
    """Look for bytes, from a place on or back from it."""

    cell: Cell
    needle: bytes
    """In small letters if they may be capitals in the value; that is so for ASCII only."""
    ignore_case: bool
    start: int
    """Where a match must begin, at least; below it for a search backward."""
    backward: bool = False
    in_steps: ClassVar[bool] = True

    def run(self, snapshot: Snapshot, emit: Emit, given_up: Callable[[], bool]) -> None:
        """Answers with `ValuePassed` now and then, and `ValueFound`."""
        value = _opened(snapshot, self.cell)
        value.report_every(TELL_EVERY)
        tell = _Telling(self, emit, given_up)
        overlap = len(self.needle) - 1
        place = self.start
        while place > 0 if self.backward else place < value.size:
            first = max(0, place - SLICE) if self.backward else place
            last = place if self.backward else place + SLICE
            data = value.read(first, last + overlap - first)
            found = self._find(data)
            if found >= 0:
                emit(ValueFound(self.generation, self.cell, first + found))
                return
            place = first if self.backward else last
            tell(place)
        emit(ValueFound(self.generation, self.cell, -1))

    def _find(self, data: bytes) -> int:
        data = data.lower() if self.ignore_case else data
        return data.rfind(self.needle) if self.backward else data.find(self.needle)


@dataclass(frozen=True)
class SaveValue(Question):
    """Write all of it into a file."""

    cell: Cell
    path: str
    replace: bool = False
    """Whether a file of that name may go."""
    data: bytes | None = field(default=None, repr=False)
    """All its bytes, if they are here."""
    in_steps: ClassVar[bool] = True

    def run(self, snapshot: Snapshot, emit: Emit, given_up: Callable[[], bool]) -> None:
        """Answers with `ValuePassed` now and then, and `ValueSaved` or `ValueFileExists`.

        A file that is not whole is not left behind.

        Raises:
            Refused: It cannot be written.
        """
        try:
            with writing(self.path, self.replace) as write:
                size = self._write(snapshot, write, _Telling(self, emit, given_up))
        except FileExists:
            emit(ValueFileExists(self.generation, self.cell, self.path))
        else:
            emit(ValueSaved(self.generation, self.cell, self.path, size))

    def _write(
        self, snapshot: Snapshot, write: Callable[[bytes], object], tell: Callable[[int], None]
    ) -> int:
        if self.data is not None:
            write(self.data)
            return len(self.data)
        value = _opened(snapshot, self.cell)
        value.report_every(TELL_EVERY)
        for offset in range(0, value.size, SLICE):
            write(value.read(offset, SLICE))
            tell(offset)
        return value.size


@dataclass(frozen=True)
class CloseValue(Question):
    """The value is not looked at any longer: the server may forget it."""

    def run(self, snapshot: Snapshot, emit: Emit, given_up: Callable[[], bool]) -> None:
        """Answers nothing."""
        _close(snapshot)


# -- in the snapshot -----------------------------------------------------------------------------


@dataclass
class _OpenValue:
    """A value whose cursor is open."""

    cell: Cell
    cursor: ValueCursor
    size: int

    def read(self, offset: int, length: int) -> bytes:
        found = self.cursor.read(offset, length)
        return found.data if found is not None else b""

    def count(self) -> int | None:
        return self.cursor.count()

    def report_every(self, seconds: float) -> None:
        self.cursor.report_every = seconds


def _opened(snapshot: Snapshot, cell: Cell) -> _OpenValue | HeldValue:
    """The value's cursor, declared if it is not open; its row is the one that the screen has.

    Raises:
        Elsewhere: It is another one, or there is none.
    """
    if snapshot.held is not None:
        return snapshot.held.value(cell.number, cell.place)
    value = snapshot.value
    if isinstance(value, _OpenValue) and value.cell == cell:
        value.report_every(0.0)
        return value
    _close(snapshot)
    assert snapshot.target is not None, "nothing is open"
    encoding = "SQL_ASCII" if snapshot.connection.encoding in ("SQL_ASCII", "SQLASCII") else "UTF8"
    query = compose(snapshot.opening, snapshot.target, cell, encoding)
    cursor = ValueCursor(snapshot.connection, "pgmem_value", query)
    cursor.declare()
    first = cursor.read(0, 0)
    if first is None or first.cells != cell.values or first.size is None:
        cursor.close()
        raise elsewhere(cell)
    snapshot.value = value = _OpenValue(cell, cursor, first.size)
    return value


def _close(snapshot: Snapshot) -> None:
    value, snapshot.value = snapshot.value, None
    if isinstance(value, _OpenValue):
        value.cursor.close()


class _Telling:
    """Says now and then how far something has come, and ends it if nobody waits for it."""

    def __init__(self, question: Any, emit: Emit, given_up: Callable[[], bool]) -> None:
        self._question, self._emit, self._given_up = question, emit, given_up
        self._told = time.monotonic()

    def __call__(self, offset: int) -> None:
        if self._given_up():
            raise Stopped
        now = time.monotonic()
        if now - self._told >= TELL_EVERY:
            self._told = now
            self._emit(ValuePassed(self._question.generation, self._question.cell, offset))
