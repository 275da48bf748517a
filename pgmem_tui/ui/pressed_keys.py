"""Keys that were pressed, as an audience reads them; of what is typed only that something is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import App

from pgmem_tui.display.text import cell_width, one_line

TYPING = "typing"
_TYPED = "a text, which is not shown here"
_NAMES = {
    **{"escape": "esc", "pageup": "page up", "pagedown": "page down"},
    **{"up": "↑", "down": "↓", "left": "←", "right": "→"},
}
_MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_NEVER_TYPED = re.compile(r"(?:enter|escape|tab|shift\+tab|f\d+|(?:ctrl|alt)\+.*)\Z")
_LONGEST_SPACED = 16
"""Cells of a name on its cap with spaces between the letters; a longer one has none."""


@dataclass
class Pressed:
    """One key, or several times the same."""

    name: str
    """As it is printed on a keyboard, the modifiers before it: `ctrl r`, `shift G`, `page down`."""
    times: int = 1
    did: str = ""
    """What its binding's description says, once that ran."""
    action: str = ""
    """The action of the binding that it may reach."""
    may: str = ""
    """That binding's description."""

    @property
    def cap(self) -> str:
        """Its name, large: letters as they are pressed, names in spaced capitals."""
        *before, last = self.name.split(" ")
        if len(last) > 1 and last.isascii():
            wide = " ".join(self.name.upper()).replace("   ", "  ")
            return wide if cell_width(wide) <= _LONGEST_SPACED else self.name.upper()
        return "  ".join([*(word.upper() for word in before), last])

    @property
    def short(self) -> str:
        """Its name and what it did, on a part of a line."""
        times = f" ×{self.times}" if self.times > 1 else ""
        return self.name if self.name == TYPING else f"{self.name}{times}  {self.did}".strip()


def read(app: App[Any], event: events.Key | events.Paste) -> Pressed:
    """What was pressed; asked before anything is done with it."""
    focused = app.focused
    if isinstance(event, events.Paste):
        return Pressed(TYPING, did=_TYPED)
    typed = focused is not None and focused.check_consume_key(event.key, event.character)
    # In a field, the keys that move and delete are typing too: how long a password is stays unknown.
    field = focused is not None and focused.check_consume_key("a", "a")
    never = _NEVER_TYPED.match(event.key) and not (typed and event.key.startswith("alt+"))
    if (typed or field) and not never:
        return Pressed(TYPING, did=_TYPED)
    active = app.screen.active_bindings
    reached = next((active[key] for key in (event.key, *event.aliases) if key in active), None)
    binding = reached.binding if reached is not None and reached.enabled else None
    action, may = (binding.action, one_line(binding.description)) if binding else ("", "")
    return Pressed(name_of(event.key, event.character), action=action, may=may)


def name_of(key: str, character: str | None) -> str:
    """The name of a key, from Textual's and from the character that it typed, if it typed one."""
    *modifiers, last = key.split("+") if key != "+" else ["+"]
    if "alt" in modifiers:  # terminals send it as escape and the character
        if len(last) == 1:
            last = last.upper() if "shift" in modifiers else last
        elif character is not None and character.isprintable():
            last = character
        character = None
    if character is not None and character.isprintable() and not character.isspace():
        shift = ["shift"] if character.isalpha() and character != character.lower() else []
        return " ".join([*shift, one_line(character)])
    name = _NAMES.get(last, last.replace("_", " "))
    return " ".join([*(word for word in modifiers if word in _MODIFIERS), one_line(name)])
