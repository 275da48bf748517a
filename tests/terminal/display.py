"""What a terminal shows after some output, rendered by pyte.

pyte has one screen and prints what it does not understand; so sequences are taken apart here, the
alternate screen is a second pyte screen, and pyte gets what it knows.
"""

from __future__ import annotations

import re

import pyte
from wcwidth import wcwidth

from tests.terminal.sequences import Token, Tokenizer

ALTERNATE = 1049
AUTOWRAP = 7
CURSOR = 25
BRACKETED_PASTE = 2004
MOUSE = (1000, 1002, 1003, 1006, 1015, 1016)
FOCUS = 1004
"""Private modes (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html)."""

_KNOWN = re.compile(r"[\x07-\x0d]\Z|\x1b\[[0-9;]*[@ABCDEFGHJKLMPXadefgmrhl]\Z")
_PRIVATE = re.compile(r"\x1b\[\?([0-9;]+)([hl])\Z")
_TITLE = re.compile(r"\x1b\][012];(.*?)(?:\x07|\x1b\\)\Z", re.S)
_KEYBOARD = re.compile(r"\x1b\[([<>])[0-9;]*u\Z")


class Display:
    """The screens of a terminal and its modes."""

    def __init__(self, columns: int, lines: int) -> None:
        """Begin with an empty screen, the cursor shown."""
        self.modes: set[int] = {AUTOWRAP, CURSOR}
        """Private modes that are on."""
        self.title = ""
        """As a program set it last."""
        self.keyboard_protocols = 0
        """How many keyboard protocols (kitty's) were pushed and not popped."""
        self._tokenizer = Tokenizer()
        self._main = pyte.Screen(columns, lines)
        self._alternate = pyte.Screen(columns, lines)

    @property
    def alternate(self) -> bool:
        """Whether the alternate screen is shown."""
        return ALTERNATE in self.modes

    @property
    def lines(self) -> list[str]:
        """The lines on the screen, without trailing blanks."""
        return [line.rstrip() for line in self._shown()]

    @property
    def text(self) -> str:
        """All of them."""
        return "\n".join(self.lines)

    def style(self, text: str) -> tuple[str, str, bool] | None:
        """Foreground, background and boldness where a text stands first."""
        for y, line in enumerate(self._shown()):
            x = line.find(text)
            if x >= 0:
                cell = self._screen.buffer[y][x]
                return str(cell.fg), str(cell.bg), bool(cell.bold)
        return None

    def _shown(self) -> list[str]:
        """As pyte's `display`, which fails where the first half of a wide character was written over."""
        lines = []
        for y in range(self._screen.lines):
            cells, line = self._screen.buffer[y], ""
            for x in range(self._screen.columns):
                after_wide = x > 0 and wcwidth(cells[x - 1].data[:1] or " ") == 2
                line += cells[x].data or ("" if after_wide else " ")
            lines.append(line)
        return lines

    def resize(self, columns: int, lines: int) -> None:
        """Give both screens another size."""
        for screen in (self._main, self._alternate):
            screen.resize(lines, columns)

    def feed(self, data: bytes) -> set[int]:
        """Show some output; return the lines that it touched."""
        self._screen.dirty.clear()
        touched: set[int] = set()
        stream = pyte.Stream(self._screen)
        for token in self._tokenizer.feed(data):
            if token.kind == "text" or _KNOWN.match(token.text):
                stream.feed(token.text)
            elif self._change_modes(token):
                touched |= set(self._screen.dirty) | set(range(self._screen.lines))
                stream = pyte.Stream(self._screen)
        return touched | set(self._screen.dirty)

    @property
    def _screen(self) -> pyte.Screen:
        return self._alternate if self.alternate else self._main

    def _change_modes(self, token: Token) -> bool:
        """Follow modes, keyboard and title; return whether the other screen is shown now."""
        before = self.alternate
        if private := _PRIVATE.match(token.text):
            modes = {int(mode) for mode in private[1].split(";") if mode}
            self.modes = self.modes | modes if private[2] == "h" else self.modes - modes
        elif keyboard := _KEYBOARD.match(token.text):
            self.keyboard_protocols += 1 if keyboard[1] == ">" else -1
        elif title := _TITLE.match(token.text):
            self.title = title[1]
        if self.alternate and not before:
            self._alternate.reset()
        return self.alternate != before
