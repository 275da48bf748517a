"""The keys that matter most, as many as there is room for."""

from __future__ import annotations

from textual import events

from pgmem_tui.ui.widgets.one_line import OneLine

KEYS = (
    " 1 connect  2 tables  3 rows │ ↵ cell  r record  / find  : go to  s sort  = ! filter  f follow  y copy"
    "  C columns  E export  # count  space stream │ ? help  q quit",
    " 1 connect  2 tables  3 rows │ ↵ cell  / find  : go to  s sort  = ! filter  f follow  y copy  E export"
    "  # count  space stream │ ? help  q quit",
    " 2 tables  3 rows │ ↵ cell  / find  : go to  s sort  = filter  y copy  E export  ? help  q quit",
    " 2 tables │ ↵ cell  / find  : go to  s sort  = filter  E export  ? help  q quit",
    " 2 tables │ ↵ cell  / find  : go to  s sort  ? help  q quit",
)


class KeyBar(OneLine):
    """One line at the foot of the screen."""

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits."""
        fitting = (keys for keys in KEYS if len(keys) < event.size.width)
        self.show((next(fitting, KEYS[-1]), ""))
