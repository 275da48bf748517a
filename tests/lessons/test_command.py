"""`pgmem-tui lessons` as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn

from pgmem_tui.lessons import loader
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect
from tests.export.conftest import eventually
from tests.lessons.conftest import TEXT
from tests.lessons.test_lessons import others
from tests.lessons.test_running import SLEEP


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def argv(*given: str) -> list[str]:
    return [sys.executable, "-m", "pgmem_tui", "lessons", *given]


def run(*given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv(*given), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )


def dsn(settings: ConnectionSettings) -> str:
    return make_dsn(**settings.parameters())


def folder(path: Path, **programs: str) -> str:
    """A folder of lessons, each of one program that notes n."""
    place = path / "lessons"
    place.mkdir()
    for number, (name, program) in enumerate(programs.items(), start=1):
        (place / f"{number}-{name}.md").write_text(TEXT.replace('note("n", 1)', program))
    return str(place)


def test_the_list_needs_no_server() -> None:
    result = run()
    assert result.returncode == 0 and result.stderr == ""
    assert [line.split()[1] for line in result.stdout.splitlines()] == [
        lesson.name for lesson in loader.built_in()
    ]
    assert run("--list").stdout == result.stdout


def test_one_is_run_and_remembered(lesson_database: ConnectionSettings) -> None:
    result = run(dsn(lesson_database), "--run", "give-it-a-name")
    assert (result.returncode, result.stderr) == (0, "")
    for said in (
        "# What does a name change?",
        "DECLARE",
        "(The lesson reads public.events.)",
        "[holds]",
        "Right is 3: ",
    ):
        assert said in result.stdout
    assert "FAILS" not in result.stdout and "not measured" not in result.stdout
    listed = run().stdout.splitlines()
    assert [line for line in listed if " done " in line] == [
        line for line in listed if " give-it-a-name " in line
    ]


def test_a_table_of_a_hostile_name(database: ConnectionSettings, home: Path) -> None:
    connection = connect(database)
    with connection.cursor() as cursor:
        cursor.execute('CREATE TABLE "\x1b]0;a\x07" AS SELECT n FROM generate_series(1, 3) AS n')
    connection.close()
    enough, many = "table: events\nrows: 3\n", "table: nothing\nrows: 9\n"
    for head, run_it, said in ((enough, "one", "(The lesson reads"), (many, "all", "one: not here: ")):
        path = home / "lessons" / "01-one.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT.replace("minutes: 1\n", f"minutes: 1\n{head}"))
        result = run(dsn(database), "--folder", str(path.parent), "-t", '"\x1b]0;a\x07"', "--run", run_it)
        assert said in result.stdout and "\x1b" not in result.stdout + result.stderr


def test_all_of_a_folder(database: ConnectionSettings, home: Path) -> None:
    lessons = folder(home, good='note("n", 1)', bad='note("n", 2)', worse='raise SystemExit("\\x1b[2J")')
    result = run(dsn(database), "--folder", lessons, "--run", "all")
    assert result.returncode == 1
    heads = [line.rpartition(";")[0] for line in result.stdout.splitlines() if "claims: " in line]
    assert heads == [
        "good: passed, claims: 1 holds",
        "bad: FAILED, claims: 1 fails",
        "worse: FAILED, claims: 1 not measured",
    ]
    assert "3-worse.md:26: step: SystemExit: exit status" in result.stderr
    assert "[FAILS] it is one" in result.stdout and "step.n = 2" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr and "\\x1b[2J" in result.stderr
    assert " done " not in run("--folder", lessons).stdout


def test_what_it_does_not_find(database: ConnectionSettings, home: Path) -> None:
    for given, said in (
        ((dsn(database), "--run", "nonsense"), "there is no lesson nonsense"),
        ((dsn(database), "--run", "1", "-t", "nonsense"), "there is no table or view nonsense"),
        (("--folder", str(home / "nowhere")), "No such file"),
        (("host=/nowhere", "--run", "1"), "/nowhere"),
    ):
        result = run(*given)
        assert result.returncode == 1 and said in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "given",
    [("--run", ""), ("--run", "1", "--list"), ("--demo", "shop"), ("postgresql://a:b@c/d",), ("-t", "")],
)
def test_wrong_usage(given: tuple[str, ...]) -> None:
    result = run(*given)
    assert (result.returncode, result.stdout) == (2, "") and len(result.stderr.splitlines()) == 1


def test_help() -> None:
    result = run("--help")
    assert result.returncode == 0 and "--folder" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_leaves_nothing(database: ConnectionSettings, home: Path, number: int) -> None:
    lessons = folder(home, sleeps=SLEEP)
    connection = connect(database)
    with subprocess.Popen(
        argv(dsn(database), "--folder", lessons, "--run", "all"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            eventually(lambda: any("pg_sleep" in query for _, query in others(connection)), 30)
            process.send_signal(number)
            assert process.wait(20) == 1
            eventually(lambda: not others(connection), about=lambda: others(connection))
        finally:
            process.kill()
            connection.close()


def test_a_lesson_has_the_number_of_its_file(database: ConnectionSettings, home: Path) -> None:
    lessons = folder(home, good='note("n", 1)', bad="pass", failing="note('n', 1 / 0)")
    (home / "lessons" / "2-bad.md").write_text("nothing")
    (home / "lessons" / "1-same.md").write_text(TEXT)
    listed = run("--folder", lessons).stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [["1", "good"], ["1", "same"], ["3", "failing"]]
    result = run(dsn(database), "--folder", lessons, "--run", "3")
    assert result.returncode == 1
    assert ": step: ZeroDivisionError: division by zero\n    note('n', 1 / 0)\n" in result.stdout
    assert "note('n', 1 / 0)" in run(dsn(database), "--folder", lessons, "--run", "all").stderr
    for number, said in (("1", "several lessons are 1: good, same"), ("2", "there is no lesson 2")):
        assert said in run(dsn(database), "--folder", lessons, "--run", number).stderr


def test_a_wrong_file_is_told_and_the_others_run(database: ConnectionSettings, home: Path) -> None:
    lessons = folder(home, good='note("n", 1)')
    (home / "lessons" / "2-bad.md").write_text("nothing")
    (home / "lessons" / "unnumbered.md").write_text(TEXT)
    (home / "lessons" / "3-far.md").write_text(TEXT.replace("minutes: 1\n", "minutes: 1\nneeds: writes\n"))
    listed = run("--folder", lessons)
    assert listed.returncode == 1 and "2-bad.md:1: " in listed.stderr and "good" in listed.stdout
    assert "unnumbered.md is passed over" in listed.stderr and "--demo only" in listed.stdout
    all_of_them = run(dsn(database), "--folder", lessons, "--run", "all")
    assert all_of_them.returncode == 1
    assert (
        all_of_them.stdout.splitlines()[-1] == "1 passed, 1 failed (1 of them could not be read), 1 not here"
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1\n", "You were right."),
        ("2\n", "You chose another."),
        ("\n", "Right is 1: one.\n"),
        ("9\n", "none of"),
    ],
)
def test_an_answer_through_a_pipe(database: ConnectionSettings, home: Path, typed: str, said: str) -> None:
    given = argv(dsn(database), "--folder", folder(home, good='note("n", 1)'), "--run", "good")
    result = subprocess.run(given, input=typed, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0 and said in result.stdout + result.stderr


@pytest.mark.parametrize("what", ["--list", "one", "all"])
def test_a_reader_that_has_gone_is_no_reason_to_complain(
    database: ConnectionSettings, home: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    lessons = folder(home, one='note("n", 1)', two='note("n", 1)')
    asked = [what] if what == "--list" else ["--run", what]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        result = subprocess.run(
            argv(dsn(database), "--folder", lessons, *asked),
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        os.close(writer)
    assert (result.returncode, result.stderr) == (1, "")
    assert not list(home.rglob("crash-*"))
