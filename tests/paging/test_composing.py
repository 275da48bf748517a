"""What is asked about a query that is being composed, and what can be done with its rows."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from pgmem_tui.export import source as export_source
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed, CatalogRequest, FindRelation
from pgmem_tui.paging.composing import (
    CheckValue,
    JoinsListed,
    ListJoins,
    Previewed,
    PreviewQuery,
    ValueChecked,
    chosen_columns,
    simplify,
    spec_of,
)
from pgmem_tui.paging.counting import Count, Counted
from pgmem_tui.paging.events import Failed
from pgmem_tui.paging.finding import Find, Found
from pgmem_tui.paging.requests import ComposedQuery, KnownRelation
from pgmem_tui.postgres import psycopg2_code
from pgmem_tui.postgres.composed_text import pasted
from pgmem_tui.postgres.composing import lines, look_up
from pgmem_tui.postgres.connection import connect as browsing_connection
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Group,
    Join,
    Output,
    OutputOrder,
    QuerySpec,
    SortKey,
    Source,
)
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect
from tests.export.conftest import export
from tests.paging.harness import Sessions, run
from tests.paging.test_counting import Second
from tests.paging.value_asking import Asking

PEOPLE = "peo\"ple'; DROP TABLE x; --"
ORDERS = "100% {orders} %s\\"
NAME, BOSS = "na me\n--", 'BOSS"'
ROWS = [(1, "O'Hara", None), (2, "%_\\", 1), (3, "{}%s", 1), (4, None, 2)]


@pytest.fixture
def shop(database: ConnectionSettings) -> ConnectionSettings:
    """Two tables with hostile names, joined by three foreign keys."""
    connection = connect(database)
    people, orders = sql.Identifier(PEOPLE), sql.Identifier(ORDERS)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "CREATE TABLE {people} (id int PRIMARY KEY, {name} text, {boss} int REFERENCES {people},"
                " UNIQUE ({name}, id))"
            ).format(people=people, name=sql.Identifier(NAME), boss=sql.Identifier(BOSS))
        )
        cursor.execute(
            sql.SQL(
                "CREATE TABLE {} (id int PRIMARY KEY, buyer int REFERENCES {people}, who text, what int,"
                " tags text[], doc jsonb, FOREIGN KEY (who, what) REFERENCES {people} ({}, id))"
            ).format(orders, sql.Identifier(NAME), people=people)
        )
        for row in ROWS:
            insert(cursor, people, *row)
        for number in range(10):
            tags = ["a b", str(number)]
            insert(cursor, orders, number, number % 4 + 1, "O'Hara", 1, tags, f'{{"n": {number}}}')
    connection.close()
    return database


def insert(cursor: Cursor, table: sql.Identifier, *row: object) -> None:
    """With arguments to execute(), a % in the table's name would have to be doubled."""
    values = sql.SQL(", ").join(map(sql.Literal, row))
    cursor.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(table, values))


class Asker(Second):
    """The second connection; answers of a kind."""

    def last(self, request: CatalogRequest) -> CatalogEvent:
        """The answer, after those that are not whole yet."""
        self.session.request(request)
        event, _ = self.wait()
        if isinstance(event, Previewed) and event.sql:
            assert event.rows == -1 and event.problem is None and event.line == ""
            event, _ = self.wait()
        return event

    def previewed(self, spec: QuerySpec) -> Previewed:
        event = self.last(PreviewQuery(spec))
        assert isinstance(event, Previewed), event
        return event

    def joins(self, *sources: Source) -> JoinsListed:
        event = self.last(ListJoins(sources))
        assert isinstance(event, JoinsListed), event
        return event

    def named(self, name: str) -> int:
        return self.oid('"' + name.replace('"', '""') + '"')

    def check(self, oid: int, column: str, operator: str, text: str) -> ValueChecked:
        event = self.last(CheckValue(oid, column, operator, text))
        assert isinstance(event, ValueChecked), event
        return event


