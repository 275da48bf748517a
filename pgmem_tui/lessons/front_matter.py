"""The lines between `---` and `---` at the head of a lesson: `key: value`. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pgmem_tui.lessons.errors import LessonError
from pgmem_tui.lessons.lesson import Needs

KEYS = ("title", "minutes", "article", "table", "any table", "rows", "row bytes", "needs")
"""What may be said there; title and minutes must be."""

ARTICLE_ROWS = range(1, 14)
"""Rows of the article's table."""

_VERSION = re.compile(r"PostgreSQL ([0-9]{2})")


@dataclass(frozen=True)
class FrontMatter:
    """What is said about a lesson as a whole."""

    title: str = ""
    minutes: int = 0
    article: tuple[int, ...] = ()
    table: str = ""
    any_table: bool = True
    rows: int = 0
    row_bytes: int = 0
    needs: Needs = field(default_factory=Needs)


def parse(lines: Sequence[str], place: str) -> tuple[FrontMatter, int]:
    """Read it from the head of a file.

    Args:
        lines: Of the whole file.
        place: The file, for errors.

    Returns:
        What it says, and the index of the first line after it.

    Raises:
        LessonError: It is missing, or something in it is wrong.
    """
    if not lines or lines[0].strip() != "---":
        raise LessonError("a lesson begins with a line ---, then key: value lines, then ---", place, 1)
    found = FrontMatter()
    seen: set[str] = set()
    for index, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            for key in ("title", "minutes"):
                if key not in seen:
                    raise LessonError(f"{key}: is missing before this line", place, index + 1)
            return found, index + 1
        if not line.strip():
            continue
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or key not in KEYS or key in seen or not value:
            known = ", ".join(KEYS)
            wrong = (
                f"{key}: is there twice" if key in seen else f"expected `key: value` with a key of {known}"
            )
            raise LessonError(wrong, place, index + 1)
        seen.add(key)
        try:
            found = _with(found, key, value)
        except ValueError as error:
            raise LessonError(f"{key}: {error}", place, index + 1) from None
    raise LessonError("the --- after the key: value lines is missing", place, len(lines))


def _with(found: FrontMatter, key: str, value: str) -> FrontMatter:
    if key == "title":
        return replace(found, title=value)
    if key == "table":
        return replace(found, table=value)
    if key == "any table":
        if value not in ("yes", "no"):
            raise ValueError(f"{value[:40]!r} is neither yes nor no")
        return replace(found, any_table=value == "yes")
    if key == "minutes":
        return replace(found, minutes=_number(value, range(1, 121)))
    if key == "article":
        return replace(found, article=tuple(_number(part, ARTICLE_ROWS) for part in value.split(",")))
    if key == "rows":
        return replace(found, rows=_number(value, range(1, 100_000_001)))
    if key == "row bytes":
        return replace(found, row_bytes=_number(value, range(1, 1 << 30)))
    return replace(found, needs=_needs(value))


def _number(text: str, allowed: range) -> int:
    digits = text.strip().replace("_", "")
    if not (digits.isascii() and digits.isdecimal()) or int(digits[:12]) not in allowed:
        raise ValueError(f"{text.strip()[:40]!r} is no whole number from {allowed[0]} to {allowed[-1]}")
    return int(digits)


def _needs(text: str) -> Needs:
    needs = Needs()
    for part in (part.strip() for part in text.split(",")):
        if part == "demo":
            needs = replace(needs, own_server=True)
        elif part == "writes":
            needs = replace(needs, writes=True, own_server=True)
        elif part == "superuser":
            needs = replace(needs, superuser=True)
        elif part == "local":
            needs = replace(needs, local=True)
        elif match := _VERSION.fullmatch(part):
            needs = replace(needs, version=int(match[1]))
        else:
            raise ValueError(f"{part[:40]!r} is none of demo, writes, superuser, local, PostgreSQL N")
    return needs
