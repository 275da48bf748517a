"""The command line: what is understood, what is refused, and how the program ends."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest

from pgmem_tui import arguments, cli, crash
from pgmem_tui.demo.errors import DemoError
from pgmem_tui.demo.run import DEFAULT_ROWS
from pgmem_tui.options import MIB, NO_HISTORY, Options
from pgmem_tui.postgres.settings import ConnectionSettings


@pytest.fixture(autouse=True)
def no_files_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PGSYSCONFDIR", str(tmp_path))
    for name in ("XDG_STATE_HOME", "PGSERVICEFILE", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)


def run(*given: str) -> subprocess.CompletedProcess[str]:
    """The program as a process of its own, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "pgmem_tui", *given],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_version_at_once() -> None:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        result = run("--version")
        times.append(time.perf_counter() - started)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("pgmem-tui ")
    print(f"--version: {sorted(times)[2] * 1000:.0f} ms")


def test_version_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pgmem_tui.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "heavy = 'textual', 'rich', 'psycopg2', 'psutil', 'asyncio', 'platformdirs'\n"
        "print([module for module in heavy if module in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("given", "variable", "history"),
    [([], "", True), (["--no-history"], "", False), ([], "1", False), (["--no-history"], "1", False)],
)
def test_history_is_kept_unless_told_otherwise(
    given: list[str], variable: str, history: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NO_HISTORY, variable)
    assert arguments.browse(given, cli.COMMANDS).history is history
    assert arguments.demo(given)[0].history is history
    assert not Options().history


def test_help() -> None:
    result = run("--help")
    assert result.returncode == 0
    assert "CONNECTION" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "--rows" in run("demo", "--help").stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--batch", "0"], "1 to 100,000"),
        (["--batch", "-5"], "1 to 100,000"),
        (["--batch", "many"], "1 to 100,000"),
        (["--batch", "200k"], "1 to 100,000"),
        (["--memory-budget", "1023k"], "1 MB to 1 GB"),
        (["--memory-budget", "2GiB"], "1 MB to 1 GB"),
        (["--memory-budget", "lots"], "1 MB to 1 GB"),
        (["--cell-limit", "0"], "1 to 100,000"),
        (["demo", "--rows", "101M"], "0 to 100,000,000"),
        (["-p", "0"], "1 to 65535"),
        (["-p", "5432x"], "1 to 65535"),
        (["-t", "a", "-c", "b"], "not allowed with"),
        (["-t", " "], "empty"),
        (["one", "two"], "unrecognized arguments: two"),
        (["--bat", "3"], "unrecognized"),
        (["demo", "-h", "x"], "unrecognized"),
        (["--batch", "3", "demo"], "-d demo"),
        (["-d", "host=x", "orders"], "two connection strings"),
        (["-d", "orders", "postgresql://h/shop"], "two databases"),
        (["postgresql://h/x?foo=bar"], "foo"),
        (["-h"], "expected one argument"),
        (["--nosuch\x1b[31m"], r"\x1b[31m"),
    ],
)
def test_wrong_usage(given: list[str], said: str) -> None:
    result = run(*given)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "given",
    [
        ["postgresql://u:geheim@h/d"],
        ["postgresql://h/d?password=geheim"],
        ["host=h password=geheim"],
        ["host=h password='geheim"],
        ["-d", "host=h password=geheim"],
        ["postgresql://u:geheim%zz@h/d"],
        ["x", "password=geheim"],
    ],
)
def test_no_password_on_the_command_line(given: list[str]) -> None:
    result = run(*given)
    assert result.returncode == 2
    assert "geheim" not in result.stdout + result.stderr


def test_a_password_is_refused_with_the_ways_there_are() -> None:
    said = run("postgresql://u:geheim@h/d").stderr
    assert all(way in said for way in ("~/.pgpass", "PGPASSWORD", "asked"))


@pytest.mark.parametrize("given", [[], ["orders"], ["demo"], ["-c", "SELECT 1"]])
def test_without_a_terminal(given: list[str]) -> None:
    result = run(*given)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "pgmem-tui: needs a terminal, and standard input is none\n"