@pytest.fixture
def asker(shop: ConnectionSettings) -> Iterator[Asker]:
    asked = Asker(shop)
    yield asked
    assert asked.session.close()


def by_person(asker: Asker) -> QuerySpec:
    """Each person's name with the number of their orders, the busiest first."""
    people, orders = Source(asker.named(PEOPLE), "p"), Source(asker.named(ORDERS), ORDERS)
    pair = ColumnOf("p", "id"), ColumnOf(ORDERS, "buyer")
    return QuerySpec(
        people,
        (Join(orders, (pair,), outer=True),),
        (Output(ColumnOf("p", NAME)), Output(ColumnOf("p", "id")), Output(ColumnOf(ORDERS, "id"), "count")),
        order=(OutputOrder(2, descending=True), OutputOrder(1)),
    )


def sent_lines(settings: ConnectionSettings, spec: QuerySpec) -> list[sql.Composed]:
    """What is sent for a spec."""
    connection = browsing_connection(settings, "test")
    try:
        return lines(spec, look_up(connection, spec))
    finally:
        connection.close()


def test_joins_follow_foreign_keys_both_ways(asker: Asker) -> None:
    people, orders = asker.named(PEOPLE), asker.named(ORDERS)
    listed = asker.joins(Source(orders, "o")).choices
    assert {(one.join.source, one.join.pairs) for one in listed} == {
        (Source(people, PEOPLE), ((ColumnOf("o", "buyer"), ColumnOf(PEOPLE, "id")),)),
        (
            Source(people, PEOPLE),
            (
                (ColumnOf("o", "who"), ColumnOf(PEOPLE, NAME)),
                (ColumnOf("o", "what"), ColumnOf(PEOPLE, "id")),
            ),
        ),
    }
    assert all(not one.join.outer and "o." in one.described for one in listed)
    both = asker.joins(Source(people, PEOPLE), Source(orders, "o")).choices
    of_people = [one.join for one in both if one.join.pairs[0][0].source == PEOPLE]
    selves = [join for join in of_people if join.source.oid == people]
    assert {join.pairs for join in selves} == {
        ((ColumnOf(PEOPLE, BOSS), ColumnOf(f"{PEOPLE}_2", "id")),),
        ((ColumnOf(PEOPLE, "id"), ColumnOf(f"{PEOPLE}_2", BOSS)),),
    }
    assert len([join for join in of_people if join.source.oid == orders]) == 2
    for choice in both:
        first = choice.join.pairs[0][0].source
        spec = QuerySpec(Source(people if first == PEOPLE else orders, first), (choice.join,))
        assert asker.previewed(spec).problem is None, choice


def test_a_partition_comes_once(database: ConnectionSettings) -> None:
    run(
        database,
        "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)",
        "CREATE TABLE c (p int REFERENCES p) PARTITION BY RANGE (p)",
        "CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (0) TO (10)",
    )
    asker = Asker(database)
    p, c, part = (asker.oid(name) for name in ("p", "c", "c1"))
    assert [one.join.source.oid for one in asker.joins(Source(c, "c")).choices] == [p]
    assert [one.join.source.oid for one in asker.joins(Source(p, "p")).choices] == [c]
    assert [one.join.source.oid for one in asker.joins(Source(part, "c1")).choices] == [p]
    assert asker.session.close()


def test_the_preview_says_what_stands_where(asker: Asker) -> None:
    spec = replace(by_person(asker), where=(Condition(NAME, "%s", operator="like"),), limit=5)
    shown = asker.previewed(spec)
    marked = [(shown.sql[start:end], kind) for start, end, kind in shown.spans]
    assert ('"' + PEOPLE.replace('"', '""') + '"', "identifier") not in marked, "with its schema"
    assert [text for text, kind in marked if kind == "value"] == ["'%s'", "3", "2", "5"]
    assert '"p"."na me\n--"' in [text for text, kind in marked if kind == "identifier"]
    assert shown.problem is None and shown.rows >= 0 and shown.cost > 0
    assert shown.line.startswith("≈") and "cost" in shown.line
    assert replace(shown, rows=1).line.startswith("≈1 row, cost")
    assert replace(shown, rows=2).line.startswith("≈2 rows, cost")


