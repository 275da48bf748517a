"""A session at work: what is asked for comes, in order, and nothing stale."""

from __future__ import annotations

import random
import time

import pytest

from pgmem_tui.paging import giving_up
from pgmem_tui.paging import session as session_module
from pgmem_tui.paging.events import (
    BackendMeasured,
    Cancelled,
    CursorState,
    EndFound,
    Lost,
    Opened,
    PageRead,
    Released,
    StatementSent,
    StreamEnded,
    Streaming,
    Walking,
)
from pgmem_tui.paging.requests import (
    FindEnd,
    KnownRelation,
    MeasureBackend,
    NamedRelation,
    Read,
    SetBatch,
    Stream,
)
from pgmem_tui.paging.result import Result
from pgmem_tui.postgres.cancellation import Cancellation
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import Sessions, backends, eventually, gate, gated, run, within

SERIES = "SELECT generate_series(1, {})"
NEVER_ENDS = "SELECT generate_series(1, 1000000000)"


def numbers(first: int, end: int) -> dict[int, tuple[str, ...]]:
    """Rows [first, end) of SERIES."""
    return {number: (str(number + 1),) for number in range(first, end)}


def test_first_rows_in_three_statements(sessions: Sessions) -> None:
    session = sessions.start()
    opened = session.open(SERIES.format(1000), screenful=10)
    assert session.rows() == numbers(0, 10)
    assert [column.name for column in opened.columns] == ["generate_series"]
    assert (opened.source, opened.refreshed, opened.relation) == ("query cursor", "", None)
    state = session.of(CursorState)[-1]
    assert (state.name, state.scrollable, state.withhold, state.position) == ("pgmem_1", True, False, 10)
    assert (state.row_count, state.batch_by_hand, state.idle_limit) == (None, False, 300.0)
    assert state.transaction_started > 0
    sent = [event.report.kind for event in session.of(StatementSent) if event.report.kind != "SELECT"]
    assert sent == ["BEGIN", "SET LOCAL", "DECLARE", "FETCH"]
    assert session.sent("FETCH") == ['FETCH FORWARD 10 FROM "pgmem_1"']


@pytest.mark.parametrize("kind", ["named", "known"])
def test_a_table_by_name_and_by_oid(sessions: Sessions, database: ConnectionSettings, kind: str) -> None:
    run(database, 'CREATE TABLE "Odd Table" AS SELECT i FROM generate_series(1, 5) AS i')
    (oid,) = run(database, """SELECT '"Odd Table"'::regclass::oid::int""")[0]
    session = sessions.start()
    opened = session.open(NamedRelation('"Odd Table"') if kind == "named" else KnownRelation(oid))
    assert opened.relation is not None
    assert (opened.relation.name, opened.relation.oid) == ("Odd Table", oid)
    assert session.rows() == numbers(0, 5)
    assert session.pages()[-1].row_count == 5


def test_each_thing_opened_has_its_own_snapshot_and_the_old_cursor_is_closed(
    sessions: Sessions, database: ConnectionSettings
) -> None:
    session = sessions.start()
    session.open("SELECT 1")
    session.open("SELECT name FROM pg_cursors")
    assert session.rows() == {0: ("pgmem_2",)}
    assert len(session.sent("CLOSE")) == len(session.sent("ROLLBACK")) == 1
    assert [state for _, state in backends(database)] == ["idle in transaction"]


def test_rows_do_not_change_while_it_is_open(sessions: Sessions, database: ConnectionSettings) -> None:
    run(database, "CREATE TABLE t AS SELECT i FROM generate_series(1, 100) AS i")
    session = sessions.start(batch=10)
    session.open(NamedRelation("t"))
    run(
        database, "DELETE FROM t WHERE i > 50", "INSERT INTO t SELECT i FROM generate_series(1000, 2000) AS i"
    )
    session.read(90, 200)
    assert session.rows() == numbers(90, 100)
    session.read(0, 100)
    assert session.rows() == numbers(0, 100)


def test_the_end_is_found_by_fetching(sessions: Sessions) -> None:
    session = sessions.start(batch=10)
    session.open(SERIES.format(25))
    session.read(10, 20)
    assert session.of(CursorState)[-1].row_count is None
    session.read(20, 30)
    assert session.pages()[-1].row_count == 25
    assert session.rows() == numbers(20, 25)
    session.read(500, 510)
    assert session.rows() == {}
    assert session.pages()[-1].row_count == 25
    assert not [sql for sql in session.sent() if "count" in sql.lower()]


