"""A text while it is typed, on one line of the screen: whatever the text has in it. Pure."""

from __future__ import annotations

import re

from pgmem_tui.display.text import pieces

LONGEST = 1 << 20
"""Characters; what is pasted beyond them is left out."""
_WORD = re.compile(r"\s*\S+\s*\Z")


class LineEdit:
    """A text and a caret in it."""

    def __init__(self, text: str = "") -> None:
        """Begin behind a text."""
        self.text = text
        self.caret = len(text)

    @staticmethod
    def consumes(key: str, character: str | None) -> bool:
        """Whether a key moves the caret or changes the text."""
        return key in _KEYS or bool(character and character.isprintable())

    def press(self, key: str, character: str | None) -> None:
        """Do what a key says that it consumes."""
        if key in _KEYS:
            getattr(self, _KEYS[key])()
        elif character and character.isprintable():
            self.insert(character)

    def insert(self, text: str) -> None:
        """Put a text at the caret; line ends in it stay, as line feeds: terminals paste carriage returns."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = text[: max(0, LONGEST - len(self.text))]
        self.text = self.text[: self.caret] + text + self.text[self.caret :]
        self.caret += len(text)

    def _left(self) -> None:
        self.caret = max(0, self.caret - 1)

    def _right(self) -> None:
        self.caret = min(len(self.text), self.caret + 1)

    def _home(self) -> None:
        self.caret = 0

    def _end(self) -> None:
        self.caret = len(self.text)

    def _backspace(self) -> None:
        if self.caret:
            self._cut(self.caret - 1)

    def _delete(self) -> None:
        self.text = self.text[: self.caret] + self.text[self.caret + 1 :]

    def _delete_before(self) -> None:
        self._cut(0)

    def _delete_behind(self) -> None:
        self.text = self.text[: self.caret]

    def _delete_word(self) -> None:
        word = _WORD.search(self.text[: self.caret])
        self._cut(word.start() if word and word.start() else 0)

    def _cut(self, start: int) -> None:
        self.text = self.text[:start] + self.text[self.caret :]
        self.caret = start

    def view(self, width: int) -> tuple[str, str, str]:
        """What is seen of it in so many cells: before the caret, under it, and behind, as safe text.

        Behind the end there is a blank under the caret. Takes time for the width, not for the text.
        """
        under = self.text[self.caret : self.caret + 1]
        marks = list(pieces(under)) or [(" ", 1)]
        under, used = marks[0][0], max(1, marks[0][1])
        before: list[tuple[str, int]] = []
        # Two thirds at most stand before the caret where there is more behind it.
        behind_cells = min(
            width // 3, max(0, width - used), sum(_cells(self.text[self.caret + 1 : self.caret + 1 + width]))
        )
        room = max(0, width - used - behind_cells)
        for shown, cells in reversed(list(pieces(self.text[max(0, self.caret - width) : self.caret]))):
            if cells > room:
                break
            room -= cells
            before.insert(0, (shown, cells))
        while before and not before[0][1]:  # a mark whose base had no room
            del before[0]
        room += behind_cells
        behind: list[str] = []
        for shown, cells in pieces(self.text[self.caret + 1 : self.caret + 1 + width]):
            if cells > room:
                break
            room -= cells
            behind.append(shown)
        return "".join([shown for shown, _ in before]), under, "".join(behind)


def _cells(text: str) -> list[int]:
    return [cells for _, cells in pieces(text)]


_KEYS = {
    "left": "_left",
    "right": "_right",
    "home": "_home",
    "ctrl+a": "_home",
    "end": "_end",
    "backspace": "_backspace",
    "ctrl+h": "_backspace",
    "delete": "_delete",
    "ctrl+d": "_delete",
    "ctrl+u": "_delete_before",
    "ctrl+k": "_delete_behind",
    "ctrl+w": "_delete_word",
}
"""What keys do, as in readline."""
