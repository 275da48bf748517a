"""Between the rows and the composer: what is open is its query, and its query is what gets opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import App

from pgmem_tui.display.text import one_line
from pgmem_tui.display.tree_model import Entry
from pgmem_tui.paging import requests as rq
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.composing import chosen_columns, simplify, spec_of
from pgmem_tui.postgres.query_spec import QuerySpec, Source
from pgmem_tui.postgres.relation import Relation
from pgmem_tui.ui import query_of_grid
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.messages import CatalogListeners
from pgmem_tui.ui.query_changes import sources
from pgmem_tui.ui.query_draft import QueryDraft
from pgmem_tui.ui.widgets.data_grid import DataGrid
from pgmem_tui.ui.widgets.table_tree import EMPTY, EMPTY_WITH_SYSTEM, TableTree

DRAFTS = 50
"""Tables of which what was composed and not run is kept."""


@dataclass(frozen=True)
class _Kept:
    """A draft that was left, and what it began with."""

    base: QuerySpec
    draft: QueryDraft


class Composing:
    """Opens the composer, keeps drafts, runs what was composed."""

    def __init__(
        self,
        app: App[Any],
        panes: tuple[DataGrid, TableTree],
        browsing: Browsing,
        catalog: CatalogSession,
        listeners: CatalogListeners,
    ) -> None:
        """Nothing is composed yet.

        Args:
            app: Shows the composer.
            panes: The rows and the tables.
            browsing: What is open.
            catalog: Is asked.
            listeners: Is added to while the composer is open.
        """
        self._app, self._browsing, self._catalog = app, browsing, catalog
        self._grid, self._tree = panes
        self._listeners = listeners
        self.relations: dict[int, Relation] = {}
        """What is known of those in queries, by oid."""
        self._kept: dict[int, _Kept] = {}
        self._bases: dict[int, QuerySpec] = {}
        """What the drafts of the composer that is open began with, by the table's oid."""
        self.on_run: Callable[[], None] = lambda: None
        """Makes room for the rows of what is run."""
        self.on_edit: Callable[[str], None] | None = None
        """Edits a text as SQL, where there is an editor."""

    def show(self, of_tree: bool = False) -> None:
        """Compose what is open, or over the table under the tree's cursor."""
        from pgmem_tui.ui.composer_choosing import ComposerHands
        from pgmem_tui.ui.composer_questions import ComposerQuestions
        from pgmem_tui.ui.screens.composer import ComposerScreen

        self._bases.clear()
        line = self._tree.line
        entry = line.entry if line is not None else None
        open_now = self._spec()
        newest = next(reversed(self._kept.values()), None)
        if open_now is None and newest is not None and not of_tree:
            draft = self._draft(newest.base)
        elif (of_tree or open_now is None) and entry is not None:
            draft = self._another(entry)
        else:
            draft = self._draft(open_now or QuerySpec(Source(0, "t")))
        hands = ComposerHands(
            tables=lambda: self._tree.model.entries,
            another=self._another,
            run=self._run,
            left=self._left,
            edit=self._edit,
            no_tables=self._no_tables,
        )
        questions = ComposerQuestions(self._catalog, self._listeners)
        self._app.push_screen(ComposerScreen(draft, questions, hands, self._kept_of_others(draft)))

    def _no_tables(self) -> str:
        """Why the tree has none."""
        said = self._tree.message()[0]
        if not said or said[0] in (EMPTY, EMPTY_WITH_SYSTEM):
            return "there are no tables in this database"
        return one_line(said[0])

    # -- what is open, as a query ------------------------------------------------------------------

    def _spec(self) -> QuerySpec | None:
        """What is open; None for nothing, and for what someone has written."""
        browsing, target = self._browsing, self._browsing.target
        if isinstance(target, rq.KnownRelation):
            relation = browsing.relation
            same = relation is not None and relation.oid == target.oid
            spec = spec_of(target, relation.name if same and relation is not None else "t")
        elif isinstance(target, rq.ComposedQuery):
            spec = target.spec
        else:
            return None
        names = [column.name for column in browsing.result.columns]
        shown = len(self._grid.column_layout) == len(names) > 0
        arrangement = self._grid.column_layout.arrangement if shown else None
        return query_of_grid.with_arrangement(spec, names, arrangement)

    def _another(self, entry: Entry) -> QueryDraft:
        open_now = self._spec()
        if open_now is not None and open_now.source.oid == entry.oid:
            return self._draft(open_now)
        kept = self._kept.get(entry.oid)
        return self._draft(kept.base if kept is not None else QuerySpec(Source(entry.oid, entry.name)))

    def _draft(self, base: QuerySpec) -> QueryDraft:
        """What was composed of that and not run, or that."""
        oid = base.source.oid
        self._bases[oid] = base
        kept = self._kept.get(oid)
        return kept.draft if kept is not None and kept.base == base else QueryDraft(base, self.relations)

    def _kept_of_others(self, draft: QueryDraft) -> str:
        """That there is a draft of another table, and which is the newest."""
        others = [oid for oid in self._kept if oid != draft.spec.source.oid]
        if not others:
            return ""
        relation = self.relations.get(others[-1])
        source = self._kept[others[-1]].base.source
        name = f"{relation.schema}.{relation.name}" if relation is not None else source.alias
        return one_line(f"a draft of {name} is kept: t")

    # -- what becomes of it ------------------------------------------------------------------------

    def _left(self, draft: QueryDraft) -> None:
        """Keep it for its table, unless it is what is open."""
        oid = draft.spec.source.oid
        base = self._bases.get(oid)
        self._kept.pop(oid, None)
        if oid and base is not None and draft.spec != base:
            self._kept[oid] = _Kept(base, draft)
            while len(self._kept) > DRAFTS:
                self._kept.pop(next(iter(self._kept)))

    def _edit(self, text: str) -> None:
        if self.on_edit is not None:
            self.on_edit(text)
        else:
            self._grid.announce("there is no editor yet: y copies the SQL")

    def _run(self, draft: QueryDraft, text: str) -> None:
        spec = draft.spec
        self.on_run()
        self._kept.pop(spec.source.oid, None)
        self.open(spec, text if spec != QuerySpec(spec.source) else "")  # just a table is no query
        self._grid.focus()

    def open(self, spec: QuerySpec, text: str = "") -> None:
        """Open the rows of a query: where that is possible as those of its relation.

        Args:
            spec: The query.
            text: Its SQL, where it is a statement of the user's.
        """
        simple = simplify(spec)
        relation = self.relations.get(simple.oid) if simple is not None else None
        if simple is None or relation is None:
            names = ", ".join(source.alias for source in sources(spec))
            self._browsing.compose(rq.ComposedQuery(spec), one_line(names), text)
        else:
            self._open(simple, relation, chosen_columns(spec) or (), text)

    def _open(self, target: rq.KnownRelation, relation: Relation, chosen: Sequence[str], text: str) -> None:
        browsing, layout = self._browsing, self._grid.column_layout
        names = [column.name for column in relation.columns]
        if browsing.oid != target.oid:
            before = browsing.columns.of_relation(relation)
            browsing.columns.prefer(relation, query_of_grid.arrangement_of(chosen, names, before))
            browsing.open(target, one_line(f"{relation.schema}.{relation.name}"), text)
            return
        if [heading.name for heading in layout.headings] == [one_line(name) for name in names]:
            self._grid.arrange_columns(query_of_grid.arrangement_of(chosen, names, layout.arrangement))
        if browsing.target != target:
            browsing.narrow(target, text=text)
