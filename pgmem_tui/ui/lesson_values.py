"""Measured values in words: of claims, and of what makes a prediction right. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pgmem_tui.display.text import one_line
from pgmem_tui.lessons import wording
from pgmem_tui.lessons.expression import Expression, Value
from pgmem_tui.lessons.lesson import Lesson

Kinds = Mapping[str, str]

_NAME = re.compile(r"[a-z_0-9]+\.[a-z_0-9]+")
_KNOWN = {
    **dict.fromkeys(("peak", "peak_rss", "baseline", "peak_uss", "backend_peak", "temp_bytes"), "bytes"),
    "seconds": "seconds",
}
"""Of values that every program has."""


def kinds(lesson: Lesson) -> Kinds:
    """How the lesson's own texts write its values, by their names."""
    places = (*lesson.happened.places, *lesson.why.places)
    return {
        place.expression.text: place.kind
        for place in places
        if _NAME.fullmatch(place.expression.text.strip())
    }


def value(name: str, measured: Value, kinds: Kinds) -> str:
    """One value, as the lesson would write it."""
    known = kinds.get(name) or _KNOWN.get(name.partition(".")[2], "number")
    return wording.write(measured, known)


def values(expression: Expression, measured: Mapping[str, Value], kinds: Kinds) -> str:
    """The values that an expression is about: `script.peak = 139 MB, script.text = 15 MB`."""
    found = [
        f"{name} = {value(name, measured[name], kinds)}" if name in measured else f"{name} was not measured"
        for name in sorted(expression.names)
    ]
    return one_line(", ".join(found))
