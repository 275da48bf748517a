"""A program in a terminal.

Output is rendered in the caller's thread, piece by piece, and a wait reports when the piece that
mattered *arrived*: how slowly pyte renders does not count.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import subprocess
import termios
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from tests.terminal.display import Display
from tests.terminal.pseudo_terminal import Chunk, PseudoTerminal, now

ROOT = Path(__file__).resolve().parents[2]
"""Where the package is."""

_EVERYWHERE = range(1_000)
_QUIET = 0.06
"""Seconds without output after which an answer is complete. (Between two frames are at most 17 ms.)"""
_EMPTY: set[int] = set()


class Stopped(Exception):
    """What was waited for did not come; the text has the screen of then."""


class Answer(NamedTuple):
    """What a key brought."""

    seconds: float
    """From the key to the last byte."""
    nbytes: int
    """To the terminal."""


class Terminal:
    """Runs a program; keeps all that it sends. Waits are in seconds."""

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        columns: int = 160,
        lines: int = 48,
        env: Mapping[str, str | None] | None = None,
        answers: bool = True,
    ) -> None:
        """Start the program.

        Args:
            argv: Its command line.
            columns: Width of the terminal, in cells.
            lines: Height of the terminal.
            env: Variables besides or instead of a plain xterm's; None removes one.
            answers: Whether the terminal answers queries, as a modern one does.
        """
        self.display = Display(columns, lines)
        """As of the last wait."""
        self._rendered = 0
        self._pty = PseudoTerminal(columns, lines, answers)
        self.attributes_before = self.attributes
        self.sent = now()
        """When something was sent last, or the program started; of `time.perf_counter()`."""
        self.process = subprocess.Popen(
            [str(argument) for argument in argv],
            stdin=self._pty.program_end,
            stdout=self._pty.program_end,
            stderr=self._pty.program_end,
            env=_environment(env or {}),
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        self._pty.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @property
    def raw(self) -> bytes:
        """All output so far."""
        return b"".join([chunk.data for chunk in self._pty.chunks])

    @property
    def text(self) -> str:
        """The screen now."""
        while self._render():
            pass
        return self.display.text

    @property
    def attributes(self) -> list[Any]:
        """What `termios.tcgetattr` says about the terminal."""
        return self._pty.attributes

    # -- what goes in ----------------------------------------------------------------------------

    def send(self, keys: str) -> None:
        """Type something; waits count from here."""
        self.sent = now()
        self._pty.write(keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the window."""
        _ = self.text
        self.display.resize(columns, lines)
        self.sent = now()
        self._pty.set_size(columns, lines)

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to the program; waits count from here."""
        self.sent = now()
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal, as a lost SSH connection does."""
        self._pty.close()

    # -- waits -----------------------------------------------------------------------------------

    def wait_for(self, pattern: str, timeout: float = 20.0) -> float:
        """Wait until the screen has the regular expression (`^` and `$` are a line's ends).

        Returns:
            Seconds from the last thing sent to the output that made it so.

        Raises:
            Stopped: It did not come.
        """
        return self.wait_until(re.compile(pattern, re.MULTILINE).search, timeout, repr(pattern))

    def wait_until(self, true: Callable[[str], object], timeout: float = 20.0, what: str = "that") -> float:
        """Wait until something is true of the screen's text; otherwise as `wait_for`."""
        deadline = now() + timeout
        while not true(self.display.text):
            if not self._render() and not self._pty.wait_more(self._rendered, deadline - now()):
                why = "The program ended" if self._pty.ended else f"{timeout:g} s went by"
                raise Stopped(f"{why}, waiting for {what}:\n{self.display.text}")
        stamp = self._pty.chunks[self._rendered - 1].stamp if self._rendered else self.sent
        return max(0.0, stamp - self.sent)

    def wait_end(self, timeout: float = 10.0) -> int:
        """Wait until the program has ended; return its exit status (minus a signal's number).

        Raises:
            Stopped: It goes on.
        """
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Stopped(f"Still running:\n{self.text}") from None
        while self._pty.wait_more(len(self._pty.chunks), timeout):
            pass
        _ = self.text
        return status

    def settle(self, quiet: float = _QUIET, timeout: float = 20.0) -> None:
        """Wait until nothing has come for some seconds.

        Raises:
            Stopped: There was no such time.
        """
        if not self._pty.wait_quiet(quiet, timeout):
            raise Stopped(f"No {quiet:g} s of quiet within {timeout:g} s:\n{self.text}")
        _ = self.text

    def answer(self, keys: str, lines: Container[int] = _EVERYWHERE, patience: float = 2.0) -> Answer:
        """Type something and wait until the answer is complete.

        Args:
            keys: What to type.
            lines: Lines of the screen where the answer is; other output (a clock's) does not count.
            patience: Seconds to wait for it.

        Raises:
            Stopped: None came.
        """
        self.settle()
        self.send(keys)
        last: Chunk | None = None
        seen = nbytes = 0
        while last is None:
            if not self._pty.wait_more(self._rendered, self.sent + patience - now()):
                raise Stopped(f"No answer to {keys!r}:\n{self.text}")
            # Rendered only when it is there in full: rendering would delay the reader's stamps.
            self._pty.wait_quiet(_QUIET, patience)
            while touched := self._render():
                chunk = self._pty.chunks[self._rendered - 1]
                seen += len(chunk.data)
                if any(line in lines for line in touched):
                    last, nbytes = chunk, seen
        return Answer(last.stamp - self.sent, nbytes)

    def close(self) -> None:
        """Kill what still runs of it, children included."""
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self.process.pid)
            for process in [root, *root.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    process.kill()
        self.process.wait()
        self._pty.close()

    def _render(self) -> set[int]:
        """Show the next piece of output; return the lines that it touched, or nothing if there is none.

        A piece that touches no line (a bell) touches line -1.
        """
        if self._rendered == len(self._pty.chunks):
            return _EMPTY
        self._rendered += 1
        return self.display.feed(self._pty.chunks[self._rendered - 1].data) or {-1}


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """A plain xterm's, whatever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    plain = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    return {name: value for name, value in {**kept, **plain, **changes}.items() if value is not None}


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
