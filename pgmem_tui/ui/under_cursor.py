"""What is under the grid's cursor."""

from __future__ import annotations

from pgmem_tui.paging.result import Result
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.postgres.relation import Column
from pgmem_tui.ui.widgets.data_grid import DataGrid


class UnderCursor:
    """A row, a column, a cell of what is open at this moment."""

    def __init__(self, result: Result, grid: DataGrid) -> None:
        """Look at that."""
        self._result = result
        self.row = grid.row
        """The row's number."""
        self._column = grid.column

    @property
    def place(self) -> int:
        """The column's number."""
        return self._column

    @property
    def column(self) -> Column | None:
        """The column."""
        columns = self._result.columns
        return columns[self._column] if self._column < len(columns) else None

    @property
    def cell(self) -> tuple[Column, str | None] | None:
        """The column and the value, if they are here."""
        column, row = self.column, self._result.row(self.row)
        return (column, row[self._column]) if column is not None and row is not None else None

    @property
    def whole_cell(self) -> Cell | None:
        """Where the value is found again, if it is here."""
        row, columns = self._result.row(self.row), self._result.columns
        return Cell(columns, self._column, row, self.row, self._result.exact) if row and columns else None

    @property
    def record(self) -> dict[str, str | None] | None:
        """The row's values by their columns' names, if they are here."""
        row = self._result.row(self.row)
        return dict(zip([column.name for column in self._result.columns], row, strict=False)) if row else None
