"""What an editor does to whole lines. Pure: lines in, lines out."""

from __future__ import annotations

from collections.abc import Sequence

INDENT = 4
"""Blanks that a line is indented by."""


def toggle_comment(lines: Sequence[str]) -> list[str]:
    """Begin each line with `--`, or none if each that is not blank does already."""
    written = [line for line in lines if line.strip()]
    if written and all(line.lstrip().startswith("--") for line in written):
        return [_without_comment(line) for line in lines]
    margin = min((indentation(line) for line in written), default=0)
    return [line[:margin] + "-- " + line[margin:] if line.strip() or not written else line for line in lines]


def _without_comment(line: str) -> str:
    margin = indentation(line)
    rest = line[margin:].removeprefix("--")
    return line[:margin] + (rest.removeprefix(" ") if rest != line[margin:] else rest)


def indent(lines: Sequence[str]) -> list[str]:
    """Move lines to the right, but for blank ones."""
    return [" " * INDENT + line if line.strip() else line for line in lines]


def outdent(lines: Sequence[str]) -> list[str]:
    """Move lines to the left, as far as there are blanks before them."""
    return [line[1:] if line.startswith("\t") else line[min(INDENT, blanks(line)) :] for line in lines]


def indentation(line: str) -> int:
    """Blanks and tabs that a line begins with."""
    return len(line) - len(line.lstrip(" \t"))


def blanks(line: str) -> int:
    """Blanks that a line begins with."""
    return len(line) - len(line.lstrip(" "))


def next_indentation(before: str) -> str:
    """What a new line begins with.

    Args:
        before: The line up to the caret.
    """
    margin = before[: indentation(before)]
    return margin + " " * INDENT if before.rstrip().endswith(("(", "[")) else margin
