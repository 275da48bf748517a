"""Programs in processes of their own: what they report, how they are measured, and that they end."""

from __future__ import annotations

import secrets
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from pgmem_tui.lab import subject
from pgmem_tui.lab.modes import MODES
from pgmem_tui.lab.process import (
    Connected,
    Ended,
    ModeJob,
    Printed,
    ProgramJob,
    Progress,
    Ready,
    Run,
    Sampled,
)
from pgmem_tui.postgres import connection as product
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.lab.conftest import MIB, children, eventually, is_run, program, run, sessions

pytestmark = pytest.mark.usefixtures("nothing_is_left")

CONNECT = "import psycopg2; connection = psycopg2.connect(''); cursor = connection.cursor()\n"
HUNGRY = f"{CONNECT}cursor.execute('SELECT n FROM generate_series(1, 100000000) AS n')"
SLEEP = f"{CONNECT}print('asleep'); cursor.execute('SELECT pg_sleep(600)')"


def test_what_a_program_says(place: ConnectionSettings) -> None:
    source = f"""
import sys
from pgmem_tui.lab.notes import note, peak_rss, rss, uss
{CONNECT}
cursor.execute("SELECT current_setting('application_name'), pg_backend_pid()")
name, pid = cursor.fetchone()
note("name", name)
note("pid", pid)
note("sizes", min(rss(), peak_rss()) > 10_000_000 and 1_000_000 < uss() < 40_000_000)
note("name", "again")
print("one\\ntwo", end="")
print(" and a half", file=sys.stderr)
print(__name__, sys.argv, input if False else "")
"""
    outcome, events = run(ProgramJob(place, source, arguments=("x", "y")))
    assert outcome.done and outcome.problem is None
    assert outcome.notes["name"] == "again" and outcome.notes["sizes"] is True
    assert outcome.printed[:2] == ("one", "two and a half")
    assert "__main__" in outcome.printed[2] and "'x', 'y'" in outcome.printed[2]
    ready, connected = (
        next(event for event in events if isinstance(event, kind)) for kind in (Ready, Connected)
    )
    assert isinstance(connected, Connected) and connected.backend_pid == outcome.notes["pid"]
    assert isinstance(ready, Ready) and ready.baseline == outcome.baseline < 40 * MIB
    assert [event.line for event in events if isinstance(event, Printed)] == list(outcome.printed)


def test_it_is_sampled(place: ConnectionSettings) -> None:
    source = f"{CONNECT}x = bytearray(64 << 20)\ncursor.execute('SELECT pg_sleep(0.5)')"
    outcome, events = run(ProgramJob(place, source))
    samples = [event for event in events if isinstance(event, Sampled)]
    assert len(samples) >= 40
    assert [sample.seconds for sample in samples] == sorted(sample.seconds for sample in samples)
    assert max(sample.rss for sample in samples) >= outcome.baseline + 64 * MIB
    assert outcome.baseline + 64 * MIB <= outcome.peak_rss < outcome.baseline + 74 * MIB
    assert outcome.peak_uss is not None and outcome.baseline_uss is not None
    assert 64 * MIB <= outcome.peak_uss - outcome.baseline_uss < 74 * MIB
    assert outcome.backend_peak is not None and 0 < outcome.backend_peak < 64 * MIB
    assert 0.5 <= outcome.seconds < 5


def test_a_peak_between_two_samples_counts(place: ConnectionSettings) -> None:
    outcome = program(place, "for _ in range(3):\n    x = bytearray(100 << 20); del x")
    assert outcome.peak_rss >= outcome.baseline + 99 * MIB


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("x = 1\n1 / 0", "ZeroDivisionError: division by zero", 2),
        ("def f(:", "SyntaxError", 1),
        (f"{CONNECT}\ncursor.execute('SELECT nothing')", 'column "nothing" does not exist', 3),
        ("import sys; sys.exit('enough')", "SystemExit: exit status enough", 1),
        ("import os; os._exit(3)", "with status 3", 0),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "with signal 11", 0),
    ],
)
def test_failures(place: ConnectionSettings, source: str, message: str, line: int) -> None:
    outcome = program(place, source)
    assert outcome.problem is not None and message in outcome.problem.message
    assert outcome.problem_line == line and not outcome.done
    assert outcome.problem.sqlstate == ("42703" if "column" in message else "")


def test_no_server(place: ConnectionSettings, tmp_path: Path) -> None:
    outcome = program(replace(place, host=str(tmp_path)), "print('never')")
    assert outcome.problem is not None and outcome.problem.advice and not outcome.printed


def test_without_end_is_bounded(place: ConnectionSettings) -> None:
    source = """
from pgmem_tui.lab.notes import note
print("x" * 3_000_000)
for number in range(3000):
    print("line", number)
for _ in range(300):
    print("y" * 5000, end="")
note("long", "z" * 3_000_000)
"""
    outcome = program(place, source)
    assert outcome.problem is None
    assert len(outcome.printed) == 1001 and outcome.printed[-1] == "… and 2002 more lines"
    assert max(map(len, outcome.printed)) == 1000
    assert len(str(outcome.notes["long"])) == 1000


def test_the_cap_kills(place: ConnectionSettings) -> None:
    outcome = program(place, HUNGRY, cap=96 * MIB)
    assert outcome.killed_at_cap and outcome.problem is None and not outcome.done
    assert 96 * MIB <= outcome.peak_rss < 160 * MIB


def test_the_timeout_kills(place: ConnectionSettings) -> None:
    outcome, _ = run(ProgramJob(place, SLEEP, timeout=0.2))
    assert outcome.timed_out and 0.2 <= outcome.seconds < 5 and outcome.printed == ("asleep",)


