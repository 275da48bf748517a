"""Finds lessons: the built-in ones in their order, and those in a folder of the user's."""

from __future__ import annotations

import re
from collections.abc import Iterable
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

_NAME = re.compile(r"([0-9]{1,4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")


def built_in() -> tuple[Lesson, ...]:
    """The program's own lessons, in their order."""
    return _load(resources.files("pgmem_tui.lessons").joinpath("data").iterdir(), "")


def from_folder(folder: str) -> tuple[Lesson, ...]:
    """The lessons of a folder, `NN-name.md`, by number and then name; other files are none.

    Their programs are Python that runs with the rights of whoever runs them: a folder is trusted.

    Args:
        folder: `~` is the user's home.

    Raises:
        LessonError: The folder cannot be read, there is no lesson, or one is wrong.
    """
    path = Path(folder).expanduser()
    try:
        lessons = _load(path.iterdir(), folder)
    except OSError as error:
        raise LessonError(error.strerror or str(error), folder) from None
    if not lessons:
        raise LessonError("there is no lesson here; a lesson's file is called like 01-my-lesson.md", folder)
    return lessons


def _load(files: Iterable[Traversable], folder: str) -> tuple[Lesson, ...]:
    found: list[tuple[int, str, Traversable]] = []
    for file in files:
        match = _NAME.fullmatch(file.name)
        if match and file.is_file():
            found.append((int(match[1]), match[2], file))
    if len(found) > MOST_LESSONS:
        raise LessonError(f"more than {MOST_LESSONS} lessons", folder)
    found.sort(key=lambda entry: entry[:2])
    names = [name for _, name, _ in found]
    for name in names:
        if names.count(name) > 1:
            raise LessonError(f"two lessons are called {name}", folder)
    return tuple(_read(file, name, folder) for _, name, file in found)


def _read(file: Traversable, name: str, folder: str) -> Lesson:
    place = f"{folder}/{file.name}" if folder else file.name
    with file.open("rb") as opened:
        data = opened.read(lesson_format.MOST_BYTES + 1)
    if len(data) > lesson_format.MOST_BYTES:
        raise LessonError(f"longer than {lesson_format.MOST_BYTES >> 10} kB", place)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LessonError(
            f"not UTF-8: {error.reason}", place, data.count(b"\n", 0, error.start) + 1
        ) from None
    return lesson_format.parse(text, name, place)
