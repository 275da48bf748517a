"""Where `:` goes: a row number, a share of the way, or a key. Pure."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

_SCALE = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


@dataclass(frozen=True)
class ToRow:
    """A row by its number, from 0."""

    row: int


@dataclass(frozen=True)
class ToShare:
    """About that share of the way, from 0 to 1."""

    share: float


@dataclass(frozen=True)
class ToEnd:
    """The last row."""


@dataclass(frozen=True)
class ToKey:
    """The first row with a key, or the one that comes after it."""

    key: tuple[str, ...]


Destination = ToRow | ToShare | ToEnd | ToKey


def destination(text: str, row: int) -> Destination:
    """Read `1,000,000`, `50M`, `+500`, `-500`, `50%`, `$`, `=KEY` or `=PART,PART`, quoted as in CSV.

    Args:
        text: What was typed.
        row: Where one is now, from 0.

    Raises:
        ValueError: It is none of these; the text says what may be typed.
    """
    text = text.strip()
    if text.startswith("="):
        key = next(csv.reader([text[1:].lstrip()], skipinitialspace=True), [])
        if not key:
            raise ValueError("a key follows the =, its parts separated by commas")
        return ToKey(tuple(key))
    if text == "$":
        return ToEnd()
    if match := re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,9})?) ?%", text):
        return ToShare(min(1.0, float(match[1]) / 100))
    match = re.fullmatch(r"([+-]?)([0-9][0-9_,]{0,24}(?:\.[0-9]{1,9})?) ?([kMGmg]?)", text)
    if match is None:
        raise ValueError(f"{text[:40]} is no row number; type 1,000,000 or 50M, +500, 50%, $ or =KEY")
    sign, digits, unit = match.groups()
    number = int(float(digits.replace(",", "").replace("_", "")) * _SCALE[unit.lower()])
    return ToRow(max(0, row + number if sign == "+" else row - number if sign else number - 1))
