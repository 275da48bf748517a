"""A recorded session: the replay ends on the screen that the program had, however it ended."""

from __future__ import annotations

import json
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import make_dsn

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.terminal import Display, Terminal
from tests.terminal.display import AUTOWRAP, CURSOR
from tests.terminal.program import ESCAPE, FIRST_ROW, PAGE_DOWN, browse, pgmem_tui
from tests.whole.conftest import eventually
from tests.whole.test_browsing import ENDLESS


def events(cast: Path) -> list[list[Any]]:
    """All lines, the header first; each is whole."""
    data = cast.read_bytes()
    assert data.endswith(b"\n")
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def replay(cast: Path) -> Display:
    """What a player shows in the end."""
    *_, last = replayed(cast)
    return last


def replayed(cast: Path) -> Iterator[Display]:
    """What a player shows, from event to event."""
    header, *rest = events(cast)
    assert isinstance(header, dict)
    display = Display(header["width"], header["height"])
    yield display
    for _, code, data in rest:
        if code == "r":
            columns, lines = data.split("x")
            display.resize(int(columns), int(lines))
        else:
            assert code == "o"
            display.feed(data.encode())
        yield display


def comes_to_show(cast: Path, terminal: Terminal) -> None:
    """Wait until the recording has what the terminal shows from now on; its clocks go on meanwhile."""
    shown: set[str] = set()

    def recorded() -> bool:
        shown.add(terminal.text)
        return any(display.text in shown for display in replayed(cast))

    eventually(recorded, 10.0, lambda: f"{replay(cast).text}\n{terminal.text}")


@pytest.mark.parametrize(
    ("size", "variables"), [((160, 48), {}), ((80, 24), {"NO_COLOR": "1"}), ((40, 10), {"TERM": "xterm"})]
)
def test_a_replay_ends_on_the_same_screen(
    place: ConnectionSettings, tmp_path: Path, size: tuple[int, int], variables: dict[str, str]
) -> None:
    cast = tmp_path / "a.cast"
    columns, lines = size
    with browse(
        place, "-t", "events", "--record", str(cast), columns=columns, lines=lines, env=variables
    ) as terminal:
        terminal.wait_for("needs 60x15" if columns < 60 else FIRST_ROW)
        for keys in (PAGE_DOWN, "G", "w", ESCAPE, "?"):
            terminal.send(keys)
            terminal.settle()
        comes_to_show(cast, terminal)
        assert stat.S_IMODE(cast.stat().st_mode) == 0o600
        terminal.send("\x11")
        assert terminal.wait_end() == 0
        said = "".join(terminal.text.split())  # a narrow terminal breaks lines between words, and within
        assert "".join(f"in {cast}; it has all that the screen showed".split()) in said
    assert replay(cast).modes == {AUTOWRAP, CURSOR}


def test_a_window_that_changes(place: ConnectionSettings, tmp_path: Path) -> None:
    cast = tmp_path / "a.cast"
    with browse(place, "-t", "events", "--record", str(cast), columns=80, lines=24) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle()
        terminal.resize(120, 40)
        terminal.wait_for("Tables")
        terminal.settle()
        comes_to_show(cast, terminal)
    assert [event[2] for event in events(cast)[1:] if event[1] == "r"] == ["120x40"]


def test_no_key_and_no_password_is_in_it(place: ConnectionSettings, tmp_path: Path) -> None:
    cast = tmp_path / "a.cast"
    with pgmem_tui("--record", str(cast), env={"PGHOST": "localhost"}) as terminal:
        terminal.wait_for("assword")
        for _ in range(10):
            terminal.send("\t")
            terminal.settle()
            terminal.send("hunter7")
            terminal.settle()
            if "•••••••" in terminal.text:
                break
        assert "•••••••" in terminal.text
        terminal.send("\x11")
        terminal.wait_end()
    assert {event[1] for event in events(cast)[1:]} == {"o"}
    typed = replay(cast)
    assert "•••••••" in "".join(event[2] for event in events(cast)[1:])
    assert not typed.alternate


