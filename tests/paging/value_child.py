"""A process that reads one value to its end as the cell view does, and says what memory that took.

`python -m tests.paging.value_child SETTINGS`, where SETTINGS is JSON: libpq's `parameters`, a `sql` whose
first row has the value in its first column, and `how`: `page`, `find` or `save`. Prints bytes of RSS as JSON:
[before, the most seen, bytes of the value].
"""

from __future__ import annotations

import json
import queue
import sys
import tempfile
from pathlib import Path
from typing import Any, TypeVar

import psutil

from pgmem_tui.display.values.byte_window import REACH, ByteWindow
from pgmem_tui.display.values.text_lines import TextLines
from pgmem_tui.paging.events import Event, Failed, Opened, PageRead, StatementSent
from pgmem_tui.paging.requests import Open, Question, UserQuery
from pgmem_tui.paging.session import BrowseSession
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.paging.values import FindInValue, ReadValue, SaveValue, ValueFound, ValueRead, ValueSaved
from pgmem_tui.postgres.settings import ConnectionSettings

A = TypeVar("A")
SCREENFUL = 48


class Reading:
    """One session, one value, and the memory while it goes by."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._process = psutil.Process()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        settings = ConnectionSettings(other=tuple(parameters.items()))
        self.session = BrowseSession(settings, self._events.put)
        self.most = 0

    def rss(self) -> int:
        """Bytes."""
        return int(self._process.memory_info().rss)

    def take(self, kind: type[A]) -> A:
        """The next event of a kind; memory is measured at each statement."""
        while True:
            event = self._events.get(timeout=60)
            if isinstance(event, Failed):
                raise SystemExit(event.problem.message)
            if isinstance(event, StatementSent):
                self.most = max(self.most, self.rss())
            if isinstance(event, kind):
                return event

    def ask(self, question: Question, kind: type[A]) -> A:
        """The answer to a question."""
        self.session.request(question)
        return self.take(kind)

    def open(self, sql: str) -> Cell:
        """The first value of the first row."""
        self.session.request(Open(1, UserQuery(sql), 10))
        columns = self.take(Opened).columns
        return Cell(columns, 0, self.take(PageRead).page.rows[0], 0, True)

    def page(self, cell: Cell, size: int) -> None:
        """One screen after the other."""
        window = ByteWindow(size)
        lines = TextLines(window, 160, wrap=True)
        place = 0
        while place < size:
            rows, missing = lines.rows(place, SCREENFUL)
            if missing is None:
                place = rows[-1].place if len(rows) == SCREENFUL else size
            else:
                read = self.ask(ReadValue(1, cell, missing.first, REACH), ValueRead)
                window.add(read.offset, read.data, place)


def main(settings: dict[str, Any]) -> None:
    reading = Reading(settings["parameters"])
    reading.session.start()
    cell = reading.open(settings["sql"])
    before = reading.rss()
    size = reading.ask(ReadValue(1, cell, 0, 10), ValueRead).size
    if settings["how"] == "page":
        reading.page(cell, size)
    elif settings["how"] == "find":
        assert reading.ask(FindInValue(1, cell, b"not there", True, 0), ValueFound).offset == -1
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "value"
            reading.ask(SaveValue(1, cell, str(path)), ValueSaved)
            assert path.stat().st_size == size
    assert reading.session.close()
    print(json.dumps([before, reading.most, size]))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
