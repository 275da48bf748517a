"""A text typed into the grid's status line: where to go, what to find."""

from __future__ import annotations

from textual import events
from textual.message import Message

from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.ui.widgets.copy_keys import CopyKeys
from pgmem_tui.ui.widgets.typed_text import TypedText

REMEMBERED = 50
"""Texts of each purpose that the arrow keys bring back."""
CURSOR = "█"


class PromptKeys(CopyKeys):
    """A grid that asks for a text; enter gives it away, escape gives up, ↑ brings back the last."""

    class Prompted(Message):
        """Something was typed in."""

        def __init__(self, purpose: str, text: str) -> None:
            """Say what it is for."""
            super().__init__()
            self.purpose, self.text = purpose, text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Ask nothing."""
        super().__init__(id=id)
        self._typed = TypedText()
        self._purpose = self._hint = ""
        self._before: dict[str, list[str]] = {}
        self._back = 0

    def ask(self, purpose: str, hint: str) -> None:
        """Ask for a text, with its purpose as a label and a hint at what may be typed."""
        self._purpose, self._hint, self._back = purpose, hint, 0
        self._typed.clear()
        self._typed.typing = True
        self._show_typed()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key belongs to the text rather than to a binding."""
        return self._typed.typing

    def on_key(self, event: events.Key) -> None:
        """Type; give it away; give up."""
        if not self._typed.typing:
            return
        event.stop()
        event.prevent_default()
        if event.key == "enter":
            self._submit()
        elif event.key == "escape":
            self._typed.clear()
        elif event.key in ("up", "down"):
            self._recall(1 if event.key == "up" else -1)
        elif self._typed.consumes(event.key, event.character):
            self._typed.type(event.key, event.character)
        self._show_typed()

    def on_paste(self, event: events.Paste) -> None:
        """Type the first line of it."""
        if self._typed.typing:
            event.stop()
            self._typed.paste(event.text)
            self._show_typed()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Whoever takes the mouse wants something else."""
        self._typed.clear()

    def on_blur(self) -> None:
        """The keys go elsewhere."""
        self._typed.clear()

    def _show_typed(self) -> None:
        text = one_line(self._typed.text)
        room = max(1, self.size.width - cell_width(self._purpose) - 4)
        while cell_width(text) > room:
            text = text[1:]
        hint = "" if text else f"  {self._hint}"
        self.prompt = f"{self._purpose} {text}{CURSOR}{hint}" if self._typed.typing else ""
        self._refresh_status()

    def _submit(self) -> None:
        text = self._typed.text
        self._typed.clear()
        if text.strip():
            before = [other for other in self._before.get(self._purpose, []) if other != text]
            self._before[self._purpose] = [*before[-REMEMBERED + 1 :], text]
            self.post_message(self.Prompted(self._purpose, text))

    def _recall(self, by: int) -> None:
        before = self._before.get(self._purpose, [])
        self._back = min(max(0, self._back + by), len(before))
        self._typed.text = before[-self._back] if self._back else ""
