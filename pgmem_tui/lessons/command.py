"""`pgmem-tui lessons`: lessons without a screen."""

from __future__ import annotations

import select
import shutil
import sys
import time
from collections.abc import Iterator, Sequence

import psycopg2

from pgmem_tui import crash
from pgmem_tui.display.text import one_line
from pgmem_tui.lab.interruption import Guard, heard
from pgmem_tui.lessons import loader, printing, progress, site
from pgmem_tui.lessons.command_line import ALL, LessonsOptions
from pgmem_tui.lessons.errors import CannotRun, LessonError
from pgmem_tui.lessons.lesson import Lesson
from pgmem_tui.lessons.loader import Folder
from pgmem_tui.lessons.progress import Done
from pgmem_tui.lessons.running import LessonResult, LessonRun, StepResult
from pgmem_tui.lessons.site import Site
from pgmem_tui.lessons.wrapping import wrapped
from pgmem_tui.postgres.errors import Refused, explain

FAILURE = 1
_PATIENCE = 1.0
"""Seconds that an answer may take that is not typed."""
_WIDEST = 110
"""Characters of a line of text, in a terminal that is wider."""


def run(options: LessonsOptions) -> int:
    """List lessons or run them; returns the exit status: 0, or 1 after a failure or a claim that fails.

    An interrupt cancels what runs, and leaves nothing behind on the server.
    """
    try:
        found = loader.from_folder(options.folder) if options.folder else Folder(loader.built_in())
        for said in (*map(str, found.wrong), *found.passed_over):
            crash.say(said)
        if not options.run:
            _print(printing.listed(found.lessons, _done(options)))
            return FAILURE if found.wrong else 0
        if options.run == ALL:
            return _check_all(found, options)
        lesson = _named(found.lessons, options.run)
        return _teach(lesson, site.look(options.settings, own_server=options.demo), options)
    except LessonError as error:
        crash.say(str(error))
    except CannotRun as error:
        crash.say(f"{options.run} {error}")
    except (psycopg2.Error, Refused) as error:
        crash.say_problem(explain(error, options.settings))
    return FAILURE


def _teach(lesson: Lesson, place: Site, options: LessonsOptions) -> int:
    running = _bound(lesson, place, options)
    width = min(_WIDEST, shutil.get_terminal_size().columns)
    _print(printing.before(lesson, running.steps, running.about), width)
    chosen = _predicted(len(lesson.prediction.choices))
    result = _run(running)
    _print(printing.after(lesson, result, chosen), width)
    if options.keep and result.whole:
        try:
            done = Done(time.time(), result.passed, chosen, result.right)
            progress.keep(progress.default_path(), lesson.name, done)
        except progress.Unavailable as error:
            crash.say(str(error))
    return 0 if result.passed else FAILURE


def _check_all(found: Folder, options: LessonsOptions) -> int:
    """Run every lesson, and say how many passed, failed and were not for here."""
    place = site.look(options.settings, own_server=options.demo) if found.lessons else None
    came = [_check(lesson, place, options) for lesson in found.lessons if place is not None]
    failed = came.count(False) + len(found.wrong)
    unread = f" ({len(found.wrong)} of them could not be read)" if found.wrong else ""
    _print([f"{came.count(True)} passed, {failed} failed{unread}, {came.count(None)} not here"])
    return FAILURE if failed else 0


def _check(lesson: Lesson, place: Site, options: LessonsOptions) -> bool | None:
    """Run a lesson and print a line about it, and more if it does not end well.

    Returns:
        Whether it passed; None if it cannot run here.
    """
    started = time.monotonic()
    try:
        running = _bound(lesson, place, options)
        result = _run(running)
    except CannotRun as error:
        _print([f"{lesson.name}: not here: {one_line(str(error))}"])
        return None
    _print(printing.checked(lesson, result, running.about, time.monotonic() - started))
    if not result.passed:
        if result.failed is not None and result.failed.problem is not None:
            where = result.failed.where or lesson.name
            crash.say(
                f"{where}: {result.failed.step.name}: {result.failed.problem.message}", result.failed.source
            )
        _print(printing.judged(result.claims))
    return result.passed


def _bound(lesson: Lesson, place: Site, options: LessonsOptions) -> LessonRun:
    """Find out which table serves."""
    guard = Guard()
    return heard(lambda: LessonRun(lesson, place, options.table, guarded=guard.guarded), guard.interrupt)


def _run(running: LessonRun) -> LessonResult:
    """Run the steps."""

    def work() -> None:
        try:
            for index in range(len(running.steps)):
                result = _last(running, index)
                if result.problem is not None and result.problem.canceled:
                    break
        finally:
            running.close()

    heard(work, running.cancel)
    return running.result()


def _last(running: LessonRun, index: int) -> StepResult:
    result: StepResult | None = None
    for event in running.step(index):
        if isinstance(event, StepResult):
            result = event
    assert result is not None
    return result


def _predicted(count: int) -> int | None:
    """Ask for a prediction, or take one that comes through a pipe or from a file."""
    if sys.stdin is None:
        return None
    asked = sys.stdin.isatty()
    if asked and not sys.stdout.isatty():
        return None
    while True:
        try:
            said = (input(f"What do you think, 1-{count}? (enter: nothing) ") if asked else _piped()).strip()
        except EOFError:
            return None
        if not said:
            return None
        if said.isascii() and said.isdecimal() and 1 <= int(said[:9]) <= count:
            return int(said) - 1
        if not asked:
            crash.say(f"{said[:40]!r} is none of the answers 1-{count}; it goes on without a prediction")
            return None


def _piped() -> str:
    """The next line of standard input; empty if none comes soon: it may be a pipe that nobody writes to."""
    try:
        ready, _, _ = select.select([sys.stdin], [], [], _PATIENCE)
        return sys.stdin.readline() if ready else ""
    except (OSError, ValueError):  # no descriptor, or one that cannot be waited for
        return ""


def _named(lessons: Sequence[Lesson], name: str) -> Lesson:
    number = int(name[:9]) if name.isascii() and name.isdecimal() else -1
    found = [lesson for lesson in lessons if lesson.name == name or lesson.number == number]
    if len(found) > 1:
        raise LessonError(f"several lessons are {name}: {', '.join(lesson.name for lesson in found)}")
    for lesson in found:
        return lesson
    raise LessonError(f"there is no lesson {name}; pgmem-tui lessons lists them")


def _done(options: LessonsOptions) -> dict[str, Done]:
    if not options.keep:
        return {}
    try:
        return progress.read(progress.default_path())
    except progress.Unavailable as error:
        crash.say(str(error))
        return {}


def _print(texts: Iterator[str] | Sequence[str], width: int = 0) -> None:
    for text in texts:
        for line in wrapped(text, width) if width and text else (text,):
            print(line)
    sys.stdout.flush()
