"""What a session's query brings: the same as without COPY, and in bounded memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from pgmem_tui.lessons import printing, streaming
from pgmem_tui.lessons.lesson import Statement
from pgmem_tui.lessons.loader import built_in
from pgmem_tui.lessons.running import LessonRun
from pgmem_tui.lessons.sessions import MOST_ROWS, Said, Sessions
from pgmem_tui.lessons.site import Site
from tests.lessons.conftest import made, whole

MANY = "SELECT n, repeat('x', 1000) AS wide FROM generate_series(1, 300000) AS n"
"""300 MB of text."""


@pytest.fixture
def sessions(bare: Site) -> Iterator[Sessions]:
    found = Sessions(bare.settings, read_only=False)
    yield found
    found.close()


def say(sessions: Sessions, text: str) -> Said:
    return sessions.run(Statement("step", "a", text))


class Peak:
    """The most memory that this process has while it is open."""

    def __enter__(self) -> Peak:
        self._process = psutil.Process()
        self.start = self.most = self._process.memory_info().rss
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._over.wait(0.002):
            self.most = max(self.most, self._process.memory_info().rss)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def grown(self) -> int:
        return self.most - self.start


def test_a_large_result_is_not_held(sessions: Sessions) -> None:
    with Peak() as peak:
        said = say(sessions, f"-- all of them\n{MANY}; -- all")
    assert peak.grown < 40 << 20, f"{peak.grown >> 20} MB"
    values = dict(said.values)
    assert (values["rowcount"], values["status"], values["n"]) == (300_000, "SELECT 300000", 1)
    assert len(said.rows) == MOST_ROWS and said.more == 300_000 - MOST_ROWS
    assert said.beyond == "only the first 20 of 300,000 rows are shown"


def test_that_not_all_is_shown_is_printed(bare: Site) -> None:
    lesson = made(steps="```sql a step\nSELECT n FROM generate_series(1, 1234) AS n\n```")
    lines = list(printing.after(lesson, whole(LessonRun(lesson, bare)), None))
    assert "step: 20" in lines and "step: … only the first 20 of 1,234 rows are shown" in lines
    lesson = made(steps="```sql a step\nSELECT n FROM generate_series(1, 20) AS n\n```")
    assert "are shown" not in "".join(printing.after(lesson, whole(LessonRun(lesson, bare)), None))


SAME = (
    "SELECT 1 AS n, 2.50 AS d, true AS b, NULL AS nothing, 'a\"b,\n\\c' AS t, '' AS empty, 1e10::float8 AS f,"
    " timestamptz '2024-01-01 00:00+00' AS at, '{1,NULL,3}'::int[] AS list, '{\"a\": 1}'::jsonb AS doc,"
    " interval '1 day 2 s' AS long, '\\x00ff'::bytea::text AS raw, 'NaN'::float8 AS nan, int4range(1, 5) r",
    "VALUES (1, 'a'), (2, NULL)",
    "TABLE pg_am;",
    "WITH a AS (SELECT 1 AS x, 2 AS x) SELECT * FROM a",
    "SELECT 1 AS a, 2 AS a",
    "SELECT",
    "SELECT 1 WHERE false",
    "SELECT name, statement FROM pg_cursors",
    "SELECT '50%' AS \"%s {}\" -- it ends with a comment",
    "SELECT relname FROM pg_class WHERE relname = 'pg_am' FOR UPDATE",
    "SELECT txid_current_if_assigned() AS xid",
    "SELECT 1 / 0",
    "-- a word\nSELECT FROM nowhere",
    "SELECT count(*) OVER (ORDER BY n) FROM generate_series(1, 100) AS n",
)


@pytest.mark.parametrize("text", SAME)
def test_it_is_the_same_as_without(bare: Site, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(streaming, "brings_few", lambda select: False)
    assert streaming.query_in(text)
    brought = []
    for streams in (True, False):
        if not streams:
            monkeypatch.setattr(streaming, "query_in", lambda text: None)
        sessions = Sessions(bare.settings, read_only=False)
        said = say(sessions, text)
        sessions.close()
        values = {**dict(said.values), "seconds": 0.0}
        brought.append(replace(said, seconds=0.0, values=tuple((k, str(v)) for k, v in values.items())))
    assert brought[0] == brought[1]


@pytest.mark.parametrize(
    "text",
    [
        "FETCH 2 FROM c",
        "SHOW work_mem",
        "EXPLAIN SELECT 1",
        "SELECT 1 AS n INTO made",
        "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
        "INSERT INTO t VALUES (1) RETURNING *",
        "SELECT 1; COMMIT",
        "SET LOCAL search_path = s; TABLE events",
        "TABLE events; TABLE events",
        "SELECT n FROM generate_series(1, 1000000) AS n LIMIT 100",
        "SELECT count(*), max(n) FROM events",
        "SELECT now()",
        "VALUES (1), (2)",
        "SELECT state FROM pg_stat_activity",
        "SELECT 1 UNION ALL SELECT count(*) FROM events",
        "no sql at all",
        "",
    ],
)
def test_what_is_sent_as_it_stands(text: str) -> None:
    assert streaming.query_in(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "TABLE events",
        "SELECT * FROM events LIMIT 101",
        "SELECT * FROM events LIMIT ALL",
        "SELECT * FROM events LIMIT (SELECT 5)",
        "SELECT kind, count(*) FROM events GROUP BY kind",
        "SELECT count(*) OVER () FROM events",
        "SELECT * FROM pg_class, events",
        "SELECT * FROM pg_class AS a JOIN pg_class AS b ON true",
        "SELECT 1 UNION ALL SELECT n FROM events",
        "SELECT * FROM (SELECT 1) AS q",
    ],
)
def test_what_may_bring_many_rows_is_streamed(text: str) -> None:
    assert streaming.query_in(f"{text};") == text


def test_what_our_lessons_say_is_sent_as_it_stands() -> None:
    texts = [step.sql for lesson in built_in() for step in lesson.steps if isinstance(step, Statement)]
    assert len(texts) > 20
    assert [text for text in texts if streaming.query_in(text)] == []


def test_it_runs_in_the_transaction_that_there_is(sessions: Sessions) -> None:
    say(sessions, "CREATE TABLE t (n int)")
    failed = say(sessions, "INSERT INTO t VALUES (1); SELECT 1 / n AS one, 1 / (n - 1) AS none FROM t")
    assert failed.problem is not None and failed.problem.sqlstate == "22012"
    assert dict(say(sessions, "SELECT count(*) AS n FROM t").values)["n"] == 0  # both, or neither
    say(sessions, "BEGIN; INSERT INTO t VALUES (1)")
    assert dict(say(sessions, "SELECT count(*) AS n FROM t").values)["n"] == 1
    say(sessions, "ROLLBACK")
    assert dict(say(sessions, "SELECT count(*) AS n FROM t").values)["n"] == 0


def test_a_value_that_is_larger_than_what_is_kept(sessions: Sessions) -> None:
    say(sessions, "CREATE TABLE one AS SELECT 1")
    said = say(sessions, "SELECT 7 AS n, repeat('x', 20000000) AS wide FROM one")
    assert said.rows == () and said.more == 1 and dict(said.values)["rowcount"] == 1
    assert say(sessions, "SELECT repeat('x', 5000000) AS wide FROM one").rows == (("x" * 200,),)


def test_a_session_may_have_another_encoding(sessions: Sessions) -> None:
    say(sessions, "CREATE TABLE one AS SELECT 1")
    say(sessions, "SET client_encoding = 'LATIN1'")
    assert dict(say(sessions, "SELECT chr(228) AS letter, 1 AS n FROM one").values)["letter"] == "ä"
    say(sessions, "SET client_encoding = 'SJIS'")
    said = say(sessions, "SELECT chr(12477) AS letter, ARRAY[chr(12477)] AS all FROM one")
    assert said.rows == (("ソ", "['ソ']"),)


def test_text_that_psycopg2_cannot_read_is_a_problem(sessions: Sessions) -> None:
    say(sessions, "SET client_encoding = 'LATIN1'")
    problem = say(sessions, "SELECT chr(228) AS letter").problem
    assert problem is not None and "client_encoding" in problem.message
    assert say(sessions, "SELECT 1 AS n").problem is None


def test_a_date_that_python_has_none_for(sessions: Sessions) -> None:
    say(sessions, "CREATE TABLE one AS SELECT 1")
    early, late = "timestamp '0044-03-15 BC' AS early", "date '12345-01-01' AS late"
    old = f"SELECT {late}, {early}, interval '9999999 years' AS long FROM one"
    assert say(sessions, old).rows == (("12345-01-01", "0044-03-15 00:00:00 BC", "9999999 years"),)
    say(sessions, f"BEGIN; DECLARE c CURSOR FOR {old}")
    problem = say(sessions, "FETCH c").problem
    assert problem is not None and "12345" in problem.message
