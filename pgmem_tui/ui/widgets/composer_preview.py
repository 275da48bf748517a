"""What a query that is being composed would send: its text, and below it what the planner thinks."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip

from pgmem_tui.display.text import fit
from pgmem_tui.ui.preview_lines import BROKEN, COMMENT, IDENTIFIER, MOST, STRING, VALUE, WORD, Styled, wrapped
from pgmem_tui.ui.preview_views import Shown, View
from pgmem_tui.ui.widgets.changed_lines import ChangedLines

TOP, FOOT = 2, 2
"""Lines above the text (the views, the plan), and over its end, where there is something to be said of it."""
WHEEL = 3
_KINDS = (IDENTIFIER, VALUE, BROKEN, STRING, COMMENT, WORD)


class ComposerPreview(ChangedLines):
    """Names are underlined, values bold; what breaks out of its place is reversed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"composer-preview--{name}" for name in (*_KINDS, "view", "current", "muted", "problem")
    }
    DEFAULT_CSS = """
    ComposerPreview {
        background: $background;
        color: $foreground;
        & > .composer-preview--identifier { color: $text-accent; text-style: underline; }
        & > .composer-preview--value { color: $text-success; text-style: bold; }
        & > .composer-preview--broken { background: $error; color: auto; text-style: bold; }
        & > .composer-preview--string { color: $text-muted; }
        & > .composer-preview--comment { color: $text-muted; text-style: italic; }
        & > .composer-preview--word { color: $text-primary; }
        & > .composer-preview--view { background: $panel; color: $foreground; }
        & > .composer-preview--current { background: $panel; color: $foreground; text-style: bold reverse; }
        & > .composer-preview--muted { color: $text-muted; }
        & > .composer-preview--problem { color: $text-error; text-style: bold; }
        &:nocolor > .composer-preview--broken { text-style: reverse bold; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin blank."""
        super().__init__(id=id)
        self.view = View.SQL
        self.shown = Shown("")
        self.top = 0
        self._plan, self._said, self._bad = "", "", False
        self._lines: list[list[Styled]] = []

    def show(self, shown: Shown, view: View) -> None:
        """Show a text."""
        before, same = self.shown.text, view is self.view
        self.shown, self.view = shown, view
        if not same:
            self.top = 0
        self._wrap()
        if same and before and before != shown.text:
            self._reveal(_alike(before[:MOST], shown.text[:MOST]))

    def say(self, plan: str, sentence: str = "", bad: bool = False) -> None:
        """Say this above it, and that below: a warning, if that is `bad`."""
        if (plan, sentence, bad) != (self._plan, self._said, self._bad):
            self._plan, self._said, self._bad = plan, sentence, bad
            self.turn(0)

    def turn(self, by: int) -> None:
        """Scroll by lines."""
        highest = max(0, len(self._lines) - max(1, self.size.height - TOP - self._foot))
        self.top = min(max(0, self.top + by), highest)
        self.refresh_changed()

    @property
    def _foot(self) -> int:
        return FOOT if self._said else 0

    def _reveal(self, place: int) -> None:
        """Have what was changed on the screen."""
        line = len(wrapped(self.shown.text[: place + 1], self.shown.spans, self.size.width - 2)) - 1
        room = max(1, self.size.height - TOP - self._foot)
        if not self.top <= line < self.top + room:
            self.turn(line - self.top - room // 2)

    def _wrap(self) -> None:
        self._lines = wrapped(self.shown.text, self.shown.spans, self.size.width - 2)
        self.turn(0)

    def on_resize(self) -> None:
        """Break the lines elsewhere."""
        self._wrap()

    # -- painting ----------------------------------------------------------------------------------

    def look(self, y: int) -> object:
        """What a line's painting depends on."""
        if y < TOP:
            return self.view, self._plan
        if y >= self.size.height - self._foot:
            return self._said, self._bad
        number = self.top + y - TOP
        last = y == self.size.height - self._foot - 1
        return self._lines[number : number + 1], last and number + 1 < len(self._lines)

    def render_line(self, y: int) -> Strip:
        """The views, the text, what is said of it."""
        width, foot = self.size.width, self.size.height - self._foot
        if y < TOP:
            return self._foot_line(self._plan, "muted", width) if y else self._views(width)
        if y >= foot:
            mark = "! " if self._bad and self._said else ""
            lines = wrapped(mark + self._said, (), width - 2)[:FOOT]
            number = y - foot
            text = "".join(word.text for word in lines[number]) if number < len(lines) else ""
            return self._foot_line(text, "problem" if self._bad else "muted", width)
        number = self.top + y - TOP
        if number >= len(self._lines):
            return Strip([Segment(" " * width, self.rich_style)], width)
        more = number + 1 < len(self._lines) and y == foot - 1
        segments = [Segment(" ", self.rich_style)]
        segments += [Segment(word.text, self._kind(word.kind)) for word in self._lines[number]]
        used = 1 + sum(word.cells for word in self._lines[number])
        rest = max(0, width - used)
        segments.append(Segment(("▾" if more else " ").rjust(rest), self._style("muted")))
        return Strip(segments).adjust_cell_length(width)

    def _views(self, width: int) -> Strip:
        others = self._style("view")
        segments = [Segment(" ", others)]
        used = 1
        for view in View:
            style = self._style("current") if view is self.view else others
            segments += [Segment(f" {view.value} ", style), Segment(" ", others)]
            used += len(view.value) + 3
        hint = "v another " if width - used >= len("v another ") else "v "
        segments.append(Segment(fit(hint, max(0, width - used), right=True), others))
        return Strip(segments).adjust_cell_length(width)

    def _foot_line(self, text: str, name: str, width: int) -> Strip:
        return Strip([Segment(fit(f" {text}", width), self._style(name))], width)

    def _kind(self, kind: str) -> Style:
        return self._style(kind) if kind in _KINDS else self.rich_style

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"composer-preview--{name}")

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self.turn(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self.turn(-WHEEL)


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
