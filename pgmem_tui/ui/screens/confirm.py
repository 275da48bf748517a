"""Statements that write are shown before they are run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line, truncate
from pgmem_tui.language.parameters import names
from pgmem_tui.language.secrets import hints_at_secret
from pgmem_tui.postgres.parameters import BoundValue

MOST_LINES, LONGEST_LINE = 200, 500
"""Of one statement that are shown."""
LONGEST_VALUE = 60
"""Cells of a parameter's value that are shown."""
MOST = 50
"""Statements shown."""


@dataclass(frozen=True)
class Planned:
    """A statement that writes."""

    headline: str
    """What it is that writes."""
    sql: str
    weighed: str = ""
    """What the planner thinks of it, or that it is being asked."""
    values: tuple[str, ...] = ()
    """A line for each of its parameters."""


def values_of(sql: str, values: Sequence[BoundValue]) -> tuple[str, ...]:
    """Lines that tell the values of a statement's parameters; none of what may be a secret."""
    wanted = names(sql) if values else ()
    known = {value.name: value for value in values}
    return tuple(_told(sql, known[name]) for name in wanted if name in known)


def _told(sql: str, value: BoundValue) -> str:
    text = value.value
    if text is None:
        shown = "NULL"
    elif hints_at_secret(f"{sql} {value.name} {text}"):
        shown = "… not shown, it may be a secret"
    elif not text:
        shown = "'' (empty)"
    else:
        shown = truncate(text, LONGEST_VALUE)
    return f":{one_line(value.name)} = {shown}"


class ConfirmScreen(ModalScreen[bool]):
    """Dismissed with whether to run them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "run", "run", show=False),
        Binding("escape,q,n", "leave", "do not run", show=False),
        Binding("pagedown,ctrl+d", "turn(10)", "down", show=False),
        Binding("pageup,ctrl+u", "turn(-10)", "up", show=False),
    ]
    DEFAULT_CSS = """
    ConfirmScreen {
        align: center middle;
        & > Vertical {
            width: 100;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            border: heavy $error;
            padding: 0 2;
            background: $background;
            border-title-color: $foreground;
        }
        & VerticalScroll { height: auto; max-height: 50vh; margin: 1 0; }
        & Static { height: auto; }
        & OptionList, & OptionList:focus { height: auto; border: none; background: $background; }
    }
    """

    def __init__(self, statements: Sequence[Planned], others: int, inside: bool) -> None:
        """Ask about these.

        Args:
            statements: Those that write.
            others: How many are run with them that only read.
            inside: Whether a transaction is open that they become a part of.
        """
        super().__init__()
        self._statements, self._others, self._inside = list(statements), others, inside

    def compose(self) -> ComposeResult:
        """The statements, and two ways."""
        with Vertical() as pane:
            pane.border_title = "This writes"
            with VerticalScroll(can_focus=False):
                yield Static(id="statements", markup=False)
            yield OptionList(Option(self._run_text(), id="run"), Option("do not run it"))

    def on_mount(self) -> None:
        """Show what is known by now; enter, which may have been typed ahead, does not write."""
        self.query_one("#statements", Static).update(self._text())
        self.query_one(OptionList).highlighted = 1

    def happens(self, inside: bool) -> None:
        """A transaction was opened meanwhile, or has ended."""
        self._inside = inside
        if self.is_mounted:
            self.query_one(OptionList).replace_option_prompt("run", self._run_text())

    def _run_text(self) -> str:
        where = "in the open transaction" if self._inside else "in a transaction that stays open"
        return f"y  run it {where}: W commits, Z rolls back"

    def weighed(self, index: int, text: str) -> None:
        """The planner has answered for one of them."""
        old = self._statements[index]
        self._statements[index] = Planned(old.headline, old.sql, text, old.values)
        if self.is_mounted:
            self.query_one("#statements", Static).update(self._text())

    def action_run(self) -> None:
        """Run them."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Leave everything as it is."""
        self.dismiss(False)

    def action_turn(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def _text(self) -> Text:
        text = Text()
        for planned in self._statements[:MOST]:
            text.append(one_line(planned.headline), "bold")
            text.append(f"  {planned.weighed}\n" if planned.weighed else "\n", "bold")
            lines = planned.sql.split("\n")
            for line in lines[:MOST_LINES]:
                cut = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} …"
                text.append(f"  {one_line(cut)}\n")
            if len(lines) > MOST_LINES:
                text.append(f"  … {len(lines) - MOST_LINES:,} more lines\n", "dim")
            for value in planned.values:
                text.append(f"  {value}\n", "dim")
        if len(self._statements) > MOST:
            text.append(f"… and {quantities.count(len(self._statements) - MOST)} more that write\n", "dim")
        if self._others:
            text.append(f"and {quantities.count(self._others)} that only read\n", "dim")
        text.rstrip()
        return text

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option_id == "run")
