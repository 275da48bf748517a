"""Lessons on their thread: what is ordered, told, cancelled, and that nothing is left."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from pgmem_tui.lessons import progress
from pgmem_tui.lessons.attempt import Attempt, Phase, begin
from pgmem_tui.lessons.lesson import Lesson, Program
from pgmem_tui.lessons.live import PERIOD, Live
from pgmem_tui.lessons.live_events import (
    Bound,
    LiveEvent,
    Loaded,
    Looked,
    Order,
    Remembered,
    Seen,
    StepEnded,
    Unbound,
    Wanted,
)
from pgmem_tui.lessons.site import Site
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect
from tests.export.conftest import eventually
from tests.lab.conftest import children
from tests.lessons.conftest import TEXT, made
from tests.lessons.test_lessons import others

E = TypeVar("E", bound=LiveEvent)
SLEEP = 'import psycopg2\nprint("on")\npsycopg2.connect("").cursor().execute("SELECT pg_sleep(100)")'
TABLE = 'from psycopg2 import sql\nTABLE = sql.Identifier("events")\nROWS = 200_000'
HELD = "```sql holder hold\nBEGIN; SELECT 1 AS n\n```\n\n```sql holder step\nSELECT 1 AS n\n```"


class Heard:
    """A live thread, and what it says."""

    def __init__(
        self,
        settings: ConnectionSettings,
        own: bool = False,
        kept: Path | None = None,
        earlier: Sequence[Live] = (),
    ) -> None:
        self.events: queue.SimpleQueue[LiveEvent] = queue.SimpleQueue()
        self.live = Live(settings, own, self.events.put, kept, earlier=earlier)
        self.all: list[LiveEvent] = []

    def next(self, kind: type[E], true: Callable[[E], object] = lambda event: True) -> E:
        """Wait for an event of a kind."""
        while True:
            event = self.events.get(timeout=20)
            self.all.append(event)
            if isinstance(event, kind) and true(event):
                return event


@pytest.fixture
def heard(bare: Site) -> Iterator[Heard]:
    found = Heard(bare.settings, own=True)
    yield found
    found.live.close(10)
    assert not found.live.alive


def left(settings: ConnectionSettings) -> list[tuple[str, str]]:
    """Sessions and processes that lessons have left."""
    connection = connect(settings)
    try:
        return [*others(connection), *[("process", str(child.pid)) for child in children()]]
    finally:
        connection.close()


def test_it_begins_with_the_lessons_and_the_server(heard: Heard) -> None:
    assert heard.next(Loaded).lessons[0].name == "why-did-my-script-eat-1gb"
    assert heard.next(Looked).site.own_server


def test_a_lesson_step_by_step(heard: Heard) -> None:
    lesson = made(
        'import time\nfrom pgmem_tui.lab.notes import note\nnote("n", 1)\nprint("hi")\ntime.sleep(0.5)'
    )
    heard.live.order(Order(1, lesson, Wanted()))
    assert heard.next(Bound).number == 1
    heard.live.order(Order(2, lesson, Wanted(), 0))
    seen = heard.next(Seen, lambda event: event.watched.lines)
    assert seen.number == 2 and seen.watched.lines == ("hi",) and seen.watched.client
    ended = heard.next(StepEnded)
    assert ended.so_far.passed and ended.so_far.right == 0 and ended.watched.notes == (("n", 1),)
    # It is bound once for both orders: nothing had run in between.
    assert sum(isinstance(event, Bound) for event in heard.all) == 1


def test_at_most_ten_updates_a_second(heard: Heard) -> None:
    heard.live.order(
        Order(1, made("import time\nfor n in range(1000):\n    print(n)\n    time.sleep(0.001)"), Wanted(), 0)
    )
    started = time.monotonic()
    ended = heard.next(StepEnded)
    updates = sum(isinstance(event, Seen) for event in heard.all)
    assert 2 <= updates <= (time.monotonic() - started) / PERIOD + 1
    assert ended.watched.earlier + len(ended.watched.lines) == 1000


def test_a_run_is_cancelled_and_begins_anew(heard: Heard, bare: Site) -> None:
    lesson = made(SLEEP)
    heard.live.order(Order(1, lesson, Wanted(), 0))
    heard.next(Seen, lambda event: event.watched.lines)
    heard.live.cancel()
    problem = heard.next(StepEnded).result.problem
    assert problem is not None and problem.canceled
    eventually(lambda: not left(bare.settings), about=lambda: left(bare.settings))
    heard.live.order(Order(2, made("pass"), Wanted(), 0))
    assert heard.next(StepEnded).result.problem is None


def test_an_order_that_was_given_up_before_its_turn_is_told(heard: Heard) -> None:
    heard.live.order(Order(1, made(SLEEP), Wanted(), 0))
    heard.live.order(Order(2, made("pass"), Wanted(), 0))
    heard.live.cancel()
    assert heard.next(Unbound, lambda event: event.number == 2).problem.canceled


def test_an_open_transaction_is_closed_when_one_goes_on(heard: Heard, bare: Site) -> None:
    lesson = made(steps=HELD)
    heard.live.order(Order(1, lesson, Wanted(), 0))
    heard.next(StepEnded)
    assert any(name.endswith("lesson holder") for name, _ in left(bare.settings))
    heard.live.drop()
    eventually(lambda: not left(bare.settings), about=lambda: left(bare.settings))


def test_nothing_is_open_while_the_result_is_read(heard: Heard, bare: Site) -> None:
    lesson = made(steps=HELD)
    for number, step in enumerate((0, 1, 0, 1), start=1):
        heard.live.order(Order(number, lesson, Wanted(), step))
        ended = heard.next(StepEnded)
        assert ended.result.problem is None
        assert ended.so_far.whole == (step == 1)
        if step == 0:
            assert left(bare.settings)
    eventually(lambda: not left(bare.settings), about=lambda: left(bare.settings))


def test_closing_ends_what_runs(bare: Site) -> None:
    heard = Heard(bare.settings)
    heard.live.order(Order(1, made(SLEEP), Wanted(), 0))
    heard.next(Seen, lambda event: event.watched.lines)
    heard.live.close(10)
    assert not heard.live.alive
    eventually(lambda: not left(bare.settings), about=lambda: left(bare.settings))


def test_which_rows(place: Site) -> None:
    heard = Heard(place.settings, own=True)
    try:
        lesson = made(TABLE, head="table: events\nrows: 1000\n")
        told = []
        for number, wanted in enumerate((Wanted(), Wanted("public.users"), Wanted(made_up=True)), start=1):
            heard.live.order(Order(number, lesson, wanted))
            bound = heard.next(Bound)
            (step,) = bound.steps
            assert isinstance(step, Program)
            told.append((bound.about, step.source.splitlines()[1]))
        assert [about for about, _ in told] == [
            "reads public.events",
            "reads public.users",
            "reads rows that the server makes up",
        ]
        assert '"public", "users"' in told[1][1] and "generate_series" in told[2][1]
        heard.live.order(Order(9, lesson, Wanted("nothing_of_that_name")))
        assert "nothing_of_that_name" in heard.next(Unbound).problem.message
    finally:
        heard.live.close(10)


def test_no_server(bare: Site) -> None:
    gone = ConnectionSettings(host="127.0.0.1", port="1", user="x", dbname="x", password="s3cret")
    heard = Heard(gone)
    try:
        assert heard.next(Loaded).lessons
        assert heard.next(Unbound).number == 0
        heard.live.order(Order(1, made("pass"), Wanted(), 0))
        problem = heard.next(Unbound).problem
        assert problem.message and "s3cret" not in repr(heard.all)
    finally:
        heard.live.close(10)


def test_progress_is_kept(bare: Site, tmp_path: Path) -> None:
    kept = tmp_path / "lessons.json"
    heard = Heard(bare.settings, kept=kept)
    try:
        assert heard.next(Remembered).done == {}
        lesson = made('from pgmem_tui.lab.notes import note\nnote("n", 1)')
        heard.live.order(Order(1, lesson, Wanted(), 0, chosen=1))
        heard.next(StepEnded)
        found = progress.read(kept)["made"]
        assert (found.passed, found.chosen, found.right) == (True, 1, 0)
        heard.live.order(Order(2, made("1 / 0"), Wanted(), 0))
        assert heard.next(StepEnded).so_far.failed
        assert progress.read(kept)["made"] == found
    finally:
        heard.live.close(10)


def test_progress_that_cannot_be_read(bare: Site, tmp_path: Path) -> None:
    (tmp_path / "lessons.json").write_text("not JSON")
    heard = Heard(bare.settings, kept=tmp_path / "lessons.json")
    try:
        assert "is damaged" in heard.next(Remembered).trouble
    finally:
        heard.live.close(10)


def test_lessons_of_a_folder(bare: Site, tmp_path: Path) -> None:
    (tmp_path / "01-mine.md").write_text(TEXT)
    events: queue.SimpleQueue[LiveEvent] = queue.SimpleQueue()
    live = Live(bare.settings, False, events.put, folder=str(tmp_path))
    live.close(10)
    loaded = events.get()
    assert isinstance(loaded, Loaded) and loaded.lessons[-1].name == "mine" and not loaded.trouble
    (tmp_path / "01-mine.md").write_text("nothing")
    live = Live(bare.settings, False, events.put, folder=str(tmp_path))
    live.close(10)
    while not isinstance(loaded := events.get(), Loaded) or not loaded.trouble:
        pass
    assert "01-mine.md:1" in loaded.trouble[0] and len(loaded.lessons) >= 8


# -- how far one has come -------------------------------------------------------------------------


def ran(attempt: Attempt, heard: Heard) -> Attempt:
    """An attempt after its next step."""
    attempt, order = attempt.run(attempt.number + 1)
    heard.live.order(order)
    while attempt.running is not None:
        attempt = attempt.hear(heard.events.get(timeout=20))
    return attempt


def lesson_of_two() -> Lesson:
    noting = "from pgmem_tui.lab.notes import note\nnote('n', 1)"
    return made(steps=f"```python first\npass\n```\n\n```python step\n{noting}\n```")


def test_an_attempt_from_question_to_result(heard: Heard) -> None:
    attempt = begin(lesson_of_two(), Wanted())
    assert attempt.phase is Phase.PREDICT
    attempt = attempt.predict(0)
    assert attempt.phase is Phase.READY and attempt.predict(1).chosen == 0
    attempt = ran(attempt, heard)
    assert (attempt.phase, attempt.next, attempt.begun) == (Phase.READY, 1, True)
    attempt = ran(attempt, heard)
    assert attempt.phase is Phase.OVER and attempt.result is not None and attempt.result.right == 0
    again = attempt.afresh()
    assert (again.phase, again.chosen, again.ran) == (Phase.READY, 0, ())


def test_an_attempt_that_fails_begins_anew(heard: Heard) -> None:
    attempt = ran(begin(made("1 / 0"), Wanted()).predict(None), heard)
    assert attempt.phase is Phase.READY and attempt.problem is not None and attempt.next == 0
    attempt = ran(attempt, heard)
    assert len(attempt.ran) == 1 and attempt.problem is not None


def test_what_is_told_about_another_order_is_not_heard() -> None:
    attempt, _ = begin(made("pass"), Wanted()).predict(None).run(7)
    assert attempt.hear(Bound(6, (), "something else")) is attempt


def test_asking_which_table_serves_is_cancelled(bare: Site) -> None:
    holder, watching = connect(bare.settings), connect(bare.settings)
    holder.autocommit = False
    holder.cursor().execute("CREATE TABLE held AS SELECT 1 AS n")
    holder.commit()
    holder.cursor().execute("LOCK TABLE held")
    found = Heard(bare.settings)
    try:
        found.next(Looked)
        found.live.order(Order(1, made(TABLE, head="table: held\n"), Wanted("held")))
        eventually(lambda: any("held" in query and "LIMIT" in query for _, query in others(watching)))
        asked = time.monotonic()
        found.live.cancel()
        assert found.next(Unbound).problem.canceled
        assert time.monotonic() - asked < 5  # of the ten seconds that it takes at most
    finally:
        holder.close()
        watching.close()
        found.live.close(10)


def test_what_is_left_cleans_up_before_another_begins(heard: Heard, bare: Site) -> None:
    make = "```sql a step\nCREATE TABLE made (n int); SELECT 1 AS n\n```"
    clean = "```sql a clean cleanup\nSELECT pg_sleep(1); DROP TABLE made\n```"
    lesson = made(steps=f"{make}\n\n{clean}", head="needs: writes\n")
    heard.live.order(Order(1, lesson, Wanted(), 0))
    heard.next(StepEnded)
    heard.live.close(0)
    other = Heard(bare.settings, own=True, earlier=[heard.live])
    try:
        other.live.order(Order(1, lesson, Wanted(), 0))
        other.next(Bound)
        assert not heard.live.alive
        assert other.next(StepEnded).result.problem is None
    finally:
        other.live.close(10)
