"""The program that does what the screen does: run by itself, it prints the rows of the screen."""

from __future__ import annotations

import pytest

from pgmem_tui.paging.events import PageRead
from pgmem_tui.paging.requests import (
    ComposedQuery,
    EndTransaction,
    FindEnd,
    KnownRelation,
    NamedRelation,
    Seek,
    Statement,
    UserQuery,
)
from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Join,
    Output,
    OutputOrder,
    QuerySpec,
    SortKey,
    Source,
)
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.code_asking import Asking, lines, oid, printed
from tests.paging.harness import Sessions, run

SETUP = r"""
CREATE TABLE plain (id int PRIMARY KEY, "we""ird {name} %s" text, at timestamptz, doc jsonb);
INSERT INTO plain SELECT i, CASE WHEN i % 7 = 0 THEN NULL ELSE repeat('a\''" {} %', 1 + i % 40) END,
timestamptz '2026-01-01' + i * interval '1 hour', jsonb_build_object('i', i) FROM generate_series(1, 3000) i;
INSERT INTO plain VALUES (3001, E'line\nbreak\t\x01 \u202e \\ \\n' || repeat('"', 4), 'infinity', '"x"');
CREATE TABLE ties (id int, score int);
INSERT INTO ties SELECT i, NULLIF(i % 50, 7) FROM generate_series(1, 4000) i;
CREATE INDEX ties_score ON ties (score);
CREATE TABLE parts (id int, pad text) PARTITION BY RANGE (id);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (1000);
CREATE TABLE parts_empty PARTITION OF parts FOR VALUES FROM (1000) TO (2000);
CREATE TABLE parts_b PARTITION OF parts FOR VALUES FROM (2000) TO (2020);
CREATE TABLE parts_c PARTITION OF parts FOR VALUES FROM (2020) TO (9000);
INSERT INTO parts SELECT i, 'y' FROM generate_series(1, 4000) i WHERE i NOT BETWEEN 1000 AND 1999;
CREATE VIEW seen AS SELECT id, id * 2 AS twice FROM plain;
ANALYZE"""


@pytest.fixture(scope="module")
def made(module_database: ConnectionSettings) -> ConnectionSettings:
    run(module_database, *SETUP.strip().split(";\n"))
    return module_database


@pytest.fixture
def asking(made: ConnectionSettings, sessions: Sessions) -> Asking:
    return Asking(sessions.start(made), made)


@pytest.mark.parametrize("first", [0, 40, 2990])
def test_heap_order(asking: Asking, first: int) -> None:
    asking.session.open(NamedRelation("plain"))
    shown = asking.check(first, 20)
    assert ("ctid OPERATOR" in shown.text) == (first > 0)
    assert "SET LOCAL synchronize_seqscans = off" in shown.simple, "else it begins where another scan stands"
    assert shown.text.count("cursor.scroll") == 0


def test_heap_order_from_the_end_and_back(asking: Asking) -> None:
    session = asking.session
    session.open(NamedRelation("ties"))
    session.request(FindEnd(session.generation, 20))
    session.settle()
    page = session.of(PageRead)[-1].page
    rows = tuple(page.rows)
    shown = asking.program(page.first, rows)
    assert printed(shown.text, asking.connect) == list(rows)
    assert len(rows) == 20


@pytest.mark.parametrize("first", [0, 990, 995, 1010])
def test_rows_of_several_partitions(asking: Asking, first: int) -> None:
    """The screen may have the end of one, all of another and the beginning of a third."""
    asking.session.open(NamedRelation("parts"))
    shown = asking.check(first, 40)
    assert shown.text.count("= sql.SQL(") == {0: 1, 990: 3, 995: 3, 1010: 2}[first]


def test_many_leaves_are_read_on(asking: Asking, made: ConnectionSettings) -> None:
    """Their cursor is in a savepoint, which a question that asks the server ends."""
    leaves = [f"CREATE TABLE many_{i} PARTITION OF many FOR VALUES IN ({i})" for i in range(80)]
    filled = "INSERT INTO many SELECT i % 80, 'x' FROM generate_series(1, 8000) AS i"
    run(made, "CREATE TABLE many (k int, pad text) PARTITION BY LIST (k)", *leaves, filled, "ANALYZE many")
    asking.session.open(NamedRelation("many"))
    rows = asking.rows(95, 110)
    before = asking.session.settle()
    shown = asking.program(95, rows)
    after = asking.session.settle()
    assert after.name == before.name != ""
    assert after.position == before.position
    assert shown.text.count("= sql.SQL(") == 3
    assert printed(shown.text, asking.connect) == list(rows)


@pytest.mark.parametrize("first", [0, 500, 3900, 3950])
def test_key_order(asking: Asking, made: ConnectionSettings, first: int) -> None:
    """Equal keys come as the index has them; behind 3920 are NULLs, which are another query's."""
    asking.session.open(KnownRelation(oid(made, "ties"), order=(SortKey("score"),)))
    shown = asking.check(first, 30)
    assert "enable_seqscan = off" in shown.text
    assert "scrollable=False" in shown.text


def test_key_order_after_a_seek(asking: Asking, made: ConnectionSettings) -> None:
    session = asking.session
    session.open(KnownRelation(oid(made, "ties"), order=(SortKey("score", descending=True),)))
    session.request(Seek(session.generation, ("30",), 20))
    session.settle()
    page = session.of(PageRead)[-1].page
    shown = asking.program(page.first, tuple(page.rows))
    assert printed(shown.text, asking.connect) == list(page.rows)
    assert "from number about" in shown.text


