"""A process that pages through everything as the screen does, and says what memory that took.

`python -m tests.paging.paging_child HOW SQL SETTINGS`, where HOW is stream or page and SETTINGS is JSON:
libpq's `parameters`, keyword `options` of the session, the numbers of the `rows` at which to measure. Prints
bytes of RSS as JSON: [before, at each of the rows …, the most seen].
"""

from __future__ import annotations

import json
import queue
import sys
from typing import Any

import psutil

from pgmem_tui.paging.events import Event, Failed, Opened, PageRead, StatementSent, StreamEnded, Streaming
from pgmem_tui.paging.requests import Open, Read, Stream, UserQuery
from pgmem_tui.paging.result import Result
from pgmem_tui.paging.session import BrowseSession
from pgmem_tui.postgres.settings import ConnectionSettings

SCREENFUL = 50
BUDGET = 16 * 2**20


class Paging:
    """One result and the memory at some of its rows."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._process = psutil.Process()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        parameters = ConnectionSettings(other=tuple(settings["parameters"].items()))
        options = {"memory_budget": BUDGET, **settings["options"]}
        self.session = BrowseSession(parameters, self._events.put, **options)
        self.result = Result(0, options["memory_budget"])
        self._marks: list[int] = settings["rows"]
        self.measured: list[int] = []
        self.most = 0

    def open(self, generation: int, sql: str) -> None:
        """Open a query and take its first rows."""
        self.result = Result(generation, self.result.window.budget)
        self.session.request(Open(generation, UserQuery(sql), SCREENFUL))
        self.take(PageRead)

    def take(self, *last: type[Any]) -> Event:
        """Do with events what the screen does, up to one of these kinds."""
        while True:
            event = self._events.get(timeout=60)
            if isinstance(event, Opened) and event.generation == self.result.generation:
                self.result.opened(event)
            elif isinstance(event, PageRead | Streaming):
                self.result.take(event.page, event.row_count, (event.page.first, event.page.end))
            elif isinstance(event, Failed):
                raise SystemExit(event.problem.message)
            elif isinstance(event, StatementSent):
                self.measure(event.report.after)
            if type(event) in last:
                return event

    def measure(self, row: int) -> None:
        """Note how much memory there is in use at a row."""
        used = self.rss()
        self.most = max(self.most, used)
        if len(self.measured) < len(self._marks) and row >= self._marks[len(self.measured)]:
            self.measured.append(used)

    def rss(self) -> int:
        """Bytes."""
        return int(self._process.memory_info().rss)

    def page(self) -> None:
        """One screen after the other."""
        top = 0
        while self.result.row_count is None or top < self.result.row_count:
            while missing := self.result.missing(top, top + SCREENFUL):
                self.session.request(Read(self.result.generation, *missing))
                self.take(PageRead)
            top += SCREENFUL


def main(how: str, sql: str, settings: dict[str, Any]) -> None:
    paging = Paging(settings)
    paging.session.start()
    paging.open(1, "SELECT 1")
    before = paging.rss()
    paging.open(2, sql)
    if how == "stream":
        paging.session.request(Stream(2, SCREENFUL, SCREENFUL))
        paging.take(StreamEnded)
    else:
        paging.page()
    paging.measure(sys.maxsize)
    assert paging.session.close()
    print(json.dumps([before, *paging.measured, paging.most]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
