"""The command line's grammar: what may be said, and what it means.

Nothing heavy is imported before it is needed: `--version` answers in a few hundredths of a second.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import NoReturn

from pgmem_tui import __version__, crash
from pgmem_tui.connection_arguments import ConnectionArguments, add_connection, checked_settings
from pgmem_tui.options import (
    BATCH_BOUNDS,
    CELL_LIMIT_BOUNDS,
    DEMO_ROWS,
    DEMO_ROWS_BOUNDS,
    MEMORY_BUDGET_BOUNDS,
    NO_HISTORY,
    Options,
    nbytes,
    rows,
)
from pgmem_tui.postgres.settings import ConnectionSettings, redact

USAGE = 2
"""The exit status for wrong usage."""

_DESCRIPTION = "Browse PostgreSQL tables of any size in constant memory, and see why it is\nconstant."

_EPILOG = """\
CONNECTION is a URI (postgresql://user@host:5432/database), a key=value string,
the name of a service in pg_service.conf, or else that of a database. What it
leaves out comes from -h -p -U -d, then from PG* variables and libpq's defaults.
With nothing given a form asks. Passwords come from ~/.pgpass, PGPASSWORD or the
form, never from the command line.

`pgmem-tui demo` starts a server of its own, with tables to try this on;
`pgmem-tui export` writes a table to a file; `pgmem-tui lab` measures ways to
read one; `pgmem-tui lessons` explains cursors by experiment. (Databases of
such names: -d demo.)

Exit status: 0; 1 after a failure; 2 for wrong usage.
"""


@dataclass
class _Arguments(ConnectionArguments):
    """What argparse finds."""

    table: str = ""
    command: str = ""
    batch: int | None = None
    memory_budget: int = field(default=Options.memory_budget)
    cell_limit: int = field(default=Options.cell_limit)
    rows: int = DEMO_ROWS
    writable: bool = False
    no_history: bool = False
    lessons: str = ""
    record: str = ""
    force: bool = False
    present: bool = False


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where the rest is explained."""

    def error(self, message: str) -> NoReturn:
        crash.say(f"{redact(message, None)} (see {self.prog} --help)")
        self.exit(USAGE)


def browse(given: list[str], commands: Collection[str]) -> Options:
    """Read the arguments of the program without a subcommand.

    Args:
        given: The arguments.
        commands: The subcommands' names, which are no connections.

    Raises:
        SystemExit: After --help and --version (0), and for wrong usage (2).
    """
    parser = _browse_parser()
    arguments = parser.parse_args(given, namespace=_Arguments())
    _check(parser, arguments)
    settings = checked_settings(parser, arguments, commands)
    named = arguments.connection, arguments.host, arguments.port, arguments.username, arguments.dbname
    at_once = any((*named, arguments.table, arguments.command))
    return _options(arguments, settings, at_once)


def demo(given: list[str]) -> tuple[Options, int]:
    """Read the arguments after `demo`: how to run, and how many rows to make.

    Raises:
        SystemExit: After --help and --version (0), and for wrong usage (2).
    """
    parser = _demo_parser()
    arguments = parser.parse_args(given, namespace=_Arguments())
    _check(parser, arguments)
    return _options(arguments, ConnectionSettings(), at_once=True), arguments.rows


def _check(parser: argparse.ArgumentParser, arguments: _Arguments) -> None:
    if arguments.force and not arguments.record:
        parser.error("--force is of --record FILE")


def _options(arguments: _Arguments, settings: ConnectionSettings, at_once: bool) -> Options:
    return Options(
        settings=settings,
        table=arguments.table,
        command=arguments.command,
        batch=arguments.batch,
        memory_budget=arguments.memory_budget,
        cell_limit=arguments.cell_limit,
        writable=arguments.writable,
        history=not (arguments.no_history or os.environ.get(NO_HISTORY)),
        lessons=arguments.lessons,
        record=arguments.record,
        replace_record=arguments.force,
        present=arguments.present,
        connect_at_once=at_once,
    )


def _browse_parser() -> argparse.ArgumentParser:
    parser = new_parser(
        "pgmem-tui",
        "%(prog)s [options] [CONNECTION]\n       %(prog)s demo [options]\n"
        "       %(prog)s export [options] [CONNECTION]\n"
        "       %(prog)s lab [options] [CONNECTION]\n"
        "       %(prog)s lessons [options] [CONNECTION]",
        _EPILOG,
    )
    add_connection(parser)
    _add_common(parser)
    return parser


def _demo_parser() -> argparse.ArgumentParser:
    low, high = DEMO_ROWS_BOUNDS
    parser = new_parser(
        "pgmem-tui demo", "%(prog)s [options]", "The server and its files are gone afterwards."
    )
    help_text = f"rows of the table events: {low} to {high:,}, as 2M (default: {DEMO_ROWS:,})"
    parser.add_argument("--rows", metavar="N", type=bounded(rows, DEMO_ROWS_BOUNDS), help=help_text)
    _add_common(parser)
    return parser


def new_parser(prog: str, usage: str, epilog: str, about: str = _DESCRIPTION) -> argparse.ArgumentParser:
    """A parser in which -h is the host; what is wrong is said in one line."""
    return _Parser(
        prog=prog,
        usage=usage,
        description=about,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,  # -h is the host
        allow_abbrev=False,
    )


def _add_common(parser: argparse.ArgumentParser) -> None:
    add_what(parser, "what to open", command="statements to run; the last one's rows stay")
    writing = parser.add_argument_group("writing")
    text = "let statements write: each asks first, and is in a transaction that you commit"
    writing.add_argument("--writable", action="store_true", help=text)
    learning = parser.add_argument_group("lessons")
    text = "lessons of yours, shown behind the program's own; their programs can do whatever you can"
    learning.add_argument("--lessons", metavar="DIR", type=nonempty, help=text)
    showing = parser.add_argument_group("for a class")
    text = "record the session as an asciinema cast: all that the screen shows, rows too, and no key"
    showing.add_argument("--record", metavar="FILE", type=nonempty, help=text)
    showing.add_argument("--force", action="store_true", help="replace that file if it exists")
    text = "presenter mode (P in the program): keys and what the server is asked, for a projector"
    showing.add_argument("--present", action="store_true", help=text)
    text = f"remember no statement, no draft and no lesson done (also with {NO_HISTORY}=1)"
    parser.add_argument_group("history").add_argument("--no-history", action="store_true", help=text)
    limits = parser.add_argument_group("limits")
    for flag, read, bounds, text in (
        ("--batch", rows, BATCH_BOUNDS, "rows of each FETCH: 1 to 100,000 (default: sized by their bytes)"),
        ("--memory-budget", nbytes, MEMORY_BUDGET_BOUNDS, "page cache: 1 MB to 1 GB (default: 16 MB)"),
        ("--cell-limit", rows, CELL_LIMIT_BOUNDS, "characters of a cell: 1 to 100,000 (default: 256)"),
    ):
        metavar = "SIZE" if read is nbytes else "N"
        limits.add_argument(flag, metavar=metavar, type=bounded(read, bounds), help=text)
    add_about(parser)


def add_what(
    parser: argparse.ArgumentParser, title: str, required: bool = False, command: str = "the rows of a query"
) -> None:
    """Add -t and -c."""
    what = parser.add_argument_group(title).add_mutually_exclusive_group(required=required)
    what.add_argument("-t", "--table", metavar="NAME", type=nonempty, help="a table, written as in SQL")
    what.add_argument("-c", "--command", metavar="SQL", type=nonempty, help=command)


def add_about(parser: argparse.ArgumentParser) -> None:
    """Add --help and --version."""
    about = parser.add_argument_group("about")
    about.add_argument("--help", action="help", help="show this and exit")
    about.add_argument("--version", action="version", version=f"pgmem-tui {__version__}")


def bounded(read: Callable[[str, tuple[int, int]], int], bounds: tuple[int, int]) -> Callable[[str], int]:
    """What argparse reads a number with, and says what is wrong with it."""

    def value(text: str) -> int:
        try:
            return read(text, bounds)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return value


def nonempty(text: str) -> str:
    """An argument that is not only blanks.

    Raises:
        argparse.ArgumentTypeError: It is.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text
