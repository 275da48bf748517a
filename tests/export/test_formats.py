"""Every format, read back: by Python's own readers, and by the server."""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
import threading
from pathlib import Path

import pyarrow.parquet
import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.export import source
from pgmem_tui.export.names import FORMATS
from pgmem_tui.postgres import copy_out
from pgmem_tui.postgres.catalog import find_relation
from pgmem_tui.postgres.query_spec import Condition, SortKey
from pgmem_tui.postgres.relation import Relation
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import CreateDatabase, connect
from tests.export.conftest import VALUES, export

TEXT_FORMATS = [form for form in FORMATS if form != "parquet"]

COPY_OPTIONS = {
    "csv": "FORMAT csv, HEADER true",
    "tsv": r"FORMAT csv, HEADER true, DELIMITER E'\t'",
    "text": "FORMAT text",
}


def same(observer: Connection, left: str, right: str) -> bool:
    """Whether two tables have the same rows, as their rows' text says; both as SQL."""
    with observer.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT count(*) FROM {left}) = (SELECT count(*) FROM {right}) AND NOT EXISTS"
            f" (SELECT l::text FROM {left} AS l EXCEPT ALL SELECT r::text FROM {right} AS r)"
        )
        return cursor.fetchone() == (True,)


@pytest.mark.parametrize("form", COPY_OPTIONS)
def test_copy_from_reads_it_back(
    form: str, place: ConnectionSettings, observer: Connection, hostile: str, tmp_path: Path
) -> None:
    path = tmp_path / f"rows.{form}"
    outcome = export(place, source.named(hostile), form, path)
    assert outcome.done and outcome.progress.rows == len(VALUES) and outcome.progress.exact
    assert outcome.progress.nbytes == outcome.progress.written == path.stat().st_size
    with observer.cursor() as cursor, path.open("rb") as file:
        cursor.execute(f"CREATE TABLE again (LIKE {hostile})")
        cursor.copy_expert(f"COPY again FROM STDIN ({COPY_OPTIONS[form]})", file)
    assert same(observer, hostile, "again")


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_python_reads_it_back(
    form: str, delimiter: str, place: ConnectionSettings, hostile: str, tmp_path: Path
) -> None:
    path = tmp_path / f"rows.{form}"
    assert export(place, source.named(hostile), form, path).done
    csv.field_size_limit(1 << 20)
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file, delimiter=delimiter))
    assert header == ["n", "select", "q", 'a "b", c', "j", "b", "f", "c", "num", "at", "\\"]
    assert [row[1] for row in rows] == [value or "" for value in VALUES]
    assert {row[6] for row in rows} == {"0.30000000000000004"}
    # Python's reader cannot tell; the file can.
    whole = path.read_text(encoding="utf-8")
    assert f"\n0{delimiter}{delimiter}" in whole
    assert f'\n1{delimiter}""{delimiter}' in whole


def test_inserts_make_the_same_rows(
    place: ConnectionSettings, observer: Connection, hostile: str, tmp_path: Path
) -> None:
    path = tmp_path / "rows.sql"
    assert export(place, source.named(hostile), "sql", path).done
    with observer.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {hostile} RENAME TO before")
        cursor.execute(f"CREATE TABLE {hostile} (LIKE before INCLUDING ALL)")
        for setting in ("on", "off"):  # the literals must not depend on it
            cursor.execute(f"TRUNCATE {hostile}")
            cursor.execute(f"SET standard_conforming_strings = {setting}; SET escape_string_warning = off")
            cursor.execute(path.read_bytes())
            assert same(observer, "before", hostile)


def test_inserts_leave_generated_columns_out_and_overrule_identities(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "rows.sql"
    with observer.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY, a int,"
            " twice int GENERATED ALWAYS AS (a * 2) STORED)"
        )
        cursor.execute("INSERT INTO made (a) SELECT generate_series(1, 5)")
        cursor.execute("DELETE FROM made WHERE id = 2")
        assert export(place, source.named("made"), "sql", path).done
        cursor.execute("ALTER TABLE made RENAME TO before")
        cursor.execute("CREATE TABLE made (LIKE before INCLUDING ALL)")
        cursor.execute(path.read_bytes())
    assert same(observer, "before", "made")