def read(*given: str) -> Options:
    return arguments.browse(list(given), ["demo"])


def test_for_a_class() -> None:
    options = read("--record", "a.cast", "--force", "--present")
    assert (options.record, options.replace_record, options.present) == ("a.cast", True, True)
    demo, _ = arguments.demo(["--record", "a.cast"])
    assert (demo.record, demo.replace_record, demo.present) == ("a.cast", False, False)


def test_nothing_given_shows_the_form() -> None:
    assert read() == Options(history=True)
    assert not read("--batch", "7").connect_at_once


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        (["-h", "db1", "-p", "1", "-U", "u", "-d", "demo"],
         ConnectionSettings(host="db1", port="1", user="u", dbname="demo")),
        (["--host=db1", "--port=1,2", "--username=u", "--dbname=d"],
         ConnectionSettings(host="db1", port="1,2", user="u", dbname="d")),
        (["orders", "-U", "u"], ConnectionSettings(dbname="orders", user="u")),
        (["postgresql://h", "-d", "d"], ConnectionSettings(host="h", dbname="d")),
        # As psql: what the connection string says wins.
        (["postgresql://h/d", "-h", "other", "-U", "u"], ConnectionSettings(host="h", dbname="d", user="u")),
        (["-d", "host=h dbname=d", "-h", "x", "-p", "7"], ConnectionSettings(host="h", port="7", dbname="d")),
    ],
)  # fmt: skip
def test_connection(given: list[str], settings: ConnectionSettings) -> None:
    options = read(*given)
    assert options.settings == settings
    assert options.connect_at_once


def test_service(tmp_path: Path) -> None:
    (tmp_path / ".pg_service.conf").write_text("[shop]\nhost=h\npassword=geheim\n")
    options = read("shop", "-U", "u")
    assert options.settings == ConnectionSettings(service="shop", user="u")


