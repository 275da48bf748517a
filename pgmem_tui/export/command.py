"""`pgmem-tui export`: one export without a screen."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from typing import TextIO

from pgmem_tui import crash
from pgmem_tui.display.text import fit
from pgmem_tui.export import progress as words
from pgmem_tui.export import source
from pgmem_tui.export.command_line import ExportOptions
from pgmem_tui.export.job import Export, Order
from pgmem_tui.export.names import table_of
from pgmem_tui.export.progress import Outcome, Progress
from pgmem_tui.files.target import Target
from pgmem_tui.postgres.search_path import told

CLOSING = 2.0
"""Seconds that the server gets to end what is cancelled."""
_CANCELLED = "cancelled, no file was kept"
_INTERVAL = 0.2
_BAR = 20


def run(options: ExportOptions) -> int:
    """Export; returns the exit status: 0, or 1 after a failure.

    An interrupt (Ctrl-C, or what the caller made of other signals) cancels it on the server, and leaves
    no file.
    """
    target = Target(options.output, force=options.force)
    what = (
        source.named(options.table)
        if options.table
        else source.of_query(options.command, table_of(options.output))
    )
    export = Export(Order(options.settings, what, options.form, target, options.compressed))
    line = _Line(target)
    try:
        export.start()
        while not export.wait(_INTERVAL):
            line.show(export.progress)
    except KeyboardInterrupt:
        _ignore_signals()
        export.close(CLOSING)
        line.clear()
        crash.say(_CANCELLED if export.outcome is None else _said(export.outcome))
        return 1
    line.clear()
    if options.command and (said := told(export.search_path)):
        crash.say(said)
    return _end(export.outcome, options.command)


def _end(outcome: Outcome | None, command: str) -> int:
    assert outcome is not None
    if outcome.problem is not None:
        crash.say_problem(outcome.problem, command)
    elif not outcome.reader_gone:
        crash.say(_said(outcome))
    return 0 if outcome.done else 1


def _said(outcome: Outcome) -> str:
    if outcome.cancelled:
        return _CANCELLED
    return outcome.problem.message if outcome.problem is not None else words.result(outcome.progress)


def _ignore_signals() -> None:
    """While it cleans up, which takes seconds at most, nothing must stop it."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


class _Line:
    """One line on standard error that is written over, where that is a terminal."""

    def __init__(self, target: Target) -> None:
        stream = sys.__stderr__
        shown = stream is not None and stream.isatty() and not (target.is_stdout and os.isatty(1))
        self._stream: TextIO | None = stream if shown else None
        self._width = 0

    def show(self, progress: Progress) -> None:
        text = words.figures(progress)
        if progress.share is not None:
            text = f"{words.bar(progress, _BAR)} {text}"
        self._width = shutil.get_terminal_size().columns - 1
        self._write(fit(text, self._width))

    def clear(self) -> None:
        if self._width:
            self._write(" " * self._width)
            self._write("")

    def _write(self, text: str) -> None:
        if self._stream is not None:
            try:
                self._stream.write(f"\r{text}")
                self._stream.flush()
            except (OSError, ValueError):  # the terminal is gone
                self._stream = None
