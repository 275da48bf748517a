"""`pgmem-tui lessons`: lessons without a screen."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence

import psycopg2

from pgmem_tui import crash
from pgmem_tui.display.text import one_line
from pgmem_tui.lab.interruption import Guard, heard
from pgmem_tui.lessons import loader, printing, progress, site
from pgmem_tui.lessons.claims import Verdict
from pgmem_tui.lessons.command_line import ALL, LessonsOptions
from pgmem_tui.lessons.errors import CannotRun, LessonError
from pgmem_tui.lessons.lesson import Lesson
from pgmem_tui.lessons.progress import Done
from pgmem_tui.lessons.running import LessonResult, LessonRun, StepResult
from pgmem_tui.lessons.site import Site
from pgmem_tui.lessons.wrapping import wrapped
from pgmem_tui.postgres.errors import Refused, explain

FAILURE = 1
_WIDEST = 110
"""Characters of a line of text, in a terminal that is wider."""


def run(options: LessonsOptions) -> int:
    """List lessons or run them; returns the exit status: 0, or 1 after a failure or a claim that fails.

    An interrupt cancels what runs, and leaves nothing behind on the server.
    """
    try:
        lessons = loader.from_folder(options.folder) if options.folder else loader.built_in()
        if not options.run:
            _print(printing.listed(lessons, _done(options)))
            return 0
        chosen = lessons if options.run == ALL else (_named(lessons, options.run),)
        place = site.look(options.settings, own_server=options.demo)
        if options.run == ALL:
            return max([_check(lesson, place, options) for lesson in chosen])
        return _teach(chosen[0], place, options)
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


def _check(lesson: Lesson, place: Site, options: LessonsOptions) -> int:
    """Run a lesson and print a line about it, and more if it does not end well."""
    started = time.monotonic()
    try:
        result = _run(_bound(lesson, place, options))
    except CannotRun as error:
        _print([f"{lesson.name}: not here: {one_line(str(error))}"])
        return 0
    held = sum(judged.verdict is Verdict.HOLDS for judged in result.claims)
    said = "passed" if result.passed else "FAILED"
    taken = time.monotonic() - started
    _print([f"{lesson.name}: {said}, {held} of {len(result.claims)} claims hold, {taken:.1f} s"])
    if not result.passed:
        if result.failed is not None and result.failed.problem is not None:
            crash.say(f"{lesson.name}, {result.failed.step.name}: {result.failed.problem.message}")
        _print(printing.judged(result.claims))
    return 0 if result.passed else FAILURE


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
    """Ask for a prediction where somebody is there to make one."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    letters = printing.LETTERS[:count]
    while True:
        try:
            said = input(f"What do you think, {', '.join(letters)}? (enter: nothing) ").strip().lower()
        except EOFError:
            return None
        if not said:
            return None
        if len(said) == 1 and said in letters:
            return letters.index(said)


def _named(lessons: Sequence[Lesson], name: str) -> Lesson:
    for number, lesson in enumerate(lessons, start=1):
        if name in (lesson.name, str(number)):
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
