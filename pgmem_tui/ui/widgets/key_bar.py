"""The keys that matter most, as many as there is room for."""

from __future__ import annotations

from textual.widget import Widget

from pgmem_tui.ui.widgets.one_line import OneLine

KEYS = (
    " 1 connect  2 tables  3 rows  6 lab  7 lessons  c compose  e SQL  ^R history │ ↵ cell  r record"
    "  / find  : go to  s sort  = ! filter  f follow  y copy  E export  x explain  # count  space stream"
    " │ ? help  q quit",
    " 2 tables  6 lab  7 lessons  c compose  e SQL  ^R history │ ↵ cell  / find  : go to  s sort"
    "  = ! filter  y copy  E export  x explain  # count │ ? help",
    " 2 tables  c compose  e SQL  ^R history │ ↵ cell  / find  : go to  s sort  = filter  y copy  E export"
    "  ? help",
    " 2 tables  c compose  e SQL │ ↵ cell  / find  : go to  s sort  = filter  y copy  E export  ? help",
    " 2 tables  c compose  e SQL │ ↵ cell  / find  : go to  s sort  ? help  q quit",
    " 2 tables  e SQL │ ↵ cell  / find  s sort  ? help  q quit",
)
"""Those of the rows and of the tables, the longest line first; a widget may have its own as `KEYS`."""


PRESENTING = (" ? help  P ends presenter mode  q quit",)
"""In presenter mode, where a long line would be read instead of the key that is pressed."""


class KeyBar(OneLine):
    """One line at the foot of the screen."""

    _presenting = False

    def present(self, presenting: bool) -> None:
        """Show few keys, or as many as there is room for."""
        self._presenting = presenting
        self._show_keys(self.screen.focused)

    def on_mount(self) -> None:
        """Follow the focus."""
        self.watch(self.screen, "focused", self._show_keys)

    def on_resize(self) -> None:
        """Show what fits."""
        self._show_keys(self.screen.focused)

    def _show_keys(self, focused: Widget | None) -> None:
        around = [node for node in focused.ancestors_with_self if hasattr(node, "KEYS")] if focused else []
        lines: tuple[str, ...] = getattr(around[0], "KEYS", KEYS) if around else KEYS
        if self._presenting:
            lines = PRESENTING
        self.show_fitting(lines, self.size.width)
