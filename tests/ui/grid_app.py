"""The real grid over a real result in a tiny app: rows are put in by hand, and no server is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message

from pgmem_tui.display.column_layout import Heading
from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.paging.events import Opened, PageRead
from pgmem_tui.paging.result import Result
from pgmem_tui.paging.window import make_page
from pgmem_tui.postgres.relation import Column, Row
from pgmem_tui.ui.widgets.data_grid import DataGrid

INTEGER = Column("id", "integer", 23, 4, category="N", not_null=True)
TEXT = Column("name", "text", 25, category="S")
LIMIT = 10
"""Characters after which the server cut a value."""


class RecordingGrid(DataGrid):
    """Knows what it was asked to repaint; None stands for all of it."""

    def __init__(self) -> None:
        self.repainted: list[Region | None] = []
        super().__init__()

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> RecordingGrid:
        self.repainted += regions or [None]
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self


class GridApp(App[None]):
    """The grid alone, and what it says."""

    CSS = "DataGrid { width: 1fr; height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.grid = RecordingGrid()
        self.result = Result(0, 16 * 2**20)
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_data_grid_rows_needed(self, message: DataGrid.RowsNeeded) -> None:
        self.heard.append(message)

    def on_data_grid_end_wanted(self, message: DataGrid.EndWanted) -> None:
        self.heard.append(message)

    @property
    def asked(self) -> list[tuple[int, int, bool]]:
        """The rows asked for, and whether backward."""
        found = [message for message in self.heard if isinstance(message, DataGrid.RowsNeeded)]
        return [(message.first, message.end, message.backward) for message in found]

    @property
    def lines(self) -> list[str]:
        """All that is painted, without blanks at the ends of lines."""
        return [self.grid.render_line(y).text.rstrip() for y in range(self.grid.size.height)]

    @property
    def shown(self) -> list[int]:
        """The numbers before the rows on the screen that are held."""
        rows = [
            line for line in self.lines[1:-1] if line and not line.removesuffix("▐").rstrip().endswith("·")
        ]
        return [int(line.split()[0].lstrip("≈")) for line in rows]

    @property
    def status(self) -> str:
        """The last line."""
        return self.lines[-1].strip()

    def open(self, columns: Sequence[Column], *, estimate: int = -1, again: bool = False) -> None:
        """Say that something was opened; rows follow."""
        opened = Opened(0, None, tuple(columns), LIMIT, "test", estimate, "again" if again else "")
        self.result.opened(opened)
        self.grid.show(self.result, [heading(column) for column in columns], keep_place=again)

    def put(
        self, first: int, rows: Sequence[Row], row_count: int | None = None, *, like: PageRead | None = None
    ) -> None:
        """Let a page arrive, as the screen does."""
        event = PageRead(0, make_page(first, rows), row_count)
        if like is not None:
            event = replace(like, page=event.page, row_count=row_count)
        if event.epoch != self.result.epoch or event.exact != self.result.exact:
            self.result.renumbered(event)
            self.grid.renumbered(event.shift)
        self.result.take(event.page, event.row_count, (self.grid.top, self.grid.top + self.grid.body))
        self.grid.rows_arrived()

    def put_numbered(self, first: int, end: int, row_count: int | None = None) -> None:
        """Let rows arrive that say their number, of `INTEGER` and `TEXT`."""
        self.put(first, [(str(n), f"row {n}") for n in range(first, end)], row_count)

    def put_numbered_ids(self, first: int, end: int, row_count: int | None = None) -> None:
        """The same of `INTEGER` alone."""
        self.put(first, [(str(n),) for n in range(first, end)], row_count)


def heading(column: Column) -> Heading:
    """What the layout is told of a column."""
    name = one_line(column.name)
    return Heading(name, cell_width(name), column.type_oid, column.numeric)