def test_nothing_in_it_speaks_to_the_terminal(place: ConnectionSettings, tmp_path: Path) -> None:
    cast = tmp_path / "a.cast"
    with browse(place, "-t", "events", "--record", str(cast)) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("yy")
        terminal.wait_for("copied")
        terminal.send("q")
        terminal.wait_end()
        assert b"\x1b]52;" in terminal.raw
        assert b"\x1b[?1003h" in terminal.raw
    text = "".join(event[2] for event in events(cast)[1:])
    assert "]52;" not in text
    assert "[?1003" not in text
    assert "$p" not in text


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_while_rows_stream(place: ConnectionSettings, tmp_path: Path, number: signal.Signals) -> None:
    cast = tmp_path / "a.cast"
    with browse(place, "-c", ENDLESS, "--record", str(cast)) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send(" ")
        terminal.wait_for("streaming .* rows/s")
        eventually(lambda: "streaming" in replay(cast).text)
        terminal.kill(number)
        terminal.wait_end()
    display = replay(cast)
    assert display.alternate == (number == signal.SIGKILL)
    assert "streaming" in "".join(event[2] for event in events(cast)[1:])


@pytest.mark.skipif(sys.platform != "linux", reason="ulimit -f kills elsewhere")
def test_a_full_disk_while_it_runs(place: ConnectionSettings, tmp_path: Path) -> None:
    """The recording stops with a word, and the program goes on."""
    cast = tmp_path / "a.cast"
    parameters = place.parameters()
    variables = {"PGPASSWORD": parameters.pop("password", None)}
    program = f'ulimit -f 256; exec "{sys.executable}" -m pgmem_tui "$@"'
    arguments = [make_dsn(**parameters), "--no-history", "-t", "events", "--record", str(cast)]
    with Terminal(
        ["bash", "-c", program, "bash", *arguments], columns=160, lines=48, env=variables
    ) as terminal:
        terminal.wait_for(FIRST_ROW)
        assert "REC" in terminal.text.splitlines()[0]
        for _ in range(40):
            terminal.answer(PAGE_DOWN)
            if "Recording stopped" in terminal.text:
                break
        terminal.wait_for("Recording stopped")
        terminal.wait_for("File too large")
        terminal.wait_until(lambda text: "REC" not in text.splitlines()[0])
        terminal.answer("gG")
        terminal.send("q")
        assert terminal.wait_end() == 0
        assert "ended early: File too large" in terminal.text.replace("\n", "")
    assert cast.stat().st_size <= 256 * 1024
    assert replay(cast).alternate


@pytest.mark.parametrize("command", [["demo"], ["-t", "events"]])
def test_one_that_exists(tmp_path: Path, command: list[str]) -> None:
    """Said before a screen or a server is there."""
    cast = tmp_path / "a.cast"
    cast.write_text("precious")
    with pgmem_tui(*command, "--record", str(cast)) as terminal:
        assert terminal.wait_end() == 1
        assert "--force replaces it" in terminal.text.replace("\n", "")
        assert b"\x1b[?1049h" not in terminal.raw
        assert "server" not in terminal.text
    assert cast.read_text() == "precious"


def test_one_that_exists_is_replaced(place: ConnectionSettings, tmp_path: Path) -> None:
    cast = tmp_path / "a.cast"
    cast.write_text("old")
    with browse(place, "-t", "events", "--record", str(cast), "--force") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("q")
        assert terminal.wait_end() == 0
    assert "row 1 of" in "".join(event[2] for event in events(cast)[1:])


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pgmem_tui("-t", "events", "--record", str(tmp_path / "none" / "a.cast")) as terminal:
        assert terminal.wait_end() == 1
        assert "No such file or directory" in terminal.text.replace("\n", "")
        assert b"\x1b[?1049h" not in terminal.raw
    with pgmem_tui("-t", "events", "--force") as terminal:
        assert terminal.wait_end() == 2
        assert "--force is of --record FILE" in terminal.text


def test_a_form_that_is_left(tmp_path: Path) -> None:
    cast = tmp_path / "a.cast"
    with pgmem_tui("--record", str(cast)) as terminal:
        terminal.wait_for("Connect")
        terminal.send("\x11")
        assert terminal.wait_end() == 0
    assert replay(cast).text.strip() == ""


def test_a_presentation(place: ConnectionSettings, tmp_path: Path) -> None:
    """Recorded with the keys that it shows; and nothing of it holds up the end."""
    cast = tmp_path / "a.cast"
    with browse(place, "-t", "events", "--record", str(cast), "--present") as terminal:
        terminal.wait_for("P ends presenter mode")
        terminal.wait_for(FIRST_ROW)
        terminal.send("G")
        terminal.wait_for("SHIFT  G")
        eventually(lambda: "SHIFT  G" in replay(cast).text)
        terminal.send("jq")
        assert terminal.wait_end() == 0
