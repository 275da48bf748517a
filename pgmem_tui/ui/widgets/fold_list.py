"""Lines of a tree with cells at their right: folded, unfolded, replaced under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from pgmem_tui.display.fold_lines import FoldLine, FoldLines
from pgmem_tui.display.text import fit
from pgmem_tui.ui.widgets.line_list import LineList, moving

INDENT = 2
NAME, CELL = 20, 10
"""Cells of a fact's name, and of a figure."""


class FoldList(LineList, can_focus=True):
    """A tree and a bright line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *moving("line"),
        Binding("right", "unfold", "unfold", show=False),
        Binding("left", "fold", "fold, go to what it is in", show=False),
        Binding("z,space,enter", "turn", "fold, unfold", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "fold--head",
        "fold--note",
        "fold--mine",
        "fold--error",
        "fold--cursor",
    }
    DEFAULT_CSS = """
    FoldList {
        background: $background;
        color: $foreground;
        & > .fold--head { text-style: bold; background: $panel; }
        & > .fold--note { color: $text-muted; }
        & > .fold--mine { color: $text-accent; text-style: bold; }
        & > .fold--error { color: $text-error; }
        & > .fold--cursor { background: $surface-lighten-2; text-style: underline; }
        &:focus > .fold--cursor { background: $accent; color: auto; text-style: none; }
        &:nocolor > .fold--cursor { text-style: reverse; }
    }
    """
    HELP_TITLE = "Inspector"

    class Moved(Message):
        """Another line is bright, or something was folded."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin empty."""
        super().__init__(id=id)
        self.tree_lines = FoldLines()

    @property
    def count(self) -> int:
        """Lines that are not hidden."""
        return len(self.tree_lines.visible)

    @property
    def section(self) -> str:
        """The key of the section that the bright line is in; empty without lines."""
        if not self.count:
            return ""
        return self.tree_lines.lines[self.tree_lines.section(self._number)].key

    @property
    def _number(self) -> int:
        return self.tree_lines.visible[self.cursor]

    def replace(self, lines: Sequence[FoldLine], fold: Iterable[str] = ()) -> None:
        """Show other lines; the bright one stays where it is, if it comes again."""
        bright = self.tree_lines.lines[self._number].key if self.count else ""
        before = self.cursor - self.top
        self.tree_lines.replace(lines, fold)
        shown = self.tree_lines.visible
        found = next((at for at, number in enumerate(shown) if lines[number].key == bright), self.cursor)
        self.refresh()
        self.place(found, found - before)

    def show_first(self) -> None:
        """Go to the first line."""
        self.go(0, 0)

    def moved(self) -> None:
        """Tell."""
        self.post_message(self.Moved())

    def action_turn(self) -> None:
        """Fold or unfold."""
        if self.count:
            self._fold(not self.tree_lines.folded(self._number))

    def action_unfold(self) -> None:
        """Unfold."""
        if self.count:
            self._fold(False)

    def action_fold(self) -> None:
        """Fold; go to what the line is in, if there is nothing to fold."""
        if not self.count:
            return
        number = self._number
        if self.tree_lines.folds(number) and not self.tree_lines.folded(number):
            self._fold(True)
        else:
            self.go(self.tree_lines.visible.index(self.tree_lines.parent(number)))

    def _fold(self, fold: bool) -> None:
        self.tree_lines.fold(self._number, fold)
        self.refresh()
        self.go(self.cursor)

    def on_click(self, event: events.Click) -> None:
        """Take the bright line there; on it, fold."""
        line = self.line_at(event.y)
        if line == self.cursor:
            self.action_turn()
        elif line >= 0:
            self.go(line)

    # -- painting --------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        width, at = self.size.width, self.top + y
        if at >= self.count:
            return Strip.blank(width, self.rich_style)
        number = self.tree_lines.visible[at]
        line = self.tree_lines.lines[number]
        marker = ""
        if self.tree_lines.folds(number):
            marker = "▸ " if self.tree_lines.folded(number) else "▾ "
        elif line.look != "fact":
            marker = "  "
        indent = " " * min(INDENT * line.depth, width // 3)
        place = self._facts if line.look in ("fact", "facts") else self._figures
        text = place(f"{indent}{marker}{line.text}", line, width)
        return Strip([Segment(text, self._style(line.look, at == self.cursor))], width)

    def _facts(self, name: str, line: FoldLine, width: int) -> str:
        first, second = line.cells
        room = max(8, (width - NAME - 2) // 2)
        if second == "·":
            return fit(f"{fit(name, NAME)} {first}", width)
        return fit(f"{fit(name, NAME)} {fit(first, room)} {second}", width)

    def _figures(self, name: str, line: FoldLine, width: int) -> str:
        cells = [fit(cell, max(CELL, len(cell)), True) for cell in line.cells]
        right = " ".join(["", *cells]) if cells else ""
        return fit(fit(name, max(8, width - len(right) - 1)) + right, width)

    def _style(self, look: str, bright: bool) -> Style:
        if bright:
            return self.get_component_rich_style("fold--cursor")
        if look in ("facts", "head"):
            return self.rich_style + self.get_component_rich_style("fold--head", partial=True)
        if look in ("note", "mine", "error"):
            return self.rich_style + self.get_component_rich_style(f"fold--{look}", partial=True)
        return self.rich_style
