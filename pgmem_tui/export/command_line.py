"""The grammar of `pgmem-tui export`. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from pgmem_tui import arguments
from pgmem_tui.connection_arguments import ConnectionArguments, UsageError, add_connection, checked_settings
from pgmem_tui.export.names import FORMATS, GZIP_SUFFIX, format_of
from pgmem_tui.files import STDOUT
from pgmem_tui.postgres.settings import ConnectionSettings

_ABOUT = "Write a table or the rows of a query to a file, in constant memory."

_EPILOG = f"""\
CONNECTION is as for pgmem-tui. Without --format the file's name says which:
orders.csv, orders.jsonl{GZIP_SUFFIX}. csv and tsv have a header, and NULL is an empty
value without quotes; sql is INSERT statements; text is COPY's own format.

A file has its name only once it is whole. Exit status: 0; 1 after a failure; 2
for wrong usage.
"""


@dataclass(frozen=True)
class ExportOptions:
    """What `pgmem-tui export` was asked for."""

    settings: ConnectionSettings
    output: str
    """A file's path, or `STDOUT`."""
    form: str
    table: str = ""
    """A table, written as in SQL; empty for none."""
    command: str = ""
    """A query; empty for none. Exactly one of the two is set."""
    compressed: bool = False
    force: bool = False
    """Whether a file of that name is replaced."""


@dataclass
class _Arguments(ConnectionArguments):
    table: str = ""
    command: str = ""
    output: str = ""
    format: str = ""
    gzip: bool = field(default=False)
    force: bool = field(default=False)


def read(given: list[str], commands: Collection[str]) -> ExportOptions:
    """Read the arguments after `export`.

    Args:
        given: The arguments.
        commands: The subcommands' names, which are no connections.

    Raises:
        SystemExit: After --help and --version (0), and for wrong usage (2).
    """
    usage = "%(prog)s [options] (-t NAME | -c SQL) -o FILE [CONNECTION]"
    parser = arguments.new_parser("pgmem-tui export", usage, _EPILOG, _ABOUT)
    add_connection(parser)
    arguments.add_what(parser, "what to export", required=True)
    output = parser.add_argument_group("where to")
    output.add_argument("-o", "--output", metavar="FILE", required=True, help=f"{STDOUT} is standard output")
    output.add_argument("--format", choices=tuple(FORMATS), metavar="FORMAT", help=", ".join(FORMATS))
    output.add_argument("--gzip", action="store_true", help="compress; a name that ends so does it, too")
    output.add_argument("--force", action="store_true", help="replace a file that exists")
    arguments.add_about(parser)
    found = parser.parse_args(given, namespace=_Arguments())
    settings = checked_settings(parser, found, commands, _form)
    form, compressed = _form(found)
    return ExportOptions(settings, found.output, form, found.table, found.command, compressed, found.force)


def _form(found: _Arguments) -> tuple[str, bool]:
    if not found.output:
        raise UsageError("-o: the file's name is empty")
    guessed, compressed = format_of(found.output)
    form = found.format or guessed
    if not form and found.output == STDOUT:
        form = "csv"
    if not form:
        known = ", ".join(FORMATS)
        raise UsageError(f"the ending of {found.output} names no format; --format is one of {known}")
    return form, found.gzip or compressed
