"""`pgmem-tui lab` as a process of its own, and the experiment behind it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from pgmem_tui.lab import modes, subject
from pgmem_tui.lab.experiment import WARM_UP, Began, Experiment, Finished, Measured, Plan
from pgmem_tui.lab.report import from_json
from pgmem_tui.postgres import connection as product
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect
from tests.lab.conftest import MIB, eventually, is_run, sessions
from tests.terminal.program import pgmem_tui

pytestmark = pytest.mark.usefixtures("nothing_is_left")

WIDE = "SELECT n, repeat('x', 500) AS wide FROM generate_series(1, 100000) AS n"
HUGE = "SELECT n FROM (SELECT generate_series(1, 1000000000)) AS g(n)"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    yield
    assert not list(tmp_path.rglob("crash-*.log"))


def argv(place: ConnectionSettings, *given: str) -> list[str]:
    return [sys.executable, "-m", "pgmem_tui", "lab", make_dsn(**place.parameters()), *given]


def run(place: ConnectionSettings, *given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv(place, *given),
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_a_report_and_again(place: ConnectionSettings, tmp_path: Path) -> None:
    files = {name: tmp_path / f"report.{name}" for name in ("json", "markdown", "svg")}
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    ways = "fetchall,iterate,named-10,named-1000,copy,keyset,clamped"
    done = run(place, "-c", WIDE, "--modes", ways, "--repeat", "2", "--cap", "100MiB", *options)
    assert done.returncode == 0, done.stderr
    report = from_json(files["json"].read_text())
    found = {each.mode: each for each in report.measurements}
    assert list(found) == ways.split(",")
    # Every row is 500 bytes and more: 48 MB, of which libpq keeps all of it.
    assert found["iterate"].rss > 48 * MIB > 20 * found["named-10"].rss
    assert found["fetchall"].last.killed and len(found["fetchall"].runs) == 1
    assert found["fetchall"].last.rows == 0 and found["fetchall"].first_row is None
    assert [len(found[mode].runs) for mode in ("iterate", "named-10", "copy")] == [2, 2, 2]
    assert found["keyset"].skipped and not found["keyset"].runs
    assert found["named-10"].nbytes == pytest.approx(100_000 * (500 + 5 + 4 + 11), rel=0.02)
    assert found["copy"].rows == found["clamped"].rows == 100_000
    assert len(report.conclusions) >= 4
    assert "not one row" in done.stdout and "not run: which key" in done.stdout
    assert re.search(r"^\d+/\d+  fetchall: \d+ MB in .*, killed at the cap$", done.stderr, re.MULTILINE)
    assert "| fetchall | ≥ " in files["markdown"].read_text() and files["svg"].read_text().startswith("<svg ")
    assert os.stat(files["json"]).st_mode & 0o777 == 0o600

    again = run(place, "--again", str(files["json"]), "--json", "-")
    assert again.returncode == 0, again.stderr
    second = from_json(again.stdout)
    assert second.asked == report.asked
    assert [each.mode for each in second.measurements] == [each.mode for each in report.measurements]
    assert run(place, "-c", WIDE, "--svg", str(files["svg"])).stderr.endswith("exists\n--force replaces it\n")


def test_a_table(place: ConnectionSettings) -> None:
    done = run(place, "-t", "Events", "--rows", "5k", "--repeat", "1", "--json", "-")
    assert done.returncode == 0, done.stderr
    report = from_json(done.stdout)
    assert report.asked.table == "public.events" and report.asked.rows == 5000
    assert [each.mode for each in report.measurements] == list(modes.MODES)
    for each in report.measurements:
        assert each.done and each.rows == (1000 if each.mode == "limit" else 5000), each
    secret = place.password or place.host
    assert secret not in done.stdout


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        (["-t", "nothing"], 1, "no table or view nothing"),
        (["-c", "SELECT 1 FROM nothing"], 1, 'relation "nothing" does not exist'),
        (["-c", "SELECT\n nope FROM events"], 1, "line 2, column 2: nope FROM events"),
        (["-c", "SELECT 1 / (n - 5) FROM generate_series(1, 9) AS n"], 1, "division by zero"),
        (["-c", "DELETE FROM events"], 1, "DELETE"),
        (["-t", "events", "--modes", "copy,quick"], 2, "there is no way 'quick' (see pgmem-tui lab --help)"),
        (["--again", "/nowhere/at/all"], 1, "/nowhere/at/all: No such file"),
        (["--again", os.devnull], 1, "/dev/null: it is no JSON"),
        (["-t", "events", "--json", "/nowhere/at/all"], 1, "/nowhere/at/all: No such file"),
        (["-t", "events", "--rows", "all", "--repeat", "100"], 1, "--yes runs it"),
        ([], 2, "one of -t/--table -c/--command --again"),
        (["--again", "x", "--rows", "5"], 2, "leave out --rows"),
        (["-t", "a", "-c", "b"], 2, "not allowed with"),
        (["-t", "a", "--cap", "1MiB"], 2, "1MiB is not a size from 64 MB to 1 TB"),
        (["-t", "a", "--rows", "0"], 2, "0 is not a whole number from 1 to 1,000,000,000,000, nor all"),
        (["-t", "a", "--json", "-", "--svg", "-"], 2, "only one of"),
    ],
)
def test_what_goes_wrong(place: ConnectionSettings, given: list[str], status: int, said: str) -> None:
    if "100" in given:
        given = ["-c", WIDE.replace("100000", "1000000"), *given[2:]]
    done = run(place, *given)
    assert (done.returncode, done.stdout) == (status, "") and said in done.stderr


def test_the_runs_are_told_one_by_one(place: ConnectionSettings) -> None:
    done = run(place, "-t", "events", "--modes", "copy,iterate", "--repeat", "1")
    told = [re.sub(r": .*? m?s", "", line) for line in done.stderr.splitlines()]
    assert told == ["1/3  warm-up, not counted", "2/3  copy", "3/3  iterate"]


def test_no_server_is_said_in_the_lines_of_libpq(place: ConnectionSettings, tmp_path: Path) -> None:
    done = run(replace(place, host=str(tmp_path)), "-t", "events")
    assert done.returncode == 1 and "No such file or directory\nIs the server running" in done.stderr


def test_a_value_that_python_has_not(place: ConnectionSettings) -> None:
    query = "SELECT date '4000-01-01 BC' AS d"
    done = run(place, "-c", query, "--modes", "named-1000,text,copy", "--repeat", "1", "--json", "-")
    assert done.returncode == 1
    report = from_json(done.stdout)
    assert "text has it" in report.measurements[0].last.problem
    assert report.conclusions[0].startswith("Type casters failed")


def test_a_query_with_a_password_is_not_kept(place: ConnectionSettings, tmp_path: Path) -> None:
    query = "SELECT * FROM (VALUES ('password=hunter2')) AS v(dsn)"
    done = run(place, "-c", query, "--modes", "copy", "--repeat", "1", "--json", "-")
    assert done.returncode == 0 and "hunter2" not in done.stdout + done.stderr
    assert json.loads(done.stdout)["asked"]["command"].startswith("-- not kept")
    (tmp_path / "r.json").write_text(done.stdout)
    done = run(place, "--again", str(tmp_path / "r.json"))
    assert done.returncode == 1 and "its query was not kept" in done.stderr and "with -c" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_in_the_middle(
    place: ConnectionSettings, observer: Connection, tmp_path: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        argv(place, "-c", HUGE, "--yes", "--json", str(tmp_path / "r.json")), stderr=subprocess.PIPE
    ) as process:
        try:
            eventually(lambda: any("COPY" in query for _, query in sessions(observer, place)))
            (child,) = (one for one in psutil.Process(process.pid).children() if is_run(one))
            process.send_signal(number)
            assert process.wait(10) == 1
        finally:
            process.kill()
    assert not child.is_running()
    assert not (tmp_path / "r.json").exists()


def test_stopped_while_the_server_waits_for_a_lock(place: ConnectionSettings, observer: Connection) -> None:
    holder = connect(place)
    holder.autocommit = False
    try:
        holder.cursor().execute("LOCK TABLE users")
        with subprocess.Popen(argv(place, "-c", "SELECT * FROM users"), stderr=subprocess.PIPE) as process:
            try:
                eventually(lambda: any("FROM users" in query for _, query in sessions(observer, place)))
                process.send_signal(signal.SIGINT)
                assert process.wait(10) == 1
            finally:
                process.kill()
        eventually(lambda: not any("FROM users" in query for _, query in sessions(observer, place)))
    finally:
        holder.close()


def test_a_query_whose_first_row_takes_long(place: ConnectionSettings) -> None:
    """Nobody can tell how much will come, so one is asked."""
    done = run(place, "-c", "SELECT n, pg_sleep(60) FROM generate_series(1, 3) AS n")
    assert done.returncode == 1 and "nobody can tell how many bytes" in done.stderr


def test_asked_on_a_terminal(place: ConnectionSettings) -> None:
    query = WIDE.replace("100000", "1000000")
    with pgmem_tui("lab", make_dsn(**place.parameters()), "-c", query, "--repeat", "9") as terminal:
        terminal.wait_for(r"Run it\? \[y/N\]")
        assert "come over the connection" in terminal.text
        terminal.send("n\r")
        assert terminal.wait_end() == 1


def plan(place: ConnectionSettings, query: str, names: str, **values: object) -> Plan:
    connection = product.connect(place, "test")
    given = subject.of_query(connection, query)
    connection.close()
    return Plan(place, given, modes.chosen(names), **values)  # type: ignore[arg-type]


def test_every_way_in_turn_and_back(place: ConnectionSettings) -> None:
    events = list(Experiment(plan(place, "SELECT 1 AS one", "copy,iterate,keyset,text", repeat=3)).events())
    began = [(event.mode, event.number, event.total) for event in events if isinstance(event, Began)]
    order = [WARM_UP, "copy", "iterate", "text", "text", "iterate", "copy", "copy", "iterate", "text"]
    assert began == [(mode, number, 10) for number, mode in enumerate(order, 1)]
    counts = [len(event.measurement.runs) for event in events if isinstance(event, Measured)]
    assert counts == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    last = events[-1]
    assert isinstance(last, Finished) and not last.cancelled
    assert [len(each.runs) for each in last.measurements] == [3, 3, 0, 3]


def test_what_is_stopped_is_not_repeated(place: ConnectionSettings) -> None:
    """And what it had seen is told, however slowly rows came."""
    slow = "SELECT n, pg_sleep(0.02) FROM generate_series(1, 1000) AS n"
    events = list(Experiment(plan(place, slow, "named-10", repeat=3, timeout=2.0)).events())
    last = events[-1]
    assert isinstance(last, Finished) and len(last.measurements[0].runs) == 1
    stopped = last.measurements[0].last
    assert stopped.timed_out and 10 <= stopped.rows < 100 and stopped.round_trips > 1


def test_runs_that_fall_away_are_not_announced(place: ConnectionSettings) -> None:
    slow = "SELECT n, pg_sleep(0.5) FROM generate_series(1, 3) AS n"
    events = Experiment(plan(place, slow, "copy,iterate", repeat=3, timeout=1.0)).events()
    began = [(event.number, event.total) for event in events if isinstance(event, Began)]
    assert began == [(1, 7), (2, 7), (3, 5)]


def test_cancelled(place: ConnectionSettings) -> None:
    experiment = Experiment(plan(place, HUGE, "copy,iterate"))
    events = []
    for event in experiment.events():
        events.append(event)
        if len(events) == 20:
            experiment.cancel()
    last = events[-1]
    assert isinstance(last, Finished) and last.cancelled and not any(each.runs for each in last.measurements)