def test_the_preview_says_why_not(asker: Asker) -> None:
    spec = by_person(asker)
    refused = asker.previewed(replace(spec, where=(Condition("nowhere", "1"),)))
    assert refused.problem is not None and "no column nowhere" in refused.problem.message
    assert not refused.sql
    faulty = asker.previewed(replace(spec, where=(Condition("id", "x"),)))
    assert faulty.problem is not None and "invalid input syntax" in faulty.problem.message
    place = faulty.problem.position - 1
    assert faulty.sql[place:].startswith("'x'"), faulty.problem
    again = asker.previewed(spec)
    assert again.problem is None, "the connection goes on"


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        (QuerySpec(Source(0, "t"), order=(SortKey("t"),)), "sorts"),
        (QuerySpec(Source(0, "t"), outputs=(Output(ColumnOf("t", "t")),), distinct=True), "s"),
    ],
    ids=["sort", "distinct"],
)
def test_much_to_sort_or_hash_is_said(database: ConnectionSettings, spec: QuerySpec, word: str) -> None:
    run(
        database,
        "CREATE TABLE t AS SELECT i, md5(i::text) AS t FROM generate_series(1, 200000) AS i",
        "ANALYZE t",
    )
    asker = Asker(database)
    spec = replace(spec, source=Source(asker.oid("t"), "t"))
    shown = asker.previewed(spec)
    assert word in shown.warning and "≈200.0k rows" in shown.warning and "temporary files" in shown.warning
    some = asker.previewed(replace(spec, where=(Condition("i", "7"),)))
    assert some.rows >= 0 and not some.warning
    first = asker.previewed(QuerySpec(spec.source, order=(SortKey("t"),), limit=10))
    assert "temporary" not in first.warning, "ten rows are all that is kept"
    assert asker.session.close()


@pytest.mark.parametrize(
    ("column", "operator", "text", "type_name", "message"),
    [
        ("id", "=", "12", "integer", ""),
        ("id", "=", "12x", "integer", "invalid input syntax for type integer"),
        ("id", "<", "9999999999", "integer", "out of range"),
        ("tags", "any", "x", "text", ""),
        ("tags", "@>", "{a", "text[]", "malformed array literal"),
        ("doc", "@>", "{", "jsonb", "invalid input syntax for type json"),
        ("doc", "?", "any'thing", "text", ""),
        ("who", "~", "(", "text", "invalid regular expression"),
        ("who", "like", "%(", "text", ""),
        ("who", "=", "a\0b", "text", "NUL"),
        ("who", "in", "\ud800", "text", "no such character"),
    ],
)
def test_a_value_is_cast_by_the_server(
    asker: Asker, column: str, operator: str, text: str, type_name: str, message: str
) -> None:
    checked = asker.check(asker.named(ORDERS), column, operator, text)
    assert checked.type_name == type_name
    if message:
        assert checked.problem is not None and message in checked.problem.message
    else:
        assert checked.problem is None


@pytest.mark.parametrize(
    ("column", "aggregate", "text", "type_name", "message"),
    [
        ("", "count", "10", "bigint", ""),
        ("", "count", "1.5", "bigint", "invalid input syntax for type bigint"),
        ("what", "sum", "9999999999", "bigint", ""),
        ("what", "avg", "1.5", "numeric", ""),
        ("who", "max", "any", "text", ""),
        ("tags", "array_agg", "{}", "text[]", "no conditions on array_agg"),
    ],
)
def test_a_value_is_cast_to_what_the_aggregate_makes(
    asker: Asker, column: str, aggregate: str, text: str, type_name: str, message: str
) -> None:
    request = CheckValue(asker.named(ORDERS), column, "=", text, aggregate)
    answer = asker.last(request)
    if aggregate == "array_agg":
        assert isinstance(answer, CatalogFailed) and message in answer.problem.message
        return
    assert isinstance(answer, ValueChecked) and answer.type_name == type_name
    assert message in (answer.problem.message if answer.problem else "")
    assert bool(message) == (answer.problem is not None)


