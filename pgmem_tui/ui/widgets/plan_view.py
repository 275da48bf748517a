"""A plan as a tree with columns: only the lines on the screen are worked out and painted."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from pgmem_tui.display.text import fit, one_line
from pgmem_tui.ui.plan_lines import ESTIMATED, INDENT, MEASURED, Column, Line, PlanLines, fitting
from pgmem_tui.ui.widgets.line_list import LineList, moving


class PlanView(LineList, can_focus=True):
    """A heading, nodes below it, and a bright line."""

    HEAD = 1
    """The heading."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *moving("node"),
        Binding("right,l", "unfold", "unfold, go to its first child", show=False),
        Binding("left,h", "fold", "fold, go to its parent", show=False),
        Binding("z,space,enter", "turn", "fold, unfold", show=False),
        Binding("Z", "fold_all", "fold everything, unfold all", show=False),
        Binding("n", "marked(1)", "next node with a mark", show=False),
        Binding("N", "marked(-1)", "node with a mark before", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "plan--heading",
        "plan--marks",
        "plan--new",
        "plan--gone",
        "plan--cursor",
    }
    DEFAULT_CSS = """
    PlanView {
        background: $background;
        color: $foreground;
        & > .plan--heading { color: $text-muted; }
        & > .plan--marks { color: $text-warning; text-style: bold; }
        & > .plan--new { color: $text-success; }
        & > .plan--gone { color: $text-muted; }
        & > .plan--cursor { background: $surface-lighten-2; text-style: underline; }
        &:focus > .plan--cursor { background: $accent; color: auto; text-style: none; }
        &:nocolor > .plan--cursor { text-style: reverse; }
    }
    """
    HELP_TITLE = "Plan"

    class Moved(Message):
        """Another node is bright."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self.plan: PlanLines | None = None
        self._says = ""
        self._columns: list[Column] = []
        self._styles: dict[tuple[str, bool], Style] = {}

    def say(self, text: str) -> None:
        """Show a word in place of a plan."""
        self.plan, self._says = None, text
        self.refresh()

    def show(self, plan: PlanLines) -> None:
        """Show a plan from its beginning."""
        self.plan, self.cursor, self.top = plan, 0, 0
        self._lay_out()
        self.go(0)

    @property
    def count(self) -> int:
        """How many lines are not folded away."""
        return len(self.plan.visible) if self.plan is not None else 0

    def moved(self) -> None:
        """Say that another node is bright."""
        if self.plan is not None:
            self.post_message(self.Moved())

    @property
    def line(self) -> Line | None:
        """The bright one."""
        return self.plan.lines[self._number] if self.plan is not None else None

    @property
    def position(self) -> tuple[int, int]:
        """The number of the bright line among all, from 1, and how many there are; (0, 0) without a plan."""
        return (self._number + 1, len(self.plan.lines)) if self.plan is not None else (0, 0)

    @property
    def _number(self) -> int:
        assert self.plan is not None, "there is a plan"
        return self.plan.visible[self.cursor]

    # -- keys ------------------------------------------------------------------------------------

    def action_page(self, pages: int) -> None:
        """Move the cursor and the screen by screenfuls."""
        self.go(self.cursor + pages * self.page, self.top + pages * self.page)

    def action_fold(self) -> None:
        """Fold; go to the parent of what has nothing to fold."""
        if self.plan is None:
            return
        number = self._number
        if self.plan.folds(number) and not self.plan.folded(number):
            self._fold(number, True)
        else:
            self._show_node(self.plan.parent(number))

    def action_unfold(self) -> None:
        """Unfold; go into what is open."""
        if self.plan is None:
            return
        if self.plan.folded(self._number):
            self._fold(self._number, False)
        elif self.plan.folds(self._number):
            self.action_move(1)

    def action_turn(self) -> None:
        """Fold or unfold."""
        if self.plan is not None:
            self._fold(self._number, not self.plan.folded(self._number))

    def action_fold_all(self) -> None:
        """Fold everything below the first line, or unfold all."""
        if self.plan is not None:
            number = self._number
            self.plan.fold_all()
            while number not in self.plan.visible:
                number = self.plan.parent(number)
            self._show_node(number)

    def action_marked(self, step: int) -> None:
        """Go to the next node with a mark."""
        if self.plan is not None and (found := self.plan.next_marked(self._number, step)) >= 0:
            self.plan.reveal(found)
            self._show_node(found)

    def _fold(self, number: int, fold: bool) -> None:
        if self.plan is not None:
            self.plan.fold(number, fold)
            self._show_node(number)

    def _show_node(self, number: int) -> None:
        assert self.plan is not None, "there is a plan"
        self.refresh()
        self.go(self.plan.visible.index(number))

    # -- the mouse and the size ------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Take the bright line there; on it, fold."""
        line = self.line_at(event.y)
        if self.plan is not None and line == self.cursor:
            self.action_turn()
        elif line >= 0:
            self.go(line)

    def on_resize(self) -> None:
        """Drop columns, or have them back."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self.plan is not None:
            self._columns = fitting(MEASURED if self.plan.measured else ESTIMATED, self.size.width - 1)
            self.refresh()

    # -- painting --------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget the styles of another theme, or of before the focus."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """Paint the heading, or one node."""
        width = self.size.width
        if self.plan is None:
            text = f" {self._says}" if y == 0 else ""
            return Strip([Segment(fit(text, width), self._style("heading", False))], width)
        if y < self.HEAD:
            titles = [(column.title, column) for column in self._columns]
            return self._strip("node", titles, "heading", False)
        shown = self.top + y - self.HEAD
        if shown >= len(self.plan.visible):
            return Strip([Segment(" " * width, self._style("", False))], width)
        number = self.plan.visible[shown]
        line = self.plan.lines[number]
        look = {"+": "new", "-": "gone"}.get(line.sign, "")
        cells = [(column.text(line.weighed), column) for column in self._columns]
        return self._strip(self._tree(number, line), cells, look, shown == self.cursor)

    def _strip(self, name: str, cells: list[tuple[str, Column]], look: str, bright: bool) -> Strip:
        width = self.size.width
        room = max(1, width - 1 - sum(column.width + 1 for _, column in cells))
        plain, marks = self._style(look, bright), self._style(look or "marks", bright)
        segments = [Segment(f" {fit(name, room)}", plain)]
        for text, column in cells:
            cell = f" {fit(text, column.width, column.right)}"
            segments.append(Segment(cell, plain if column.right else marks))
        return Strip(segments).adjust_cell_length(width, plain)

    def _tree(self, number: int, line: Line) -> str:
        assert self.plan is not None, "there is a plan"
        folds = self.plan.folds(number)
        sign = f"{line.sign} " if line.sign else ""
        marker = ("▸ " if self.plan.folded(number) else "▾ ") if folds else "  "
        # A very deep node would begin outside: its depth is said instead.
        indent, most = INDENT * line.depth, max(0, self.size.width // 5)
        deep = f"{line.depth}: " if indent > most else ""
        hidden = f" … {self.plan.hidden(number):,} nodes" if self.plan.folded(number) else ""
        return f"{sign}{' ' * min(indent, most)}{marker}{deep}{one_line(line.name)}{hidden}"

    def _style(self, kind: str, bright: bool) -> Style:
        style = self._styles.get((kind, bright))
        if style is None:
            if bright:  # whole, as its colour is chosen to be read on its background
                style = self.get_component_rich_style("plan--cursor")
            elif kind:
                style = self.rich_style + self.get_component_rich_style(f"plan--{kind}", partial=True)
            else:
                style = self.rich_style
            self._styles[kind, bright] = style
        return style
