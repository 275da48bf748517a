"""What a program in the lab has started ends with it; else its connections stay open on the server."""

from __future__ import annotations

import psutil
import pytest

from pgmem_tui.lab.process import ProgramJob
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.lab.conftest import eventually, run

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


def alive(pid: int) -> bool:
    """Whether there is a process of that number, and it has not ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
