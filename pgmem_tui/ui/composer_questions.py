"""What the composer asks on the second connection, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed, CatalogRequest
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.composing import (
    CheckValue,
    JoinChoice,
    JoinsListed,
    ListJoins,
    Previewed,
    PreviewQuery,
    ValueChecked,
)
from pgmem_tui.paging.spec_facts import NONE_KNOWN, LookUpRelations, RelationsLookedUp, together
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.query_spec import QuerySpec, Source
from pgmem_tui.ui.messages import CatalogListeners
from pgmem_tui.ui.query_lines import Checked

_GENERATIONS = count(1 << 40)
"""Apart from those of what is open and of the tree."""
CHECKED = 1000
"""Answers about values that are remembered."""
PATIENCE = 1.0
"""Seconds that a question may run that nobody wants answered any longer."""
LONGEST = 65_536
"""Characters of a value that is checked before it is run."""


class ComposerQuestions:
    """Asks, drops answers that nobody waits for any longer, and remembers the others."""

    def __init__(self, catalog: CatalogSession, listeners: CatalogListeners) -> None:
        """Nothing is asked yet.

        Args:
            catalog: Is asked.
            listeners: Is added to, until `leave`.
        """
        self._catalog, self._listeners = catalog, listeners
        listeners.append(self._hear)
        self.looked = NONE_KNOWN
        """What is known of relations."""
        self.checked: dict[Checked, tuple[str, str]] = {}
        """What was said against values, and of which type they are."""
        self.previewed: Previewed | None = None
        """The newest answer about the plan."""
        self.problem: Problem | None = None
        """Why there is none."""
        self.trouble: Problem | None = None
        """Why nothing is known of a relation."""
        self.told: Callable[[], None] = lambda: None
        """Called when something is known that was not."""
        self._waiting: dict[int, CatalogRequest] = {}
        self._asked: dict[int, float] = {}
        """When each of those was, by the monotonic clock."""
        self._unknown: set[int] = set()
        """Relations that could not be looked up: they are not asked about again."""
        self._preview: CatalogRequest | None = None
        self._joins: CatalogRequest | None = None
        self._then: Callable[[tuple[JoinChoice, ...]], None] = lambda choices: None

    # -- asking --------------------------------------------------------------------------------------

    def look_up(self, oids: list[int]) -> None:
        """Ask about relations, unless that is under way."""
        asked = {
            oid for one in self._waiting.values() if isinstance(one, LookUpRelations) for oid in one.oids
        }
        known = asked | self._unknown | self.looked.relations.keys()
        fresh = tuple(oid for oid in oids if oid not in known)
        if fresh:
            self._ask(LookUpRelations(fresh))

    def preview(self, spec: QuerySpec) -> None:
        """Ask for the plan, of this only."""
        self.forget_preview()
        self._preview = self._ask(PreviewQuery(spec))

    def forget_preview(self) -> None:
        """A plan that was asked for is of no use any longer."""
        if self._preview is not None:
            self._drop(self._preview)
        self._preview = None
        self.previewed = self.problem = None

    def check(self, values: list[Checked]) -> None:
        """Ask about those values that were not asked about yet."""
        asked = {
            (one.oid, one.column, one.operator, one.text)
            for one in self._waiting.values()
            if isinstance(one, CheckValue)
        }
        for value in values:
            if value not in asked and value not in self.checked and len(value[3]) <= LONGEST:
                self._ask(CheckValue(*value))

    def forget_checks(self) -> None:
        """Values that wait to be checked are not there any longer."""
        for request in list(self._waiting.values()):
            if isinstance(request, CheckValue):
                self._drop(request)

    def joins(self, sources: tuple[Source, ...], then: Callable[[tuple[JoinChoice, ...]], None]) -> None:
        """Ask what can be joined to some relations, instead of what was asked about joins before."""
        self.forget_joins()
        self._then = then
        self._joins = self._ask(ListJoins(sources))

    def forget_joins(self) -> None:
        """What can be joined is not wanted any longer."""
        if self._joins is not None:
            self._drop(self._joins)
        self._joins = None

    def leave(self) -> None:
        """Nobody waits any longer."""
        self.told = lambda: None
        for request in list(self._waiting.values()):
            self._drop(request)
        if self._hear in self._listeners:
            self._listeners.remove(self._hear)

    def _ask(self, request: CatalogRequest) -> CatalogRequest:
        numbered = replace(request, generation=next(_GENERATIONS))
        self._waiting[numbered.generation] = numbered
        self._asked[numbered.generation] = time.monotonic()
        self._catalog.request(numbered)
        return numbered

    def _drop(self, request: CatalogRequest) -> None:
        """Wait for it no longer; what runs is cancelled only if it takes long.

        A cancel request is a connection of its own: not something for every key
        (https://www.postgresql.org/docs/current/libpq-cancel.html).
        """
        if self._waiting.pop(request.generation, None) is None:
            return
        asked = self._asked.pop(request.generation)
        if not self._catalog.withdraw(request) and time.monotonic() - asked > PATIENCE:
            self._catalog.cancel(request)

    # -- answers -------------------------------------------------------------------------------------

    def _hear(self, event: CatalogEvent) -> bool:
        """Take an answer; False if it is someone else's."""
        if event.generation < 1 << 40:
            return False
        request = self._waiting.get(event.generation)
        if request is None:
            return True
        if isinstance(event, Previewed) and event.rows < 0 and event.problem is None:
            self.previewed = event  # the plan follows
        else:
            del self._waiting[event.generation], self._asked[event.generation]
            self._take(request, event)
        self.told()
        return True

    def _take(self, request: CatalogRequest, event: CatalogEvent) -> None:
        if isinstance(event, RelationsLookedUp):
            self.looked = together(self.looked, event.looked)
        elif isinstance(event, Previewed):
            self.previewed, self.problem = event, event.problem
        elif isinstance(event, JoinsListed):
            self._then(event.choices)
        elif isinstance(event, ValueChecked) and isinstance(request, CheckValue):
            value = request.oid, request.column, request.operator, request.text
            while len(self.checked) >= CHECKED:
                self.checked.pop(next(iter(self.checked)))
            self.checked[value] = (event.problem.message if event.problem else "", event.type_name)
        elif isinstance(event, CatalogFailed) and isinstance(request, LookUpRelations):
            self._unknown.update(request.oids)
            self.trouble = event.problem
        elif isinstance(event, CatalogFailed) and not event.problem.canceled:
            self.problem = event.problem