def test_an_exact_multiple_of_the_batch_ends_with_an_empty_page(sessions: Sessions) -> None:
    session = sessions.start(batch=10)
    session.open(SERIES.format(20))
    session.read(10, 20)
    session.read(20, 30)
    (page,) = session.pages()
    assert (len(page.page.rows), page.row_count) == (0, 20)


def test_find_end(sessions: Sessions) -> None:
    session = sessions.start()
    session.open(SERIES.format(123_457))
    session.request(FindEnd(session.generation, 50))
    assert session.wait(EndFound).row_count == 123_457
    assert session.settle().row_count == 123_457
    session.read(123_450, 123_460)
    assert session.rows() == numbers(123_450, 123_457)
    assert {event.goal for event in session.of(Walking)} == {-1}
    session.request(FindEnd(session.generation, 50))
    assert session.wait(EndFound).row_count == 123_457


def test_backward_reads_reach_back(sessions: Sessions) -> None:
    session = sessions.start(batch=100)
    session.open(SERIES.format(10_000))
    session.read(5000, 5010)
    session.read(4990, 5000, backward=True)
    assert session.rows() == numbers(4900, 5000)
    session.read(20, 30, backward=True)
    assert set(numbers(20, 30)) <= set(session.rows())
    assert session.rows() == {number: (str(number + 1),) for number in session.rows()}


def test_a_batch_by_hand_is_every_fetch(sessions: Sessions) -> None:
    session = sessions.start(batch=7)
    session.open(SERIES.format(1000), screenful=50)
    session.read(7, 57)
    assert set(session.sent("FETCH")) == {'FETCH FORWARD 7 FROM "pgmem_1"'}
    session.request(SetBatch(13))
    assert (session.settle().batch, session.of(CursorState)[-1].batch_by_hand) == (13, True)
    before = len(session.sent("FETCH"))
    session.read(200, 226)
    assert session.sent("FETCH")[before:] == ['FETCH FORWARD 13 FROM "pgmem_1"'] * 2
    session.open("SELECT 1")
    assert session.sent("FETCH")[-1] == 'FETCH FORWARD 13 FROM "pgmem_2"'
    session.request(SetBatch(None))
    assert not session.settle().batch_by_hand


def test_automatic_batches_grow_and_shrink_on_fat_rows(sessions: Sessions) -> None:
    session = sessions.start(cell_limit=2000)
    session.open("SELECT CASE WHEN i > 3000 THEN repeat('x', 2000) END FROM generate_series(1, 5000) AS i")
    sizes = []
    for first in range(0, 3000, 500):
        session.read(first, first + 500)
    sizes = [len(event.page.rows) for event in session.of(PageRead)]
    assert sizes[0] == 10
    assert max(sizes) > 500
    session.read(3000, 3020)
    session.read(3100, 3200)
    assert max(len(event.page.rows) for event in session.pages()) <= 2**20 // 2000


def test_no_batch_is_larger_than_the_widest_rows_allow(sessions: Sessions) -> None:
    """Thin rows tell nothing of those that follow."""
    session = sessions.start(cell_limit=60_000, memory_budget=2**21)
    session.open("SELECT CASE WHEN i > 3000 THEN repeat('é', 60000) END FROM generate_series(1, 5000) AS i")
    session.read(0, 500)
    session.request(SetBatch(1000))
    session.read(500, 600)
    assert max(len(event.page.rows) for event in session.of(PageRead)) <= 2**20 // 240_000


def test_the_newest_read_wins(sessions: Sessions, database: ConnectionSettings) -> None:
    session = sessions.start(batch=10)
    session.open(gated())
    with gate(database) as closed:
        session.request(Read(1, 20, 60))
        closed.wait_for_someone()
        for first in (100, 200, 300):
            session.request(Read(1, first, first + 10))
        closed.open()
        session.wait(PageRead, lambda event: event.page.first == 300)
    assert [event.page.first for event in session.of(PageRead)] == [0, 20, 300]


def test_a_walk_is_overtaken_by_a_newer_read(sessions: Sessions) -> None:
    session = sessions.start()
    session.open(NEVER_ENDS)
    session.request(Read(1, 900_000_000, 900_000_010))
    session.wait(Walking)
    with within(1.0):
        session.request(Read(1, 10, 20))
        session.wait(PageRead, lambda event: event.page.first == 10)
    assert not session.of(Cancelled)


