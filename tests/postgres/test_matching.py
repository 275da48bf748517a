"""What may contain a text, by type and case, before a server is asked."""

from __future__ import annotations

import pytest
from psycopg2 import sql

from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.matching import matching, unpack
from pgmem_tui.postgres.relation import Column

INT, NUMERIC, BOOL, UUID, STAMP, TEXT, INET = 23, 1700, 16, 2950, 1114, 25, 869
COLUMNS = [Column(f"c{oid}", "", oid) for oid in (INT, NUMERIC, BOOL, UUID, STAMP, TEXT, INET)]


@pytest.mark.parametrize(
    ("text", "oids"),
    [
        ("12", [INT, NUMERIC, UUID, STAMP, TEXT, INET]),
        ("-12", [INT, NUMERIC, UUID, STAMP, TEXT, INET]),
        ("1.2", [NUMERIC, STAMP, TEXT, INET]),
        ("nan", [NUMERIC, TEXT, INET]),
        ("Infinity", [NUMERIC, STAMP, TEXT, INET]),
        ("t", [NUMERIC, BOOL, STAMP, TEXT, INET]),
        ("fade", [UUID, TEXT, INET]),
        ("10:30", [STAMP, TEXT, INET]),
        ("bc", [UUID, STAMP, TEXT, INET]),
        ("view", [TEXT, INET]),
        ("é", [INT, NUMERIC, BOOL, UUID, STAMP, TEXT, INET]),
    ],
)
def test_columns_that_cannot_have_it_are_left_out(text: str, oids: list[int]) -> None:
    found = matching(text, COLUMNS)
    assert [COLUMNS[index].type_oid for index in found.wanted] == oids


def test_dates_of_another_style_may_have_any_text() -> None:
    assert COLUMNS[4].type_oid == STAMP
    assert matching("jan", COLUMNS, datestyle="Postgres, MDY").wanted == (4, 5, 6)


def test_only_some_columns_in_their_order() -> None:
    found = matching("view", COLUMNS, among=(6, 0, 5))
    assert found.wanted == (6, 5)
    text = found.hit([sql.Identifier(column.name) for column in COLUMNS])
    assert repr(text).index("c869") < repr(text).index("c25")


@pytest.mark.parametrize(
    ("text", "any_case"),
    [("abc", True), ("aBc", False), ("123 %", False), ("é", True), ("É", False), ("ß", True)],
)
def test_smart_case(text: str, any_case: bool) -> None:
    assert matching(text, COLUMNS).any_case == any_case


def test_a_character_that_the_server_has_not_is_refused() -> None:
    assert matching("é", COLUMNS, encoding="LATIN1").wanted
    with pytest.raises(Refused, match="no such character") as refused:
        matching("é東", COLUMNS, encoding="LATIN1")
    assert refused.value.position == 2


def test_number_and_column_come_in_one() -> None:
    assert unpack(str(10**12 * 2048 + 1663)) == (10**12, 1663)
