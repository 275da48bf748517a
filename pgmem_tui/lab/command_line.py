"""The grammar of `pgmem-tui lab`. Imports nothing heavy."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from dataclasses import dataclass

from pgmem_tui import arguments, options
from pgmem_tui.connection_arguments import ConnectionArguments, UsageError, add_connection, checked_settings
from pgmem_tui.files import STDOUT
from pgmem_tui.postgres.settings import ConnectionSettings

ROWS = 200_000
"""Rows that are read where nothing is said."""
ALL = "all"
"""What is said for every row there is."""
ROWS_BOUNDS = (1, 1_000_000_000_000)
CAP = 512 * options.MIB
CAP_BOUNDS = (64 * options.MIB, 1024 * 1024 * options.MIB)
REPEAT = 3
REPEAT_BOUNDS = (1, 100)
TIMEOUT = 60
TIMEOUT_BOUNDS = (1, 86_400)

_ABOUT = "Read the same rows in several ways, each in a process of its own, and measure."

NAMES = """\
fetchall iterate limit named-10 named-100 named-1000 named-10000 fetchmany
named-fetchall hold offset keyset copy text clamped"""
"""The ways that there are."""

_EPILOG = f"""\
NAMES are of these:
{NAMES}

CONNECTION is as for pgmem-tui. What is read is the same for every way: the first
{ROWS:,} rows unless told. A run that reaches the cap is killed, which is a result.
More than 1 GB over the connection is asked about first.

The table and what follows from it go to standard output, progress to standard
error; FILE may be {STDOUT} for standard output, in place of the table. A report in JSON
holds the query, the figures, machine, versions and settings, and no connection.

Exit status: 0; 1 after a failure; 2 for wrong usage.
"""


@dataclass(frozen=True)
class LabOptions:
    """What `pgmem-tui lab` was asked for."""

    settings: ConnectionSettings
    table: str = ""
    """A table, written as in SQL; empty for none."""
    command: str = ""
    """A query; empty for none."""
    again: str = ""
    """A report's file, whose experiment is run; empty for none. Exactly one of the three is set."""
    modes: tuple[str, ...] = ()
    """Names of the ways; empty for all."""
    rows: int = ROWS
    """At most; 0 for all."""
    cap: int = CAP
    """Bytes."""
    repeat: int = REPEAT
    timeout: int = TIMEOUT
    """Seconds for each run."""
    json: str = ""
    """A file's name, or `STDOUT`; empty for none. So are the next two."""
    markdown: str = ""
    svg: str = ""
    force: bool = False
    """Whether files of these names are replaced."""
    yes: bool = False
    """Whether nothing is asked."""


@dataclass
class _Arguments(ConnectionArguments):
    table: str = ""
    command: str = ""
    again: str = ""
    modes: tuple[str, ...] = ()
    rows: int | None = None
    cap: int | None = None
    repeat: int | None = None
    timeout: int | None = None
    json: str = ""
    markdown: str = ""
    svg: str = ""
    force: bool = False
    yes: bool = False


def read(given: list[str], commands: Collection[str]) -> LabOptions:
    """Read the arguments after `lab`.

    Args:
        given: The arguments.
        commands: The subcommands' names, which are no connections.

    Raises:
        SystemExit: After --help and --version (0), and for wrong usage (2).
    """
    parser = _parser()
    found = parser.parse_args(given, namespace=_Arguments())
    return LabOptions(
        settings=checked_settings(parser, found, commands, _check),
        table=found.table,
        command=found.command,
        again=found.again,
        modes=found.modes,
        rows=ROWS if found.rows is None else found.rows,
        cap=found.cap or CAP,
        repeat=found.repeat or REPEAT,
        timeout=found.timeout or TIMEOUT,
        json=found.json,
        markdown=found.markdown,
        svg=found.svg,
        force=found.force,
        yes=found.yes,
    )


def _check(found: _Arguments) -> None:
    if not (found.table or found.command or found.again):
        raise UsageError("one of -t/--table -c/--command --again is required")
    if found.again:
        fixed = [name for name in ("table", "command", "modes") if getattr(found, name)]
        fixed += [name for name in ("rows", "cap", "repeat", "timeout") if getattr(found, name) is not None]
        if fixed:
            raise UsageError(f"--again says all of it: leave out --{fixed[0]}")
    if [found.json, found.markdown, found.svg].count(STDOUT) > 1:
        raise UsageError("only one of --json --markdown --svg can go to standard output")


def _parser() -> argparse.ArgumentParser:
    usage = "%(prog)s [options] (-t NAME | -c SQL | --again FILE) [CONNECTION]"
    parser = arguments.new_parser("pgmem-tui lab", usage, _EPILOG, _ABOUT)
    add_connection(parser)
    arguments.add_what(parser, "what to read")
    how = parser.add_argument_group("how")
    how.add_argument("--again", metavar="FILE", help="run the experiment of a report in JSON again")
    how.add_argument("--modes", metavar="NAMES", type=_modes, help="ways, separated by commas (default: all)")
    for flag, metavar, read_value, text in (
        ("--rows", "N", _rows, f"rows to read at most, or all (default: {ROWS:,})"),
        ("--cap", "SIZE", _cap, f"RSS at which a run is killed (default: {CAP // options.MIB} MB)"),
        ("--repeat", "N", arguments.bounded(options.rows, REPEAT_BOUNDS), f"runs (default: {REPEAT})"),
        (
            *("--timeout", "SECONDS", arguments.bounded(options.seconds, TIMEOUT_BOUNDS)),
            f"after which a run is stopped (default: {TIMEOUT})",
        ),
    ):
        how.add_argument(flag, metavar=metavar, type=read_value, help=text)
    how.add_argument("--yes", action="store_true", help="ask nothing, however much is to be read")
    output = parser.add_argument_group("where to")
    output.add_argument("--json", metavar="FILE", help="the whole report")
    output.add_argument("--markdown", metavar="FILE", help="the table and what follows from it")
    output.add_argument("--svg", metavar="FILE", help="memory over time, peaks and speeds, as a picture")
    output.add_argument("--force", action="store_true", help="replace files that exist")
    arguments.add_about(parser)
    return parser


def _modes(text: str) -> tuple[str, ...]:
    names = tuple(filter(None, (name.strip() for name in text.split(","))))
    for name in names:
        if name not in NAMES.split():
            raise argparse.ArgumentTypeError(f"there is no way {name[:40]!r}")
    return names


def rows(text: str) -> int:
    """Read how many rows at most; 0 for all.

    Raises:
        ValueError: It is neither a number within the bounds nor `all`; the text says so.
    """
    if text.lower() == ALL:
        return 0
    try:
        return options.rows(text, ROWS_BOUNDS)
    except ValueError as error:
        raise ValueError(f"{error}, nor {ALL}") from None


def _rows(text: str) -> int:
    try:
        return rows(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _cap(text: str) -> int:
    return arguments.bounded(options.nbytes, CAP_BOUNDS)(text)
