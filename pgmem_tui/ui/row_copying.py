"""From rows that are held to the clipboard: a cell, a row, or a column so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from textual.app import App

from pgmem_tui.display import copy_formats, quantities
from pgmem_tui.display.copy_formats import Kind, Values
from pgmem_tui.display.text import one_line, truncate
from pgmem_tui.paging.result import Result
from pgmem_tui.postgres.insertion import insert
from pgmem_tui.postgres.relation import Column, Relation, Row
from pgmem_tui.ui.copying import LIMIT, copy_text
from pgmem_tui.ui.widgets.copy_keys import Format, Part
from pgmem_tui.ui.widgets.data_grid import DataGrid

NAME = 24
"""Cells of a column's name in a sentence."""
_BOOL, _JSON, _JSONB = 16, 114, 3802
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Copied:
    """Some columns of some rows, and how many of their values the server had cut."""

    def __init__(self, result: Result, indexes: Sequence[int], rows: Iterable[Row]) -> None:
        """Take the values with these indexes."""
        self.columns = [result.columns[index] for index in indexes]
        self.rows_taken = self.cut = 0
        self._result, self._indexes, self._rows = result, indexes, rows

    def rows(self) -> Iterator[Values]:
        """The rows, once; counts as it goes."""
        limit = self._result.cell_limit
        columns = list(zip(self._indexes, self.columns, strict=True))
        for row in self._rows:
            self.rows_taken += 1
            yield [self._whole(row[index], column, limit) for index, column in columns]

    def _whole(self, value: str | None, column: Column, limit: int) -> str | None:
        if value is None or len(value) <= limit or not column.was_cut(value, limit):
            return value
        self.cut += 1
        return column.cut(value, limit)


def copy_part(
    app: App[Any], grid: DataGrid, result: Result, relation: Relation | None, part: Part, form: Format
) -> None:
    """Copy a part of what the grid shows, and say what was copied or why it was not.

    Args:
        app: Which has the terminal.
        grid: Where the cursor is; it says the sentence.
        result: What it shows.
        relation: The table that an INSERT is for; None of a query.
        part: Of it.
        form: How it is written.
    """
    row = result.row(grid.row)
    if row is None or not result.columns:
        return
    if form is Format.INSERT and relation is None:
        grid.announce("not copied: an INSERT is for a table, and this is a query")
        return
    indexes = grid.column_layout.shown if part is Part.ROW else (grid.column,)
    if (part, form) == (Part.CELL, Format.TEXT) and row[grid.column] is None:
        grid.announce("not copied: the cell is NULL, which no text is")
        return
    held = (held for page in result.window.pages for held in page.rows)
    copied = Copied(result, indexes, held if part is Part.COLUMN else [row])
    text = _bounded(_lines(copied, relation, part, form))
    if text is None:
        which = f": the first {copied.rows_taken:,} values are more" if part is Part.COLUMN else ""
        grid.announce(f"not copied: {LIMIT:,} bytes are the most that a clipboard gets{which}")
        return
    copy_text(app, text, _sentence(copied, result, part, form, text), grid.announce)


def _lines(copied: Copied, relation: Relation | None, part: Part, form: Format) -> Iterator[str]:
    names = [column.name for column in copied.columns]
    kinds = [_kind(column) for column in copied.columns]
    if form is Format.INSERT and relation is not None:
        yield from insert((relation.schema, relation.name), names, copied.rows())
    elif form is Format.CSV:
        yield from copy_formats.csv_lines(names, copied.rows())
    elif form is Format.JSON and part is Part.ROW:
        yield from (copy_formats.json_object(names, row, kinds) for row in copied.rows())
    elif form is Format.JSON and part is Part.COLUMN:
        before = "["
        for (value,) in copied.rows():
            yield before
            before = f"  {copy_formats.json_value(value, kinds[0])},"
        yield from (before.removesuffix(","), "]")
    elif form is Format.JSON:
        yield from (copy_formats.json_value(row[0], kinds[0]) for row in copied.rows())
    elif part is Part.CELL:
        yield from (row[0] or "" for row in copied.rows())
    else:
        yield from copy_formats.text_lines(copied.rows())


def _bounded(lines: Iterable[str]) -> str | None:
    """The lines as one text; None as soon as it is too long."""
    kept: list[str] = []
    size = -1
    for line in lines:
        size += len(line) + 1  # bytes are as many or more, and are counted in the end
        if size > LIMIT:
            return None
        kept.append(line)
    return "\n".join(kept)


def _sentence(copied: Copied, result: Result, part: Part, form: Format, text: str) -> str:
    name = truncate(one_line(copied.columns[0].name), NAME)
    if part is Part.CELL:
        about = f"cell {name} as {form.value}, {quantities.counted(len(text), 'character')}"
    elif part is Part.ROW:
        count, all_of_them = len(copied.columns), len(result.columns)
        which = f"{count} columns" if count == all_of_them else f"{count} of {all_of_them} columns"
        about = f"row as {form.value}, {which}"
    else:
        about = f"column {name} as {form.value}, the {quantities.row_number(copied.rows_taken)} values held"
    if copied.cut:
        which = "" if copied.rows_taken == len(copied.columns) == 1 else f"{copied.cut:,} "
        about += f" · {which}CUT at {result.cell_limit} characters"
    return about + (" · with control characters" if _CONTROL.search(text) else "")


def _kind(column: Column) -> Kind:
    if column.type_oid in (_JSON, _JSONB):
        return Kind.JSON
    if column.type_oid == _BOOL:
        return Kind.BOOLEAN
    return Kind.NUMBER if column.numeric else Kind.STRING
