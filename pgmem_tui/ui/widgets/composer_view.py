"""A query's parts painted a line each, and what is typed on one of them."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from pgmem_tui.display.text import cell_width, fit, truncate
from pgmem_tui.ui.query_condition_lines import hint
from pgmem_tui.ui.query_draft import Place, QueryDraft
from pgmem_tui.ui.query_fields import Field, Kind
from pgmem_tui.ui.query_line import Line, Notes, Piece, Role
from pgmem_tui.ui.query_lines import listed
from pgmem_tui.ui.widgets.changed_lines import ChangedLines

TITLES = 10
"""Cells of a section's title."""
INDENT = 2


class ComposerView(ChangedLines, can_focus=True):
    """Lines with a cursor; below the one that is typed on, what is to be said of that."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"composer-list--{name}"
        for name in ("title", "value", "muted", "problem", "cursor", "field", "caret")
    }
    DEFAULT_CSS = """
    ComposerView {
        background: $background;
        color: $foreground;
        & > .composer-list--title { color: $text-accent; text-style: bold; }
        & > .composer-list--value { color: $text-success; text-style: bold; }
        & > .composer-list--muted { color: $text-muted; }
        & > .composer-list--problem { color: $text-error; text-style: bold; }
        & > .composer-list--cursor { background: $accent; color: auto; }
        & > .composer-list--field { background: $panel; color: $foreground; }
        & > .composer-list--caret { background: $foreground; color: $background; }
        &:nocolor > .composer-list--cursor { text-style: reverse; }
        &:nocolor > .composer-list--field { text-style: underline; }
        &:nocolor > .composer-list--caret { text-style: reverse; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self, draft: QueryDraft, notes: Notes) -> None:
        """Show a draft.

        Args:
            draft: What is shown.
            notes: What is said beside it.
        """
        super().__init__()
        self.draft, self.notes = draft, notes
        self.field: Field | None = None
        """What is being typed."""
        self.line = 0
        """The cursor's."""
        self.top = 0
        """The first line on the screen."""
        self.lines: list[Line] = listed(draft, notes)

    @property
    def place(self) -> Place:
        """What the cursor is on."""
        return self.lines[min(self.line, len(self.lines) - 1)].place

    def renew(self, place: Place | None = None) -> None:
        """The draft or the notes are otherwise; the cursor stays where it is, or goes to a place."""
        wanted = self.field.place if self.field else place or self.place
        self.lines = listed(self.draft, self.notes)
        self.go(self._line_of(wanted))

    def _line_of(self, place: Place) -> int:
        places = [line.place for line in self.lines]
        if place in places:
            return places.index(place)
        section = [number for number, other in enumerate(places) if other.section is place.section]
        # What was there is gone: what is left of the same, the one that came in its place, or the one before.
        same = [number for number in section if places[number].path == place.path != ()]
        nearest = [number for number in section if places[number].path[:1] == place.path[:1]]
        before = [number for number in section if places[number].path and places[number].path <= place.path]
        return (same or nearest or before[-1:] or section)[0]

    def go(self, line: int) -> None:
        """Put the cursor on a line, and that on the screen."""
        self.line = min(max(0, line), len(self.lines) - 1)
        last = self.line + (1 if self.field else 0)
        total = len(self.lines) + (1 if self.field else 0)
        height = max(1, self.size.height)
        self.top = min(max(self.top, last - height + 1, 0), self.line, max(0, total - height))
        self.refresh_changed()

    # -- painting ------------------------------------------------------------------------------------

    def look(self, y: int) -> object:
        """What a line's painting depends on."""
        number, typed = self._number(y)
        if number >= len(self.lines):
            return None
        if typed is not None and number < 0:
            return self._hint_text(typed)
        line = self.lines[number]
        if typed is not None:
            return line, self._first(number), typed.kind, typed.edit.view(self.size.width)
        on = number == self.line and self.field is None
        return line, self._first(number), on, self.wrong(line), self._more(number)

    def _number(self, y: int) -> tuple[int, Field | None]:
        """Which line of the query a line of the screen shows, and the field on it; -1 is the field's hint."""
        number = self.top + y
        if self.field is None or number < self.line:
            return number, None
        if number == self.line:
            return number, self.field
        return (-1, self.field) if number == self.line + 1 else (number - 1, None)

    def render_line(self, y: int) -> Strip:
        """A line of the query; below the one that is typed on, what is said of that."""
        width = self.size.width
        number, typed = self._number(y)
        if number >= len(self.lines):
            return Strip([Segment(" " * width, self.rich_style)], width)
        if typed is None:
            return self._line(self.lines[number], number, width)
        return self._hint(typed, width) if number < 0 else self._field_line(self.lines[number], typed, width)

    def _line(self, line: Line, number: int, width: int) -> Strip:
        on = number == self.line and self.field is None
        cursor = self._style("cursor") if on else None
        segments, used = self._beginning(line, number, cursor)
        room = max(0, width - used - 1)
        wrong = self.wrong(line)
        note = f"! {wrong}" if wrong else line.note
        told = cell_width(truncate(note, room // 2)) + 1 if note else 0
        for text, role in line.pieces:
            shown = truncate(text, max(0, room - told))
            segments.append(Segment(shown, cursor or self._role(role)))
            room -= cell_width(shown)
        note = truncate(note, max(0, room - 1))
        segments.append(Segment(" " * max(0, room - cell_width(note)), cursor or self.rich_style))
        style = cursor or self._style("problem" if wrong else "muted")
        segments += [Segment(note, style), Segment(self._more(number), self._style("muted"))]
        return Strip(segments, width)

    def _beginning(self, line: Line, number: int, cursor: Style | None) -> tuple[list[Segment], int]:
        title = fit(f" {line.place.section.title}" if self._first(number) else "", TITLES)
        indent = " " * (line.depth * INDENT)
        style = cursor or self.rich_style
        return [Segment(title, self._style("title")), Segment(indent, style)], TITLES + len(indent)

    def _more(self, number: int) -> str:
        """What stands behind a line: whether there are more above or below the screen."""
        typed = 1 if self.field is not None else 0
        if number == self.top + self.size.height - 1 - typed and number + 1 < len(self.lines):
            return "▾"
        return "▴" if number == self.top > 0 else " "

    def _first(self, number: int) -> bool:
        return not number or self.lines[number - 1].place.section is not self.lines[number].place.section

    def _field_line(self, line: Line, field: Field, width: int) -> Strip:
        segments, used = self._beginning(line, self.line, None)
        for text, role in self._before_field(line, field):
            shown = truncate(text, max(0, width - used - 12))
            segments.append(Segment(shown, self._role(role)))
            used += cell_width(shown)
        room = max(1, width - used - 1)
        style, before = self._style("field"), field.edit.view(room)
        left, under, right = before
        rest = room - cell_width(left) - cell_width(under) - cell_width(right)
        segments += [
            Segment(left, style),
            Segment(under, self._style("caret")),
            Segment(right + " " * max(0, rest), style),
            Segment(" ", self.rich_style),
        ]
        return Strip(segments, width).adjust_cell_length(width)

    def _before_field(self, line: Line, field: Field) -> list[Piece]:
        if field.kind is Kind.ROWS:
            return []
        if field.kind is Kind.NAME:
            alias = bool(self.draft.spec.outputs[field.place.path[0]].alias)
            return [*(line.pieces[:-2] if alias else line.pieces), (" AS ", Role.PLAIN)]
        return list(line.pieces[:-1])

    def _hint(self, field: Field, width: int) -> Strip:
        text, wrong = self._hint_text(field)
        room = width - TITLES - self.lines[self.line].depth * INDENT
        style = self._style("problem" if wrong else "muted")
        return Strip([Segment(" " * (width - room), self.rich_style), Segment(fit(text, room), style)], width)

    def _hint_text(self, field: Field) -> tuple[str, bool]:
        """What is said of a field, and whether something is wrong with it."""
        line = self.lines[self.line]
        known = self.notes.checked.get(line.checked, ("", line.note)) if line.checked else ("", "")
        wrong = "" if field.blank else field.wrong or known[0]
        return (f"! {wrong}", True) if wrong else (hint(field, known[1]), False)

    def wrong(self, line: Line) -> str:
        """What the server said against its value; empty for nothing."""
        return self.notes.checked.get(line.checked, ("", ""))[0] if line.checked else ""

    def _role(self, role: Role) -> Style:
        return self._style(role.value) if role in (Role.VALUE, Role.MUTED, Role.PROBLEM) else self.rich_style

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"composer-list--{name}")

    def on_resize(self) -> None:
        """Keep the cursor on the screen."""
        self.go(self.line)
