"""Choose, hide, reorder, freeze and resize the columns of what is open."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from pgmem_tui.display.column_arrangement import Arrangement
from pgmem_tui.display.column_draft import ColumnDraft
from pgmem_tui.ui.widgets.column_list import ColumnList
from pgmem_tui.ui.widgets.one_line import OneLine

KEYS = (" space show/hide · J K move · f freeze up to here", " < > width · a all as they come · / filter")
AROUND = ColumnList.HEAD + len(KEYS) + 2
"""Lines of the pane besides those of the columns."""


class ColumnsScreen(ModalScreen[Arrangement | None]):
    """Answers with the arrangement wanted, or None to leave everything as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", "apply", show=False),
        Binding("escape,q,C", "leave", "leave as it was", show=False),
    ]
    DEFAULT_CSS = """
    ColumnsScreen {
        align: center middle;
        & > Vertical {
            width: 76;
            max-width: 100%;
            max-height: 100%;
            border: round $accent;
            background: $background;
            border-title-color: $foreground;
            border-subtitle-color: $text-muted;
        }
        & ColumnList { height: 1fr; }
        & OneLine { color: $text-muted; }
        & #column-keys { height: 2; }
    }
    """

    def __init__(self, draft: ColumnDraft) -> None:
        """Begin with what is shown."""
        super().__init__()
        self._draft = draft

    def compose(self) -> ComposeResult:
        """The list, and its keys below it."""
        with Vertical() as pane:
            pane.styles.height = len(self._draft.columns) + AROUND
            pane.border_subtitle = "↵ applies · esc leaves as it was"
            yield ColumnList(self._draft)
            yield OneLine(id="column-keys")

    def on_mount(self) -> None:
        """Say how many columns there are."""
        self.query_one(ColumnList).focus()
        self._say(ColumnList.Changed())

    @on(ColumnList.Changed)
    def _say(self, message: ColumnList.Changed) -> None:
        draft = self._draft
        frozen = sum(map(draft.shown, draft.frozen()))
        parts = [f"{draft.shown_count} of {len(draft.columns)} shown", f"{frozen} frozen" if frozen else ""]
        self.query_one(Vertical).border_title = f"Columns ─ {' · '.join(part for part in parts if part)}"
        first = f" {message.refused}" if message.refused else KEYS[0]
        self.query_one("#column-keys", OneLine).show((first, ""), (KEYS[1], ""))

    def action_apply(self) -> None:
        """Show the columns so."""
        self.dismiss(self._draft.arrangement)

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)
