"""From a row to the rows that its keys refer to, and to those that refer to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.following import FindLinks, Link, LinksFound
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.relation import Column
from pgmem_tui.ui.browsing import Browsing

Pick = Callable[[str, Sequence[str], Callable[[int | None], None]], None]
"""Shows a title and choices; calls back with the number of the one chosen, or None."""


class Following:
    """Asks the catalog for links, and follows one."""

    def __init__(
        self,
        browsing: Browsing,
        catalog: CatalogSession,
        say: Callable[[str], None],
        tell: Callable[[str], None],
        complain: Callable[[Problem], None],
        pick: Pick,
    ) -> None:
        """Nothing is asked yet."""
        self._browsing, self._catalog = browsing, catalog
        self._say, self._tell, self._complain, self._pick = say, tell, complain, pick
        self._inward = False

    def ask(self, inward: bool) -> None:
        """Follow the key under the cursor, or (`inward`) choose among the tables that refer to this row."""
        oid = self._browsing.oid
        if oid is None:
            self._tell("a query's rows have no keys: open a table")
            return
        self._inward = inward
        self._say("asking for the foreign keys …")
        self._catalog.request(FindLinks(oid, generation=self._browsing.result.generation))

    def handle(self, event: CatalogEvent) -> bool:
        """Take an answer of the second connection; False if it is someone else's."""
        failed = isinstance(event, CatalogFailed) and isinstance(event.request, FindLinks)
        if not failed and not isinstance(event, LinksFound):
            return False
        if event.generation == self._browsing.result.generation:
            self._say("")
            if isinstance(event, CatalogFailed):
                self._complain(event.problem)
            elif isinstance(event, LinksFound):
                self._choose(event)
        return True

    def _choose(self, found: LinksFound) -> None:
        column = self._browsing.cursor.column
        links = found.inward if self._inward else found.outward
        if not self._inward and column is not None:
            links = tuple(link for link in links if column.name in link.columns)
        if not links and column is not None:
            where = "no table refers to this one" if self._inward else f"{column.name} is no foreign key"
            elsewhere = ", ".join(name for link in found.outward for name in link.columns)
            hint = f"; these are: {elsewhere}" if elsewhere and not self._inward else ""
            self._tell(f"{where}{hint}")
        elif len(links) == 1 and not self._inward:
            self._follow(links[0])
        elif links:
            title = "Rows that refer to this one, in" if self._inward else "Follow"
            choices = [f"{link.schema}.{link.table} ({', '.join(link.others)})" for link in links]
            self._pick(title, choices, lambda index: self._picked(links, index))

    def _picked(self, links: Sequence[Link], index: int | None) -> None:
        if index is not None:
            self._follow(links[index])

    def _follow(self, link: Link) -> None:
        record = self._browsing.cursor.record
        if record is None or not set(link.columns) <= set(record):
            return
        cut = [column.name for column in self._key(link) if self._is_cut(column, record[column.name])]
        target = link.target(record)
        if cut:
            self._tell(f"{cut[0]} is cut here: its row cannot be found by the part that is shown")
        elif target is None:
            self._tell(f"NULL in {', '.join(link.columns)}: it refers to nothing")
        else:
            self._browsing.follow(target, f"{link.schema}.{link.table}")

    def _key(self, link: Link) -> list[Column]:
        return [column for column in self._browsing.result.columns if column.name in link.columns]

    def _is_cut(self, column: Column, value: str | None) -> bool:
        return value is not None and column.was_cut(value, self._browsing.result.cell_limit)
