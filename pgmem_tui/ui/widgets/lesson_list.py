"""The list of lessons: which are done, and whether one was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from pgmem_tui.display.text import fit
from pgmem_tui.lessons.lesson import Lesson
from pgmem_tui.lessons.progress import Done
from pgmem_tui.ui.widgets.line_list import LineList

SHORT = 60
"""Cells below which a lesson takes two lines."""


def said(done: Done | None) -> str:
    """Whether it was done, and with which prediction."""
    if done is None:
        return ""
    if not done.passed:
        return "done, a claim failed"
    if done.chosen is None or done.right is None:
        return "done"
    return "done, prediction right" if done.chosen == done.right else "done, prediction wrong"


class LessonList(LineList, can_focus=True):
    """Each lesson a line, or two where lines are short."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "next lesson", show=False),
        Binding("up,k", "move(-1)", "lesson before", show=False),
        Binding("home,g", "edge(False)", "first lesson", show=False),
        Binding("end,G", "edge(True)", "last lesson", show=False),
        Binding("enter", "take", "read it", show=False),
    ]
    HELP_TITLE = "Lessons"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lesson-list--cursor", "lesson-list--open", "lesson-list--dim"}
    DEFAULT_CSS = """
    LessonList {
        background: $background;
        color: $foreground;
        & > .lesson-list--cursor { background: $accent; color: auto; }
        & > .lesson-list--open { text-style: bold; }
        & > .lesson-list--dim { color: $text-muted; }
        &:nocolor > .lesson-list--cursor { text-style: reverse; }
    }
    """

    class Moved(Message):
        """Another lesson is wanted."""

    class Taken(Message):
        """It is to be read now."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self._lessons: Sequence[Lesson] = ()
        self._done: Mapping[str, Done] = {}
        self._elsewhere: frozenset[str] = frozenset()
        self._says = "reading the lessons …"

    def show(
        self,
        lessons: Sequence[Lesson],
        done: Mapping[str, Done],
        index: int,
        elsewhere: frozenset[str] = frozenset(),
    ) -> None:
        """Show these, the cursor on one of them; nothing is painted again if they are the same.

        Args:
            lessons: In their order.
            done: What was done, by lessons' names.
            index: Where the cursor is.
            elsewhere: The names of those that cannot run on this server.
        """
        shown = self._lessons, self._done, self.cursor, self._elsewhere
        if (lessons, done, index, elsewhere) != shown or not lessons:
            self._lessons, self._done, self._elsewhere = lessons, dict(done), elsewhere
            self._says = "" if lessons else self._says
            self.place(index)

    def place(self, line: int, top: int | None = None) -> None:
        """Put the cursor on a lesson."""
        super().place(line, top)
        self.refresh()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._lessons)

    @property
    def _height(self) -> int:
        """Lines of a lesson."""
        return 2 if self.size.width < SHORT else 1

    @property
    def page(self) -> int:
        """Lessons that there is room for."""
        return max(1, self.size.height // self._height)

    def line_at(self, y: int) -> int:
        """The lesson in a row of the widget; -1 where there is none."""
        return super().line_at(y // self._height)

    def moved(self) -> None:
        """Say that another one is wanted."""
        self.post_message(self.Moved())

    def action_take(self) -> None:
        """Read it."""
        self.post_message(self.Taken())

    def on_click(self, event: events.Click) -> None:
        """Go to the lesson that was clicked."""
        offset = event.get_content_offset(self)
        line = self.line_at(offset.y) if offset is not None else -1
        if line >= 0:
            self.go(line)

    def on_focus(self) -> None:
        """The cursor is bright now."""
        self.refresh()

    def on_blur(self) -> None:
        """It no longer is."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint a line of a lesson."""
        width, height = self.size.width, self._height
        number, second = self.top + y // height, y % height == 1
        if number >= len(self._lessons):
            text = f" {self._says}" if y == 0 else ""
            return Strip(
                [Segment(fit(text, width), self.get_component_rich_style("lesson-list--dim"))], width
            )
        lesson, here = self._lessons[number], number == self.cursor
        done = said(self._done.get(lesson.name)) or ("not here" if lesson.name in self._elsewhere else "")
        if second:
            text = f"    {lesson.minutes} min  {done}"
        else:
            end = f" {done:22} {lesson.minutes:2} min " if height == 1 else " "
            begin = f"{'>' if here else ' '}{number + 1:2} "
            text = begin + fit(lesson.title, max(0, width - len(begin) - len(end))) + end
        style = self.get_component_rich_style("lesson-list--dim") if second else self.rich_style
        if here and (self.has_focus or not second):
            name = "cursor" if self.has_focus else "open"
            style = self.get_component_rich_style(f"lesson-list--{name}")
        return Strip([Segment(fit(text, width), style)], width)