def test_cancelled_from_another_thread(place: ConnectionSettings, observer: Connection) -> None:
    work = Run(ProgramJob(place, SLEEP))
    threading.Timer(0.0, cancel_once_asleep, (work, observer, place)).start()
    *_, last = work.events()
    assert isinstance(last, Ended) and last.outcome.cancelled and not last.outcome.done
    work.cancel()  # too late, and no harm


def cancel_once_asleep(work: Run, observer: Connection, place: ConnectionSettings) -> None:
    eventually(lambda: any("pg_sleep" in query for _, query in sessions(observer, place)))
    work.cancel()


def test_given_up_in_the_middle(place: ConnectionSettings) -> None:
    events = Run(ProgramJob(place, SLEEP)).events()
    assert any(isinstance(event, Printed) for event in iter(lambda: next(events), None))
    events.close()  # type: ignore[attr-defined]  # a generator


def test_started_and_never_watched(place: ConnectionSettings) -> None:
    work = Run(ProgramJob(place, SLEEP))
    work.start()
    assert children()
    work.close()
    assert not children()


PARENT = """
import sys, pgmem_tui.cli
from pgmem_tui.lab.process import *
from pgmem_tui.postgres.settings import from_text
pgmem_tui.cli._interrupt_on_signals()
for event in Run(ProgramJob(from_text(sys.argv[1]), sys.argv[2])).events():
    if isinstance(event, Printed):
        print(event.line, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_its_parent(
    place: ConnectionSettings, observer: Connection, number: signal.Signals
) -> None:
    dsn = make_dsn(**place.parameters())
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, dsn, SLEEP], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None and parent.stdout.readline() == b"asleep\n"
        eventually(lambda: any("pg_sleep" in query for _, query in sessions(observer, place)))
        found = [child for child in psutil.Process(parent.pid).children() if is_run(child)]
        assert len(found) == 1
        parent.send_signal(number)
        parent.wait(10)
    eventually(lambda: not found[0].is_running() or found[0].status() == psutil.STATUS_ZOMBIE)
    eventually(lambda: not sessions(observer, place), about=lambda: sessions(observer, place))


def test_a_password_is_seen_by_nobody(place: ConnectionSettings) -> None:
    secret = f"secret-{secrets.token_hex(8)}"
    source = f"import os\nprint('ready', os.environ['PGPASSWORD'])\n{SLEEP}"
    given = replace(place, password=secret)
    work = Run(ProgramJob(given, source))
    for event in work.events():
        assert secret not in repr(event)
        if isinstance(event, Printed) and event.line == "asleep":
            (child,) = children()
            seen = " ".join([*child.cmdline(), *child.environ().values()])
            assert secret not in seen and "PYTHONPATH" in child.environ()
            work.cancel()
    assert event.outcome.printed == ("ready ***", "asleep")  # type: ignore[union-attr]
    assert secret not in repr(ProgramJob(given, source))


def test_a_service_reaches_the_program(
    place: ConnectionSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its values, and what was said besides, though an empty connection string cannot overrule a service."""
    file = tmp_path / "services"
    file.write_text(
        f"[shop]\nhost={place.host}\nport={place.port or 5432}\nuser={place.user}\ndbname=nowhere\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    source = f"from pgmem_tui.lab.notes import note\n{CONNECT}note('database', connection.info.dbname)"
    given = ConnectionSettings(
        service="shop",
        dbname=place.dbname,
        password=place.password,
        application_name=place.application_name,
    )
    outcome = program(given, source)
    assert outcome.problem is None and outcome.notes == {"database": place.dbname}


def test_what_is_imported_is_what_psycopg2_needs() -> None:
    code = "import sys, psycopg2; known = set(sys.modules); import pgmem_tui.lab.child, pgmem_tui.lab.ways;"
    code += "print(*sorted(name for name in set(sys.modules) - known if not name.startswith('pgmem_tui')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {
        "_weakref",
        "weakref",
        "_weakrefset",
        "gc",
        "_thread",
        "time",
        "__future__",
    }


def test_a_way_of_the_lab(place: ConnectionSettings) -> None:
    connection = product.connect(place, "test")
    given = subject.of_table(connection, "events")
    connection.close()
    outcome, events = run(ModeJob(place, MODES["named-100"], given))
    assert outcome.problem is None
    assert (outcome.rows, outcome.round_trips) == (20_000, 203)
    assert outcome.first_row_seconds is not None and outcome.first_row_seconds < outcome.seconds
    ready = next(event for event in events if isinstance(event, Ready))
    assert ready.backend_pid is not None and outcome.backend_baseline is not None
    progress = [event for event in events if isinstance(event, Progress)]
    assert [event.rows for event in progress] == sorted(event.rows for event in progress)


SCRIPT = """
import psycopg2
connection = psycopg2.connect({dsn!r})
cursor = connection.cursor()
cursor.execute("SELECT n, md5(n::text) FROM generate_series(1, {rows}) AS n")
rows = cursor.fetchall()
"""


@pytest.mark.skipif(shutil.which("time") is None, reason="needs GNU time")
@pytest.mark.parametrize("rows", [100_000, 300_000])
def test_gnu_time_agrees(place: ConnectionSettings, tmp_path: Path, rows: int) -> None:
    """The same script, started by hand: the most that its RSS was, within 5 %."""
    source = SCRIPT.format(dsn=make_dsn(**place.parameters()), rows=rows)
    script = tmp_path / "script.py"
    script.write_text(source)
    timed = subprocess.run(
        ["time", "-f", "%M", sys.executable, str(script)], capture_output=True, text=True, check=True
    )
    theirs = 1024 * int(timed.stderr.split()[-1])
    ours = program(place, source).peak_rss
    assert abs(ours - theirs) <= 0.05 * theirs, (ours, theirs)
