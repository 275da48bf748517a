"""What no server is needed for: far places, and connections without their secrets."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from psycopg2 import sql

from pgmem_tui.postgres.cursor_operation import LARGEST_COUNT
from pgmem_tui.postgres.screen_program import Place, Reading, connect_arguments, reading
from pgmem_tui.postgres.settings import SECRET_KEYWORDS, ConnectionSettings


def test_a_row_farther_than_one_move_goes() -> None:
    """`scroll()` takes a C int."""
    passed = 5_000_000_000
    what = Reading((sql.SQL("SELECT 1"),), passed, 10, 50, scrollable=True)
    text = reading(what, Place(ConnectionSettings(), raw=False), "Prints rows.", {})
    scrolled = [int(number) for number in re.findall(r"scroll\((\d+)\)", text)]
    assert "for _ in range(2):" in text
    assert scrolled == [LARGEST_COUNT, passed - 2 * LARGEST_COUNT]


@pytest.mark.parametrize("keyword", SECRET_KEYWORDS)
def test_no_secret_is_an_argument(keyword: str) -> None:
    given: Any = {"password": "hunter2"} if keyword == "password" else {"other": ((keyword, "hunter2"),)}
    settings = replace(ConnectionSettings(host="db1"), **given)
    assert connect_arguments(settings) == {"host": "db1"}


def test_a_password_in_a_name_is_none_either() -> None:
    settings = ConnectionSettings(host="db1", dbname="postgres://ann:hunter2@db1/shop")
    assert connect_arguments(settings) == {"host": "db1"}
    assert connect_arguments(ConnectionSettings(dbname="host=x password=hunter2")) == {}


def test_where_nothing_was_said_the_environment_says() -> None:
    text = reading(
        Reading((sql.SQL("SELECT 1"),), 0, 0, 50, None), Place(ConnectionSettings(), raw=False), "Prints.", {}
    )
    assert 'psycopg2.connect("")' in text
    assert "scrollable" not in text
