"""Experiments on a thread of their own: looked up, agreed to, watched, cancelled; and what they read."""

from __future__ import annotations

import queue
from dataclasses import replace
from itertools import pairwise

import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.export.source import ExportSource, of_query, of_relation, of_spec
from pgmem_tui.lab import opened
from pgmem_tui.lab.preparing import prepare
from pgmem_tui.lab.report import Asked
from pgmem_tui.lab.trial import Ended, Failed, Known, Order, Seen, Trial, TrialEvent
from pgmem_tui.postgres import cancel_request, catalog
from pgmem_tui.postgres import connection as product
from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.postgres.query_spec import ColumnOf, Condition, Output, QuerySpec, SortKey, Source
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect
from tests.lab.conftest import MIB, children, eventually, sessions

pytestmark = pytest.mark.usefixtures("nothing_is_left")

ASKED = Asked("", "", 200, ("fetchall", "named-1000", "keyset", "copy"), 1, 512 * MIB, 30.0)
ENDLESS = of_query("SELECT n FROM (SELECT generate_series(1, 1000000000)) AS g(n)")
WIDE = of_query("SELECT n, repeat('x', 100000) AS wide FROM generate_series(1, 20000) AS n")
STEADY = of_query("SELECT n, pg_sleep(0.001) FROM generate_series(1, 500) AS n")
SLOW = of_query("SELECT n, pg_sleep(60) FROM generate_series(1, 3) AS n")
PATIENCE = 30.0


class Told:
    """A trial and its events."""

    def __init__(self, place: ConnectionSettings, source: ExportSource, runs: bool = True, **asked: object):
        self.events: queue.SimpleQueue[TrialEvent] = queue.SimpleQueue()
        order = Order(place, source, replace(ASKED, **asked), runs)  # type: ignore[arg-type]
        self.trial = Trial(order, self.events.put)
        self.trial.start()

    def next(self) -> TrialEvent:
        return self.events.get(timeout=PATIENCE)

    def last(self) -> TrialEvent:
        """The event behind those of what goes on."""
        while isinstance(event := self.next(), Seen):
            pass
        self.trial.close(PATIENCE)
        assert not self.trial.alive and self.events.empty()
        return event


def events_table(place: ConnectionSettings) -> ExportSource:
    connection = product.connect(place, "lab")
    try:
        return of_relation(catalog.find_relation(connection, "events"))
    finally:
        connection.close()


def test_a_look_runs_nothing(place: ConnectionSettings) -> None:
    told = Told(place, events_table(place), runs=False)
    known = told.last()
    assert isinstance(known, Known)
    assert known.prepared.asked.table == "public.events"
    assert known.prepared.plan.subject.estimated_rows == 200


def test_a_run_is_watched(place: ConnectionSettings) -> None:
    told = Told(place, STEADY, rows=0, modes=("named-10", "named-100"))
    assert isinstance(told.next(), Known)
    seen = []
    while isinstance(event := told.next(), Seen):
        seen.append(event.watched)
    assert isinstance(event, Ended) and not event.cancelled and not event.problem
    found = {each.mode: each for each in event.watched.report.measurements}
    assert [found[name].rows for name in ("named-10", "named-100")] == [500, 500]
    assert event.watched.report.conclusions
    assert not seen[0].mode and seen[0].began.total == 3
    running = [each for each in seen if each.mode == "named-10" and each.curve]
    assert running and running[-1].baseline > MIB and running[-1].curve[-1][0] <= running[-1].seconds
    assert running[0].rows <= running[-1].rows <= 500
    before = [one for one, other in pairwise(seen) if one.mode and one.began != other.began]
    assert [each.rows for each in before] == [500]
    assert all(len(each.curve) <= 400 for each in seen)


def test_much_is_agreed_to_first(place: ConnectionSettings) -> None:
    told = Told(place, WIDE, rows=0)
    known = told.next()
    assert isinstance(known, Known) and known.prepared.much
    assert told.events.empty() and not children()
    told.trial.agree()
    assert isinstance(told.next(), Seen)
    told.trial.cancel()
    ended = told.last()
    assert isinstance(ended, Ended) and ended.cancelled


def test_much_is_declined(place: ConnectionSettings) -> None:
    told = Told(place, WIDE, rows=0)
    assert isinstance(told.next(), Known)
    told.trial.cancel()
    failed = told.last()
    assert isinstance(failed, Failed) and failed.problem.canceled and failed.cancelled


