"""What may be opened, how its values arrive, and that nothing can be written on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgmem_tui.paging.events import Failed, Opened, PageRead, Sought, StatementSent
from pgmem_tui.paging.requests import KnownRelation, NamedRelation, Seek, Target
from pgmem_tui.postgres.catalog import describe, list_relations
from pgmem_tui.postgres.composition import ROW_LIMIT
from pgmem_tui.postgres.connection import connect
from pgmem_tui.postgres.query_spec import SortKey
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import CreateDatabase
from tests.paging.harness import Sessions, run
from tests.postgres.test_connection import copied

ODD = '"odd ""schema"""'


def oid_of(database: ConnectionSettings, name: str) -> int:
    (row,) = run(database, f"SELECT '{name.replace(chr(39), chr(39) * 2)}'::regclass::oid::bigint")
    return int(row[0])


# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["named", "query"])
def test_all_types_arrive_as_the_server_writes_them(
    sessions: Sessions, demo_database: ConnectionSettings, how: str
) -> None:
    session = sessions.start(demo_database, cell_limit=100_000)
    target: Target | str = NamedRelation("all_types") if how == "named" else "TABLE all_types"
    rows, limit = session.cells(target), session.of(Opened)[-1].cell_limit
    for row, whole in zip(rows, copied(demo_database, "SELECT * FROM all_types"), strict=True):
        for value, expected in zip(row, whole, strict=True):
            assert value == expected or (value and expected and expected.startswith(value))
            assert value == expected or len(value or "") > limit > 500


def test_a_query_and_a_table_are_cut_alike(sessions: Sessions, demo_database: ConnectionSettings) -> None:
    session = sessions.start(demo_database)
    by_name = session.open(NamedRelation("all_types"), 100)
    rows = session.rows()
    by_query = session.open("SELECT * FROM all_types", 100)
    assert session.rows() == rows
    # psycopg2 hands on no modifier of less than 4, which only bits have.
    assert {
        one.type_name
        for one, two in zip(by_name.columns, by_query.columns, strict=True)
        if one.clamped != two.clamped
    } <= {"bit(1)", "bit(2)", "bit(3)"}
    assert [column.name for column in by_name.columns] == [column.name for column in by_query.columns]
    assert [column.category for column in by_name.columns] == [column.category for column in by_query.columns]


@pytest.mark.parametrize("limit", [16, 256])
def test_no_value_is_longer_than_stated_and_what_is_cut_shows(
    sessions: Sessions, demo_database: ConnectionSettings, limit: int
) -> None:
    """One character more than the limit, two for a byte; and every cut value is longer than the limit."""
    session = sessions.start(demo_database, cell_limit=limit)
    opened = session.open(NamedRelation("all_types"), 100)
    assert opened.cell_limit == limit
    whole = copied(demo_database, "SELECT * FROM all_types")
    cut = 0
    for number, row in session.rows().items():
        for column, value, expected in zip(opened.columns, row, whole[number], strict=True):
            if value is None or expected is None:
                assert value is expected
            elif value != expected:
                cut += 1
                assert column.clamped
                assert len(value) > limit
                assert expected.startswith(value)
            longest = len("\\x") + 2 * (limit + 1) if column.type_name == "bytea" else limit + 1
            if column.clamped:
                assert len(value or "") <= longest
            else:
                # Bounded types: a name has 63 characters, a range of timestamps with time zone about 80.
                assert len(value or "") <= 110
    assert cut > 10


@pytest.mark.parametrize(
    "table",
    ["hostile values", "select", "'); DROP TABLE users; --", "[bold]x[/bold]", "esc \x1b[31m red \x1b[2J"],
)
@pytest.mark.parametrize("how", ["named", "known", "query"])
def test_hostile_names_and_values(
    sessions: Sessions, demo_database: ConnectionSettings, table: str, how: str
) -> None:
    name = f'{ODD}."{table}"'
    session = sessions.start(demo_database, cell_limit=100_000)
    target: Target | str = NamedRelation(name)
    if how == "known":
        target = KnownRelation(oid_of(demo_database, name))
    elif how == "query":
        target = f"TABLE {name} -- "
    expected = copied(demo_database, f"SELECT * FROM {name}")
    assert session.cells(target) == expected
    columns = session.of(Opened)[-1].columns
    names = run(
        demo_database,
        "SELECT attname::text FROM pg_attribute"
        f" WHERE attrelid = {oid_of(demo_database, name)} AND attnum > 0 ORDER BY attnum",
    )
    assert [(column.name,) for column in columns] == names


