"""A list of columns to show, hide, move and freeze: only lines on the screen cost anything."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from pgmem_tui.display.column_draft import ColumnDraft
from pgmem_tui.display.text import fit
from pgmem_tui.ui.widgets.line_list import LineList, moving
from pgmem_tui.ui.widgets.typed_text import TypedText

RESIZE = 2
"""Cells a key press."""
_MARK, _STATE, _WIDTH = 5, 8, 6
"""Cells of `[x] `, of `frozen`, of a width."""


class ColumnList(LineList, can_focus=True):
    """Changes a draft by keys and mouse."""

    HEAD = 1
    """The filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *moving("column"),
        Binding("space", "show_or_hide", "show or hide", show=False),
        Binding("J,shift+down", "carry(1)", "move the column down", show=False),
        Binding("K,shift+up", "carry(-1)", "move the column up", show=False),
        Binding("f", "freeze", "columns up to here stay while others scroll", show=False),
        Binding("less_than_sign", "resize(False)", "narrower", show=False),
        Binding("greater_than_sign", "resize(True)", "wider", show=False),
        Binding("a", "reset", "show all, as they come", show=False),
        Binding("slash", "filter", "filter by name", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "column-list--filter",
        "column-list--hidden",
        "column-list--cursor",
    }
    DEFAULT_CSS = """
    ColumnList {
        background: $background;
        color: $foreground;
        & > .column-list--filter { text-style: bold; }
        & > .column-list--hidden { color: $text-muted; }
        & > .column-list--cursor { background: $accent; color: auto; }
        &:nocolor > .column-list--cursor { text-style: reverse; }
    }
    """

    class Changed(Message):
        """Something is otherwise; `refused` says why what was wanted is not."""

        def __init__(self, refused: str = "") -> None:
            """Say so."""
            super().__init__()
            self.refused = refused

    def __init__(self, draft: ColumnDraft) -> None:
        """Show a draft."""
        super().__init__()
        self.draft = draft
        self.cursor = draft.cursor
        self._filter = TypedText()

    @property
    def count(self) -> int:
        """How many columns the filter leaves."""
        return len(self.draft.listed)

    def moved(self) -> None:
        """The draft's cursor goes along."""
        self.draft.go(self.cursor)
        self.post_message(self.Changed())

    # -- painting ----------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """The filter, or a column."""
        width = self.size.width
        if y < self.HEAD:
            return self._filter_line(width)
        line = self.top + y - self.HEAD
        listed = self.draft.listed
        if line >= len(listed):
            text = "  no column of that name" if line == 0 else ""
            return Strip([Segment(fit(text, width), self._style("hidden"))], width)
        column = listed[line]
        selected, shown = column == self.draft.column, self.draft.shown(column)
        style = self._style("cursor") if selected else self.rich_style if shown else self._style("hidden")
        return Strip([Segment(fit(self._text(column, width), width), style)], width)

    def _text(self, column: int, width: int) -> str:
        listed, shown = self.draft.columns[column], self.draft.shown(column)
        state = "hidden" if not shown else "frozen" if column in self.draft.frozen() else ""
        names = max(10, width - _MARK - _STATE - _WIDTH - 1)
        name = fit(listed.name, names * 3 // 5)
        type_name = fit(listed.type_name, names - names * 3 // 5 - 2)
        mark = "[x]" if shown else "[ ]"
        return f" {mark} {name}  {type_name} {state:<{_STATE}}{self.draft.width(column):>{_WIDTH - 1}} "

    def _filter_line(self, width: int) -> Strip:
        typed = self._filter
        if not typed.shown:
            return Strip([Segment(fit(" / filter", width), self._style("hidden"))], width)
        note = f"{len(self.draft.listed)} of {len(self.draft.columns)} "
        caret = "▏" if typed.typing else ""
        left = fit(f" / {typed.text}{caret}", max(0, width - len(note)))
        return Strip([Segment(left + note, self._style("filter"))], width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"column-list--{name}")

    def _changed(self, refused: str = "") -> None:
        self.refresh()
        self.place(self.draft.cursor)
        self.post_message(self.Changed(refused))

    # -- keys --------------------------------------------------------------------------------------

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key belongs to the filter rather than to a binding."""
        return self._filter.consumes(key, character)

    def on_key(self, event: events.Key) -> None:
        """Type the filter; `enter` ends that, `escape` takes the filter away."""
        if event.key == "escape" and self._filter.shown:
            self._filter.clear()
        elif event.key in ("enter", "down") and self._filter.typing:
            self._filter.typing = False
        elif self._filter.consumes(event.key, event.character):
            self._filter.type(event.key, event.character)
        else:
            return
        self._refilter(event)

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the filter."""
        if self._filter.typing:
            self._filter.paste(event.text)
            self._refilter(event)

    def _refilter(self, event: events.Event) -> None:
        event.stop()
        event.prevent_default()
        self.draft.filter(self._filter.text)
        self._changed()

    def action_filter(self) -> None:
        """Begin to type a filter."""
        self._filter.typing = True
        self.refresh(Region(0, 0, self.size.width, self.HEAD))

    def action_show_or_hide(self) -> None:
        """Show or hide the column."""
        self._changed("" if self.draft.toggle() else "one column has to be shown")

    def action_carry(self, by: int) -> None:
        """Move the column."""
        self.draft.move(by)
        self._changed()

    def action_freeze(self) -> None:
        """Let the columns up to this one stay, or none."""
        self.draft.freeze()
        self._changed()

    def action_resize(self, wider: bool) -> None:
        """Set the column's width."""
        self.draft.resize(RESIZE if wider else -RESIZE)
        self._changed()

    def action_reset(self) -> None:
        """Show everything as it comes."""
        self.draft.reset()
        self._changed()

    # -- mouse -------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Take the cursor there; the mark shows or hides."""
        if event.y < self.HEAD:
            self.action_filter()
        elif (line := self.line_at(event.y)) >= 0:
            self.go(line)
            if event.x < _MARK:
                self.action_show_or_hide()
