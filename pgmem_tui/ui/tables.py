"""Between the catalog's thread and the tree of tables."""

from __future__ import annotations

from pgmem_tui.display.text import one_line
from pgmem_tui.display.tree_model import DetailLine
from pgmem_tui.paging import catalog_requests as cat
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.ui.widgets.relation_lines import detail_lines
from pgmem_tui.ui.widgets.table_tree import TableTree

OURS = (cat.ListRelations, cat.Describe)
"""What the tree asks for."""


class Tables:
    """Loads the tree, and what is below a relation only when that is opened."""

    def __init__(self, tree: TableTree, catalog: CatalogSession) -> None:
        """Nothing is loaded yet."""
        self._tree, self._catalog = tree, catalog
        self._generation = 0

    def load(self, system: bool | None = None) -> None:
        """Ask for the list; `system` says whether with system schemas, None as before."""
        self._generation += 1
        self._tree.show_loading()
        wanted = self._tree.system if system is None else system
        self._catalog.request(cat.ListRelations(system=wanted, generation=self._generation))

    def describe(self, oid: int) -> None:
        """Ask what a relation is made of."""
        self._catalog.request(cat.Describe(oid, generation=self._generation))

    def handle(self, event: cat.CatalogEvent) -> None:
        """Show an answer, unless a newer list was asked for since."""
        if event.generation != self._generation:
            return
        if isinstance(event, cat.RelationsListed):
            self._tree.show_relations(event.entries, event.system)
        elif isinstance(event, cat.RelationDescribed):
            details = event.details
            self._tree.show_details(details.relation.oid, detail_lines(details))
        elif isinstance(event, cat.CatalogFailed) and isinstance(event.request, OURS):
            self._failed(event)

    def _failed(self, event: cat.CatalogFailed) -> None:
        message = one_line(event.problem.message)
        if isinstance(event.request, cat.Describe):
            self._tree.show_details(event.request.oid, [DetailLine(message, heading=True)])
        else:
            self._tree.show_error(f"{message}\nR tries again.")
