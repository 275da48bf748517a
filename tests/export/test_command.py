"""`pgmem-tui export` as a process of its own."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from pgmem_tui.export.names import file_name, format_of, table_of
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.export.conftest import backends, eventually
from tests.export.test_job import ENDLESS, SLEEP
from tests.terminal.program import pgmem_tui

FAST = "SELECT n FROM generate_series(1, 100000) AS n"


@pytest.fixture(autouse=True)
def nothing_is_left(
    place: ConnectionSettings, observer: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    yield
    eventually(lambda: not backends(observer, place), about=lambda: backends(observer, place))
    assert not list(tmp_path.rglob("*.part"))
    assert not list(tmp_path.rglob("crash-*.log"))


def argv(place: ConnectionSettings, *given: str) -> list[str]:
    return [sys.executable, "-m", "pgmem_tui", "export", make_dsn(**place.parameters()), *given]


def run(place: ConnectionSettings, *given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv(place, *given), capture_output=True, text=True, timeout=60, check=False)


def test_to_a_file(place: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    result = run(place, "-c", FAST, "-o", str(path))
    assert (result.returncode, result.stdout) == (0, "")
    assert re.fullmatch(r"pgmem-tui: exported 100,000 rows, 575 kB, in .* \(.* rows/s\)\n", result.stderr)
    assert path.read_text().count("\n") == 100_001
    again = run(place, "-c", FAST, "-o", str(path))
    assert again.returncode == 1 and "exists" in again.stderr and "--force" in again.stderr
    assert run(place, "-c", "SELECT 1 AS n", "-o", str(path), "--force").returncode == 0
    assert path.read_text() == "n\n1\n"


def test_to_standard_output(place: ConnectionSettings, observer: Connection) -> None:
    with observer.cursor() as cursor:
        cursor.execute('CREATE TABLE "T" (n int); INSERT INTO "T" VALUES (1), (NULL)')
    result = run(place, "-t", 'public."T"', "--format", "sql", "-o", "-")
    values = ["('1')", "(NULL)"]
    assert result.stdout == "".join(f'INSERT INTO "public"."T" ("n") VALUES {value};\n' for value in values)
    assert result.returncode == 0 and "exported 2 rows" in result.stderr


def test_the_table_of_inserts_is_called_after_the_file(place: ConnectionSettings, tmp_path: Path) -> None:
    assert run(place, "-c", "SELECT 1 AS n", "-o", str(tmp_path / "buyers.sql")).returncode == 0
    assert (tmp_path / "buyers.sql").read_text() == 'INSERT INTO "buyers" ("n") VALUES (\'1\');\n'


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["-c", "SELECT 1"], "-o"),
        (["-o", "x.csv"], "-t/--table -c/--command"),
        (["-t", "a", "-c", "b", "-o", "x.csv"], "not allowed with"),
        (["-t", "a", "-o", "x.xyz"], "the ending of x.xyz names no format"),
        (["-t", "a", "-o", "x.xls"], "csv, tsv"),
        (["-t", "a", "-o", ""], "empty"),
        (["-t", "a", "-o", "x", "--format", "xls"], "invalid choice"),
    ],
)
def test_wrong_usage(given: list[str], said: str, place: ConnectionSettings) -> None:
    result = run(place, *given)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr and len(result.stderr.splitlines()) == 1


def test_help(place: ConnectionSettings) -> None:
    result = run(place, "--help")
    assert result.returncode == 0 and "--gzip" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_mistake_in_the_query(place: ConnectionSettings) -> None:
    late = run(
        place, "-c", "SELECT 1 / (n - 1) FROM generate_series(1, 2) AS n", "-o", "-", "--format", "json"
    )
    assert (late.returncode, late.stdout) == (1, "") and "division by zero" in late.stderr
    result = run(place, "-c", "SELECT 1,\n  nme", "-o", "-", "--format", "csv")
    assert (result.returncode, result.stdout) == (1, "")
    assert 'column "nme" does not exist' in result.stderr and "line 2, column 3: nme" in result.stderr


def test_a_pipe_that_is_closed_is_no_reason_to_complain(place: ConnectionSettings) -> None:
    with subprocess.Popen(
        argv(place, "-c", ENDLESS, "--format", "csv", "-o", "-"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b"n,what\n"
        process.stdout.close()
        assert process.wait(10) == 1
        assert process.stderr.read() == b""


def test_standard_output_that_is_closed(place: ConnectionSettings) -> None:
    result = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *argv(place, "-c", FAST, "--format", "csv", "-o", "-")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1 and "cannot write standard output" in result.stderr


def test_a_file_that_may_not_grow(place: ConnectionSettings, tmp_path: Path) -> None:
    result = subprocess.run(
        argv(place, "-c", ENDLESS, "-o", str(tmp_path / "rows.csv")),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
    )
    assert result.returncode == 1 and "File too large" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("query", [ENDLESS, SLEEP], ids=["endless", "sleep"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals(
    number: signal.Signals, query: str, place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    with subprocess.Popen(argv(place, "-c", query, "-o", str(path)), stderr=subprocess.PIPE) as process:
        eventually(lambda: any("COPY" in text for _, text in backends(observer, place)))
        process.send_signal(number)
        assert process.wait(10) == 1
        assert process.stderr is not None
        said = process.stderr.read().decode()
    assert said == ("" if number == signal.SIGHUP else "pgmem-tui: cancelled, no file was kept\n")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_while_nobody_reads_the_pipe(place: ConnectionSettings, observer: Connection) -> None:
    given = argv(place, "-c", ENDLESS, "--format", "csv", "-o", "-")
    with subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b"n,what\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 1
        eventually(lambda: not backends(observer, place), about=lambda: backends(observer, place))


def test_nohup(place: ConnectionSettings, observer: Connection, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    command = argv(place, "-c", "SELECT pg_sleep(1) IS NULL AS n", "-o", str(path))
    ignoring = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *command]
    with subprocess.Popen(ignoring, stderr=subprocess.DEVNULL) as process:
        eventually(lambda: any("COPY" in text for _, text in backends(observer, place)))
        process.send_signal(signal.SIGHUP)
        assert process.wait(10) == 0
    assert path.read_text() == "n\nf\n"


def test_standard_error_that_is_closed(place: ConnectionSettings) -> None:
    result = subprocess.run(
        ["sh", "-c", '"$@" 2>&-', "sh", *argv(place, "-c", "SELECT 1 AS n", "--format", "csv", "-o", "-")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, "n\n1\n")


def test_progress_in_a_terminal(place: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    query = "SELECT n FROM generate_series(1, 3000000) AS n"
    dsn = make_dsn(**place.parameters())
    with pgmem_tui("export", dsn, "-c", query, "-o", str(path), columns=80, lines=24) as terminal:
        terminal.wait_for(r"≈[\d.]+[kM] rows · .*B · .* rows/s")
        terminal.wait_for(r"exported 3,000,000 rows")
        assert terminal.wait_end() == 0
        lines = [line for line in terminal.text.splitlines() if line.strip()]
    assert len(lines) == 1


def test_nothing_of_the_screen_is_imported(place: ConnectionSettings) -> None:
    code = (
        "import sys; from pgmem_tui.cli import main\n"
        "status = main(sys.argv[1:])\n"
        "print(status, sorted({'textual', 'rich', 'asyncio', 'pglast', 'psutil'} & set(sys.modules)))"
    )
    given = argv(place, "-t", "pg_class", "-o", os.devnull, "--format", "csv")[3:]
    result = subprocess.run([sys.executable, "-c", code, *given], capture_output=True, text=True, check=True)
    assert result.stdout == "0 []\n"


def test_names() -> None:
    assert format_of("a.csv") == ("csv", False)
    assert format_of("/x.y/A.NDJSON.GZ") == ("jsonl", True)
    assert format_of("/dir.csv/name") == ("", False)
    assert format_of("rows.gz") == ("", True)
    assert format_of("-") == ("", False)
    assert (table_of("/tmp/buyers.sql.gz"), table_of("-"), table_of(".sql")) == ("buyers", "query", "query")
    assert file_name("../odd/ü\x1b[31m", "csv", True) == "_odd_ü__31m.csv.gz"


def test_it_says_that_a_query_means_the_operators_of_postgresql(place: ConnectionSettings) -> None:
    path = replace(place, other=(("options", "-c search_path=evil,pg_catalog"),))
    result = run(path, "-c", "SELECT 1 + 1 AS two", "--format", "csv", "-o", "-")
    assert (result.returncode, result.stdout) == (0, "two\n2\n")
    said, exported = result.stderr.splitlines()
    assert "search_path has pg_catalog behind evil, whose" in said and "exported 1 row" in exported