@pytest.mark.parametrize("output", ["hex", "escape"])
@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 100_000])
def test_bytes_are_whole_or_longer_than_the_limit(
    sessions: Sessions, database: ConnectionSettings, output: str, size: int
) -> None:
    settings = replace(database, other=(("options", f"-c bytea_output={output}"),))
    session = sessions.start(settings)
    query = f"SELECT convert_to(repeat('x', {size}), 'UTF8'), NULL::bytea"
    (row,) = session.cells(query)
    (whole,) = copied(settings, query)
    assert row[1] is None
    assert row[0] is not None and whole[0] is not None
    assert whole[0].startswith(row[0])
    assert row[0] == whole[0] or len(row[0]) > 256
    assert len(row[0]) <= 2 + 2 * 257


def test_numbers_with_an_odd_scale_are_cut(sessions: Sessions, database: ConnectionSettings) -> None:
    run(
        database,
        "CREATE TABLE t (a numeric(2, 1000), b numeric(1, -999), c numeric(5, -2), d numeric(5, 2))",
        "INSERT INTO t VALUES (99e-1000, 9e999, 1234567, -123.45)",
    )
    session = sessions.start()
    for target in (NamedRelation("t"), "TABLE t"):
        (row,) = session.cells(target)
        assert [len(value or "") for value in row] == [257, 257, 7, 7]
        clamped = [column.clamped for column in session.of(Opened)[-1].columns]
        assert clamped == [True, True, False, False]


def test_a_database_without_an_encoding(sessions: Sessions, create_database: CreateDatabase) -> None:
    """Its server cuts at bytes: what is cut must still show, and what is whole be whole."""
    settings = create_database("SQL_ASCII")
    run(
        replace(settings, other=(("client_encoding", "SQL_ASCII"),)),
        r"""CREATE TABLE t AS SELECT E'\xff\xc3\xa9' AS "né", repeat('é', 200) AS whole,
        repeat('東', 300) AS three, repeat('a', 5000) AS one, repeat(E'\xfe', 5000) AS none""",
    )
    session = sessions.start(settings)
    for target in (NamedRelation("t"), "TABLE t"):
        (row,) = session.cells(target)
        assert row[:2] == ("\udcffé", "é" * 200)
        assert [len(value or "") > 256 for value in row[2:]] == [True] * 3
        assert max(len(value or "") for value in row) <= 4 * 257
        opened = session.of(Opened)[-1]
        assert (opened.columns[0].name, opened.cell_limit) == ("né", 256)
    assert session.cells("SELECT 'é', '\udcff' AS \"\udcfe\"") == [("é", "\udcff")]
    assert session.of(Opened)[-1].columns[1].name == "\udcfe"


# -- shapes ----------------------------------------------------------------------------------------


def test_no_columns(sessions: Sessions, database: ConnectionSettings) -> None:
    run(database, "CREATE TABLE nothing ()", "INSERT INTO nothing DEFAULT VALUES", "TABLE nothing")
    session = sessions.start()
    for target in (NamedRelation("nothing"), "SELECT FROM nothing", "TABLE nothing"):
        assert session.cells(target) == [()]
        assert session.of(Opened)[-1].columns == ()
    session.open("SELECT FROM generate_series(1, 100)", 10)
    session.read(50, 200)
    assert session.pages()[-1].row_count == 100


