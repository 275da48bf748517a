"""A line for each parameter of a statement: its name, its value, its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from pgmem_tui.display.text import fit
from pgmem_tui.postgres.parameters import UNKNOWN, BoundValue
from pgmem_tui.ui.widgets.text_input import OneLineInput

_NAME_WIDTH, _TYPE_WIDTH = 18, 22
NULL = "NULL, no value · ctrl+n ''"
EMPTY = "'' empty · ctrl+n NULL"
_ANY_TYPE = "as its place wants it"
"""Of a parameter that is in places of different types, or in a statement that cannot be prepared."""
_KEYS = "↵ next, run · ctrl+n NULL · esc cancels"


class Field(NamedTuple):
    """What is asked for."""

    name: str
    type_name: str
    value: str | None
    """What the line begins with; None is NULL."""


class ParametersScreen(ModalScreen[list[BoundValue] | None]):
    """Dismissed with a value for each, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "do not run it", show=False),
        # Before the line gets it: the next key is for the next line.
        Binding("enter", "next", "next line, or run it", show=False, priority=True),
        Binding("down", "app.focus_next", "next line", show=False),
        Binding("up", "app.focus_previous", "line before", show=False),
        Binding("ctrl+n", "null", "NULL, or not", show=False),
        Binding("ctrl+j,f5", "run", "run it", show=False),
    ]
    DEFAULT_CSS = """
    ParametersScreen {
        align: center middle;
        & > VerticalScroll {
            width: 76;
            max-width: 100%;
            height: auto;
            max-height: 90%;
            border: round $accent;
            padding: 1 2;
            background: $background;
            border-title-color: $foreground;
            border-subtitle-color: $text-muted;
        }
        & .row { height: 1; }
        & .row > Static { width: auto; color: $text-muted; }
        & Input { width: 1fr; padding: 0; }
    }
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        """Ask for these."""
        super().__init__()
        self._fields = fields
        self._null = {number for number, field in enumerate(fields) if field.value is None}

    def compose(self) -> ComposeResult:
        """A row for each."""
        # Were it focused, enter would run the statement with half of the values.
        with VerticalScroll(can_focus=False) as pane:
            pane.border_title = "Parameters"
            pane.border_subtitle = _KEYS
            for number, (name, type_name, value) in enumerate(self._fields):
                with Horizontal(classes="row"):
                    yield Static(fit(name, _NAME_WIDTH) + " ", markup=False)
                    yield OneLineInput(
                        value or "",
                        id=f"value-{number}",
                        compact=True,
                        placeholder=NULL if value is None else EMPTY,
                    )
                    shown = _ANY_TYPE if type_name == UNKNOWN else type_name
                    yield Static(f" {fit(shown, _TYPE_WIDTH)}", markup=False)

    def on_mount(self) -> None:
        """Begin with the first, and let it be typed over."""
        self.query(Input).first().focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.query_one(VerticalScroll).border_subtitle = _KEYS
        if event.value:
            self._null.discard(self._number(event.input))
            event.input.placeholder = EMPTY

    @on(OneLineInput.Refused)
    def _refused(self, event: OneLineInput.Refused) -> None:
        event.stop()
        self.query_one(VerticalScroll).border_subtitle = "not pasted: a value has one line here"

    def action_next(self) -> None:
        """Go to the next line; behind the last, give the values."""
        if not isinstance(self.focused, Input):
            return
        if self._number(self.focused) + 1 < len(self._fields):
            self.focus_next()
        else:
            self.action_run()

    def action_null(self) -> None:
        """Make the value of this line NULL, or an empty text again."""
        if isinstance(self.focused, Input):
            number = self._number(self.focused)
            null = number not in self._null
            (self._null.add if null else self._null.discard)(number)
            self.focused.value = ""
            self.focused.placeholder = NULL if null else EMPTY

    def action_run(self) -> None:
        """Give the values."""
        values = [
            BoundValue(field.name, field.type_name, None if number in self._null else box.value)
            for number, (field, box) in enumerate(zip(self._fields, self.query(Input), strict=True))
        ]
        self.dismiss(values)

    @staticmethod
    def _number(box: Input) -> int:
        return int((box.id or "").removeprefix("value-"))
