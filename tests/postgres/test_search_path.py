"""No operator of someone else's is run as whoever connects: paths that have pg_catalog behind others."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files

import psycopg2
import pytest

from pgmem_tui.language import grammar
from pgmem_tui.postgres import catalog, queries, search_path, transaction
from pgmem_tui.postgres.connection import Connection, connect, server_info
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect as connect_writing
from tests.postgres.evil_operators import HOWS, PATH, shadow

SAFE = [
    *(
        '"$user", public',
        "",
        '""',
        "public",
        "pg_catalog, evil",
        '"pg_catalog", evil, pg_catalog',
        "PG_CATALOG,a",
    ),
    *(
        '"a, pg_catalog"',
        'evil, "PG_CATALOG"',
        'a"b, pg_catalog"',
        "evil, pg_catalogs",
        'x,"a""b, pg_catalog,"',
    ),
]
UNSAFE = {
    "evil, public, pg_catalog": "evil, public",
    'evil,"pg_catalog"': "evil",
    '"$user", PG_Catalog ,public,pg_catalog': '"$user", public',
    '"a""b, pg_catalog" ,pg_catalog': '"a""b, pg_catalog"',
    '"", pg_catalog': '""',
    'a"b,pg_catalog,c"d': '"a""b", "c""d"',
    "x';--,pg_catalog": '"x\';--"',
    "Evil,a\u00a0b,pg_catalog": 'evil, "a\u00a0b"',
    "back\\slash,pg_catalog": '"back\\slash"',
}


@pytest.mark.parametrize("path", SAFE)
def test_a_safe_path_is_left_alone(path: str) -> None:
    assert search_path.instead(path) == search_path.told(path) == ""


@pytest.mark.parametrize("path", UNSAFE)
def test_pg_catalog_is_left_out_behind_others(database: ConnectionSettings, path: str) -> None:
    assert search_path.instead(path) == UNSAFE[path]
    assert search_path.instead(UNSAFE[path]) == ""
    with_it = connect(database, "test")
    with with_it.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', %s, false)", (path,))
    with_it.commit()
    transaction.begin(with_it)
    now = str(ask(with_it, "SELECT current_setting('search_path')"))
    assert search_path.names(now) == search_path.names(UNSAFE[path])
    with_it.close()


def test_what_is_said() -> None:
    assert 'pg_catalog behind evil, "a b", whose' in search_path.told('evil, "a b", pg_catalog, public')
    assert len(search_path.told(f"{'evil, ' * 1000}pg_catalog")) < 300


@pytest.mark.parametrize("how", HOWS)
def test_the_path_of_a_transaction_is_safe(database: ConnectionSettings, how: str) -> None:
    hostile = shadow(database, how)
    with pytest.raises(psycopg2.Error, match="shadowed"):
        ask(connect_writing(hostile), "SELECT 1 = 1")
    connection = connect(hostile, "test")
    for _ in range(2):
        transaction.begin(connection)
        assert ask(connection, "SELECT 1 = 1") == "t"
        entries = catalog.list_relations(connection, system=True)
        assert len(entries) > 100
        transaction.end(connection)
    connection.close()


def test_the_server_says_at_once(database: ConnectionSettings) -> None:
    hostile = replace(database, other=(("options", f"-c search_path={PATH.replace(' ', '')}"),))
    sent: list[str] = []
    connection = connect(hostile, "test", lambda report: sent.append(report.sql))
    assert server_info(connection).search_path == PATH.replace(" ", "")
    sent.clear()
    transaction.begin(connection)
    assert len(sent) == 2, "the BEGIN, and one message"
    assert ask(connection, "SHOW search_path") == "evil, public"
    connection.close()


def ask(connection: Connection, query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        ((value,),) = cursor.fetchall()
    return value


def test_queries_name_the_schema_of_each_relation_type_and_function() -> None:
    """Temporary tables and types come before pg_catalog's, unless these are named with their schema."""
    names = [file.name for file in files(queries).iterdir() if file.name.endswith(".sql")]
    assert len(names) > 30
    for name in names:
        text = re.sub(r"%\(\w+\)s", "NULL", queries.query(name.removesuffix(".sql")).string)
        nodes = list(grammar.walk(grammar.parse(re.sub(r"\{\w+\}(?=\()", "pg_catalog.f", text))))
        queried = {node.ctename for node in nodes if type(node).__name__ == "CommonTableExpr"}
        for node in nodes:
            kind = type(node).__name__
            if kind == "RangeVar":
                assert node.schemaname or node.relname in queried, (name, node.relname)
            elif kind in ("TypeName", "FuncCall"):
                parts = node.names if kind == "TypeName" else node.funcname
                assert len(parts) == 2, (name, [part.sval for part in parts])
