"""Values of a statement's parameters: their types from the server, the values from a form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App
from textual.screen import Screen

from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.parameter_types import InferTypes, TypesInferred
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.ui.aside import aside

REMEMBERED = 200
"""Values that are offered again, as long as the program runs; never written anywhere."""

AT_ONCE = 50_000
"""Characters that are looked through while the screen waits: some 20 ms."""

Then = Callable[[Sequence[BoundValue]], object]
Complain = Callable[[Problem], object]


class ParameterAsking:
    """Asks before a statement with parameters is run."""

    def __init__(self, app: App[Any], catalog: CatalogSession) -> None:
        """Nothing is asked."""
        self._app, self._catalog = app, catalog
        self._last: dict[str, str | None] = {}
        self._asked = 0
        self._screen: Screen[Any] | None = None
        """What was on top then."""
        self._then: Then = lambda values: None
        self._complain: Complain = lambda problem: None

    def ask(self, text: str, then: Then, complain: Complain) -> None:
        """Go on with the values, at once if there are no parameters; never if they are not given.

        Args:
            text: One or several statements.
            then: Gets the values.
            complain: Told instead why there are none; a position is in the text.
        """
        from pgmem_tui.language.parameters import names

        self._asked += 1
        self._then, self._complain, self._screen = then, complain, self._app.screen
        if len(text) <= AT_ONCE:
            self._ask_for(text, names(text))
        else:
            self._app.run_worker(self._look_through(text, self._asked), group="parameters", exclusive=True)

    async def _look_through(self, text: str, asked: int) -> None:
        from pgmem_tui.language.parameters import names

        wanted = await aside(lambda: names(text))
        if asked == self._asked:  # nothing else was asked meanwhile
            self._ask_for(text, wanted)

    def _ask_for(self, text: str, wanted: Sequence[str]) -> None:
        if not wanted:
            self._then(())
            return
        known = tuple((name, value) for name in wanted if (value := self._last.get(name)))
        self._catalog.request(InferTypes(text, known, generation=self._asked))

    def handle(self, event: CatalogEvent) -> bool:
        """Take an answer of the second connection; False if it is someone else's."""
        failed = isinstance(event, CatalogFailed) and isinstance(event.request, InferTypes)
        if not failed and not isinstance(event, TypesInferred):
            return False
        if event.generation != self._asked:
            return True
        if isinstance(event, CatalogFailed):
            self._complain(event.problem)
        elif isinstance(event, TypesInferred):
            if event.problem is not None:
                self._complain(event.problem)
            else:
                self._show(event.types)
        return True

    def _show(self, types: Sequence[tuple[str, str]]) -> None:
        from pgmem_tui.ui.screens.parameters import Field, ParametersScreen

        if self._app.screen is not self._screen:
            # Its first field would get what is being typed elsewhere.
            advice = "run it again to give its values"
            self._complain(Problem("not run: something else was opened meanwhile", advice=advice))
            return
        fields = [Field(name, type_name, self._last.get(name, "")) for name, type_name in types]
        self._app.push_screen(ParametersScreen(fields), self._given)

    def _given(self, values: list[BoundValue] | None) -> None:
        if values is None:
            return
        for value in values:
            self._last.pop(value.name, None)
            self._last[value.name] = value.value
        while len(self._last) > REMEMBERED:
            del self._last[next(iter(self._last))]
        self._then(values)