def test_stale_requests_are_dropped(sessions: Sessions, database: ConnectionSettings) -> None:
    session = sessions.start()
    session.open(SERIES.format(100))
    session.open("SELECT 'b' || generate_series(1, 100)")
    before = len(session.events)
    for request in (Read(1, 50, 60), FindEnd(1, 10), Stream(1, 0, 10), Read(3, 0, 10)):
        session.request(request)
    session.read(20, 22)
    assert session.rows()[20] == ("b21",)
    generations = {getattr(event, "generation", 2) for event in session.events[before:]}
    assert generations == {2}


def test_opening_something_else_gives_up_what_runs(sessions: Sessions, database: ConnectionSettings) -> None:
    session = sessions.start()
    session.begin_open("SELECT pg_sleep(60)")
    eventually(lambda: backends(database, "wait_event = 'PgSleep'"))
    with within(1.0):
        session.open(SERIES.format(5))
    assert session.rows() == numbers(0, 5)


def test_open_while_streaming(sessions: Sessions) -> None:
    session = sessions.start()
    session.open(NEVER_ENDS)
    session.request(Stream(1, 10, 10))
    session.wait(Streaming)
    with within(1.0):
        session.open(SERIES.format(5))
    assert session.rows() == numbers(0, 5)
    assert any(isinstance(event, StreamEnded | Cancelled) for event in session.events)


def test_what_is_opened_last_is_what_is_open(sessions: Sessions) -> None:
    session = sessions.start()
    for number in range(50):
        session.begin_open(f"SELECT {number}")
    session.wait(PageRead, lambda event: event.generation == 50)
    session.settle()
    assert session.rows() == {0: ("49",)}
    assert session.of(Opened)[-1].generation == 50


@pytest.mark.parametrize("count", [0, 1, 10, 30, 25_000])
def test_streaming_shows_the_last_rows_and_their_count(sessions: Sessions, count: int) -> None:
    session = sessions.start(batch=10 if count < 100 else None)
    session.open(SERIES.format(count))
    first = min(10, count)
    session.request(Stream(1, first, 10))
    ended = session.wait(StreamEnded)
    assert (ended.rows, ended.at_end) == (count - first, True)
    state = session.settle()
    assert state.row_count == count
    if count > 10:
        shown = session.of(Streaming)[-1]
        assert (shown.page.end, shown.row_count) == (count, count)
        assert list(shown.page.rows) == [(str(number + 1),) for number in range(count - 10, count)]
    session.read(0, 10)
    assert session.rows().items() >= numbers(0, first).items()


def test_streaming_stops_at_once_and_reads_go_on(sessions: Sessions) -> None:
    session = sessions.start()
    session.open(NEVER_ENDS)
    session.request(Stream(1, 10, 10))
    session.wait(Streaming)
    session.wait(Streaming)
    with within(1.0):
        session.session.cancel()
        session.wait_for((StreamEnded, Cancelled))
    session.settle()
    session.read(0, 10)
    assert {number: session.rows()[number] for number in range(10)} == numbers(0, 10)


def test_measuring_the_backend_does_not_end_a_stream(sessions: Sessions) -> None:
    session = sessions.start()
    session.open(SERIES.format(300_000))
    session.request(Stream(1, 10, 10))
    for _ in range(100):
        session.request(MeasureBackend())
    assert session.wait(StreamEnded).at_end


def test_the_backend_is_measured_in_a_transaction_only(sessions: Sessions) -> None:
    session = sessions.start(idle_limit=60.0)
    session.request(MeasureBackend())
    assert session.wait(BackendMeasured).nbytes is None
    session.open(SERIES.format(1000))
    session.request(MeasureBackend())
    assert (session.wait(BackendMeasured).nbytes or 0) > 100_000
    session.read(100, 110)
    assert session.rows().items() >= numbers(100, 110).items()
    assert len(session.sent("DECLARE")) == 1


