"""What a sort would cost, and what to do about it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.paging.sorting import SortAdvised
from pgmem_tui.ui.query_of_grid import order_words

FIRST = 10_000
"""Rows of the cheap way: the server keeps no more than these while it looks at all."""


class SortScreen(ModalScreen[int | None]):
    """Dismissed with the rows wanted, 0 for all, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "cancel", show=False)]
    DEFAULT_CSS = """
    SortScreen {
        align: center middle;
        & > Vertical {
            width: 70;
            max-width: 100%;
            height: auto;
            border: round $accent;
            padding: 1 2;
            background: $background;
            border-title-color: $foreground;
        }
        & Static { height: auto; margin-bottom: 1; }
        & OptionList, & OptionList:focus { height: auto; border: none; background: $background; }
    }
    """

    def __init__(self, advised: SortAdvised) -> None:
        """Tell what the server said of its plan."""
        super().__init__()
        self._advised = advised

    def compose(self) -> ComposeResult:
        """What it costs, and three ways."""
        order = one_line(order_words(self._advised.target).removeprefix("ORDER BY "))
        with Vertical() as pane:
            pane.border_title = "Sort"
            yield Static(self._text(order), markup=False)
            yield OptionList(
                Option(f"only the first {FIRST:,} rows in that order", id="first"),
                Option("sort on the server", id="all"),
                Option("cancel", id="cancel"),
            )

    def _text(self, order: str) -> str:
        advised = self._advised
        if advised.temporary:
            where = f"about {quantities.nbytes(advised.temporary)} in temporary files"
        else:
            where = f"{quantities.nbytes(advised.nbytes)} in its memory"
        return (
            f"No index has the rows in the order of {order}.\n"
            f"The server would sort ≈{quantities.count(advised.rows)} rows, {where}, "
            f"and take very roughly {quantities.seconds(advised.seconds)} before the first row comes.\n"
            f"The first {FIRST:,} rows take a look at every row too, but no files."
        )

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss({"all": 0, "first": FIRST}.get(message.option_id or ""))
