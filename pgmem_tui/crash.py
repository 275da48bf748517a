"""When something breaks that we did not expect: a log file for whoever mends it, one line for the user.

The log has the traceback and no variable's value. A traceback never goes to the terminal, where it
would land in the middle of the screen.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pgmem_tui.postgres.errors import Problem
    from pgmem_tui.postgres.settings import ConnectionSettings

KEPT_LOGS = 20
"""Older crash logs are removed."""

_TERMINAL_RESET = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?2004l\x1b[?25h\x1b[0m"
"""Mouse and bracketed paste off, the cursor shown, plain colours. Leaves the alternate screen alone:
leaving it twice moves the cursor."""


class Guard:
    """Keeps tracebacks off the terminal from `__enter__` on, and knows the terminal's modes of then."""

    def __init__(self, settings: ConnectionSettings | None = None) -> None:
        """Nothing changes yet.

        Args:
            settings: Its secrets are taken out of every log.
        """
        self.settings = settings
        """May be replaced when the settings are known."""
        self._modes: list[Any] | None = None
        self._hooks = (threading.excepthook, sys.unraisablehook)

    def __enter__(self) -> Guard:
        self._modes = _terminal_modes()
        self._hooks = (threading.excepthook, sys.unraisablehook)
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._unraisable
        return self

    def __exit__(self, *exc_info: object) -> None:
        threading.excepthook, sys.unraisablehook = self._hooks
        _leave_dead_terminal()

    def report(self, error: BaseException) -> None:
        """Write the log, restore the terminal and say on standard error, in one line, where the log is."""
        path = write_log(error, self.settings)
        self._restore_terminal()
        place = f"; details are in {path}" if path else "; a log could not be written"
        say(f"{summary(error, self.settings)}{place}")

    def _restore_terminal(self) -> None:
        if self._modes is None:
            return
        import termios

        with contextlib.suppress(OSError, ValueError, termios.error):
            termios.tcsetattr(sys.__stdin__.fileno(), termios.TCSANOW, self._modes)  # type: ignore[union-attr]
            if sys.__stderr__ is not None and sys.__stderr__.isatty():
                sys.__stderr__.write(_TERMINAL_RESET)
                sys.__stderr__.flush()

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        if isinstance(args.exc_value, OSError) and args.exc_value.errno == errno.EIO:
            return  # the terminal is gone, and the thread that writes to it noticed
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            write_log(args.exc_value, self.settings, f"thread {args.thread.name if args.thread else '?'}")

    def _unraisable(self, args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            write_log(args.exc_value, self.settings, "while an object was destroyed")


def _leave_dead_terminal() -> None:
    """Write what is left to nowhere if the terminal is gone, or Python would fail on it at its end."""
    for stream in filter(None, (sys.__stdout__, sys.__stderr__)):
        try:
            stream.flush()
        except (OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def reader_gone() -> bool:
    """Whether standard output is a pipe that nobody reads any more."""
    import select

    try:
        poll = select.poll()
        poll.register(sys.__stdout__.fileno(), 0)  # type: ignore[union-attr]
        return any(state & (select.POLLERR | select.POLLHUP) for _, state in poll.poll(0))
    except (AttributeError, OSError, ValueError):  # no standard output, or a system that has no poll()
        return False


def say(sentence: str, *more: str) -> None:
    """Write to standard error, after the program's name: a sentence, and more below it (a server's log).

    What is of several lines, as libpq's sentences are, stays so.
    """
    from pgmem_tui.display.text import one_line

    if sys.__stderr__ is None:  # print() would take standard output instead
        return
    lines = "\n".join((f"pgmem-tui: {sentence}", *more)).split("\n")
    text = "\n".join(one_line(line.strip()) for line in lines if line.strip())
    # The terminal may be gone, after a hang-up.
    with contextlib.suppress(OSError, ValueError):
        print(text, file=sys.__stderr__, flush=True)


def say_problem(problem: Problem, command: str = "") -> None:
    """Write a problem to standard error: the sentence, its place, the server's hints, what to try.

    Args:
        problem: What happened.
        command: The user's statement, which the problem's position points into.
    """
    from pgmem_tui.postgres.advice import WITHOUT_FORM
    from pgmem_tui.postgres.errors import mark

    number, column, text = mark(command, problem.position)
    place = f"line {number}, column {column}: {text.strip()[:200]}" if number else ""
    advice = WITHOUT_FORM.get(problem.advice, problem.advice)
    more = (place, problem.detail, problem.hint, advice)
    say(problem.message, *filter(None, more))


def summary(error: BaseException, settings: ConnectionSettings | None) -> str:
    """The error's kind and first line, without secrets."""
    from pgmem_tui.postgres.settings import redact

    lines = redact(str(error), settings).strip().splitlines()
    name = type(error).__name__
    return f"unexpected {name}: {lines[0][:200]}" if lines else f"unexpected {name}"


def write_log(error: BaseException, settings: ConnectionSettings | None, where: str = "") -> Path | None:
    """Write a new log file that its owner alone may read; return its path, or None if that is impossible.

    Args:
        error: What was raised.
        settings: Its secrets are taken out.
        where: What raised it, if that was not the main thread.
    """
    try:
        import tempfile
        import time

        from platformdirs import user_log_path

        folder = user_log_path("pgmem-tui", appauthor=False)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stamp = time.strftime("%Y%m%d-%H%M%S")
        # mkstemp's files are 0600 and new: nobody can have put a link there.
        handle, name = tempfile.mkstemp(prefix=f"crash-{stamp}-", suffix=".log", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(_text(error, settings, where))
        for old in sorted(folder.glob("crash-*.log"))[:-KEPT_LOGS]:
            old.unlink(missing_ok=True)
        return Path(name)
    except Exception:  # whatever it is, it must not hide the first error
        return None


def _text(error: BaseException, settings: ConnectionSettings | None, where: str) -> str:
    import platform
    import traceback

    from pgmem_tui import __version__
    from pgmem_tui.postgres.settings import redact

    trace: TracebackType | None = error.__traceback__
    lines = traceback.format_exception(type(error), error, trace)
    about = f"pgmem-tui {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return redact("\n".join([about, *([where] if where else []), "", "".join(lines)]), settings)


def _terminal_modes() -> list[Any] | None:
    try:
        import termios

        return termios.tcgetattr(sys.__stdin__.fileno())  # type: ignore[union-attr]
    except Exception:  # no terminal, or a system that has no termios
        return None
