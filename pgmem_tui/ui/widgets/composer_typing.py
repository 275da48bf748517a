"""A query's parts, on one of which one may type; tells of what is changed."""

from __future__ import annotations

from textual import events
from textual.message import Message

from pgmem_tui.ui.query_draft import Place, QueryDraft, Section
from pgmem_tui.ui.query_fields import Field, Kind
from pgmem_tui.ui.widgets.composer_view import ComposerView

TYPING = (
    ("⏎, tab, ↓", "take it, go on to the next value"),
    ("escape", "leave what was there"),
    ("^n", "NULL instead of a value"),
    ("^e", "the empty string, where ⏎ ends the list"),
)
"""The keys of a value while it is typed, and what they do."""


class ComposerTyping(ComposerView):
    """Has the keys of what is typed; without that it has none."""

    class Changed(Message):
        """The query is another, or a value is being typed; `refused` says why something cannot be."""

        def __init__(self, refused: str = "") -> None:
            """Say so."""
            super().__init__()
            self.refused = refused

    class Moved(Message):
        """The cursor is on another line."""

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