def test_json(place: ConnectionSettings, hostile: str, tmp_path: Path) -> None:
    lines, array = tmp_path / "rows.jsonl", tmp_path / "rows.json"
    assert export(place, source.named(hostile), "jsonl", lines).done
    assert export(place, source.named(hostile), "json", array).done
    whole = json.loads(array.read_text(encoding="utf-8"))
    assert [json.loads(line) for line in lines.read_bytes().splitlines()] == whole
    assert len(whole) == len(VALUES)
    assert [row["select"] for row in whole] == VALUES
    assert [row["q"][0] for row in whole] == VALUES
    assert whole[3]["j"] == {"a": [1, 2], "b": "x\ny"}
    assert (whole[0]["b"], whole[0]["f"], whole[0]["\\"]) == (True, 0.1 + 0.2, None)


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_json_of_columns_that_need_no_care(form: str, place: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "rows"
    query = r"SELECT n, E'a\nb\r\\c' AS t, ARRAY['x'] AS a, '{}'::jsonb AS j FROM generate_series(1, 3) AS n"
    assert export(place, query, form, path).done
    text = path.read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()] if form == "jsonl" else json.loads(text)
    assert rows == [{"n": n, "t": "a\nb\r\\c", "a": ["x"], "j": {}} for n in (1, 2, 3)]


def test_columns_of_the_same_name(place: ConnectionSettings, tmp_path: Path) -> None:
    path, query = tmp_path / "rows", "SELECT 1 AS n, 2 AS n, 3 AS n_2, 4 AS q, 5, 6 -- six"
    assert export(place, query, "jsonl", path).done
    names = ["n", "n_3", "n_2", "q", "?column?", "?column?_2"]
    assert json.loads(path.read_bytes()) == dict(zip(names, range(1, 7), strict=True))
    assert export(place, query, "csv", path, force=True).done
    assert path.read_text() == "n,n,n_2,q,?column?,?column?\n1,2,3,4,5,6\n"
    assert export(place, query, "sql", path, force=True).done
    listed = ", ".join(f'"{name}"' for name in names)
    assert path.read_text() == f"INSERT INTO \"rows\" ({listed}) VALUES ('1', '2', '3', '4', '5', '6');\n"


def test_long_names_of_the_same_beginning_stay_distinct() -> None:
    name = "ü" * 31
    names = copy_out.distinct([name, name, name])
    assert len(set(names)) == 3
    assert max(len(unique.encode()) for unique in names) <= 63


@pytest.mark.parametrize(
    ("form", "none", "two"),
    [
        ("csv", "\n", "\n\n\n"),
        ("text", "", "\n\n"),
        ("jsonl", "", "{}\n{}\n"),
        ("json", "[\n ]\n", "[\n {}\n,{}\n]\n"),
        ("sql", "", 'INSERT INTO "rows" DEFAULT VALUES;\n' * 2),
    ],
)
def test_no_columns(form: str, none: str, two: str, place: ConnectionSettings, tmp_path: Path) -> None:
    for count, expected in ((0, none), (2, two)):
        path = tmp_path / f"{count}"
        outcome = export(place, f"SELECT FROM generate_series(1, {count})", form, path)
        assert (outcome.done, outcome.progress.rows) == (True, count)
        assert path.read_text() == expected


