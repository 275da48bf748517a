"""What a program in the lab has started ends with it, here and on the server."""

from __future__ import annotations

from dataclasses import replace

import psutil
import pytest
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from pgmem_tui.lab.process import ProgramJob
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.lab.conftest import eventually, run, sessions

pytestmark = pytest.mark.usefixtures("nothing_is_left")

PROGRAM = """
import os, subprocess, sys, time
import psycopg2
connection = psycopg2.connect("")
command = [sys.executable, "-c", "import time; time.sleep(600)"]
print(subprocess.Popen(command, pass_fds=[connection.fileno()]).pid)
"""


@pytest.mark.parametrize("end", ["", "time.sleep(600)", "os._exit(3)"])
def test_what_a_program_has_started_ends_with_it(place: ConnectionSettings, end: str) -> None:
    outcome, _ = run(ProgramJob(place, PROGRAM + end, timeout=0.5 if "sleep" in end else 60))
    (pid,) = outcome.printed
    eventually(lambda: not alive(int(pid)), about=lambda: pid)


def test_a_statement_ends_with_it_whatever_its_role(place: ConnectionSettings, observer: Connection) -> None:
    who, role = (sql.Identifier(f"{place.application_name} {name}") for name in ("user", "role"))
    with observer.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN; CREATE ROLE {}").format(who, role))
        cursor.execute(sql.SQL("GRANT {} TO {}; ALTER ROLE {} SET role = {}").format(role, who, who, role))
        try:
            sleep = "cursor = connection.cursor(); cursor.execute('SELECT pg_sleep(600)')"
            program = f"import psycopg2; connection = psycopg2.connect(''); {sleep}"
            user = f"{place.application_name} user"
            outcome, _ = run(ProgramJob(replace(place, user=user), program, timeout=0.5))
            assert outcome.timed_out
            eventually(lambda: not sessions(observer, place), about=lambda: sessions(observer, place))
        finally:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (user,)
            )
            cursor.execute(sql.SQL("DROP ROLE {}; DROP ROLE {}").format(who, role))


def alive(pid: int) -> bool:
    """Whether there is a process of that number, and it has not ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
