"""The terminal that other tests look at programs through."""

from __future__ import annotations

import signal
import sys
import time

import psutil
import pytest

from tests.terminal import Display, Stopped, Terminal, Token, tokens
from tests.terminal.sequences import Tokenizer


def python(code: str) -> Terminal:
    return Terminal([sys.executable, "-c", code], columns=40, lines=5)


def test_output_is_taken_apart() -> None:
    output = "a\x1b[1;31mé\x1b]0;t\x07\x1b]8;;u\x1b\\\x1b(B\x9b\r".encode()
    assert tokens(output) == [
        Token("text", "a"),
        Token("csi", "\x1b[1;31m"),
        Token("text", "é"),
        Token("string", "\x1b]0;t\x07"),
        Token("string", "\x1b]8;;u\x1b\\"),
        Token("escape", "\x1b(B"),
        Token("control", "\x9b"),
        Token("control", "\r"),
    ]
    for size in (1, 2, 3):
        tokenizer = Tokenizer()
        pieces = [output[begin : begin + size] for begin in range(0, len(output), size)]
        found = "".join([token.text for piece in pieces for token in tokenizer.feed(piece)])
        assert found == output.decode()


def test_broken_sequences_do_not_hold_up_the_rest() -> None:
    assert [token.kind for token in tokens(b"\x1b\x1b[\x07\x1b[31\x01m")] == [
        *("control", "control", "text", "control"),
        *("control", "text", "control", "text"),
    ]


def test_screens_and_modes() -> None:
    display = Display(20, 3)
    display.feed(b"before\x1b[?1049h\x1b[?25;2004l\x1b[?1000h\x1b[>1u\x1b]2;name\x07inside")
    assert display.alternate
    assert display.lines[0] == "inside"
    assert display.modes == {7, 1049, 1000}
    assert display.keyboard_protocols == 1
    assert display.title == "name"
    assert display.feed(b"\x1b[3;1Hx") == {2}
    display.feed(b"\x1b[?1049l")
    assert display.lines == ["before", "", ""]


def test_an_answer_ends_with_its_last_byte() -> None:
    code = (
        "import tty, time, sys; tty.setraw(0); print('ready', end='', flush=True)\n"
        "def say(text): print(text, end='', flush=True)\n"
        "while sys.stdin.read(1): say('a'); time.sleep(0.01); say('b')"
    )
    with python(code) as terminal:
        terminal.wait_for("ready")
        answer = terminal.answer("x")
        assert answer.nbytes == 2
        assert 0.01 <= answer.seconds < 1.0
        assert terminal.text == "readyab\n\n\n\n"


def test_output_elsewhere_is_no_answer() -> None:
    code = (
        "import tty, sys; tty.setraw(0); print('ready', end='', flush=True)\n"
        "while sys.stdin.read(1): print('\\x1b[5;1Hclock', end='', flush=True)"
    )
    with python(code) as terminal:
        terminal.wait_for("ready")
        assert terminal.answer("x").nbytes == len("\x1b[5;1Hclock")
        with pytest.raises(Stopped, match="No answer"):
            terminal.answer("x", lines=range(4), patience=0.2)


def test_a_wait_says_why_it_stopped() -> None:
    with python("print('something', flush=True); input(); print('end')") as terminal:
        with pytest.raises(Stopped, match=r"(?s)went by, waiting for 'other'.*something"):
            terminal.wait_for("other", timeout=0.2)
        terminal.send("\n")
        with pytest.raises(Stopped, match=r"(?s)The program ended.*end"):
            terminal.wait_for("other")
        assert terminal.wait_end() == 0


def test_hanging_up() -> None:
    with python("import time; print('ready', flush=True); time.sleep(60)") as terminal:
        terminal.wait_for("ready")
        terminal.hang_up()
        assert terminal.wait_end() == -signal.SIGHUP


def test_closing_leaves_no_process() -> None:
    code = (
        "import subprocess, sys\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "child = subprocess.Popen(command, start_new_session=True)\n"
        "print(f'child {child.pid}.', flush=True); child.wait()"
    )
    with python(code) as terminal:
        terminal.wait_for(r"child \d+\.")
        child = int(terminal.text.split()[1].rstrip("."))
    deadline = time.monotonic() + 5
    while _runs(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
