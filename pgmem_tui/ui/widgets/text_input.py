"""A line of text that takes letters only: what is pressed with alt is a key for whoever is around it."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class TextInput(Input):
    """Textual's own types the character of an alt key, `¡` for alt+1."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "take what was typed", show=False)]

    async def _on_key(self, event: events.Key) -> None:
        if event.key.startswith("alt+"):
            event.prevent_default()

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Whether a key is text."""
        return not key.startswith("alt+") and super().check_consume_key(key, character)


class OneLineInput(TextInput):
    """Takes no text of several lines, of which Textual's own would keep the first without a word."""

    class Refused(Message):
        """Several lines were pasted."""

    def _on_paste(self, event: events.Paste) -> None:
        if self._is_refused(event.text):
            event.stop()
            event.prevent_default()

    def action_paste(self) -> None:
        """Put in what was copied last."""
        if not self._is_refused(self.app.clipboard):
            super().action_paste()

    def _is_refused(self, text: str) -> bool:
        lines = text.splitlines()
        if len(lines) > 1:
            self.post_message(self.Refused())
        return len(lines) > 1
