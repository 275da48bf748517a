"""A query's parts to move about in and to change."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from pgmem_tui.postgres.operators import MANY, operator
from pgmem_tui.ui.query_draft import Place, QueryDraft, Refused, Section
from pgmem_tui.ui.query_fields import Field, Kind, field_at
from pgmem_tui.ui.query_line import Notes
from pgmem_tui.ui.widgets.composer_typing import ComposerTyping
from pgmem_tui.ui.widgets.line_list import moving

WHEEL = 3


Choose = Callable[[Place, int], None]
"""Offers what fits a line; with a number that is not 0, takes the next of it, or the one before."""


_ADDING = (Section.JOINS, Section.COLUMNS, Section.WHERE, Section.ORDER)
_THERE = {part: f"to the + of {part.title}; again: to its first" for part in _ADDING}


class ComposerList(ComposerTyping):
    """Changes a draft by keys; what has to be chosen from a list is asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *moving("line"),
        Binding("tab", "section(1)", "next part of the query", show=False),
        Binding("shift+tab", "section(-1)", "part before", show=False),
        *(
            Binding(
                part.letter, f"go_section('{part.name}')", _THERE.get(part, f"to {part.title}"), show=False
            )
            for part in Section
        ),
        Binding("space", "edit", "change: choose, type or turn over", show=False),
        Binding("right", "turn(1)", "next operator, aggregate, direction", show=False),
        Binding("left", "turn(-1)", "the one before", show=False),
        Binding("a", "add", "add one here", show=False),
        Binding("x,delete,backspace", "remove", "take it away", show=False),
        Binding("equals_sign", "choose", "another operator, or aggregate", show=False),
        Binding("n", "name", "name a column; a sort key: its NULLs", show=False),
        Binding("exclamation_mark", "negate", "turn a condition or group round: NOT", show=False),
        Binding("vertical_line", "either", "a group: any of them, all of them", show=False),
        Binding("greater_than_sign", "indent(True)", "into a group with the one above", show=False),
        Binding("less_than_sign", "indent(False)", "out of its group", show=False),
        Binding("J,shift+down", "carry(1)", "move it down", show=False),
        Binding("K,shift+up", "carry(-1)", "move it up", show=False),
        Binding("u,ctrl+z", "undo", "undo the last change", show=False),
        Binding("ctrl+y", "redo", "do it again", show=False),
    ]
    HELP_TITLE = "Query"

    def __init__(self, draft: QueryDraft, notes: Notes, choose: Choose) -> None:
        """Show a draft.

        Args:
            draft: Is changed.
            notes: What is said beside it.
            choose: Offers what fits a line; called at once, so that the next key meets what is offered.
        """
        super().__init__(draft, notes)
        self._choose = choose

    # -- moving --------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.go(self.line + by)

    def action_page(self, pages: int) -> None:
        """Move it by a screenful."""
        self.go(self.line + pages * max(1, self.size.height - 1))

    def action_edge(self, last: bool) -> None:
        """Go to the first or last line."""
        self.go(len(self.lines) if last else 0)

    def action_section(self, by: int) -> None:
        """Go to the next part, or the one before."""
        parts = list(Section)
        self.go(self._lines_of(parts[(parts.index(self.place.section) + by) % len(parts)])[0])

    def action_go_section(self, name: str) -> None:
        """Go to the line of a part that adds to it, from there to its first line."""
        numbers = self._lines_of(Section[name])
        self.go(numbers[0] if self.line == numbers[-1] else numbers[-1])

    def _lines_of(self, section: Section) -> list[int]:
        return [number for number, line in enumerate(self.lines) if line.place.section is section]

    # -- changing ------------------------------------------------------------------------------------

    def _do(self, change: Callable[[Place], Place]) -> None:
        try:
            place = change(self.place)
        except Refused as refused:
            self.post_message(self.Changed(str(refused)))
        else:
            self.changed(place)

    def action_edit(self) -> None:
        """Do what is likeliest to be wanted of the line."""
        place = self.place
        if field := field_at(self.draft, place):
            self.begin(field)
        elif place.adds or place.section in (Section.TABLE, Section.COLUMNS) or self.draft.condition(place):
            self._choose(place, 0)
        else:
            self._do(self.draft.toggle)

    def action_turn(self, by: int) -> None:
        """Have the next choice of the line, or the one before."""
        place = self.place
        if place.path and (place.section is Section.COLUMNS or self.draft.condition(place)):
            self._choose(place, by)
        elif place.section is not Section.TABLE and not place.adds and place.section is not Section.LIMIT:
            self._do(self.draft.toggle)

    def action_choose(self) -> None:
        """Choose an operator or an aggregate from a list."""
        place = self.place
        if place.section is Section.COLUMNS or self.draft.condition(place):
            self._choose(place, 0)
        else:
            self.post_message(self.Changed("a condition has an operator, a column an aggregate"))

    def action_add(self) -> None:
        """Add one to this part of the query."""
        place, condition = self.place, self.draft.condition(self.place)
        if condition is not None and place.value >= 0 and operator(condition.operator).takes == MANY:
            self.begin(field_at(self.draft, place._replace(value=-1)))
        elif place.section in _ADDING:
            self._choose(place._replace(adds=True), 0)
        else:
            self.post_message(self.Changed("there is one of this only"))

    def action_name(self) -> None:
        """Type another name for a column, or have NULLs elsewhere."""
        place = self.place
        if place.section is Section.COLUMNS and place.path:
            self.begin(Field(self.draft, Kind.NAME, place))
        else:
            self._do(self.draft.nulls)

    def action_remove(self) -> None:
        """Take the line away."""
        self._do(self.draft.remove)

    def action_negate(self) -> None:
        """Turn a condition round."""
        self._do(self.draft.negate)

    def action_either(self) -> None:
        """Change a group's kind."""
        self._do(self.draft.either)

    def action_indent(self, inward: bool) -> None:
        """Into a group, or out of it."""
        self._do(lambda place: self.draft.indent(place, inward))

    def action_carry(self, by: int) -> None:
        """Move the line."""
        self._do(lambda place: self.draft.move(place, by))

    def action_undo(self) -> None:
        """Undo."""
        self._back(self.draft.undo(), "there is nothing to undo")

    def action_redo(self) -> None:
        """Undo the undoing."""
        self._back(self.draft.redo(), "there is nothing to do again")

    def _back(self, done: bool, otherwise: str) -> None:
        if done:
            self.changed(self.place)
        else:
            self.post_message(self.Changed(otherwise))

    # -- mouse ---------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Take the cursor there; a second click changes the line."""
        if self.field is None and self.top + event.y < len(self.lines):
            self.go(self.top + event.y)
            if event.chain == 2:
                self.action_edit()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self.action_move(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self.action_move(-WHEEL)
