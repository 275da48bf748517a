"""A lesson's text: scrolled, and a cursor among the answers while one is to be predicted."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.ui.hyperlinks import link_to
from pgmem_tui.ui.lesson_text import Document
from pgmem_tui.ui.text_lines import KINDS, LINK, Line
from pgmem_tui.ui.widgets.scrollbar import Scrollbar

WHEEL = 3
Make = Callable[[int, int], Document]
"""Makes the text for a width and the answer that the cursor is on (-1 for none)."""


class LessonView(Widget, can_focus=True):
    """Knows lines, steps and answers by number only."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "down, next answer", show=False),
        Binding("up,k", "step(-1)", "up, answer before", show=False),
        Binding("pagedown,f", "page(1)", "page down", show=False),
        Binding("pageup,b", "page(-1)", "page up", show=False),
        Binding("home,g", "edge(False)", "begin", show=False),
        Binding("end,G", "edge(True)", "end", show=False),
    ]
    HELP_TITLE = "The lesson"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lesson--{kind}" for kind in KINDS} | {"lesson--bar"}
    DEFAULT_CSS = """
    LessonView {
        background: $background;
        color: $foreground;
        & > .lesson--dim, & > .lesson--comment { color: $text-muted; }
        & > .lesson--comment { text-style: italic; }
        & > .lesson--strong { text-style: bold; }
        & > .lesson--emphasis { text-style: italic; }
        & > .lesson--code { color: $text-primary; }
        & > .lesson--heading { color: $text-accent; text-style: bold; }
        & > .lesson--link { color: $text-secondary; text-style: underline; }
        & > .lesson--good { color: $text-success; text-style: bold; }
        & > .lesson--bad { color: $text-error; text-style: bold; }
        & > .lesson--chosen { background: $accent; color: auto; }
        &:nocolor > .lesson--chosen { text-style: reverse; }
        & > .lesson--key-word { color: $text-accent; text-style: bold; }
        & > .lesson--name { color: $text-warning; }
        & > .lesson--string { color: $text-success; }
        & > .lesson--number { color: $text-secondary; }
        & > .lesson--bar { color: $surface-lighten-2; }
    }
    """
    ALLOW_SELECT = False

    class Picked(Message):
        """An answer was chosen."""

        def __init__(self, choice: int) -> None:
            """Say which, from 0."""
            super().__init__()
            self.choice = choice

    class Scrolled(Message):
        """Another part of the text is seen."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self._make: Make = lambda width, bright: Document((), 0)
        self.shown = Document((), 0)
        """What is on the screen, or could be by scrolling."""
        self.top = 0
        """The first line on the screen."""
        self.bright = -1
        """The answer under the cursor."""
        self._choices = 0
        self._follow: int | None = None
        self._styles: dict[str, Style] = {}

    # -- what is shown ---------------------------------------------------------------------------

    def show(self, make: Make, choices: int) -> None:
        """Show a text, or the same with something new in it; only lines that changed are painted.

        Args:
            make: Makes it.
            choices: How many answers can be chosen now.
        """
        self._make, self._choices = make, choices
        self.bright = min(self.bright, choices - 1)
        self._again()

    def begin(self) -> None:
        """Go to the first line: the text is another one."""
        self._follow, self.bright = None, -1
        self._go(0)

    def follow(self, step: int) -> None:
        """Keep the end of a step in sight, until one scrolls."""
        self._follow = step
        self._again()

    def reveal(self, step: int) -> None:
        """Scroll no farther than it takes to have a step in sight, or its begin if it is longer."""
        first, end = self.shown.step(step)
        if first < end and end > self.top + self.size.height:
            self._go(max(self.top, min(first, end - self.size.height)))

    @property
    def answers_below(self) -> bool:
        """Whether an answer that can be chosen is below the screen."""
        return self._choices > 0 and self.shown.choice(self._choices - 1)[1] > self.top + self.size.height

    def go_to_result(self) -> None:
        """Begin the screen with the result."""
        self._follow = None
        self._go(self.shown.result)

    @property
    def step_in_sight(self) -> int:
        """The first step of which a line is on the screen; -1 if none is."""
        lines = self.shown.lines[self.top : self.top + self.size.height]
        return next((line.step for line in lines if line.step >= 0), -1)

    @property
    def place(self) -> str:
        """How far down one is; empty if everything is on the screen."""
        highest = self._bar.highest
        return f"{100 * self.top // highest} %" if highest else ""

    def _again(self) -> None:
        before, top = self.shown.lines, self.top
        self.shown = self._make(self.size.width - 2, self.bright)
        if self._follow is not None:
            first, end = self.shown.step(self._follow)
            self.top = max(0, min(first, self._bar.highest), end - self.size.height)
        self.top = min(self.top, self._bar.highest)
        if self.top != top or len(before) != len(self.shown.lines):
            self.refresh()
        else:
            for y in range(self.size.height):
                if self._line(before, y) != self._line(self.shown.lines, y):
                    self.refresh(Region(0, y, self.size.width, 1))
        self.post_message(self.Scrolled())

    def _line(self, lines: tuple[Line, ...], y: int) -> Line:
        return lines[self.top + y] if self.top + y < len(lines) else Line()

    @property
    def _bar(self) -> Scrollbar:
        return Scrollbar(len(self.shown.lines), max(1, self.size.height))

    # -- moving ----------------------------------------------------------------------------------

    def action_step(self, by: int) -> None:
        """Go to the answer next to this one, if that is in sight, or scroll by a line."""
        to = self.bright + by
        first, end = self.shown.choice(to) if 0 <= to < self._choices else (0, 0)
        if first < end and self.top <= first and end <= self.top + self.size.height:
            self.bright = to
            self._again()
        else:
            self._go(self.top + by)

    def action_page(self, pages: int) -> None:
        """Scroll by screenfuls less a line."""
        self._go(self.top + pages * max(1, self.size.height - 1))

    def action_edge(self, last: bool) -> None:
        """Go to the begin or the end."""
        self._go(len(self.shown.lines) if last else 0)

    def _go(self, top: int) -> None:
        self._follow = None
        top = min(max(0, top), self._bar.highest)
        if top != self.top:
            self.top = top
            self.refresh()
            self.post_message(self.Scrolled())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self._go(self.top + WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self._go(self.top - WHEEL)

    def on_click(self, event: events.Click) -> None:
        """Choose the answer that was clicked."""
        offset = event.get_content_offset(self)
        choice = self._line(self.shown.lines, offset.y).choice if offset is not None else -1
        if 0 <= choice < self._choices:
            self.post_message(self.Picked(choice))

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._again()

    # -- painting --------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Other colours."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        width = self.size.width
        segments = [Segment(" ", self.rich_style)]
        line = self._line(self.shown.lines, y)
        for part in line.pieces:
            style = self._style(part.kind)
            if part.kind == LINK:
                style = link_to(line.address or part.text, style)
            segments.append(Segment(part.text, style))
        first, end = self._bar.thumb(self.top)
        bar = Segment("┃" if first <= y < end else " ", self._style("bar"))
        return Strip([*Strip(segments).adjust_cell_length(width - 1, self.rich_style), bar], width)

    def _style(self, kind: str) -> Style:
        if kind not in self._styles:
            own = self.get_component_rich_style(f"lesson--{kind}", partial=True)
            if own.color is None and own.bgcolor is None:
                style = self.rich_style + own
            else:
                style = (
                    self.rich_style
                    + own
                    + Style(color=self.get_component_rich_style(f"lesson--{kind}").color)
                )
            self._styles[kind] = style
        return self._styles[kind]
