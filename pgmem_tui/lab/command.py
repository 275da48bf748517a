"""`pgmem-tui lab`: an experiment without a screen."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from typing import TextIO

from pgmem_tui import crash
from pgmem_tui.display import quantities
from pgmem_tui.display.text import fit
from pgmem_tui.files import STDOUT
from pgmem_tui.files.target import Target
from pgmem_tui.files.writing import writing
from pgmem_tui.lab import chart, report, report_text
from pgmem_tui.lab.command_line import LabOptions
from pgmem_tui.lab.events import Ended, Sampled
from pgmem_tui.lab.experiment import WARM_UP, Began, Experiment, ExperimentEvent, Finished, Happened, Measured
from pgmem_tui.lab.interruption import Guard, heard
from pgmem_tui.lab.preparing import NOT_KEPT, Prepared, Unprepared, prepare
from pgmem_tui.lab.report import Asked, Report
from pgmem_tui.postgres.errors import Refused

_REDRAW = 20
"""Samples between two pictures of the progress line: a tenth of a second."""


def run(options: LabOptions) -> int:
    """Run the experiment; returns the exit status: 0, or 1 after a failure.

    Raises:
        KeyboardInterrupt: Stopped; nothing that it began runs any more.
    """
    try:
        _check_files(options)
        prepared = _prepared(options)
        if prepared.much and not options.yes and not _agreed(prepared):
            return 1
        finished = _carry_out(prepared, options)
        if finished.problem:
            crash.say(finished.problem)
            return 1
        made = prepared.report(finished.measurements)
        _write(made, options)
    except Unprepared as error:
        crash.say_problem(error.problem, options.command)
        return 1
    except Refused as error:
        crash.say(str(error), *filter(None, [error.advice]))
        return 1
    return 1 if any(found.runs and found.last.problem for found in finished.measurements) else 0


def _prepared(options: LabOptions) -> Prepared:
    """Look everything up; an interrupt cancels what the server is asked.

    Raises:
        Refused: The report cannot be read.
        Unprepared: It cannot be had.
        KeyboardInterrupt: Stopped.
    """
    asked, guard = _asked(options), Guard()
    return heard(lambda: prepare(options.settings, asked, guarded=guard.guarded), guard.interrupt)


def _asked(options: LabOptions) -> Asked:
    """What to do, as it was said or as a report says.

    Raises:
        Refused: The report cannot be read.
    """
    if options.again:
        asked = _again(options.again)
        if asked.command == NOT_KEPT:
            why = "its query was not kept, as it seems to carry a password"
            raise Refused(f"{options.again}: {why}", "give the query with -c")
        return asked
    return Asked(
        table=options.table,
        command=options.command,
        rows=options.rows,
        modes=options.modes,
        repeat=options.repeat,
        cap=options.cap,
        timeout=float(options.timeout),
    )


def _again(path: str) -> Asked:
    text = _text(path)
    try:
        return report.from_json(text).asked
    except Refused as error:
        raise Refused(f"{path}: {error}", "--again reads the report that --json wrote") from None


def _text(path: str) -> str:
    try:
        with open(os.path.expanduser(path), encoding="utf-8") as file:
            text = file.read(report.LARGEST + 1)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or error}") from None
    except ValueError:
        raise Refused(f"{path} is no text in UTF-8") from None
    if len(text) > report.LARGEST:
        raise Refused(f"{path} is too large for a report")
    return text


def _files(options: LabOptions) -> list[str]:
    return [path for path in (options.json, options.markdown, options.svg) if path]


def _check_files(options: LabOptions) -> None:
    """Whether they can be written, before minutes are spent.

    Raises:
        Refused: One exists, or its folder does not.
    """
    for path in _files(options):
        try:
            Target(path, force=options.force).check()
        except OSError as error:
            raise Refused(f"{path}: {error.strerror or error}") from None


def _agreed(prepared: Prepared) -> bool:
    plan = prepared.plan
    moved = plan.moved()
    size = "nobody can tell how many bytes" if moved is None else f"about {quantities.nbytes(moved)}"
    what = (
        f"{size} will come over the connection: "
        f"≈{quantities.count(plan.subject.estimated_rows)} rows, "
        f"{Experiment(plan).runs} runs with the warm-up (--rows, --modes and --repeat make it less)"
    )
    stdin, stderr = sys.__stdin__, sys.__stderr__
    if not (stdin and stderr and stdin.isatty() and stderr.isatty()):
        crash.say(f"{what}; --yes runs it")
        return False
    crash.say(what)
    stderr.write("Run it? [y/N] ")
    stderr.flush()
    return stdin.readline().strip().lower() in ("y", "yes")


def _carry_out(prepared: Prepared, options: LabOptions) -> Finished:
    line = _Line()
    if prepared.plan.cap is not None and prepared.plan.cap < options.cap and not options.again:
        crash.say(f"the cap is {quantities.nbytes(prepared.plan.cap)}: no more memory is available to spare")
    finished = Finished(())
    with contextlib.closing(Experiment(prepared.plan).events()) as events:
        for event in events:
            line.show(event)
            if isinstance(event, Finished):
                finished = event
    line.clear()
    return finished


def _write(made: Report, options: LabOptions) -> None:
    texts = (
        (options.json, report.to_json),
        (options.markdown, report_text.to_markdown),
        (options.svg, chart.draw),
    )
    for path, form in texts:
        if path == STDOUT:
            sys.stdout.write(form(made))
        elif path:
            with writing(path, options.force) as write:
                write(form(made).encode("utf-8", "backslashreplace"))
    if STDOUT not in _files(options):
        columns = shutil.get_terminal_size((report_text.WIDTH + 1, 24)).columns
        sys.stdout.write(report_text.plain(made, columns - 1))


class _Line:
    """Progress on standard error: a line that is written over on a terminal, else a line a run."""

    def __init__(self) -> None:
        self._stream: TextIO | None = sys.__stderr__
        self._live = self._stream is not None and self._stream.isatty()
        self._began = Began("", "", 0, 0)
        self._samples = 0
        self._drawn = False

    def show(self, event: ExperimentEvent) -> None:
        if isinstance(event, Began):
            self._began, self._samples = event, 0
        elif isinstance(event, Measured):
            last = event.measurement.last
            end = ", killed at the cap" if last.killed else ", stopped" if last.timed_out else ""
            end = ", failed" if last.problem else end
            self._ended(last.rss, last.seconds, end)
        elif isinstance(event, Happened) and isinstance(event.event, Ended) and event.mode == WARM_UP:
            known = event.event.outcome
            self._ended(max(0, known.peak_rss - known.baseline), known.seconds, ", not counted")
        elif isinstance(event, Happened) and isinstance(event.event, Sampled) and self._live:
            self._samples += 1
            if self._samples % _REDRAW == 1:
                sample = event.event
                self._say(f"RSS {quantities.nbytes(sample.rss)} after {quantities.seconds(sample.seconds)}")

    def _ended(self, rss: int, seconds: float, how: str) -> None:
        self._say(f"{quantities.nbytes(rss)} in {quantities.seconds(seconds)}{how}", stays=True)

    def clear(self) -> None:
        if self._drawn:
            self._write("\r" + " " * self._width + "\r")
            self._drawn = False

    @property
    def _width(self) -> int:
        return max(1, shutil.get_terminal_size().columns - 1)

    def _say(self, figures: str, stays: bool = False) -> None:
        text = f"{self._began.number}/{self._began.total}  {self._began.mode}: {figures}"
        if self._live:
            self._write("\r" + fit(text, self._width) + ("\n" if stays else ""))
            self._drawn = not stays
        elif stays:
            self._write(text + "\n")

    def _write(self, text: str) -> None:
        if self._stream is not None:
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):  # the terminal is gone
                self._stream = None
