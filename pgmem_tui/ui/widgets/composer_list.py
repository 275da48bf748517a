"""A query's parts to move about in and to change."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from pgmem_tui.postgres.operators import MANY, operator
from pgmem_tui.ui.query_draft import Place, QueryDraft, Refused, Section
from pgmem_tui.ui.query_fields import Field, Kind, field_at
from pgmem_tui.ui.query_lines import Notes
from pgmem_tui.ui.widgets.composer_view import ComposerView

WHEEL = 3


Choose = Callable[[Place, int], None]
"""Offers what fits a line; with a number that is not 0, takes the next of it, or the one before."""


class ComposerList(ComposerView):
    """Changes a draft by keys; what has to be chosen from a list is asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False),
        Binding("home,g", "edge(False)", "first line", show=False),
        Binding("end,G", "edge(True)", "last line", show=False),
        Binding("tab", "section(1)", "next part of the query", show=False),
        Binding("shift+tab", "section(-1)", "part before", show=False),
        *(
            Binding(part.letter, f"go_section('{part.name}')", f"to {part.title}", show=False)
            for part in Section
        ),
        Binding("space", "edit", "change: choose, type or turn over", show=False),
        Binding("right", "turn(1)", "next choice: operator, aggregate, direction", show=False),
        Binding("left", "turn(-1)", "choice before", show=False),
        Binding("a", "add", "add one here", show=False),
        Binding("x,delete,backspace", "remove", "take it away", show=False),
        Binding("equals_sign", "choose", "another operator, or aggregate", show=False),
        Binding("n", "name", "a column: another name; a sort key: NULLs first, last", show=False),
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

    class Changed(Message):
        """The query is another, or a value is being typed; `refused` says why something cannot be."""

        def __init__(self, refused: str = "") -> None:
            """Say so."""
            super().__init__()
            self.refused = refused

    class Moved(Message):
        """The cursor is on another line."""

    def __init__(self, draft: QueryDraft, notes: Notes, choose: Choose) -> None:
        """Show a draft.

        Args:
            draft: Is changed.
            notes: What is said beside it.
            choose: Offers what fits a line; called at once, so that the next key meets what is offered.
        """
        super().__init__(draft, notes)
        self._choose = choose

    def go(self, line: int) -> None:
        """Put the cursor on a line, and tell."""
        before = self.place
        super().go(line)
        if self.place != before:
            self.post_message(self.Moved())

    def show(self, draft: QueryDraft, place: Place) -> None:
        """Show another draft."""
        self.draft = draft
        self.changed(place)

    def changed(self, place: Place) -> None:
        """The draft was changed: go there."""
        self.field = None
        self.renew(place)
        self.post_message(self.Changed())

    def begin(self, field: Field | None) -> None:
        """Type on a line; None ends it."""
        place = field.place if field else self.field.place if self.field else None
        self.field = field
        self.renew(place)
        self.post_message(self.Changed())

    # -- typing --------------------------------------------------------------------------------------

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key belongs to what is typed rather than to a binding."""
        return self.field is not None and self.field.edit.consumes(key, character)

    def on_key(self, event: events.Key) -> None:
        """Type; `enter` takes it, `escape` leaves what was there."""
        field = self.field
        if field is None:
            if event.character and event.character.isdecimal() and self.place.section is Section.LIMIT:
                self.field = field = Field(self.draft, Kind.ROWS, self.place)
                field.edit.press("ctrl+u", None)
            else:
                return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            field.cancel()
            self.changed(field.place)
        elif event.key in ("enter", "tab", "down"):
            self._take(field)
        elif event.key == "ctrl+e":
            self._take(field, empty=True)
        elif event.key == "ctrl+n" and field.null():
            self.changed(field.place)
        elif field.edit.consumes(event.key, event.character):
            field.edit.press(event.key, event.character)
            self._typed(field)

    def on_paste(self, event: events.Paste) -> None:
        """Paste into what is typed, line ends and all."""
        if self.field is not None:
            self.field.edit.insert(event.text)
            self._typed(self.field)
            event.stop()

    def _typed(self, field: Field) -> None:
        field.typed()
        self.renew()
        self.post_message(self.Changed())

    def _take(self, field: Field, empty: bool = False) -> None:
        if not field.wrong:
            self.begin(field.accept(empty))

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
        there = parts[(parts.index(self.place.section) + by) % len(parts)]
        self.action_go_section(there.name)

    def action_go_section(self, name: str) -> None:
        """Go to the first line of a part."""
        self.go(next(n for n, line in enumerate(self.lines) if line.place.section is Section[name]))

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
        elif place.section in (Section.JOINS, Section.COLUMNS, Section.WHERE, Section.ORDER):
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