def test_the_most_columns_that_there_can_be(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "rows.sql"
    with observer.cursor() as cursor:
        cursor.execute(f"CREATE TABLE wide ({', '.join(f'c{n} int DEFAULT {n}' for n in range(1600))})")
        cursor.execute("INSERT INTO wide DEFAULT VALUES")
        assert export(place, source.named("wide"), "sql", path).done
        cursor.execute("ALTER TABLE wide RENAME TO before; CREATE TABLE wide (LIKE before)")
        cursor.execute(path.read_bytes())
    assert same(observer, "before", "wide")


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_bytes_of_a_server_without_an_encoding(
    form: str, create_database: CreateDatabase, tmp_path: Path
) -> None:
    settings, path = create_database("SQL_ASCII"), tmp_path / "rows"
    connection = connect(settings)
    with connection.cursor() as cursor:
        cursor.execute(b"CREATE TABLE raw (t text, u text)")
        cursor.execute(b"INSERT INTO raw VALUES ('\xe9t\xe9\xfe', 'x')")
    connection.close()
    assert export(settings, source.named("raw"), form, path).done
    assert b"\xe9t\xe9\xfe" in path.read_bytes()
    query = "SELECT t FROM raw WHERE t = '\udce9t\udce9\udcfe'"
    assert export(settings, query, form, path, force=True).progress.rows == 1


def test_another_encoding_becomes_utf_8(create_database: CreateDatabase, tmp_path: Path) -> None:
    settings, path = create_database("LATIN1"), tmp_path / "rows"
    for form in TEXT_FORMATS:
        assert export(settings, "SELECT 'é' AS \"ü\"", form, path, force=True).done
        written = path.read_text(encoding="utf-8")
        assert "é" in written and (form == "text" or "ü" in written)
    problem = export(settings, "SELECT 'é' AS \"€\"", "csv", path, force=True).problem
    assert problem is not None and "LATIN1" in problem.message


def test_a_filter_and_an_order(place: ConnectionSettings, observer: Connection, tmp_path: Path) -> None:
    path = tmp_path / "rows"
    with observer.cursor() as cursor:
        cursor.execute("CREATE TABLE t (a int, b text)")
        cursor.execute("INSERT INTO t SELECT n, repeat('x', 500) || n FROM generate_series(1, 100) AS n")
        cursor.execute("INSERT INTO t VALUES (7, NULL)")
    relation = _relation(place)
    wanted = source.of_relation(
        relation,
        (Condition("b", None, keep=False), Condition("a", "99", keep=False)),
        (SortKey("a", descending=True),),
        limit=3,
    )
    for form in TEXT_FORMATS:
        assert export(place, wanted, form, path, force=True).progress.rows == 3
    for form in ("jsonl", "json"):
        assert export(place, wanted, form, path, force=True).done
        assert re.findall(r'"a":(\d+)', path.read_text()) == ["100", "98", "97"]
    assert export(place, wanted, "csv", path, force=True).done
    tail = [f"{n},{'x' * 500}{n}" for n in (100, 98, 97)]
    assert path.read_text().splitlines() == ["a,b", *tail]


def test_parquet_without_its_library(
    place: ConnectionSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "rows.parquet"
    problem = export(place, "SELECT 1 AS a", "parquet", path).problem
    assert problem is not None and "pgmem-tui[parquet]" in problem.advice
    assert not list(tmp_path.iterdir())


def test_parquet_of_a_query_that_fails_later(place: ConnectionSettings, tmp_path: Path) -> None:
    query = "SELECT 1 / (40000 - n) FROM generate_series(1, 50000) AS n"
    problem = export(place, query, "parquet", tmp_path / "rows").problem
    assert problem is not None and "division by zero" in problem.message
    assert not list(tmp_path.iterdir())
    assert "parquet" not in {thread.name for thread in threading.enumerate()}


def test_parquet_of_bytes_that_are_no_text(create_database: CreateDatabase, tmp_path: Path) -> None:
    settings, path = create_database("SQL_ASCII"), tmp_path / "rows"
    problem = export(settings, "SELECT chr(255) AS a", "parquet", path).problem
    assert problem is not None and "invalid UTF8" in problem.message
    assert not list(tmp_path.iterdir())


def test_parquet(place: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    query = (
        "SELECT i AS n, i::int8 AS n, CASE WHEN i % 3 > 0 THEN i % 2 = 0 END AS odd, i / 2.0::float8 AS half,"
        " CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN E'a\\n\"b\",c' ELSE 'é' END AS t,"
        " i::numeric / 4 AS exact FROM generate_series(1, 50000) AS i"
    )
    assert export(place, query, "parquet", path).progress.rows == 50_000
    table = pyarrow.parquet.read_table(path)
    assert table.schema.names == ["n", "n_2", "odd", "half", "t", "exact"]
    kinds = ["int32", "int64", "bool", "double", "string", "string"]
    assert [str(field.type) for field in table.schema] == kinds
    rows = table.slice(0, 4).to_pylist()
    assert [row["t"] for row in rows] == ["", 'a\n"b",c', "é", None]
    assert [row["odd"] for row in rows] == [False, True, None, True]
    assert rows[2] == {"n": 3, "n_2": 3, "odd": None, "half": 1.5, "t": "é", "exact": rows[2]["exact"]}
    assert float(rows[2]["exact"]) == 0.75 and table.num_rows == 50_000
    assert export(place, "SELECT 1 AS a WHERE false", "parquet", path, force=True).done
    assert pyarrow.parquet.read_table(path).num_rows == 0
    refused = export(place, "SELECT 1 AS a", "parquet", path, force=True, compressed=True).problem
    assert refused is not None and "compressed already" in refused.message


def test_gzip(place: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv.gz"
    outcome = export(place, "SELECT generate_series(1, 200000) AS n", "csv", path, compressed=True)
    text = gzip.decompress(path.read_bytes()).decode()
    assert text == "n\n" + "".join(f"{n}\n" for n in range(1, 200_001))
    assert (outcome.progress.nbytes, outcome.progress.written) == (len(text), path.stat().st_size)


def test_marks_are_taken_away_wherever_chunks_end() -> None:
    quoted = b"\x01a\x02\x02\x02\x01\nb\x02\x02\x01\nplain\n\x01\x02\x02\x02\x02\x01\n"
    expected = b"a\x02\x01\nb\x02\nplain\n\x02\x02\n"
    for size in range(1, len(quoted) + 1):
        unquote = copy_out._Unquoting()
        pieces = [quoted[start : start + size] for start in range(0, len(quoted), size)]
        assert b"".join(map(unquote, pieces)) == expected


def _relation(place: ConnectionSettings) -> Relation:
    connection = connect(place)
    try:
        return find_relation(connection, "t")
    finally:
        connection.close()
