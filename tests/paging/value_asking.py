"""Asking a session under test for one value of the rows that it has opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from pgmem_tui.paging.events import Cancelled, Failed, Lost, Opened
from pgmem_tui.paging.requests import Question, Target
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.paging.values import ReadValue, ValueRead
from tests.paging.harness import SessionUnderTest

A = TypeVar("A")
STEP = 1000
"""Bytes asked for at a time: characters of several bytes are cut by it."""


@dataclass
class Asking:
    """Asks, and waits for the answer."""

    session: SessionUnderTest

    def cell(self, target: Target | str, column: int, row: int = 0) -> Cell:
        """Open something; one of its cells."""
        self.session.open(target, 50)
        return self.again(column, row)

    def again(self, column: int, row: int = 0) -> Cell:
        """A cell of what is open."""
        opened = self.session.of(Opened)[-1]
        pages = [event for event in self.session.pages() if event.page.first <= row < event.page.end]
        page = pages[-1].page
        return Cell(opened.columns, column, page.rows[row - page.first], row, pages[-1].exact)

    def ask(self, question: Question, kind: type[A]) -> A:
        """The answer; anything else is a failure of the test."""
        self.session.request(question)
        event = self.session.wait_for((kind, Failed, Lost, Cancelled))
        assert isinstance(event, kind), event
        return event

    def refused(self, question: Question) -> Failed:
        """The refusal."""
        self.session.request(question)
        event = self.session.wait_for((ValueRead, Failed, Lost, Cancelled))
        assert isinstance(event, Failed), event
        self.session.settle()
        return event

    def make(self, kind: type[Any], cell: Cell, *rest: Any) -> Any:
        """A question about what is open."""
        return kind(self.session.generation, cell, *rest)

    def whole(self, cell: Cell, step: int = STEP) -> bytes:
        """All bytes of a value, read piece by piece."""
        data, size = b"", 1
        while len(data) < size:
            read = self.ask(self.make(ReadValue, cell, len(data), step), ValueRead)
            data, size = data + read.data, read.size
            assert read.data or not size
        return data
