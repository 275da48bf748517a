"""What the lessons' thread is told to do, and what it tells. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pgmem_tui.lessons.lesson import Lesson, Step
from pgmem_tui.lessons.progress import Done
from pgmem_tui.lessons.running import LessonResult, StepResult
from pgmem_tui.lessons.site import Site
from pgmem_tui.lessons.watching import Watched
from pgmem_tui.postgres.errors import Problem


@dataclass(frozen=True)
class Wanted:
    """Which rows a lesson is to read; with neither, those of the demo's table, if it is there."""

    table: str = ""
    """The user's table, written as in SQL."""
    made_up: bool = False


@dataclass(frozen=True)
class Order:
    """Bind a lesson to a table, or run a step of it."""

    number: int
    """Greater than those before."""
    lesson: Lesson
    wanted: Wanted
    index: int | None = None
    """The step; None only asks which table serves. They are to be run in order."""
    chosen: int | None = None
    """What was predicted, to be remembered when the lesson is done."""


@dataclass(frozen=True)
class Looked:
    """What the server is."""

    site: Site


@dataclass(frozen=True)
class Bound:
    """The lesson can run."""

    number: int
    steps: tuple[Step, ...]
    """As they run here."""
    about: str
    """What they read, in words."""


@dataclass(frozen=True)
class Unbound:
    """It cannot, or the server could not be asked."""

    number: int
    """0 if nothing was ordered yet."""
    problem: Problem


@dataclass(frozen=True)
class Seen:
    """A program runs."""

    passing: ClassVar[bool] = True
    """Whether only the newer of two counts."""
    number: int
    watched: Watched


@dataclass(frozen=True)
class StepEnded:
    """A step has run, well or not."""

    number: int
    watched: Watched
    result: StepResult
    so_far: LessonResult


@dataclass(frozen=True)
class Remembered:
    """What was done before, by lessons' names, or why that is not known."""

    done: dict[str, Done]
    trouble: str = ""


@dataclass(frozen=True)
class Loaded:
    """The lessons there are, the program's own first, or why some are not."""

    lessons: tuple[Lesson, ...]
    trouble: tuple[str, ...] = ()


LiveEvent = Loaded | Looked | Bound | Unbound | Seen | StepEnded | Remembered
