"""Where the focus goes when a pane beside the rows is closed, or hides them."""

from __future__ import annotations

from textual.widget import Widget

from pgmem_tui.ui.widgets.data_grid import DataGrid


def give_back(grid: DataGrid, closed: Widget) -> None:
    """Let the rows have the focus of a pane that is closed, once they are on the screen.

    Someone who is elsewhere by then stays there: in the editor, which the pane was closed for.

    Args:
        grid: The rows, which may have been hidden by the pane.
        closed: The pane, still mounted.
    """

    def give() -> None:
        focused = grid.screen.focused
        if focused is None or closed in focused.ancestors_with_self:
            grid.focus()

    grid.screen.call_after_refresh(give)
