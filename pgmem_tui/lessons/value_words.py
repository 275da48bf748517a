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
    "rowcount": "rows",
}
"""Of values that every step has."""
_LARGE = 10_000


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
    return _written(measured, _kind(name, kinds) or "number")


def values(expression: Expression, measured: Mapping[str, Value], kinds: Kinds) -> str:
    """The values that an expression is about: `script.peak = 139 MB, script.text = 15 MB`."""
    names = sorted(expression.names)
    # A large number that is compared with bytes is bytes.
    sizes = any(_kind(name, kinds) == "bytes" for name in names)
    found = []
    for name in names:
        if (known := measured.get(name)) is None:
            found.append(f"{name} was not measured")
            continue
        large = sizes and not isinstance(known, str) and abs(known) >= _LARGE
        kind = _kind(name, kinds) or ("bytes" if large else "number")
        found.append(f"{name} = {_written(known, kind)}")
    return one_line(", ".join(found))


def _written(measured: Value, kind: str) -> str:
    return wording.write(measured, kind) or "''"


def _kind(name: str, kinds: Kinds) -> str | None:
    return kinds.get(name) or _KNOWN.get(name.partition(".")[2])