def test_filtered_sorted_and_limited(asking: Asking, made: ConnectionSettings) -> None:
    condition = Condition('we"ird {name} %s', "a\\'\" {} %" * 3)
    target = KnownRelation(oid(made, "plain"), (condition,), (SortKey("id", descending=True),), 40)
    asking.session.open(target)
    shown = asking.check(10, 12)
    assert "cursor.scroll(10)" in shown.text
    ids = [line[1:].partition(",")[0] for line in lines(shown.simple, asking.connect)]
    assert ids == [row[0] for row in asking.rows(0, 40)]


def test_a_view(asking: Asking) -> None:
    asking.session.open(NamedRelation("seen"))
    shown = asking.check(100, 5)
    assert lines(shown.simple, asking.connect)[:2] == ["(1, 2)", "(2, 4)"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM plain ORDER BY id",
        "-- what\nSELECT '\"\"\"' AS a, '{} \\ %s' AS a, i -- {why}\nFROM generate_series(1, 100) AS i;",
        "VALUES (1, 'x'), (2, NULL), (3, E'\\t')\r\n",
        "WITH a AS (SELECT 1 AS b) TABLE a",
        "SELECT FROM generate_series(1, 50)",
    ],
)
@pytest.mark.parametrize("first", [0, 33])
def test_a_query(asking: Asking, text: str, first: int) -> None:
    asking.session.open(UserQuery(text))
    rows = asking.rows(first, 10)
    shown = asking.program(first, rows)
    assert printed(shown.text, asking.connect)[: len(rows)] == list(rows)
    assert "scrollable=True" in shown.text


def test_a_query_with_values(asking: Asking) -> None:
    """They are literals of the program, as they are of what is sent."""
    text = "SELECT i, :what AS w FROM generate_series(1, :'end') AS i WHERE i > 1;"
    values = (BoundValue("what", "pg_catalog.text", "it's {} \\"), BoundValue("end", "pg_catalog.int4", "50"))
    asking.session.open(UserQuery(text, values))
    shown = asking.check(20, 10)
    assert 'sql.Literal("it\'s {} \\\\")' in shown.text


def test_a_composed_query(asking: Asking, made: ConnectionSettings) -> None:
    plain, ties = Source(oid(made, "plain"), "p"), Source(oid(made, "ties"), "t")
    spec = QuerySpec(
        plain,
        (Join(ties, ((ColumnOf("p", "id"), ColumnOf("t", "id")),)),),
        (Output(ColumnOf("t", "score")), Output(None, "count", alias="how many")),
        where=(Condition("id", "2000", operator="<"),),
        order=(OutputOrder(0, True),),
    )
    asking.session.open(ComposedQuery(spec))
    shown = asking.check(3, 20)
    assert 'sql.Identifier("how many")' in shown.text
    assert 'sql.Identifier("t", "score")' in shown.text
    assert printed(shown.simple, asking.connect)[0][0] is None


@pytest.mark.parametrize(
    ("statement", "first"),
    [("SHOW work_mem", 0), ("EXPLAIN (COSTS OFF) SELECT count(*) FROM seen", 1)],
)
def test_rows_held_of_a_statement(asking: Asking, statement: str, first: int) -> None:
    asking.session.open(Statement(statement))
    rows = asking.rows(first, 3)
    assert rows
    shown = asking.program(first, rows)
    assert printed(shown.text, asking.connect) == list(rows)
    assert shown.simple == ""


def test_a_statement_that_writes_is_rolled_back(made: ConnectionSettings, sessions: Sessions) -> None:
    run(made, "CREATE TABLE written AS SELECT i FROM generate_series(1, 9) AS i")
    asking = Asking(sessions.start(made, writable=True), made)
    asking.session.open(Statement("UPDATE written SET i = i + 100 RETURNING i", writes=True))
    rows = asking.rows(2, 4)
    asking.session.request(EndTransaction(commit=False))
    asking.session.settle()
    shown = asking.program(2, rows)
    assert printed(shown.text, asking.connect) == list(rows)
    assert run(made, "SELECT max(i) FROM written") == [(9,)]
    assert "commit() before it" in shown.text


def test_what_returns_no_rows(made: ConnectionSettings, sessions: Sessions) -> None:
    asking = Asking(sessions.start(made, writable=True), made)
    asking.session.open(Statement("CREATE TABLE never (i int)", writes=True))
    rows = asking.rows(0, 1)
    asking.session.request(EndTransaction(commit=False))
    asking.session.settle()
    assert "print(cursor.statusmessage)" in asking.program(0, rows).text


def test_what_is_set_is_set_again(asking: Asking) -> None:
    session = asking.session
    session.open(Statement("SET intervalstyle = 'iso_8601'"))
    shown = asking.program(0, asking.rows(0, 1))
    assert "no query returns them" in shown.why_not
    session.open("SELECT interval '36 hours' AS length, 1 AS one")
    shown = asking.check(0, 1)
    assert "PT36H" in "".join(map(str, asking.rows(0, 1)))
    assert "As you have SET it." in shown.text
    assert "set_config" in shown.simple
