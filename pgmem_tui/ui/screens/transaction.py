"""How the open transaction is to end."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line, truncate
from pgmem_tui.paging.events import TransactionOpen

_CHOICES = {
    "commit": "W  commit: others see it, and it is on the disk",
    "roll back": "Z  roll back: as if it had not been",
    "stay": "stay",
}
_RUNNING = {"roll back": "Z  leave: all that is not committed is rolled back", "stay": "stay"}
WIDTH = 70


class TransactionScreen(ModalScreen[str | None]):
    """Dismissed with `commit`, `roll back`, or None to stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("W", "choose('commit')", "commit", show=False),
        Binding("Z", "choose('roll back')", "roll back", show=False),
        Binding("escape,q", "dismiss", "stay", show=False),
    ]
    DEFAULT_CSS = """
    TransactionScreen {
        align: center middle;
        & > Vertical {
            width: 70;
            max-width: 100%;
            height: auto;
            border: heavy $error;
            padding: 1 2;
            background: $background;
            border-title-color: $foreground;
        }
        & Static { height: auto; margin-bottom: 1; }
        & OptionList, & OptionList:focus { height: auto; border: none; background: $background; }
    }
    """

    def __init__(self, transaction: TransactionOpen | None, at_hand: str) -> None:
        """Say what is open.

        Args:
            transaction: It; None while a statement that writes runs in it, when it cannot be committed.
            at_hand: The choice that enter takes.
        """
        super().__init__()
        self._transaction, self._at_hand = transaction, at_hand
        self._choices = _CHOICES if transaction is not None else _RUNNING

    def compose(self) -> ComposeResult:
        """What was run, and the ways."""
        with Vertical() as pane:
            pane.border_title = "Open transaction"
            yield Static(self._text(), markup=False)
            yield OptionList(*(Option(text, id=how) for how, text in self._choices.items()))

    def on_mount(self) -> None:
        """Put the choice under the cursor."""
        self.query_one(OptionList).highlighted = list(self._choices).index(self._at_hand)

    def action_choose(self, how: str) -> None:
        """Take one of the ways."""
        if how in self._choices:
            self.dismiss(how)

    def _text(self) -> str:
        now = self._transaction
        if now is None:
            return "a statement that writes is running, and is not committed"
        plural = "" if now.statements == 1 else "s"
        age = quantities.clock(time.time() - now.began)
        lines = [f"{now.statements:,} statement{plural} not committed, for {age}"]
        if now.statements > len(now.last):
            lines.append("  …")
        lines += [f"  {truncate(one_line(' '.join(text.split())), WIDTH - 8)}" for text in now.last]
        return "\n".join(lines)

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(None if message.option_id == "stay" else message.option_id)
