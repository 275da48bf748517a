"""What each part of a Python program is, for whoever paints it. Pure.

Not by `tokenize`: a program may be cut in the middle of a string, or be no more than a piece of one, and a
string with values in it (f"…") is one part here, whatever Python the program runs on.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import NamedTuple

from pgmem_tui.language.highlighting import Look

_PART = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<string>[bfru]{0,2}(?:
        \"{3}(?:[^"\\]|\\.|"(?!""))*(?:\"{3}|\\?\Z)    # ends with the text, if that was cut
        |'{3}(?:[^'\\]|\\.|'(?!''))*(?:'{3}|\\?\Z)
        |"(?:[^"\\\n]|\\.)*"?    # or with its line: what is looked for in vain is looked for again and again
        |'(?:[^'\\\n]|\\.)*'?
    ))
    |(?P<number>0[box][\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?j?)
    |(?P<name>[^\W\d]\w*)
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_LOOKS = {"comment": Look.COMMENT, "string": Look.STRING, "number": Look.NUMBER}


class Part(NamedTuple):
    """A part that has a look of its own."""

    start: int
    end: int
    look: Look
    called: str = ""
    """The last name before it: of a string, what that is an argument of."""


def parts(text: str) -> Iterator[Part]:
    """Key words, numbers, strings and comments, in order."""
    called = ""
    for found in _PART.finditer(text):
        start, end = found.span()
        look = _LOOKS.get(found.lastgroup or "")
        if look is None:
            called = found[0]
            look = Look.KEY_WORD if keyword.iskeyword(called) else None
        if look is not None:
            yield Part(start, end, look, called)
