"""Finds lessons: the built-in ones in their order, and those in a folder of the user's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from pgmem_tui.lessons import format as lesson_format
from pgmem_tui.lessons.errors import LessonError
from pgmem_tui.lessons.lesson import Lesson

if TYPE_CHECKING:
    from importlib.abc import Traversable

MOST_LESSONS = 500
"""Of one folder."""

_CALLED = "a lesson's file is called like 01-my-lesson.md"
_NAME = re.compile(r"([0-9]{1,4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")


def built_in() -> tuple[Lesson, ...]:
    """The program's own lessons, in their order."""
    files = resources.files("pgmem_tui.lessons").joinpath("data").iterdir()
    return tuple(_read(file, number, name, "") for number, name, file in _numbered(files, ""))


@dataclass(frozen=True)
class Folder:
    """What is in a folder of the user's."""

    lessons: tuple[Lesson, ...]
    """Those that can be read."""
    wrong: tuple[LessonError, ...] = ()
    """Why others cannot: the first error of each."""
    passed_over: tuple[str, ...] = ()
    """Files that begin as lessons do and are not called like one, in words."""


def from_folder(folder: str) -> Folder:
    """The lessons of a folder, `NN-name.md`, by number and then name; other files are none.

    Their programs are Python that runs with the rights of whoever runs them: a folder is trusted.

    Args:
        folder: `~` is the user's home.

    Raises:
        LessonError: The folder cannot be read, or there is no lesson.
    """
    try:
        files = sorted(Path(folder).expanduser().iterdir())
        others = [file for file in files if not _NAME.fullmatch(file.name) and _begins_as_one(file)]
    except OSError as error:
        raise LessonError(error.strerror or str(error), folder) from None
    found = _numbered(files, folder)
    if not found:
        raise LessonError(f"there is no lesson here; {_CALLED}", folder)
    lessons, wrong, names = list[Lesson](), list[LessonError](), set[str]()
    for number, name, file in found:
        try:
            if name in names:
                raise LessonError(f"a second lesson that is called {name}", f"{folder}/{file.name}")
            names.add(name)
            lessons.append(_read(file, number, name, folder))
        except LessonError as error:
            wrong.append(error)
    passed_over = (f"{folder}/{file.name} is passed over; {_CALLED}" for file in others)
    return Folder(tuple(lessons), tuple(wrong), tuple(passed_over))


def _begins_as_one(file: Path) -> bool:
    if file.suffix.lower() != ".md" or not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.readline(8).strip() == b"---"


def _numbered(files: Iterable[Traversable], folder: str) -> list[tuple[int, str, Traversable]]:
    """The files that are called like a lesson, in their order: number, name and file."""
    found: list[tuple[int, str, Traversable]] = []
    for file in files:
        match = _NAME.fullmatch(file.name)
        if match and file.is_file():
            found.append((int(match[1]), match[2], file))
    if len(found) > MOST_LESSONS:
        raise LessonError(f"more than {MOST_LESSONS} lessons", folder)
    return sorted(found, key=lambda entry: entry[:2])


def _read(file: Traversable, number: int, name: str, folder: str) -> Lesson:
    place = f"{folder}/{file.name}" if folder else file.name
    try:
        with file.open("rb") as opened:
            data = opened.read(lesson_format.MOST_BYTES + 1)
    except OSError as error:
        raise LessonError(error.strerror or str(error), place) from None
    if len(data) > lesson_format.MOST_BYTES:
        raise LessonError(f"longer than {lesson_format.MOST_BYTES >> 10} kB", place)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LessonError(
            f"not UTF-8: {error.reason}", place, data.count(b"\n", 0, error.start) + 1
        ) from None
    return replace(lesson_format.parse(text, name, place), number=number)