def test_1600_columns(sessions: Sessions, database: ConnectionSettings) -> None:
    columns = ", ".join(f"c{number} text DEFAULT 'é'" for number in range(1600))
    run(database, f"CREATE TABLE many ({columns})", "INSERT INTO many DEFAULT VALUES")
    session = sessions.start()
    for target in (NamedRelation("many"), "TABLE many"):
        assert session.cells(target) == [("é",) * 1600]
        assert session.of(Opened)[-1].cell_limit == ROW_LIMIT // 1600
    wide = "SELECT " + ", ".join(["repeat('x', 1000)"] * 1600)
    (row,) = session.cells(wide)
    assert sum(map(len, filter(None, row))) <= ROW_LIMIT + 1600


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ('SELECT 1 AS a, 2 AS a, 3 AS "A"', [("1", "2", "3")]),
        ("SELECT 1 -- comment", [("1",)]),
        ("SELECT 1 /* comment */ -- ) AS q", [("1",)]),
        ("SELECT 1;", [("1",)]),
        ("  ; SELECT 1 ; -- after", [("1",)]),
        ("VALUES (1, 'a'), (2, NULL)", [("1", "a"), ("2", None)]),
        ("WITH a AS (SELECT 1 AS i) TABLE a ORDER BY i", [("1",)]),
        ("(SELECT 2) UNION ALL (SELECT 1) ORDER BY 1 DESC LIMIT 5", [("2",), ("1",)]),
        ("SELECT", [()]),
        ("SELECT NULL, 'NULL', ''", [(None, "NULL", "")]),
        ("SELECT '%s', '%(a)s', '{}', '{0}', '%'", [("%s", "%(a)s", "{}", "{0}", "%")]),
        ('SELECT 5 % 3 AS "%"', [("2",)]),
        ("SELECT $$a;b$$, E'\\'', '\\'", [("a;b", "'", "\\")]),
        ("SELECT ROW(1, NULL), ARRAY[ROW('a b', 2)]", [("(1,)", '{"(\\"a b\\",2)"}')]),
        ("SELECT pg_sleep(0), NULL::void IS NULL", [("", "t")]),
        ("SELECT 'a'::cstring", [("a",)]),
        ("SELECT 'a  '::char(5), 'a'::char(300), true", [("a    ", "a".ljust(257), "t")]),
        ("SELECT oid FROM pg_class WHERE relname = 'pg_class'", [("1259",)]),
        ("SELECT tableoid, ctid FROM pg_class WHERE relname = 'none'", []),
        ("SELECT generate_series(1, 3)", [("1",), ("2",), ("3",)]),
        ("SELECT * FROM pg_class LIMIT 0", []),
        ('SELECT 1 AS "東京😀 \' "" ; --"', [("1",)]),
    ],
)
def test_queries(sessions: Sessions, query: str, rows: list[tuple[str | None, ...]]) -> None:
    assert sessions.start().cells(query) == rows


# -- nothing is written ----------------------------------------------------------------------------

BAIT = """
CREATE TABLE precious (i int);
INSERT INTO precious VALUES (1);
CREATE SEQUENCE s;
CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO precious VALUES (2); RETURN 1; END $$;
CREATE FUNCTION unlocks() RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN SET TRANSACTION READ WRITE; RETURN 1; END $$;
CREATE FUNCTION unlocks_and_hides_it() RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN PERFORM set_config('transaction_read_only', 'off', false); RETURN 1;
       EXCEPTION WHEN OTHERS THEN RETURN 0; END $$;
CREATE FUNCTION commits() RETURNS int LANGUAGE plpgsql AS $$ BEGIN COMMIT; RETURN 1; END $$;
CREATE FUNCTION runs(text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE $1; RETURN 1; END $$;
CREATE PROCEDURE writes_too() LANGUAGE plpgsql AS
    $$ BEGIN COMMIT; INSERT INTO precious VALUES (2); COMMIT; END $$;
CREATE VIEW innocent AS SELECT writes() AS i;
CREATE RULE swallow AS ON INSERT TO innocent DO INSTEAD INSERT INTO precious VALUES (3);
"""

