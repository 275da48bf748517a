"""What the command line says of a connection: psql's options, and the settings that they come to.

Imports nothing heavy.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from pgmem_tui.postgres.settings import (
    ConnectionSettings,
    SettingsError,
    from_text,
    is_connection_string,
)

_NO_PASSWORD = (
    "no password on the command line: everyone on this machine can see it there. "
    "Put it into ~/.pgpass or PGPASSWORD, or leave it out and type it when asked"
)


class UsageError(Exception):
    """The command line asks for something that cannot be; the text says what."""


@dataclass
class ConnectionArguments(argparse.Namespace):
    """What argparse finds for `add_connection`."""

    connection: str = ""
    host: str = ""
    port: str = ""
    username: str = ""
    dbname: str = ""


Found = TypeVar("Found", bound=ConnectionArguments)


def checked_settings(
    parser: argparse.ArgumentParser,
    found: Found,
    commands: Collection[str],
    check: Callable[[Found], object] = lambda found: None,
) -> ConnectionSettings:
    """The connection's settings, once all that was found is checked.

    Args:
        parser: Says what is wrong.
        found: What it found.
        commands: The subcommands' names, which are no connections.
        check: Raises `UsageError` if the rest of it is wrong.

    Raises:
        SystemExit: For wrong usage (2).
    """
    try:
        settings = connection_settings(found, commands)
        check(found)
    except (UsageError, SettingsError) as error:
        parser.error(str(error))
    return settings


def connection_settings(arguments: ConnectionArguments, commands: Collection[str]) -> ConnectionSettings:
    """Put the settings together as psql does: a connection string wins over -h -p -U -d.

    Source: https://www.postgresql.org/docs/current/app-psql.html, `--dbname`.

    Raises:
        UsageError: Two things contradict each other, or there is a password.
        SettingsError: A connection string cannot be read.
    """
    if arguments.connection in commands:
        raise UsageError(
            f"{arguments.connection} is a command and comes first: pgmem-tui {arguments.connection} …; "
            f"a database of that name is -d {arguments.connection}"
        )
    text, name = arguments.connection, arguments.dbname
    if name and is_connection_string(name):
        if text:
            raise UsageError("two connection strings: CONNECTION and -d; give one")
        text, name = name, ""
    settings = from_text(text)
    if settings.secrets():
        raise UsageError(_NO_PASSWORD)
    if name and settings.dbname and settings.dbname != name:
        raise UsageError(f"two databases: {settings.dbname} in CONNECTION and {name} after -d; give one")
    given = settings.merged(arguments.host, arguments.port, arguments.username, name)
    return given.merged(settings.host, settings.port, settings.user)


def add_connection(parser: argparse.ArgumentParser) -> None:
    """Add CONNECTION and psql's options for it."""
    parser.add_argument("connection", nargs="?", default="", metavar="CONNECTION", help="what to connect to")
    group = parser.add_argument_group("connection, as in psql")
    group.add_argument("-h", "--host", metavar="HOST", help="the server's host, or its socket's directory")
    group.add_argument("-p", "--port", metavar="PORT", type=_port, help="the server's port")
    group.add_argument("-U", "--username", metavar="NAME", help="the user")
    group.add_argument("-d", "--dbname", metavar="DBNAME", help="the database, or a connection string")


def _port(text: str) -> str:
    for port in text.split(","):  # one for each of several hosts
        if not (port.isascii() and port.isdecimal() and 1 <= int(port[:9]) <= 65535):
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a port from 1 to 65535")
    return text
