"""The program from its first line to its exit status.

Nothing heavy is imported before it is needed: `--version` answers in a few hundredths of a second.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from pgmem_tui import arguments, crash
from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import ConnectionSettings

if TYPE_CHECKING:
    from pgmem_tui.cast.recorder import Recorder

FAILURE = 1
"""The exit status after a failure."""
WRITING = 3.0
"""Seconds that the end of a recording gets to be written."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        argv: The arguments, without the program's name; by default this process's.

    Returns:
        The exit status: 0, 1 after a failure.

    Raises:
        SystemExit: With 0 after --help and --version, with 2 for wrong usage.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    with crash.Guard() as guard:
        try:
            return _run(given, guard)
        except KeyboardInterrupt:
            crash.say("stopped")
            return FAILURE
        except Exception as error:
            if isinstance(error, BrokenPipeError) and crash.reader_gone():
                return FAILURE  # `head` has what it wants: nothing to complain about
            guard.report(error)
            return FAILURE


def _run(given: list[str], guard: crash.Guard) -> int:
    """Find the subcommand and run it; without one, browse."""
    if given and given[0] in COMMANDS:
        return COMMANDS[given[0]](given[1:], guard)
    return _browse(given, guard)


def _browse(given: list[str], guard: crash.Guard) -> int:
    options = arguments.browse(given, COMMANDS)
    _need_terminal()
    guard.settings = options.settings
    with _recording(options) as recorder:
        return _show(options, guard, recorder)


def _demo(given: list[str], guard: crash.Guard) -> int:
    """Run the program on a server of our own, which is gone afterwards."""
    options, rows = arguments.demo(given)
    _need_terminal()
    with _recording(options) as recorder:
        return _show_demo(options, rows, guard, recorder)


def _show_demo(options: Options, rows: int, guard: crash.Guard, recorder: Recorder | None) -> int:
    from pgmem_tui.demo.errors import DemoError
    from pgmem_tui.demo.run import prepare

    _interrupt_on_signals()
    try:
        server = prepare(rows, sys.stdout)
    except DemoError as error:
        crash.say(*str(error).splitlines())
        return FAILURE
    try:
        table = options.table or ("" if options.command else "events")
        guard.settings = server.settings
        options = replace(options, settings=server.settings, table=table, own_server=True)
        return _show(options, guard, recorder)
    finally:
        server.stop()


def _export(given: list[str], guard: crash.Guard) -> int:
    """Write rows to a file, without a screen."""
    from pgmem_tui.export import command_line

    wanted = command_line.read(given, COMMANDS)
    guard.settings = wanted.settings

    from pgmem_tui.export import command

    _interrupt_on_signals()
    return command.run(wanted)


def _lab(given: list[str], guard: crash.Guard) -> int:
    """Measure ways to read, without a screen."""
    from pgmem_tui.lab import command_line

    wanted = command_line.read(given, COMMANDS)
    guard.settings = wanted.settings

    from pgmem_tui.lab import command

    _interrupt_on_signals()
    return command.run(wanted)


def _lessons(given: list[str], guard: crash.Guard) -> int:
    """List lessons or run them, without a screen."""
    from pgmem_tui.lessons import command_line

    wanted = command_line.read(given, COMMANDS)
    guard.settings = wanted.settings

    from pgmem_tui.lessons import command

    _interrupt_on_signals()
    if not (wanted.demo and wanted.run):
        return command.run(wanted)

    from pgmem_tui.demo.errors import DemoError
    from pgmem_tui.demo.run import prepare

    try:
        server = prepare(command_line.DEMO_ROWS, sys.stderr)
    except DemoError as error:
        crash.say(*str(error).splitlines())
        return FAILURE
    try:
        return command.run(replace(wanted, settings=server.settings))
    finally:
        server.stop()


COMMANDS: dict[str, Callable[[list[str], crash.Guard], int]] = {
    "demo": _demo,
    "export": _export,
    "lab": _lab,
    "lessons": _lessons,
}
"""Subcommands, each with a parser of its own."""


@contextmanager
def _recording(options: Options) -> Iterator[Recorder | None]:
    """Open the file before anything else happens; in the end, say what is in it."""
    if not options.record:
        yield None
        return

    from pgmem_tui.cast.file import CastError
    from pgmem_tui.cast.recorder import Recorder

    try:
        recorder = Recorder(options.record, force=options.replace_record)
    except CastError as error:
        crash.say(f"no recording: {error}")
        raise SystemExit(FAILURE) from None
    try:
        yield recorder
    finally:
        crash.say(str(recorder.close(WRITING)))


def _show(options: Options, guard: crash.Guard, recorder: Recorder | None = None) -> int:
    from pgmem_tui.ui import environment

    environment.prepare()  # before Textual is imported, which reads it only then

    from pgmem_tui.ui.app import run

    def use(settings: ConnectionSettings) -> None:
        guard.settings = settings  # its password may have been typed in just now

    return run(options, use, recorder)


def _need_terminal() -> None:
    """Leave unless a terminal is there to read from and to draw on (Textual draws on standard error)."""
    names = {
        "standard input": sys.__stdin__,
        "standard output": sys.__stdout__,
        "standard error": sys.__stderr__,
    }
    for name, stream in names.items():
        if stream is None or stream.closed or not os.isatty(stream.fileno()):
            crash.say(f"needs a terminal, and {name} is none")
            raise SystemExit(arguments.USAGE)


def _interrupt_on_signals() -> None:
    """Let SIGTERM and a hang-up end what runs without a screen as Ctrl-C does, so that it cleans up."""
    import signal

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, _hang_up)


def _hang_up(number: int, frame: FrameType | None) -> NoReturn:
    """The terminal is gone: what is still written must not fail, or it would stop the cleaning up."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    raise KeyboardInterrupt