ATTACKS: list[Target | str] = [
    "INSERT INTO precious VALUES (2) RETURNING *",
    "SELECT writes()",
    "VALUES (writes())",
    "TABLE innocent",
    "SELECT * FROM precious, writes()",
    "SELECT 1; COMMIT; DELETE FROM precious",
    "SELECT 1) q; COMMIT; DROP TABLE precious; SELECT * FROM (SELECT 2",
    "SELECT 1) AS q LIMIT 0; COMMIT; DELETE FROM precious; --",
    "SELECT 1 -- \n) AS q LIMIT 0; COMMIT; DELETE FROM precious; --",
    "SELECT 1 -- \r) AS q LIMIT 0; COMMIT; DELETE FROM precious; --",
    "SELECT 1 /* */) AS q LIMIT 0; COMMIT; DELETE FROM precious; /*",
    "SELECT '\\', ') AS q LIMIT 0; COMMIT; DELETE FROM precious; SELECT * FROM (SELECT 1 --'",
    "SELECT 1 \0) AS q; COMMIT; DELETE FROM precious",
    'SELECT 1 AS "a\0"; COMMIT; DELETE FROM precious',
    "SELECT * INTO stolen FROM precious",
    "SELECT 1 AS a INTO stolen UNION SELECT 2",
    "WITH w AS (DELETE FROM precious RETURNING *) SELECT * FROM w",
    "WITH w AS (SELECT 1), x AS (UPDATE precious SET i = 9 RETURNING i) TABLE x",
    "SELECT nextval('s')",
    "SELECT setval('s', 100)",
    "SELECT set_config('transaction_read_only', 'off', false), writes()",
    "SELECT set_config('transaction_read_only', 'off', true), writes()",
    "SELECT set_config('default_transaction_read_only', 'off', false), writes()",
    "SELECT set_config('standard_conforming_strings', 'off', false)",
    "SELECT unlocks(), writes()",
    "SELECT unlocks_and_hides_it(), writes()",
    "SELECT commits(), writes()",
    "SELECT runs('COMMIT'), runs('DELETE FROM precious')",
    "SELECT runs('ROLLBACK; BEGIN; DELETE FROM precious; COMMIT')",
    "SELECT runs('CALL writes_too()')",
    "SELECT runs('RESET transaction_read_only'), runs('RESET ALL'), writes()",
    "SELECT * FROM precious FOR UPDATE",
    "SELECT query_to_xml('DELETE FROM precious', true, false, '')",
    "SELECT lo_create(424242), lo_from_bytea(424243, '\\x00')",
    "SELECT pg_notify('channel', 'x')",
    "CALL writes_too()",
    "DO $$ BEGIN COMMIT; DELETE FROM precious; END $$",
    "COPY precious FROM PROGRAM 'echo 5'",
    "EXPLAIN ANALYZE DELETE FROM precious",
    "SET TRANSACTION READ WRITE",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "BEGIN; DELETE FROM precious; COMMIT",
    "COMMIT",
    "PREPARE p AS DELETE FROM precious",
    "DECLARE c CURSOR FOR SELECT writes()",
    "CREATE TABLE stolen AS TABLE precious",
    "TRUNCATE precious",
    "MERGE INTO precious USING precious p ON true WHEN MATCHED THEN DELETE",
    NamedRelation("precious; DROP TABLE precious"),
    NamedRelation('precious"; DROP TABLE precious; --'),
    NamedRelation("innocent"),
]


@pytest.mark.parametrize("options", ["", "-c standard_conforming_strings=off -c escape_string_warning=off"])
def test_nothing_gets_written(sessions: Sessions, database: ConnectionSettings, options: str) -> None:
    run(database, BAIT)
    session = sessions.start(replace(database, other=(("options", options),) if options else ()))
    harmless = []
    for attack in ATTACKS:
        session.begin_open(attack)
        event = session.wait_for((Failed, PageRead), lambda event: event.generation == session.generation)
        if isinstance(event, PageRead):
            harmless.append(attack)
        session.settle()
        assert session.cells("TABLE precious") == [("1",)], attack
    left = run(
        database,
        "SELECT (SELECT array_agg(i) FROM precious), s.last_value, s.is_called, to_regclass('stolen'),"
        " (SELECT count(*) FROM pg_largeobject_metadata) FROM s",
    )
    assert left == [([1], 1, False, None, 0)]
    # What is answered with rows wrote nothing, or only into a transaction that is always rolled back.
    assert {str(attack).split("(")[0] for attack in harmless} <= {
        "SELECT runs",
        "SELECT set_config",
        "SELECT lo_create",
        "SELECT pg_notify",
        "SELECT '\\', ') AS q LIMIT 0; COMMIT; DELETE FROM precious; SELECT * FROM ",
    }


