"""Sessions of lessons: they are cancelled at any moment, and what they made is cleaned up."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.lessons.running import LessonRun
from pgmem_tui.lessons.site import Site
from pgmem_tui.postgres import cancel_request
from tests.conftest import connect
from tests.export.conftest import eventually
from tests.lessons.conftest import made
from tests.lessons.test_lessons import others


def test_a_session_is_cancelled_while_it_connects(bare: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    run = LessonRun(made(steps="```sql a step\nSELECT pg_sleep(50)\n```"), bare)
    connect_to = psycopg2.connect

    def meanwhile(dsn: str, **options: Any) -> Connection:
        run.cancel()
        connection: Connection = connect_to(dsn, **options)
        return connection

    monkeypatch.setattr(psycopg2, "connect", meanwhile)
    list(run.step(0))
    (step,) = run.result().steps
    assert step.problem is not None and step.problem.canceled
    run.close()


def test_a_cancel_that_comes_before_the_statement_is_not_lost(
    bare: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = LessonRun(made(steps="```sql a step\nSELECT pg_sleep(50)\n```"), bare)
    requests = []

    def send(connection: Connection) -> bool:
        requests.append(connection)
        return len(requests) == 1 or sending(connection)  # the server had nothing to cancel yet

    sending = cancel_request.send
    monkeypatch.setattr(cancel_request, "send", send)
    thread = threading.Thread(target=lambda: list(run.step(0)))
    thread.start()
    connection = connect(bare.settings)
    try:
        eventually(lambda: any("pg_sleep" in query for _, query in others(connection)))
        run.cancel()
        thread.join(10)
        assert not thread.is_alive() and len(requests) >= 2
    finally:
        connection.close()
        run.close()


CLEANED = """\
```sql maker step
CREATE TABLE passing AS SELECT 1 AS n
```

```sql holder hold
BEGIN; LOCK TABLE passing
```

```sql waiter wait
SELECT pg_sleep(100)
```

```sql holder clean cleanup
DROP TABLE IF EXISTS passing
```
"""


def tables(site: Site) -> list[str]:
    """The tables there are."""
    connection = connect(site.settings)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            return [name for (name,) in cursor.fetchall()]
    finally:
        connection.close()


@pytest.mark.parametrize("end", ["left", "cancelled", "failed"])
def test_what_cleans_up_is_sent_in_any_case(bare: Site, end: str) -> None:
    wait = "SELECT 1 / 0" if end == "failed" else "SELECT pg_sleep(100)"
    lesson = made(steps=CLEANED.replace("SELECT pg_sleep(100)", wait), head="needs: writes\n")
    run = LessonRun(lesson, replace(bare, own_server=True))
    for index in range(3 if end == "failed" else 2):
        list(run.step(index))
    if end == "cancelled":
        run.cancel()
        list(run.step(2))
    assert tables(bare) == ["passing"]
    run.close()
    assert tables(bare) == []


def test_a_lesson_that_has_not_begun_cleans_nothing_up(bare: Site) -> None:
    connection = connect(bare.settings)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE passing (n int)")
    connection.close()
    LessonRun(made(steps=CLEANED, head="needs: writes\n"), replace(bare, own_server=True)).close()
    assert tables(bare) == ["passing"]