def test_columns_are_compared_in_a_relation(sessions: Sessions, asker: Asker) -> None:
    target = KnownRelation(asker.named(ORDERS), (Condition("id", operator="<", other=ColumnOf("", "buyer")),))
    assert [row[:2] for row in sessions.start().cells(target)] == [
        ("0", "1"),
        ("1", "2"),
        ("2", "3"),
        ("3", "4"),
    ]


def test_a_column_that_is_gone(asker: Asker) -> None:
    failed = asker.last(CheckValue(asker.named(ORDERS), "gone", "=", "1"))
    assert isinstance(failed, CatalogFailed) and "no column gone" in failed.problem.message


def test_the_rows_are_browsed_found_counted_and_looked_at(sessions: Sessions, asker: Asker) -> None:
    spec = by_person(asker)
    expected = [("O'Hara", "1", "3"), ("%_\\", "2", "3"), ("{}%s", "3", "2"), (None, "4", "2")]
    session = sessions.start()
    target = ComposedQuery(spec)
    assert session.cells(target) == expected
    opened = session.open(target)
    assert [(one.name, one.type_name) for one in opened.columns] == [
        *((NAME, "text"), ("id", "integer")),
        ("count", "bigint"),
    ]
    session.request(Find(session.generation, "{}%s", -1))
    found = session.wait(Found)
    assert (found.row, found.column) == (2, 0)
    asking = Asking(session)
    assert asking.whole(asking.cell(target, 0)) == b"O'Hara"
    counted, _ = asker.ask(Count(target))
    assert isinstance(counted, Counted) and counted.rows == 4


def test_outputs_of_the_same_name_survive(sessions: Sessions, asker: Asker) -> None:
    column = ColumnOf("p", "id")
    spec = QuerySpec(
        Source(asker.named(PEOPLE), "p"),
        outputs=(Output(column), Output(column), Output(ColumnOf("p", NAME), alias="id")),
        order=(SortKey("id"),),
    )
    session = sessions.start()
    assert [row[0] for row in session.cells(ComposedQuery(spec))] == ["1", "2", "3", "4"]
    assert [one.name for one in session.open(ComposedQuery(spec)).columns] == ["id", "id", "id"]


def test_a_fault_has_no_place_in_a_text_that_nobody_typed(sessions: Sessions, asker: Asker) -> None:
    spec = replace(by_person(asker), where=(Condition("id", "x"),))
    failed: Failed = sessions.start().fail(ComposedQuery(spec))
    assert "invalid input syntax" in failed.problem.message
    assert failed.problem.position == 0


def test_it_is_exported(asker: Asker, shop: ConnectionSettings, tmp_path: Path) -> None:
    outcome = export(shop, export_source.of_spec(by_person(asker)), "tsv", tmp_path / "rows.tsv")
    assert outcome.done and outcome.progress.rows == 4
    assert (tmp_path / "rows.tsv").read_text().splitlines()[-3:] == ["%_\\\t2\t3", "{}%s\t3\t2", "\t4\t2"]


def test_conditions_of_all_kinds_on_a_relation(
    sessions: Sessions, asker: Asker, shop: ConnectionSettings, tmp_path: Path
) -> None:
    orders = asker.named(ORDERS)
    either = Group(
        (Condition("id", operator="between", values=("2", "4")), Condition("tags", "9", operator="any"))
    )
    target = KnownRelation(orders, (either, Condition("doc", '{"n": 3}', keep=False, operator="@>")))
    assert [row[0] for row in sessions.start().cells(target)] == ["2", "4", "9"]
    counted, _ = asker.ask(Count(target))
    assert isinstance(counted, Counted) and counted.rows == 3
    found, _ = asker.ask(FindRelation('"' + ORDERS + '"'))
    relation = found.relation  # type: ignore[attr-defined]
    what = export_source.of_relation(relation, target.conditions)
    assert export(shop, what, "csv", tmp_path / "rows.csv").progress.rows == 3


