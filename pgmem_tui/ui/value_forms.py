"""The forms of one value, and the one that it is looked at in."""

from __future__ import annotations

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.display.values import forms
from pgmem_tui.display.values.byte_window import ByteWindow
from pgmem_tui.display.values.hex_lines import HexLines
from pgmem_tui.display.values.outline import Outline
from pgmem_tui.display.values.outline_lines import OutlineLines
from pgmem_tui.display.values.rows import Lines
from pgmem_tui.display.values.text_lines import TextLines
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.ui.widgets.value_view import MakeLines

BYTEA = 17
LOOKED_AT = 4096
"""Bytes of a value that decide about its forms."""


class ValueForms:
    """Text, hex, and an outline where the value has one."""

    def __init__(self, cell: Cell) -> None:
        """Nothing is known of the value yet."""
        self.current = ""
        """The form that is shown; empty before the value is here."""
        self._cell = cell
        self._forms: tuple[str, ...] = (forms.TEXT,)
        self._outlines: dict[str, Outline] = {}
        self._folded: dict[str, set[int]] = {}

    @property
    def binary(self) -> bool:
        """Whether the value is bytes, and has no characters."""
        return self._cell.column.type_oid == BYTEA

    @property
    def outline(self) -> Outline | None:
        """The lines that are shown, if it is a form that has some."""
        return self._outlines.get(self.current)

    @property
    def by_bytes(self) -> bool:
        """Whether places in what is shown are offsets in bytes."""
        return self.current in (forms.TEXT, forms.HEX)

    def settle(self, window: ByteWindow) -> str:
        """Find out which forms a value has. Returns the best."""
        column = self._cell.column
        beginning = window.read(window.start, min(window.end, window.start + LOOKED_AT))
        self._forms = forms.forms(column.type_oid, column.category, beginning, window.size)
        return self._forms[0]

    def following(self) -> str:
        """The form after the one shown."""
        place = self._forms.index(self.current) if self.current in self._forms else -1
        return self._forms[(place + 1) % len(self._forms)]

    def ready(self, form: str) -> bool:
        """Whether it can be shown at once."""
        return form in (forms.TEXT, forms.HEX) or form in self._outlines

    def take(self, form: str, outline: Outline) -> None:
        """The lines of a form are here."""
        self._outlines[form] = outline

    def refuse(self, form: str) -> str:
        """The value is not of that form. Returns the best of the others."""
        self._forms = tuple(other for other in self._forms if other != form)
        return self._forms[0]

    def forget_outlines(self) -> None:
        """The value may be another one."""
        self._outlines.clear()

    def maker(self, window: ByteWindow) -> MakeLines:
        """Makes rows of what is shown."""
        outline, form = self.outline, self.current
        folded = self._folded.setdefault(form, set())

        def make(width: int, wrap: bool) -> Lines:
            if outline is not None:
                return OutlineLines(outline, width, wrap, folded)
            return HexLines(window, width) if form == forms.HEX else TextLines(window, width, wrap)

        return make

    def title(self, window: ByteWindow, characters: int | None, instead: str = "") -> str:
        """The column, its type, the size of the value, its row and its form, as safe text."""
        column = self._cell.column
        parts = [instead] if instead else [quantities.nbytes(window.size)]
        if not instead and window.size >= 1000:
            parts.append(quantities.counted(window.size, "byte"))
        if not instead and characters is not None:
            parts.append(quantities.counted(characters, "character"))
        row = f"row {'' if self._cell.exact else '≈'}{quantities.row_number(self._cell.number + 1)}"
        about = " ─ ".join([" · ".join(parts), row, *([self.current] if self.current else [])])
        return f"{one_line(column.name)} {one_line(column.type_name)} ─ {about}"
