"""Finding and replacing in the lines of an editor. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

Location = tuple[int, int]
COUNTED = 2**18
"""Characters of a text in which all that is found is counted."""


def search(
    lines: Sequence[str], pattern: re.Pattern[str], start: Location, forward: bool = True
) -> tuple[Location, Location] | None:
    """The next one that begins at a place or behind, or the last that ends there or before; round the end."""
    row, column = start
    count = len(lines)
    for step in range(count + 1):
        at = (row + step if forward else row - step) % count
        found = [match.span() for match in pattern.finditer(lines[at])]
        if step == 0:
            found = [span for span in found if (span[0] >= column if forward else span[1] <= column)]
        if found:
            first, end = found[0 if forward else -1]
            return (at, first), (at, end)
    return None


def standing(lines: Sequence[str], pattern: re.Pattern[str], place: Location) -> tuple[int, int] | None:
    """How many there are, and the number of the one at a place, or 0; None where that takes too long."""
    if sum(map(len, lines)) > COUNTED:
        return None
    count = number = 0
    for row, line in enumerate(lines):
        for match in pattern.finditer(line):
            count += 1
            if (row, match.start()) == place:
                number = count
    return count, number


def replaced(lines: Sequence[str], pattern: re.Pattern[str], by: str) -> tuple[list[str], int]:
    """The lines with all that is found replaced, and how many that were."""
    count = 0
    new = []
    for line in lines:
        changed, times = pattern.subn(lambda match: by, line)
        count += times
        new.append(changed)
    return new, count
