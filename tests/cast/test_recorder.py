"""A recording: its form, its times, what is left out, and how it ends."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from pgmem_tui.cast import recorder as recording
from pgmem_tui.cast.recorder import PENDING, Recorder
from pgmem_tui.cast.sequences import shown
from tests.cast.test_file import room

SIZE = (80, 24)


def read(path: Path) -> tuple[dict[str, Any], list[tuple[float, str, str]]]:
    """The header and the events; every line has to be whole."""
    text = path.read_bytes().decode()
    assert text.endswith("\n")
    head, *events = [json.loads(line) for line in text.split("\n")[:-1]]
    assert all(len(event) == 3 for event in events)
    return head, [tuple(event) for event in events]


def eventually(true: Any) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the format's documentation has it: integers, strings, times in seconds that never go back."""
    monkeypatch.setenv("TERM", "xterm-256color")
    path = tmp_path / "a.cast"
    recorder = Recorder(str(path))
    before = time.time()
    recorder.output('a\r\n"\\\x1b[1mé東\u2028', SIZE)
    eventually(lambda: path.stat().st_size)
    recorder.output("wide", (100, 30))
    outcome = recorder.close(5)
    head, events = read(path)
    assert int(before) <= head.pop("timestamp") <= time.time()
    assert head == {
        **{"version": 2, "width": 80, "height": 24, "title": "pgmem-tui"},
        "env": {"TERM": "xterm-256color"},
    }
    assert events[0] == (0.0, "o", 'a\r\n"\\\x1b[1mé東\u2028')
    (moved, code, size), (came, *last) = events[1:]
    assert (code, size, last) == ("r", "100x30", ["o", "wide"])
    assert 0 < moved <= came == pytest.approx(outcome.seconds, abs=1e-5)
    assert (outcome.nbytes, outcome.problem) == (path.stat().st_size, "")


def test_it_is_on_the_disk_soon(tmp_path: Path) -> None:
    """Nobody closes it: the process may be killed."""
    path = tmp_path / "a.cast"
    recorder = Recorder(str(path))
    recorder.output("one", SIZE)
    eventually(lambda: path.stat().st_size)
    assert read(path)[1] == [(0.0, "o", "one")]
    recorder.close(5)


def test_pieces_of_a_frame_are_one_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    recorder = Recorder(str(tmp_path / "a.cast"))
    for now, text in ((100.0, "a"), (100.001, "b"), (100.1, "c"), (100.102, "d")):  # noqa: B007
        recorder.output(text, SIZE)
    monkeypatch.undo()
    recorder.close(5)
    assert [event[2] for event in read(tmp_path / "a.cast")[1]] == ["ab", "cd"]


def test_bytes_without_an_encoding(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path / "a.cast"))
    recorder.output("a\udcffb", SIZE)
    recorder.close(5)
    assert read(tmp_path / "a.cast")[1] == [(0.0, "o", "a?b")]


def test_nothing_shown_leaves_no_file(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path / "a.cast"))
    recorder.output("\x1b[?1003h", SIZE)
    assert str(recorder.close(5)) == "nothing was shown, and nothing recorded"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "sequence",
    [
        *("\x1b[?1000h", "\x1b[?1003l", "\x1b[?1015h", "\x1b[?1006h", "\x1b[?1016h"),
        *("\x1b[?1004h", "\x1b[?2004h", "\x1b[?2048h", "\x1b[>25u", "\x1b[<u"),
        *("\x1b[?2026$p", "\x1b[6n", "\x1b[c", "\x1b]52;c;c2VjcmV0\x07", "\x1b]52;c;c2VjcmV0\x1b\\"),
        "\x1b]22;pointer\x07",
    ],
)
def test_what_speaks_to_the_terminal_is_left_out(sequence: str) -> None:
    """A replay must not turn a mouse on, ask for answers or fill somebody's clipboard."""
    assert shown(f"a{sequence}b{sequence}") == "ab"


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[?1049h",
        "\x1b[?25l",
        "\x1b[?7l",
        "\x1b[?2026h",
        "\x1b[38;2;1;2;3m",
        "\x1b[6;1H",
        "\x1b[2J",
        "\x07",
    ],
)
def test_what_is_shown_stays(sequence: str) -> None:
    assert shown(f"a{sequence}b") == f"a{sequence}b"


@pytest.mark.skipif(sys.platform != "linux", reason="a process beyond RLIMIT_FSIZE is killed elsewhere")
def test_a_full_disk(tmp_path: Path) -> None:
    """It says so once, what was written before can be played, and later output costs nothing."""
    told: list[str] = []
    path = tmp_path / "a.cast"
    recorder = Recorder(str(path))
    recorder.on_trouble = told.append
    with room(100_000):
        for _ in range(4):
            recorder.output("x" * 70_000, SIZE)
            time.sleep(recording._FRAME)  # events of their own
        eventually(lambda: told)
    recorder.output("late", SIZE)
    outcome = recorder.close(5)
    assert told == [outcome.problem] == ["File too large"]
    assert [event[2] for event in read(path)[1]] == ["x" * 70_000]
    assert "File too large" in str(outcome)


def test_a_disk_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits has a bound, nobody waits with it, and the end does not either."""
    told: list[str] = []
    recorder = Recorder(str(tmp_path / "a.cast"))
    recorder.on_trouble = told.append
    stuck = threading.Event()
    append = recorder._file.append
    monkeypatch.setattr(recorder._file, "append", lambda lines: (stuck.wait(30), append(lines)))
    recorder.output("first", SIZE)
    started = time.monotonic()
    for _ in range(100):
        recorder.output("x" * (PENDING // 50), SIZE)
        assert recorder._nbytes <= PENDING * 1.02
    assert not recorder._pending
    assert recorder.close(0.01).problem == "it is written too slowly"
    assert time.monotonic() - started < 5
    stuck.set()
    eventually(lambda: told)
    assert told == ["it is written too slowly"]


def test_from_several_threads(tmp_path: Path) -> None:
    path = tmp_path / "a.cast"
    recorder = Recorder(str(path))

    def write(letter: str) -> None:
        for _ in range(500):
            recorder.output(letter * 10, SIZE)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close(5)
    _, events = read(path)
    assert len("".join(event[2] for event in events)) == 4 * 500 * 10
    assert [event[0] for event in events] == sorted(event[0] for event in events)