def test_the_program_prints_the_rows(asker: Asker, shop: ConnectionSettings, tmp_path: Path) -> None:
    where = Group((Condition(NAME, "{}%s"), Condition(NAME, "O'H_ra\\", operator="<", keep=True)))
    spec = replace(by_person(asker), where=(where,))
    code = psycopg2_code.program(sent_lines(shop, spec))
    program = tmp_path / "program.py"
    program.write_text(code, encoding="utf-8")
    settings = {"PGHOST": shop.host, "PGPORT": shop.port, "PGUSER": shop.user, "PGDATABASE": shop.dbname}
    environ = {**os.environ, **settings, "PGPASSWORD": shop.password, "PYTHONUTF8": "1"}
    ran = subprocess.run(
        [sys.executable, str(program)],
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
    )
    assert ran.returncode == 0, ran.stderr
    rows = [ast.literal_eval(line) for line in ran.stdout.splitlines()]
    session = Sessions(shop)
    expected = session.start().cells(ComposedQuery(spec))
    session.close()
    assert [tuple(None if one is None else str(one) for one in row) for row in rows] == expected
    assert len(rows) >= 2
    assert shop.password not in code or not shop.password


def test_naive_formatting_is_plainly_another_statement(asker: Asker, shop: ConnectionSettings) -> None:
    spec = replace(by_person(asker), where=(Condition(NAME, "O'Hara"),))
    naive = pasted(sent_lines(shop, spec)).text
    assert "DROP TABLE x; --" in naive and "= 'O'Hara'" in naive
    assert "OPERATOR" not in naive and "CAST" not in naive and "pg_catalog" not in naive


CONDITIONS = (Condition("a", "1"), Group((Condition("b", None), Condition("c", "x", operator="like"))))


@pytest.mark.parametrize(
    "target",
    [
        KnownRelation(7),
        KnownRelation(7, CONDITIONS, (SortKey("a", True, True),), 9),
        KnownRelation(7, (), (SortKey("a"), SortKey("b"))),
    ],
)
def test_a_relation_there_and_back(target: KnownRelation) -> None:
    spec = spec_of(target, "t")
    assert simplify(spec) == target
    assert spec_of(ComposedQuery(spec), "") == spec
    with_columns = replace(spec, where=(Condition("a", source="t", other=ColumnOf("t", "b")),))
    simple = simplify(with_columns)
    assert simple is not None and simple.conditions == (Condition("a", other=ColumnOf("", "b")),)
    qualified = replace(spec, where=tuple(_with_source(part) for part in spec.where))
    assert simplify(qualified) == target


def _with_source(part: Condition | Group) -> Condition | Group:
    if isinstance(part, Condition):
        return replace(part, source="t")
    return replace(part, parts=tuple(_with_source(one) for one in part.parts))


def test_what_is_more_than_a_relation() -> None:
    plain = QuerySpec(Source(7, "t"))
    a, b = ColumnOf("t", "a"), ColumnOf("t", "b")
    chosen = replace(plain, outputs=(Output(b), Output(a, alias="a")), order=(OutputOrder(0, True),))
    assert simplify(chosen) == KnownRelation(7, order=(SortKey("b", True),))
    assert chosen_columns(chosen) == ("b", "a") and chosen_columns(plain) == ()
    for more in (
        replace(plain, distinct=True),
        replace(plain, joins=(Join(Source(8, "u"), ((a, ColumnOf("u", "x")),)),)),
        replace(plain, outputs=(Output(a, "max"),)),
        replace(plain, outputs=(Output(None, "count"),)),
        replace(plain, outputs=(Output(a, alias="x"),)),
        replace(plain, outputs=(Output(a), Output(a))),
        replace(plain, order=(OutputOrder(0),)),
        replace(plain, outputs=(Output(a),), where=(Condition("", "1", aggregate="count"),)),
    ):
        assert simplify(more) is None, more
