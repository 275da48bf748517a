"""Pictures of the lessons, with fixed values; each test says what must be seen on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.app import App
from textual.pilot import Pilot

from pgmem_tui.lab.events import Outcome
from pgmem_tui.lessons import claims, loader, value_words
from pgmem_tui.lessons.attempt import Attempt, Ran, begin
from pgmem_tui.lessons.expression import Value
from pgmem_tui.lessons.lesson import Lesson
from pgmem_tui.lessons.live_events import Wanted
from pgmem_tui.lessons.progress import Done
from pgmem_tui.lessons.running import LessonResult, StepResult
from pgmem_tui.lessons.sessions import Said
from pgmem_tui.lessons.site import Site
from pgmem_tui.lessons.watching import Watched
from pgmem_tui.options import Options
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.lesson_desk import Emit, LessonDesk
from pgmem_tui.ui.screens.lessons import LessonsScreen
from tests.lessons.conftest import made

SnapCompare = Callable[..., bool]
SIZES = [(80, 24), (160, 48)]
MB = 1 << 20
SIDES = "\n\n".join(
    f"```sql {session} {name}\n{text}\n```"
    for session, name, text in (
        ("reader", "begin", "BEGIN ISOLATION LEVEL REPEATABLE READ"),
        ("reader", "first", "SELECT count(*) AS n FROM side"),
        ("writer", "write", "INSERT INTO side VALUES (1), (2)"),
        ("reader", "step", "SELECT count(*) AS n FROM side"),
    )
)
WATCHED = Watched(
    seconds=1.4,
    baseline=21 * MB,
    client=tuple(21 * MB + n * MB for n in range(120)),
    backend=(-1, -1, *[2 * MB] * 118),
    client_peak=143 * MB,
    backend_peak=2 * MB,
    notes=(("text", float(13 * MB)), ("after_execute", float(39 * MB))),
)
VALUES: dict[str, Value] = {
    "script.text": 13 * MB,
    "script.after_execute": 39 * MB,
    "script.after_fetchall": 122 * MB,
    "script.peak": 122 * MB,
    "script.rows": 200_000,
}


class FixedDesk(LessonDesk):
    """Lessons whose state is given: nothing is connected, nothing runs."""

    def __init__(self, lessons: tuple[Lesson, ...], attempt: Attempt) -> None:
        settings = ConnectionSettings(host="db1", dbname="shop")
        super().__init__(Options(settings), None)
        self.lessons, self._attempts[0] = lessons, attempt

    def open(self, table: str, emit: Emit) -> None:
        """Connect nowhere."""


class LessonsApp(App[None]):
    """The lessons above nothing."""

    def __init__(self, desk: LessonDesk) -> None:
        super().__init__()
        self.desk = desk

    def on_mount(self) -> None:
        self.push_screen(LessonsScreen(self.desk))


def first() -> Attempt:
    """The first lesson, its question on the screen."""
    return begin(loader.built_in()[0], Wanted("public.orders"))


def over(attempt: Attempt) -> Attempt:
    """The same with its program run."""
    lesson, (step,) = attempt.lesson, attempt.steps
    outcome = Outcome(peak_rss=143 * MB, baseline=21 * MB, seconds=1.4, backend_peak=2 * MB)
    result = StepResult(step, tuple(VALUES.items()), outcome)
    judged = tuple(claims.judge(claim, VALUES, value_words.kinds(lesson)) for claim in lesson.claims)
    right = claims.right_choice(lesson.prediction, VALUES)
    came = LessonResult((result,), VALUES, judged, right, None, True)
    return replace(
        attempt,
        bound=True,
        about="reads public.orders",
        ran=(Ran(WATCHED, result),),
        watched=WATCHED,
        result=came,
    )


def app(attempt: Attempt, *others: Lesson) -> LessonsApp:
    desk = FixedDesk((attempt.lesson, *(others or loader.built_in()[1:4])), attempt)
    desk.done = {
        "iterating-does-not-help": Done(0, True, 1, 1),
        "give-it-a-name": Done(0, True, 0, 1),
        "limit-hides-the-rest": Done(0, False),
    }
    return LessonsApp(desk)


@pytest.mark.parametrize("size", SIZES)
def test_a_question(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """The list (above in the small one) with what is done; question and answers, the cursor on the second;
    the table that is wanted; no curve yet, its place kept; what to press."""

    async def show(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LessonsScreen)
        while screen.view.bright < 1:
            await pilot.press("down")

    assert snap_compare(app(first()), terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES)
def test_a_program_runs(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """The end of the program that runs, its notes so far with their units, the prediction marked; two curves
    from zero in one scale, the client's rising, the server's flat, with their peaks."""
    attempt = replace(
        first().predict(1), bound=True, about="reads public.orders", number=1, running=0, watched=WATCHED
    )

    async def show(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LessonsScreen)
        screen.view.follow(0)
        await pilot.pause()

    assert snap_compare(app(attempt), terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES)
def test_a_result(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """From the verdict on: the prediction was wrong, with the values that say so; what happened, each claim
    with its values, why (and the rest, where there is room)."""

    async def show(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LessonsScreen)
        screen.view.go_to_result()
        await pilot.pause()

    assert snap_compare(app(over(first().predict(1))), terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES)
def test_two_sessions(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """Statements of two sessions in two columns, in the order in which they are sent, with what they brought;
    the next one is marked; no memory, which nobody measures here."""
    attempt = begin(made(steps=SIDES), Wanted()).predict(None)
    brought = (
        Said(status="BEGIN", seconds=0.001),
        Said(("n",), (("0",),), "SELECT 1", 0.002),
        Said(status="INSERT 0 2", seconds=0.003),
    )
    ran = tuple(
        Ran(Watched(), StepResult(step, (), said=said))
        for step, said in zip(attempt.steps, brought, strict=False)
    )
    so_far = LessonResult(tuple(each.result for each in ran), {}, (), None, None, False)
    attempt = replace(attempt, bound=True, ran=ran, result=so_far)

    async def show(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LessonsScreen)
        screen.view.follow(3)
        await pilot.pause()

    assert snap_compare(app(attempt), terminal_size=size, run_before=show)


def test_a_failure(snap_compare: SnapCompare) -> None:
    """The server's sentence with its SQLSTATE and the advice, below the program; what to press."""
    attempt = begin(made("pass"), Wanted()).predict(0)
    problem = Problem("could not connect: \x1b[31m", sqlstate="08006", advice="Is the server running?")
    attempt = replace(attempt, problem=problem)
    assert snap_compare(app(attempt), terminal_size=SIZES[0], press=["end"])


def test_what_is_missing(snap_compare: SnapCompare) -> None:
    """In red, what the lesson needs; the question can be read all the same."""
    attempt = begin(made("pass", head="needs: writes\n"), Wanted())
    found = app(attempt)
    found.desk.site = Site(ConnectionSettings(), 18, False, True, False)
    assert snap_compare(found, terminal_size=SIZES[0])


async def test_it_is_narrow_from_the_first_layout_on() -> None:
    """What is laid out is painted: the wide layout would be seen for a moment."""
    heights = list[int]()

    class Watched(LessonsScreen):
        def on_mount(self) -> None:
            super().on_mount()
            view = self.list
            self.screen_layout_refresh_signal.subscribe(
                self, lambda _: heights.append(view.outer_size.height)
            )

    class App(LessonsApp):
        def on_mount(self) -> None:
            self.push_screen(Watched(self.desk))

    async with App(app(first()).desk).run_test(size=SIZES[0]) as pilot:
        await pilot.pause()
    assert set(heights) - {0} == {3}


def test_reading(snap_compare: SnapCompare) -> None:
    """Before anything is read: a word that says so, in an empty list."""
    desk = FixedDesk((), first())
    assert snap_compare(LessonsApp(desk), terminal_size=SIZES[0])