def test_idle_it_lets_go_and_comes_back(sessions: Sessions, database: ConnectionSettings) -> None:
    run(database, "CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) AS i")
    session = sessions.start(idle_limit=0.2)
    session.open(NamedRelation("t"))
    released = session.wait(Released)
    assert (released.generation, released.idle_seconds) == (1, 0.2)
    state = session.settle()
    assert (state.name, state.transaction_started, state.position) == ("", 0.0, 0)
    assert [state for _, state in backends(database)] == ["idle"]
    session.read(500, 510)
    again = session.of(Opened)[-1]
    assert again.refreshed == "released while idle"
    assert session.rows().items() >= numbers(500, 510).items()
    session.open(NamedRelation("t"))
    assert session.of(Opened)[-1].refreshed == ""


def test_measuring_the_backend_keeps_no_transaction_open(sessions: Sessions) -> None:
    session = sessions.start(idle_limit=0.3)
    session.open("SELECT 1")

    def released() -> bool:
        session.request(MeasureBackend())
        return bool(session.of(Released))

    eventually(released, timeout=5.0)


@pytest.mark.parametrize("where", ["open", "read", "walk", "end", "stream"])
def test_a_cancel_ends_it_and_leaves_a_usable_session(
    sessions: Sessions, database: ConnectionSettings, where: str
) -> None:
    session = sessions.start(batch=10)
    with gate(database) as closed:
        if where == "open":
            session.begin_open(gated(closed_after=0))
        elif where in ("walk", "end"):
            session.open(NEVER_ENDS)
            session.request(FindEnd(1, 10) if where == "end" else Read(1, 900_000_000, 900_000_010))
            session.wait(Walking)
        else:
            session.open(gated())
            session.request(Read(1, 20, 30) if where == "read" else Stream(1, 20, 10))
        if where in ("open", "read", "stream"):
            closed.wait_for_someone()
        with within(1.0):
            session.session.cancel()
            cancelled = session.wait(Cancelled)
        assert cancelled.generation == 1
        assert cancelled.lost_cursor or where in ("walk", "end")
        state = session.settle()
        assert (state.name == "") == cancelled.lost_cursor
    opened = len(session.of(Opened))
    session.read(5, 15)
    assert session.rows().keys() >= set(range(5, 15))
    assert len(session.of(Opened)) - opened == int(cancelled.lost_cursor)
    if cancelled.lost_cursor:
        assert session.of(Opened)[-1].refreshed == "after the cancel"


def test_a_cancel_gives_up_what_waits_too(sessions: Sessions, database: ConnectionSettings) -> None:
    """Whoever waits for an answer is told, in the generation that was asked for last."""
    session = sessions.start()
    session.open(SERIES.format(100))
    with gate(database) as closed:
        session.begin_open(gated(closed_after=0))
        closed.wait_for_someone()
        session.begin_open("SELECT pg_sleep(60)")
        session.session.cancel()
        session.wait(Cancelled, lambda event: event.generation == 3)
    session.open("SELECT 'usable'")
    assert session.rows() == {0: ("usable",)}


def test_a_cancel_before_the_request_was_taken_up_is_not_lost(sessions: Sessions) -> None:
    session = sessions.start()
    for _ in range(30):
        session.begin_open("SELECT pg_sleep(60)")
        session.session.cancel()
        with within(1.0):
            session.wait(Cancelled, lambda event: event.generation == session.generation)
    assert session.cells("SELECT 1") == [("1",)]


def test_a_cancel_with_nothing_running_does_nothing(sessions: Sessions) -> None:
    session = sessions.start()
    session.open(SERIES.format(100))
    session.session.cancel()
    session.read(10, 20)
    assert session.rows().keys() >= set(range(10, 20))
    assert not session.of(Cancelled)


@pytest.mark.parametrize("grace", [0.0, 0.002])
def test_a_cancel_never_hits_what_comes_after(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, grace: float
) -> None:
    """Each read asked for after a cancel is answered with its rows, however close to it."""
    monkeypatch.setattr(session_module, "CANCEL_GRACE", grace)
    monkeypatch.setattr(giving_up, "CANCEL_AGAIN", 0.001)
    session = sessions.start(batch=10)
    session.open("SELECT i, pg_sleep(0.0002) FROM generate_series(1, 100000) AS i")
    chance = random.Random(1)
    for _ in range(60):
        first = chance.randrange(40)
        session.request(Read(1, chance.randrange(40), 1000))
        if delay := chance.choice((0.0, 0.001, 0.003, 0.006)):
            time.sleep(delay)
        session.session.cancel()
        before = len(session.events)
        session.request(Read(1, first, first + 10))
        page = session.wait(PageRead, lambda event, first=first: event.page.first == first)  # type: ignore[misc]
        assert [row[0] for row in page.page.rows] == [str(first + place) for place in range(1, 11)]
        asked = session.events[before:]
        assert not [event for event in asked if isinstance(event, Lost)]
        session.settle()
    assert any(event.lost_cursor for event in session.of(Cancelled)), "no cancel reached the server"


