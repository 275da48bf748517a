"""Texts with places for measured values: `{script.peak|bytes}`. Pure.

A place holds an expression and, after `|`, how to write its value. A text belongs between backticks: it may
be a name from the server, with Markdown in it. A brace is written twice to stand for itself. What stands
between `{?` and `?}` is left out where one of its values was not measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pgmem_tui.display import quantities
from pgmem_tui.display.text import truncate
from pgmem_tui.lessons import expression
from pgmem_tui.lessons.expression import ExpressionError, NotMeasured, Value, Values
from pgmem_tui.lessons.lesson import Part, Place, Template

MISSING = "(not measured here)"
"""Stands for a value that the run did not bring."""

_LONGEST = 200
_OPENS, _ENDS = "{?", "?}"
_PLACE = re.compile(r"\{\?|\?\}|\{\{|\}\}|\{([^{}]*)\}|[{}]")


def _times(value: float) -> str:
    return f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"


def _percent(value: float) -> str:
    share = value * 100
    return f"{share:.1f} %" if 0 < abs(share) < 9.95 else f"{share:,.0f} %"


KINDS: dict[str, Callable[[float], str]] = {
    "bytes": lambda value: quantities.nbytes(round(value)),
    "seconds": quantities.seconds,
    "rows": lambda value: quantities.row_number(round(value)),
    "rate": quantities.rate,
    "times": _times,
    "percent": _percent,
    "number": lambda value: f"{value:,.6g}",
}
"""How a number can be written; `number` where nothing is said."""


def parse(text: str) -> Template:
    """Read a text.

    Raises:
        ExpressionError: A brace stands alone, or what is between two is wrong.
    """
    parts, texts, places, at, optional = list[Part](), [""], list[Place](), 0, False
    for match in _PLACE.finditer(text):
        texts[-1] += text[at : match.start()]
        at = match.end()
        if match[0] in (_OPENS, _ENDS):
            if optional == (match[0] == _OPENS):
                raise ExpressionError(f"a {match[0]} alone, or one inside another")
            parts.append(Part(tuple(texts), tuple(places), optional))
            texts, places, optional = [""], [], not optional
        elif match[0] in ("{{", "}}"):
            texts[-1] += match[0][0]
        elif match[1] is None:
            raise ExpressionError(f"a {match[0]} alone; write it twice to have one")
        else:
            places.append(_place(match[1]))
            texts.append("")
    if optional:
        raise ExpressionError(f"a {_OPENS} without {_ENDS}")
    texts[-1] += text[at:]
    return Template((*parts, Part(tuple(texts), tuple(places))))


def fill(template: Template, values: Values) -> str:
    """Write the text with the values in it, each one line that is safe for a terminal."""
    return "".join(_filled(part, values) for part in template.parts).strip()


def _filled(part: Part, values: Values) -> str:
    pieces = [part.texts[0]]
    for place, text in zip(part.places, part.texts[1:], strict=True):
        pieces += [written(place, values), text]
    return "" if part.optional and MISSING in pieces else "".join(pieces)


def written(place: Place, values: Values) -> str:
    """The value of one place; `MISSING` if it was not measured, or cannot be computed from what was."""
    try:
        return write(place.expression.value(values), place.kind)
    except (NotMeasured, ExpressionError):
        return MISSING


def write(value: Value, kind: str = "number") -> str:
    """One value as one safe, short line; a text cannot end the backticks of Markdown that it stands in."""
    if isinstance(value, str):
        return truncate(value, _LONGEST).replace("`", "'")
    try:
        return truncate(KINDS[kind](value), _LONGEST)
    except (OverflowError, ValueError):  # infinity and NaN are no size; a whole number can be of any length
        return str(value) if isinstance(value, float) else "too large a number to write"


def _place(inside: str) -> Place:
    text, bar, kind = (part.strip() for part in inside.partition("|"))
    if bar and kind not in KINDS:
        raise ExpressionError(f"{kind[:40]!r} is none of {', '.join(KINDS)}")
    return Place(expression.parse(text), kind or "number")
