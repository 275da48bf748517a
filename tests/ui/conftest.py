"""The demo's database for a program of this test's own, and a look at it from outside."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect

gc.set_threshold(50_000, 20, 20)  # a fifth of the time of a screen's test goes to collecting nothing


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    """What a module's screens leave is gone before the next one's."""
    yield
    gc.collect()


@pytest.fixture
def place(demo_database: ConnectionSettings) -> ConnectionSettings:
    """The demo's database, under a name of this test's own."""
    return replace(demo_database, application_name=f"pgmem-ui-{secrets.token_hex(4)}")


@pytest.fixture
def observer(demo_database: ConnectionSettings) -> Iterator[Connection]:
    """Another connection, to look and to interfere."""
    connection = connect(demo_database)
    yield connection
    connection.close()
