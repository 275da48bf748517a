"""One short text, edited at its end."""

from __future__ import annotations

LONGEST = 200
"""Characters; a `schema.name` has at most 127."""


EDITING = ("backspace", "ctrl+h", "ctrl+u", "ctrl+w")


class TypedText:
    """Set or not, being typed or not."""

    def __init__(self) -> None:
        """Begin without any."""
        self.text = ""
        self.typing = False

    @property
    def shown(self) -> bool:
        """Whether there is anything to see of it."""
        return self.typing or bool(self.text)

    def consumes(self, key: str, character: str | None) -> bool:
        """Whether a key would change the text."""
        if not self.typing:
            return False
        return key in EDITING or bool(character and character.isprintable())

    def type(self, key: str, character: str | None) -> None:
        """Change the text by a key that it consumes; a backspace in an empty text ends typing."""
        if key in ("backspace", "ctrl+h"):
            self.typing = bool(self.text)
            self.text = self.text[:-1]
        elif key == "ctrl+u":
            self.text = ""
        elif key == "ctrl+w":
            self.text = " ".join(self.text.split(" ")[:-1])
        elif character:
            self.paste(character)

    def paste(self, text: str) -> None:
        """Add the first line of a text."""
        line = (text.splitlines() or [""])[0]
        self.text = (self.text + line)[:LONGEST]

    def clear(self) -> None:
        """Take it away."""
        self.text, self.typing = "", False