def test_a_cancel_that_comes_late_does_not_hit_the_next_request(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It set out while the first one ran, and is delivered while the second does."""
    monkeypatch.setattr(session_module, "CANCEL_GRACE", 0.0)
    session = sessions.start(batch=10)
    session.open("SELECT i, CASE WHEN i IN (15, 25) THEN pg_sleep(0.3) END FROM generate_series(1, 100) AS i")
    delivered: list[bool] = []
    deliver = Cancellation.cancel

    def late(cancellation: Cancellation, number: int = 0) -> bool:
        eventually(lambda: session.session._inbox.serving not in (0, number))
        delivered.append(deliver(cancellation, number))
        return delivered[-1]

    monkeypatch.setattr(Cancellation, "cancel", late)
    session.request(Read(1, 10, 20))
    eventually(lambda: session.session._inbox.serving)
    session.session.cancel()
    session.request(Read(1, 20, 30))
    page = session.wait(PageRead, lambda event: event.page.first == 20)
    assert page.page.rows[0][0] == "21"
    assert delivered == [False]
    assert not session.of(Cancelled)


def test_close_while_a_long_statement_runs(sessions: Sessions, database: ConnectionSettings) -> None:
    session = sessions.start()
    with gate(database) as closed:
        session.begin_open(gated(closed_after=0))
        closed.wait_for_someone()
        with within(2.0):
            assert session.close()
        eventually(lambda: not backends(database), timeout=1.0)


@pytest.mark.parametrize("request_it", [FindEnd(1, 10), Stream(1, 0, 10), None])
def test_close_in_the_middle(
    sessions: Sessions, database: ConnectionSettings, request_it: FindEnd | Stream | None
) -> None:
    session = sessions.start()
    session.open(NEVER_ENDS)
    if request_it:
        session.request(request_it)
        session.wait_for((Walking, Streaming))
    with within(2.0):
        assert session.close()
    eventually(lambda: not backends(database), timeout=1.0)


def test_close_just_after_a_request(database: ConnectionSettings) -> None:
    for number in range(20):
        sessions = Sessions(database)
        session = sessions.start()
        session.begin_open(NEVER_ENDS if number % 2 else "SELECT pg_sleep(60)")
        with within(1.5):
            sessions.close()
    eventually(lambda: not backends(database), timeout=1.0)


def test_closing_twice_and_never_started(database: ConnectionSettings) -> None:
    from pgmem_tui.paging.session import BrowseSession

    assert BrowseSession(database, lambda event: None).close()
    sessions = Sessions(database)
    session = sessions.start()
    assert session.close()
    assert session.close()


def test_requests_before_anything_is_open_do_nothing(sessions: Sessions) -> None:
    session = sessions.start()
    session.request(Read(0, 0, 10))
    session.settle()
    assert not session.of(PageRead)
    assert session.cells("SELECT 1") == [("1",)]


def test_a_result_follows_a_session(sessions: Sessions) -> None:
    """Whatever the screen misses, one read brings; nothing it asked for goes missing again."""
    session = sessions.start(memory_budget=200_000)
    result = Result(1, 200_000)
    session.open(SERIES.format(5_000))
    result.opened(session.of(Opened)[-1])
    chance = random.Random(2)
    taken, top = 0, 0
    for _ in range(150):
        top = max(
            0, min(5_000, chance.choice((top - 20, top + 20, top + 5, top - 5, chance.randrange(5_000))))
        )
        for _ in range(5):
            missing = result.missing(top, top + 40)
            if missing is None:
                break
            session.read(*missing, backward=chance.random() < 0.5)
            for event in session.pages():
                result.take(event.page, event.row_count, (top, top + 40))
                taken += 1
        assert result.missing(top, top + 40) is None
        rows = [result.row(number) for number in range(top, min(top + 40, 5_000))]
        assert rows == [(str(number + 1),) for number in range(top, min(top + 40, 5_000))]
        assert result.window.nbytes <= 200_000
