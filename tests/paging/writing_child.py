"""A process of its own that runs one statement, and says what memory that took.

Prints, as JSON: RSS before and the most since, in bytes; the rows returned and those kept.
"""

from __future__ import annotations

import json
import sys
import threading

import psutil

from pgmem_tui.paging.events import Event, Failed, Lost, PageRead, Ran
from pgmem_tui.paging.requests import Open, Statement
from pgmem_tui.paging.session import BrowseSession
from pgmem_tui.postgres.settings import ConnectionSettings

BUDGET = 16 * 2**20


def main() -> None:
    settings, first, text = json.loads(sys.argv[1])
    done = threading.Event()
    events: list[Event] = []

    def emit(event: Event) -> None:
        if isinstance(event, Ran | Failed | Lost):
            events.append(event)
        if isinstance(event, PageRead | Failed | Lost):
            done.set()

    session = BrowseSession(ConnectionSettings(**settings), emit, memory_budget=BUDGET, writable=True)
    session.start()

    def run(generation: int, text: str) -> None:
        done.clear()
        session.request(Open(generation, Statement(text, writes=True), 50))
        while not done.wait(0.005):
            watch()

    process = psutil.Process()
    most = 0

    def watch() -> None:
        nonlocal most
        most = max(most, process.memory_info().rss)

    run(1, first)  # what is imported only when the first statement is looked at
    before = most = process.memory_info().rss
    run(2, text)
    watch()
    session.close()
    ran = events[-1]
    assert isinstance(ran, Ran), ran
    print(json.dumps([before, most, ran.rows, ran.kept]))


main()
