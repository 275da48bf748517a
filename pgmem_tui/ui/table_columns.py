"""How the columns of what is open are shown, and were shown before."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from hashlib import sha256

from pgmem_tui.display.column_arrangement import Arrangement, Arrangements
from pgmem_tui.display.column_draft import ColumnDraft, ListedColumn
from pgmem_tui.display.column_layout import Heading
from pgmem_tui.display.text import one_line
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.widgets.data_grid import DataGrid


class TableColumns:
    """Knows which table or query the grid shows, and remembers its columns while the program runs."""

    def __init__(self, grid: DataGrid, arrangements: Arrangements, settings: ConnectionSettings) -> None:
        """Nothing is open."""
        self._grid, self._arrangements = grid, arrangements
        self._server = settings.service, settings.host, settings.port, settings.dbname
        self._key: Hashable = None

    def opened(
        self, event: ev.Opened, target: rq.Target | None, headings: Sequence[Heading]
    ) -> Arrangement | None:
        """Something was opened: how its columns were shown before, if otherwise than they come."""
        text = target.sql if isinstance(target, rq.UserQuery) else repr(target)
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        self._key = self._server, event.relation.oid if event.relation else digest
        return self._arrangements.find(self._key, (heading.name for heading in headings))

    def keep(self, arrangement: Arrangement) -> None:
        """Remember how they are shown now."""
        names = (heading.name for heading in self._grid.column_layout.headings)
        self._arrangements.keep(self._key, names, arrangement)

    def of_relation(self, relation: Relation) -> Arrangement | None:
        """How a relation's columns were shown before, if otherwise than they come."""
        return self._arrangements.find((self._server, relation.oid), _names(relation))

    def prefer(self, relation: Relation, arrangement: Arrangement) -> None:
        """Show a relation's columns so when it is opened."""
        self._arrangements.keep((self._server, relation.oid), _names(relation), arrangement)

    def draft(self, columns: Sequence[Column]) -> ColumnDraft | None:
        """Them, to be arranged; None if there are none, or not yet those of the grid."""
        layout = self._grid.column_layout
        if not columns or len(layout) != len(columns):
            return None
        listed = [
            ListedColumn(heading.name, one_line(column.type_name), layout.width(number))
            for number, (heading, column) in enumerate(zip(layout.headings, columns, strict=True))
        ]
        return ColumnDraft(listed, layout.arrangement, self._grid.column)


def _names(relation: Relation) -> list[str]:
    return [one_line(column.name) for column in relation.columns]
