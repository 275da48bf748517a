"""The grammar of `pgmem-tui lessons`. Imports nothing heavy."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field

from pgmem_tui import arguments
from pgmem_tui.connection_arguments import ConnectionArguments, UsageError, add_connection, checked_settings
from pgmem_tui.options import NO_HISTORY
from pgmem_tui.postgres.settings import ConnectionSettings

ALL = "all"
"""What --run says for every lesson."""

DEMO_ROWS = 300_000
"""Rows of `events` on a server of our own: as many as a lesson reads, and some."""

_ABOUT = "Learn how cursors use memory: short lessons whose programs run on your server."

_EPILOG = f"""\
CONNECTION is as for pgmem-tui. --run NAME asks for your prediction, runs the
lesson's programs, each in a process of its own, and prints what they measured
and why; --run {ALL} prints a line for each lesson, then how many passed,
failed and cannot run here; it marks none as done, as nobody has read them.
Programs only read, unless the server is --demo's; lessons that are marked so
run on no other.

The programs in a folder's lessons are Python: they can do whatever you can.
README.md says how to write one.

Exit status: 0; 1 after a failure, or if a lesson's claim does not hold; 2 for
wrong usage.
"""


@dataclass(frozen=True)
class LessonsOptions:
    """What `pgmem-tui lessons` was asked for."""

    settings: ConnectionSettings
    run: str = ""
    """A lesson's name, `ALL`, or nothing to list them."""
    folder: str = ""
    """Where the user's lessons are; empty for those of the program."""
    table: str = ""
    """A table to run them on, written as in SQL; empty for the demo's, or rows made up."""
    demo: bool = False
    """Whether to start a server of our own."""
    keep: bool = True
    """Whether it is remembered which lessons were done."""


@dataclass
class _Arguments(ConnectionArguments):
    list: bool = field(default=False)
    run: str = ""
    folder: str = ""
    table: str = ""
    demo: bool = field(default=False)


def read(given: list[str], commands: Collection[str]) -> LessonsOptions:
    """Read the arguments after `lessons`.

    Args:
        given: The arguments.
        commands: The subcommands' names, which are no connections.

    Raises:
        SystemExit: After --help and --version (0), and for wrong usage (2).
    """
    usage = "%(prog)s [options] [CONNECTION]"
    parser = arguments.new_parser("pgmem-tui lessons", usage, _EPILOG, _ABOUT)
    add_connection(parser)
    what = parser.add_argument_group("lessons").add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="list them; so it does without --run")
    what.add_argument("--run", metavar="NAME", type=arguments.nonempty, help=f"run one, or {ALL} of them")
    where = parser.add_argument_group("what with, and where")
    for flags, name, text in (
        (["--folder"], "DIR", "lessons of your own: NN-name.md"),
        (["-t", "--table"], "NAME", "a table to run them on, written as in SQL"),
    ):
        where.add_argument(*flags, metavar=name, type=arguments.nonempty, help=text)
    where.add_argument("--demo", action="store_true", help="start a server for it, removed at the end")
    arguments.add_about(parser)
    found = parser.parse_args(given, namespace=_Arguments())
    settings = checked_settings(parser, found, commands, _check)
    keep = not os.environ.get(NO_HISTORY)
    return LessonsOptions(settings, found.run, found.folder, found.table, found.demo, keep)


def _check(found: _Arguments) -> None:
    if found.demo and any((found.connection, found.host, found.port, found.username, found.dbname)):
        raise UsageError("--demo starts a server of its own; leave CONNECTION out")
