"""What stands around a caret in text of any length, found without looking at all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pgmem_tui.language.lines import line_tokens
from pgmem_tui.language.tokens import Kind, Token

FARTHEST = 500
"""Lines that are looked at in each direction."""

Location = tuple[int, int]
"""Number of a line and of a character in it, from 0."""
Opened = Callable[[int], str]
"""What is open where a line begins; `lines.OpenedLines.before`."""
_PAIRS = {"(": ")", "[": "]"}
_OPENERS = {closer: opener for opener, closer in _PAIRS.items()}


def brackets(lines: Sequence[str], opened: Opened, caret: Location) -> tuple[Location, Location] | None:
    """The bracket at the caret, or right before it, and its partner; none in strings and comments.

    Args:
        lines: Of the text.
        opened: What is open where each begins.
        caret: Between two characters.
    """
    row, column = caret
    for place in (column, column - 1):
        character = lines[row][place : place + 1] if place >= 0 else ""
        if character not in _PAIRS and character not in _OPENERS:
            continue
        other = _partner(lines, opened, (row, place), character)
        if other is not None:
            return (row, place), other
    return None


def _partner(lines: Sequence[str], opened: Opened, place: Location, bracket: str) -> Location | None:
    row, column = place
    forward = bracket in _PAIRS
    more, less = (bracket, _PAIRS[bracket]) if forward else (bracket, _OPENERS[bracket])
    rows = range(row, min(len(lines), row + FARTHEST)) if forward else range(row, max(-1, row - FARTHEST), -1)
    depth = 0
    for at in rows:
        found = [token for token in line_tokens(lines[at], opened(at))[0] if token.kind is Kind.PUNCTUATION]
        if at == row and not any(token.start == column for token in found):
            return None  # in a string or a comment
        for token in found if forward else reversed(found):
            if at == row and (token.start < column if forward else token.start > column):
                continue
            depth += (token.text(lines[at]) == more) - (token.text(lines[at]) == less)
            if depth == 0:
                return at, token.start
    return None


def in_text(line: str, opened: str, column: int) -> bool:
    """Whether a caret in a line is inside a string or a comment, where nothing is a name."""
    found, behind = line_tokens(line[:column], opened)
    if behind:
        return not behind.endswith('"')
    return bool(found) and found[-1].end == column and found[-1].text(line).startswith("--")


def between_semicolons(
    lines: Sequence[str], opened: Opened, caret: Location, more: int = 0, farthest: int = FARTHEST
) -> tuple[Location, Location]:
    """From behind the semicolon before the caret to the one after it, or as far as is looked.

    A statement may have semicolons inside: `CREATE FUNCTION … BEGIN ATOMIC`, `CREATE RULE`.

    Args:
        lines: Of the text.
        opened: What is open where each begins.
        caret: Between two characters.
        more: Semicolons to pass on each side.
        farthest: Lines that are looked at in each direction.
    """
    row, column = caret
    start: Location = (max(0, row - farthest), 0)
    left = more + 1
    for at in range(row, start[0] - 1, -1):
        before = [token for token in _semicolons(lines[at], opened(at)) if at < row or token.end <= column]
        if len(before) >= left:
            start = (at, before[-left].end)
            break
        left -= len(before)
    last = min(len(lines), row + farthest + 1) - 1
    left = more + 1
    for at in range(row, last + 1):
        after = [token for token in _semicolons(lines[at], opened(at)) if at > row or token.start >= column]
        if len(after) >= left:
            return start, (at, after[left - 1].start)
        left -= len(after)
    return start, (last, len(lines[last]))


def _semicolons(line: str, opened: str) -> list[Token]:
    if ";" not in line:
        return []
    found = line_tokens(line, opened)[0]
    return [token for token in found if token.kind is Kind.PUNCTUATION and line[token.start] == ";"]


def word_at(text: str, place: int) -> tuple[int, int]:
    """What to mark at an index where something is wrong: a word or a character; at the end the last one."""
    end = place
    while end < len(text) and (text[end].isalnum() or text[end] in "_$"):
        end += 1
    if end > place:
        return place, end
    if place < len(text) and text[place] != "\n":
        return place, place + 1
    return max(0, place - 1), place