def test_limits() -> None:
    assert not read().writable
    assert read("--writable").writable
    options = read("--batch", "2k", "--memory-budget", "1.5M", "--cell-limit", "100_000", "-t", 'a."B"')
    assert (options.batch, options.memory_budget, options.cell_limit) == (2000, 3 * MIB // 2, 100_000)
    assert (options.table, options.connect_at_once) == ('a."B"', True)


@pytest.mark.parametrize("text", ["16MiB", "16MB", "16M", "16 mib", "16777216", "16777216B", "16384k"])
def test_sizes(text: str) -> None:
    assert read("--memory-budget", text).memory_budget == 16 * MIB


def test_lessons_of_the_users() -> None:
    assert read().lessons == "" and not read().own_server
    assert read("--lessons", "~/mine").lessons == "~/mine"
    assert arguments.demo(["--lessons", "mine"])[0].lessons == "mine"


def test_demo_rows() -> None:
    assert arguments.demo([]) == (Options(connect_at_once=True, history=True), DEFAULT_ROWS)
    assert arguments.demo(["--rows", "0"])[1] == 0
    assert arguments.demo(["--rows", "2M"])[1] == 2_000_000
    options, rows = arguments.demo(["--rows=100,000,000", "-c", "SELECT 1"])
    assert (rows, options.command) == (100_000_000, "SELECT 1")


class Demo:
    """Stands in for the demo server."""

    settings = ConnectionSettings(dbname="demo")

    def __init__(self) -> None:
        self.stopped = 0

    def stop(self) -> None:
        self.stopped += 1


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Demo:
    server = Demo()
    module = types.ModuleType("pgmem_tui.demo.run")
    module.prepare = lambda rows, out: server  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pgmem_tui.demo.run", module)
    monkeypatch.setattr(cli, "_need_terminal", lambda: None)
    monkeypatch.setattr(cli, "_interrupt_on_signals", lambda: None)
    return server


def test_demo_opens_its_big_table_and_stops_its_server(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Options] = []

    def show(options: Options, guard: crash.Guard, recorder: object) -> int:
        assert guard.settings == options.settings
        shown.append(options)
        return 0

    monkeypatch.setattr(cli, "_show", show)
    assert cli.main(["demo"]) == 0
    assert cli.main(["demo", "-c", "SELECT 1"]) == 0
    assert cli.main(["demo", "-t", "wide"]) == 0
    assert [(o.table, o.command) for o in shown] == [("events", ""), ("", "SELECT 1"), ("wide", "")]
    assert all(o.connect_at_once and o.settings == Demo.settings and o.own_server for o in shown)
    assert demo.stopped == 3


def test_demo_that_cannot_start_says_why(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(rows: int, out: object) -> Demo:
        raise DemoError("No PostgreSQL here.\nserver log: \x1b[31mno")

    monkeypatch.setattr(sys.modules["pgmem_tui.demo.run"], "prepare", fail)
    assert cli.main(["demo"]) == 1
    assert capfd.readouterr().err == "pgmem-tui: No PostgreSQL here.\nserver log: \\x1b[31mno\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_demo_stops_its_server_whatever_happens(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def fail(options: Options, guard: crash.Guard, recorder: object) -> int:
        raise error

    monkeypatch.setattr(cli, "_show", fail)
    assert cli.main(["demo"]) == 1
    assert demo.stopped == 1


def test_a_crash_leaves_a_log_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(options: Options, guard: crash.Guard, recorder: object) -> int:
        local = "value-of-a-variable"
        raise ValueError(f"geheim {len(local)}\nsecond line \x1b[2J")

    monkeypatch.setattr(cli, "_need_terminal", lambda: None)
    monkeypatch.setattr(cli, "_show", fail)
    monkeypatch.setenv("PGPASSWORD", "geheim")
    assert cli.main(["-d", "d"]) == 1
    shown = capfd.readouterr()
    assert (shown.out, len(shown.err.splitlines())) == ("", 1)
    assert "unexpected ValueError: *** 19; details are in " in shown.err
    log = Path(shown.err.split(" details are in ")[1].strip())
    assert tmp_path in log.parents
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    text = log.read_text()
    assert "Traceback" in text
    assert "ValueError: *** 19" in text
    assert "geheim" not in text.replace('f"geheim', "")  # but for the line of this test
    assert "value-of-a-variable" not in text.replace('"value-of-a-variable"', "")


def test_a_crash_whose_log_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with crash.Guard() as guard:
        guard.report(ValueError("x"))
    assert "a log could not be written" in capfd.readouterr().err


def test_logs_do_not_pile_up() -> None:
    paths = [crash.write_log(ValueError(str(n)), None) for n in range(crash.KEPT_LOGS + 5)]
    assert all(paths)
    left = [path for path in paths if path and path.exists()]
    assert len(left) == crash.KEPT_LOGS


def test_a_thread_that_fails_writes_a_log_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError("in a thread")

    with crash.Guard():
        hook = threading.excepthook
        thread = threading.Thread(target=fail, name="database")
        thread.start()
        thread.join()
    assert threading.excepthook is not hook
    assert capfd.readouterr() == ("", "")
    folder = next(Path(os.environ["HOME"]).rglob("crash-*.log")).parent
    assert "thread database" in "".join(path.read_text() for path in folder.iterdir())


@pytest.mark.whole
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_while_the_demo_is_made_removes_its_server(number: signal.Signals, tmp_path: Path) -> None:
    terminal, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pgmem_tui", "demo", "--rows", "20M"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        shown = b""
        while b"%" not in shown:
            shown += os.read(terminal, 65536)
        started = re.search(rb" in (/\S+); removed on exit", shown)
        assert started
        assert Path(os.fsdecode(started[1])).exists()
        process.send_signal(number)
        assert process.wait(30) == 1
        assert not Path(os.fsdecode(started[1])).exists()
        assert not list(tmp_path.rglob("crash-*.log"))
    finally:
        process.kill()
        os.close(terminal)
