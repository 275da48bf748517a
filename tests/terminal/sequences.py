"""Terminal output taken apart: text, control characters, escape sequences.

The grammar is that of ECMA-48 (https://www.ecma-international.org/publications-and-standards/standards/ecma-48/),
with BEL as a second end of a string, as xterm has it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<csi>\x1b\[[0-?]*[ -/]*[@-~])"
    r"|(?P<string>\x1b[P\]X^_][^\x07\x1b]*(?:\x07|\x1b\\))"  # OSC, DCS, SOS, PM, APC
    r"|(?P<escape>\x1b[ -/]*(?![\[P\]X^_])[0-~])"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f])"
)
_PARTIAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[P\]X^_][^\x07\x1b]*\x1b?|[ -/]*)\Z")


class Token(NamedTuple):
    """A piece of output."""

    kind: str
    """`text`, `csi`, `string`, `escape` or `control`."""
    text: str


class Tokenizer:
    """Takes output as it comes, in pieces of any size; keeps back a sequence that is not complete yet."""

    def __init__(self) -> None:
        """Begin at the beginning of a character."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def feed(self, data: bytes) -> Iterator[Token]:
        """Yield what is complete."""
        text = self._held + self._decoder.decode(data)
        self._held = ""
        position = 0
        while position < len(text):
            if text[position] == "\x1b" and _PARTIAL.match(text, position):
                self._held = text[position:]
                return
            match = _TOKEN.match(text, position)
            assert match is not None and match.lastgroup is not None
            yield Token(match.lastgroup, match[0])
            position = match.end()


def tokens(data: bytes) -> list[Token]:
    """Take a whole output apart; what is cut off at its end is left out."""
    return list(Tokenizer().feed(data))