def test_a_time_limit_of_the_server_is_a_problem(place: ConnectionSettings, observer: Connection) -> None:
    events = events_table(place)
    holder = connect(place)
    holder.autocommit = False
    try:
        holder.cursor().execute("LOCK TABLE events")
        impatient = opened.with_user_settings(place, {"statement_timeout": "50"})
        failed = Told(impatient, events).last()
    finally:
        holder.close()
    assert isinstance(failed, Failed) and not failed.cancelled
    assert "statement timeout" in failed.problem.message


def test_a_cancelled_experiment_keeps_what_it_has(place: ConnectionSettings) -> None:
    told = Told(place, events_table(place), rows=20_000, modes=("copy", "named-10"), repeat=100)
    assert isinstance(told.next(), Known)
    while isinstance(event := told.next(), Seen):
        if any(each.runs for each in event.watched.report.measurements):
            break
    told.trial.cancel()
    ended = told.last()
    assert isinstance(ended, Ended) and ended.cancelled
    copy, named = ended.watched.report.measurements
    assert 1 <= len(copy.runs) < 100 and copy.done and len(named.runs) < 100


def test_a_question_to_the_server_is_cancelled(place: ConnectionSettings, observer: Connection) -> None:
    """How large rows are is asked for three seconds at most; someone may have less patience."""
    told = Told(place, SLOW)
    eventually(lambda: any("pg_sleep" in query for state, query in sessions(observer, place)))
    told.trial.cancel()
    failed = told.last()
    assert isinstance(failed, Failed) and failed.problem.canceled


def test_a_request_to_cancel_that_is_lost_is_repeated(
    place: ConnectionSettings, observer: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = []

    def send(connection: Connection) -> bool:
        requests.append(connection)
        return len(requests) == 1 or sending(connection)  # as between two statements

    sending = cancel_request.send
    monkeypatch.setattr(cancel_request, "send", send)
    test_a_question_to_the_server_is_cancelled(place, observer)
    assert len(requests) >= 2


def test_what_cannot_be_read_is_said(place: ConnectionSettings) -> None:
    failed = Told(place, of_query("SELECT nothing FROM events")).last()
    assert isinstance(failed, Failed) and 'column "nothing" does not exist' in failed.problem.message
    failed = Told(replace(place, dbname="no such"), ENDLESS).last()
    assert isinstance(failed, Failed) and "no such" in failed.problem.message


# -- what is read --------------------------------------------------------------------------------


def rows_of(
    place: ConnectionSettings, source: ExportSource, rows: int = 0
) -> tuple[str, list[tuple[str, ...]]]:
    """The text of SQL that would be measured, and what that returns."""
    prepared = prepare(place, replace(ASKED, rows=rows), source)
    query = prepared.plan.subject.query
    connection = product.connect(prepared.plan.settings, "lab")
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return query, cursor.fetchall()
    finally:
        connection.close()


def test_conditions_and_order_of_the_grid_are_read(place: ConnectionSettings) -> None:
    table = events_table(place)
    narrowed = replace(
        table, conditions=(Condition("kind", "buy"),), order=(SortKey("id", descending=True),), limit=7
    )
    query, rows = rows_of(place, narrowed)
    assert len(rows) == 7 and rows == sorted(rows, key=lambda row: -int(row[0]))
    assert "OFFSET" not in query and len(rows[0]) == len(table.columns)
    assert len(rows_of(place, narrowed, rows=3)[1]) == 3


def test_parameters_keep_their_values(place: ConnectionSettings) -> None:
    bound = of_query(
        "SELECT :what::text AS what, '100%' AS other;", values=(BoundValue("what", "text", "a'b%s"),)
    )
    assert rows_of(place, bound)[1] == [("a'b%s", "100%")]


def test_a_composed_query_is_read(place: ConnectionSettings) -> None:
    table = events_table(place)
    assert table.relation is not None
    source = Source(table.relation.oid, "events")
    spec = QuerySpec(source, outputs=(Output(ColumnOf("events", "id")),), limit=5)
    assert len(rows_of(place, of_spec(spec))[1]) == 5


def test_what_the_user_has_set_holds(place: ConnectionSettings) -> None:
    values = {"search_path": '"a b", public', "intervalstyle": "iso_8601"}
    settings = opened.with_user_settings(place, values)
    query = of_query("SELECT current_setting('search_path'), interval '1 day'::text FROM events LIMIT 1")
    assert rows_of(settings, query)[1] == [('"a b", public', "P1D")]
    assert opened.with_user_settings(place, {}) is place


def test_options_said_before_stay(place: ConnectionSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=5MB")
    settings = opened.with_user_settings(replace(place, other=()), {"timezone": "<-08>+08"})
    query = of_query("SELECT current_setting('work_mem'), current_setting('timezone')")
    assert rows_of(settings, query)[1] == [("5MB", "<-08>+08")]