SHADOWS = """
CREATE SCHEMA evil;
CREATE FUNCTION evil.boom() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'shadowed'; END $$;
CREATE FUNCTION evil.substr(text, int, int) RETURNS text LANGUAGE sql AS 'SELECT evil.boom()';
CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS $$SELECT 'on'::text$$;
CREATE FUNCTION evil.pg_backend_pid() RETURNS int LANGUAGE sql AS 'SELECT evil.boom()::int';
CREATE FUNCTION evil.format_type(oid, int) RETURNS text LANGUAGE sql AS 'SELECT evil.boom()';
CREATE DOMAIN evil.oid AS text;
CREATE DOMAIN evil.text AS int;
CREATE TABLE evil.pg_class (oid int, relname int);
CREATE TABLE evil.pg_type (oid int);
CREATE TABLE public.t AS SELECT 'value'::pg_catalog.text AS v, 1 AS i, '{"a": 1}'::jsonb AS j;
"""


def test_what_shadows_the_catalog_is_never_run(sessions: Sessions, database: ConnectionSettings) -> None:
    run(database, SHADOWS, f'ALTER DATABASE "{database.dbname}" SET search_path = evil, public, pg_catalog')
    oid = run(database, "SELECT 'public.t'::pg_catalog.regclass::pg_catalog.oid::pg_catalog.int8")[0][0]
    session = sessions.start()
    for target in (NamedRelation("t"), NamedRelation("public.t"), KnownRelation(oid), "TABLE t"):
        assert session.cells(target) == [("value", "1", '{"a": 1}')]
        assert [column.clamped for column in session.of(Opened)[-1].columns] == [True, False, True]


def test_operators_of_others_are_never_run(sessions: Sessions, database: ConnectionSettings) -> None:
    """Anyone who may create in `public` can make an operator that fits better than pg_catalog's."""
    run(
        database,
        "CREATE TABLE t (id int, note text)",
        "INSERT INTO t VALUES (1, 'x')",
        """CREATE FUNCTION evil(oid, integer) RETURNS boolean LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'evil ran'; END$$""",
        """CREATE FUNCTION evil(real, integer) RETURNS boolean LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'evil ran'; END$$""",
        *(
            f"CREATE OPERATOR {name} (LEFTARG = oid, RIGHTARG = integer, FUNCTION = evil)"
            for name in ("=", "<>", ">", ">=")
        ),
        *(
            f"CREATE OPERATOR {name} (LEFTARG = real, RIGHTARG = integer, FUNCTION = evil)"
            for name in ("=", "<>", ">", ">=", "<")
        ),
    )
    session = sessions.start()
    for target in (NamedRelation("t"), "TABLE t"):
        assert session.cells(target) == [("1", "x")]
    connection = connect(database, "catalog")
    (entry,) = list_relations(connection, system=False)
    assert [column.name for column in describe(connection, entry.oid).columns] == ["id", "note"]
    connection.close()


def test_nor_while_the_spread_of_a_key_is_looked_up(sessions: Sessions, database: ConnectionSettings) -> None:
    """A `SET search_path` can put others before pg_catalog."""
    shadows = (
        *(("<=", "int8", "int4", "bool"), ("<=", "int4", "int4", "bool")),
        *(("/", "int8", "int4", "int8"), ("%", "int8", "int8", "int8")),
    )
    run(
        database,
        "CREATE SCHEMA evil",
        *(
            f"CREATE FUNCTION evil.f{number}({left}, {right}) RETURNS {kind} LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'shadowed'; END $$; "
            f"CREATE OPERATOR evil.{name} (LEFTARG = {left}, RIGHTARG = {right}, FUNCTION = evil.f{number})"
            for number, (name, left, right, kind) in enumerate(shadows)
        ),
        "CREATE TABLE t AS SELECT i AS id FROM generate_series(1, 5000) AS i",
        "CREATE UNIQUE INDEX ON t (id)",
        "ANALYZE t",
        f'ALTER DATABASE "{database.dbname}" SET search_path = evil, public, pg_catalog',
    )
    ((oid,),) = run(database, "SELECT 'public.t'::pg_catalog.regclass::pg_catalog.oid::pg_catalog.int4")
    session = sessions.start(batch=10)
    session.open(KnownRelation(oid, order=(SortKey("id"),)), screenful=10)
    session.request(Seek(session.generation, ("2500",), 10))
    assert 2400 < session.wait(Sought).row < 2600, "the spread is known"
    sent = [event.report for event in session.of(StatementSent)]
    assert any("histogram_bounds" in report.sql for report in sent)
    assert not [report for report in sent if report.error]
