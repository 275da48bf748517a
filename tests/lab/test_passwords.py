"""A server that demands a password: the processes that are measured have it, wherever it comes from."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn

from pgmem_tui.demo import binaries
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.lab.modes import MODES
from pgmem_tui.lab.preparing import prepare
from pgmem_tui.lab.process import ModeJob, Outcome, ProgramJob
from pgmem_tui.lab.report import Asked
from pgmem_tui.lessons import site
from pgmem_tui.lessons.running import LessonRun
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import PREFER
from tests.lab.conftest import run
from tests.lessons.conftest import made, whole

SECRET = "s3cret: of \\ mine"
Place = Callable[[ConnectionSettings, Path, pytest.MonkeyPatch], ConnectionSettings]
PROGRAM = """\
import psycopg2
connection = psycopg2.connect("")
seen = open("/proc/self/environ", "rb").read() + open("/proc/self/cmdline", "rb").read()
print(b"s3cret" in seen)
"""


@pytest.fixture(scope="module")
def demanding() -> Iterator[ConnectionSettings]:
    """Settings without the password that the server wants (scram-sha-256)."""
    found = binaries.find(PREFER)  # type: ignore[arg-type]
    with EmbeddedServer(found, tcp=True, password=SECRET) as server:
        settings = server.settings
        yield replace(settings, host="127.0.0.1", port=str(server.options.tcp_port))


def typed(settings: ConnectionSettings, folder: Path, environ: pytest.MonkeyPatch) -> ConnectionSettings:
    """As the form has it."""
    return replace(settings, password=SECRET)


def in_a_file(settings: ConnectionSettings, folder: Path, environ: pytest.MonkeyPatch) -> ConnectionSettings:
    """As PGPASSFILE names it, from where the program was started."""
    environ.setenv("PGPASSFILE", "mine")
    return settings


def in_a_named_file(
    settings: ConnectionSettings, folder: Path, environ: pytest.MonkeyPatch
) -> ConnectionSettings:
    """As a connection string names it."""
    return replace(settings, other=(*settings.other, ("passfile", "mine")))


def in_a_service(
    settings: ConnectionSettings, folder: Path, environ: pytest.MonkeyPatch
) -> ConnectionSettings:
    """As a service has it, in a file that is named from where the program was started."""
    (folder / "services").write_text(
        f"[mine]\nhost=127.0.0.1\nport={settings.port}\nuser={settings.user}\ndbname={settings.dbname}\n"
        f"password={SECRET}\n"
    )
    environ.setenv("PGSERVICEFILE", "services")
    return ConnectionSettings(service="mine")


@pytest.mark.parametrize("place", [typed, in_a_file, in_a_named_file, in_a_service])
def test_lab_and_lessons_reach_it(
    demanding: ConnectionSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    monkeypatch.chdir(tmp_path)
    passfile = tmp_path / "mine"
    passfile.touch(0o600)
    escaped = SECRET.replace("\\", "\\\\").replace(":", "\\:")
    passfile.write_text(f"*:*:*:*:{escaped}\n")
    settings = place(demanding, tmp_path, monkeypatch)

    outcomes: list[Outcome] = [run(ProgramJob(settings, PROGRAM, timeout=60))[0]]
    asked = Asked("", "SELECT 1 AS n", 10, ("copy",), 1, 512 << 20, 30.0)
    found = prepare(settings, asked).plan.subject
    outcomes.append(run(ModeJob(settings, MODES["named-10"], found, timeout=60))[0])
    for outcome in outcomes:
        assert outcome.problem is None, outcome.problem
    assert outcomes[0].printed == ("False",)

    lesson = made(steps=f"```python step\n{PROGRAM}```\n\n```sql a look\nSELECT 1 AS n\n```")
    result = whole(LessonRun(lesson, site.look(settings, own_server=False)))
    assert result.failed is None and result.whole, result.failed


def test_what_no_variable_can_say_reaches_a_program(demanding: ConnectionSettings) -> None:
    settings = replace(
        demanding, password=SECRET, other=(*demanding.other, ("keepalives_idle", "77"), ("sslpassword", "x"))
    )
    source = (
        "import psycopg2\n"
        "for said in (dict(), dict(dbname='postgres')):\n"
        "    info = psycopg2.connect('', **said).info\n"
        "    print(info.dsn_parameters['keepalives_idle'])\n"
    )
    outcome, _ = run(ProgramJob(settings, source, timeout=60))
    assert outcome.printed == ("77", "77"), outcome.problem


@pytest.mark.parametrize(
    "command", [["lab", "-t", "t"], ["export", "-t", "t", "-o", "-"], ["lessons", "--run", "1"]]
)
@pytest.mark.parametrize("password", ["", "a wrong one"])
def test_without_a_screen_nothing_is_said_of_typing(
    demanding: ConnectionSettings, command: list[str], password: str, tmp_path: Path
) -> None:
    passwords = tmp_path / "mine"
    if password:
        passwords.write_text(f"*:*:*:*:{password}\n")
        passwords.chmod(0o600)
    name, *given = command
    dsn = make_dsn(**demanding.parameters(), passfile=str(passwords))
    done = subprocess.run(
        [sys.executable, "-m", "pgmem_tui", name, dsn, *given],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 1
    said = "correct its line there." if password else "put it into ~/.pgpass, or into PGPASSWORD."
    assert said in done.stderr and "here" not in done.stderr.replace("there", "")
