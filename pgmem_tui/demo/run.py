"""Start the demo's server and fill it, saying so on a terminal or in a log."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

import psycopg2

from pgmem_tui.demo.errors import DemoError
from pgmem_tui.demo.seed import seed
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.demo.steps import Amounts

DATABASE = "demo"
DEFAULT_ROWS = Amounts.events
LARGEST = 100_000_000
"""Rows of `events`: about 10 GB, with its key."""
_ROW_BYTES = 130
"""Bytes on disk for a row of `events`, its key, and the sorting for that."""
_OTHER_BYTES = 700_000_000
"""Bytes on disk for everything else: the other tables, WAL and an empty cluster."""
_REDRAW = 0.1
"""Seconds between two pictures of the progress."""


def prepare(rows: int = DEFAULT_ROWS, out: TextIO | None = None) -> EmbeddedServer:
    """Start a server and fill its database; `settings` of what comes back leads to it.

    Whoever calls this has to `stop` it; if the process ends without, however it ends, the server ends too.
    On Ctrl-C everything is removed, and KeyboardInterrupt raised again.

    Args:
        rows: Rows of `events`, from 0 to 100,000,000; other tables keep their size.
        out: Where to say what happens: one line rewritten if it is a terminal, a few lines if not.

    Raises:
        DemoError: the server could not be started or filled; the text says why.
    """
    if not 0 <= rows <= LARGEST:
        raise DemoError(f"The demo can have from 0 to {LARGEST:,} rows, not {rows:,}.")
    line = _ProgressLine(out)
    server = EmbeddedServer(database=DATABASE, room=rows * _ROW_BYTES + _OTHER_BYTES)
    started = time.monotonic()
    try:
        server.start(line.say)
        line.say(f"Filling its tables, {rows:,} rows of events and others")
        seed(server.settings, Amounts(events=rows), line.progress)
        line.clear()
        line.say(f"Ready after {time.monotonic() - started:.1f} s")
    except BaseException as error:
        server.stop()  # before anything is written: the terminal may be gone
        line.clear()
        if isinstance(error, psycopg2.Error):
            raise DemoError(f"The demo's tables could not be made: {str(error).strip()}") from error
        if isinstance(error, KeyboardInterrupt):
            line.say("Stopped; the demo server is removed")
        raise
    return server


class _ProgressLine:
    """One line of plain text at the bottom of a terminal; nothing of it where there is no terminal."""

    def __init__(self, out: TextIO | None) -> None:
        self.out = out
        self.live = out is not None and out.isatty()
        self.drawn = 0.0
        self.length = 0

    def say(self, text: str) -> None:
        """A line that stays."""
        if self.out is not None:
            self.out.write(text + "\n")
            self.out.flush()

    def progress(self, label: str, done: int, total: int) -> None:
        """Draw how far it is, unless that was done a moment ago."""
        now = time.monotonic()
        if self.live and now - self.drawn >= _REDRAW:
            self.drawn = now
            width = 24
            full = width * done // max(total, 1)
            bar = "#" * full + "." * (width - full)
            self._rewrite(f"[{bar}] {100 * done // max(total, 1):3} %  {label}")

    def clear(self) -> None:
        """Take the line away."""
        if self.length:
            self._rewrite("")

    def _rewrite(self, text: str) -> None:
        assert self.out is not None
        # A line that wraps could not be taken back.
        text = text[: shutil.get_terminal_size().columns - 1]
        self.out.write(f"\r{text}{' ' * (self.length - len(text))}\r{text}")
        self.out.flush()
        self.length = len(text)
