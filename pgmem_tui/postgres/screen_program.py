"""What the screen shows, as a program of psycopg2 that can be run by itself. Pure.

The program connects as this one does, but for its secrets, and reads what the screen reads: in a read-only
snapshot, by a cursor of the server that is moved to the first row on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from psycopg2 import sql

from pgmem_tui.postgres.cursor_operation import LARGEST_COUNT
from pgmem_tui.postgres.python_source import composing, string
from pgmem_tui.postgres.settings import ConnectionSettings, redact

ITERSIZE = 2000
"""psycopg2's own (https://www.psycopg.org/docs/cursor.html#cursor.itersize)."""

_KEYWORDS = (
    *("service", "host", "hostaddr", "port", "dbname", "user", "options", "passfile"),
    *("sslmode", "sslnegotiation", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslcrldir", "sslsni"),
    *("ssl_min_protocol_version", "ssl_max_protocol_version", "channel_binding", "require_auth"),
    *("gssencmode", "krbsrvname", "gsslib", "target_session_attrs", "load_balance_hosts"),
)
"""Keywords of libpq that are no secrets and decide where a connection goes, as whom and how
(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS)."""

WHY = {
    "jit": "Compiling takes longer than it saves where rows come a few at a time.",
    "synchronize_seqscans": "A scan begins with the first block, so row numbers mean the same rows again.",
    "extra_float_digits": "The text of a float is all of it.",
    "standard_conforming_strings": "A backslash in a string is a backslash.",
    "search_path": "Behind another schema pg_catalog would not be searched first.",
    "client_connection_check_interval": "A long statement ends soon after this program is killed.",
    "enable_seqscan": "Only the index may be scanned: equal keys come in its order.",
}
"""Why a transaction begins with a SET LOCAL, by the setting's name."""
_YOURS = "As you have SET it."

_USAGE = "https://www.psycopg.org/docs/usage.html"
_FIND = "https://www.postgresql.org/docs/current/libpq-envars.html"
_RAW_TEXT = '''
def raw_text(name):
    """Take what is stored for UTF-8; any other byte comes as a surrogate (PEP 383)."""
    if name.replace("_", "") != "rawtext":
        return None
    return codecs.CodecInfo(
        lambda text, errors="strict": (text.encode("utf-8", "surrogateescape"), len(text)),
        lambda data, errors="strict": (bytes(data).decode("utf-8", "surrogateescape"), len(data)),
    )


codecs.register(raw_text)
extensions.encodings["SQL_ASCII"] = extensions.encodings["SQLASCII"] = "raw_text"
'''


@dataclass(frozen=True)
class Place:
    """Where a program reads, and how its transaction begins."""

    connect: ConnectionSettings = field(repr=False)
    """Its secrets are left out."""
    raw: bool
    """Whether the database does not say how its text is encoded: SQL_ASCII."""
    settings: tuple[str, ...] = ()
    """Statements, one SET LOCAL each or the user's."""


@dataclass(frozen=True)
class Reading:
    """What a cursor of the server reads."""

    queries: tuple[sql.Composable, ...]
    """The second one is read where the first one has ended; at least one."""
    passed: int
    """Rows to pass before the first."""
    count: int
    """Rows to print; 0 is all."""
    itersize: int
    """Rows of a FETCH."""
    scrollable: bool | None
    """None leaves it to the server."""
    as_text: bool = True
    """Whether values stay as the server has written them."""


@dataclass(frozen=True)
class Running:
    """A statement that no cursor takes."""

    statement: sql.Composable
    passed: int
    """Rows to leave out before the first."""
    count: int
    """Rows to print."""
    writes: bool
    returns_rows: bool


def reading(what: Reading, place: Place, says: str, instead: Mapping[str, sql.Composable]) -> str:
    """A program that prints rows of a query.

    Args:
        what: What to read.
        place: Where.
        says: What it does: a sentence, ASCII letters only.
        instead: As `python_source.composing` takes it.
    """
    sources = [composing(query, instead) for query in what.queries]
    numbers = range(1, len(sources) + 1)
    names = [f"query_{number}" for number in numbers] if len(sources) > 1 else ["query"]
    lines = [*_head(says, what.count > 0, place.raw, what.as_text), *_about(sources)]
    lines += [f"{name} = {source}" for name, source in zip(names, sources, strict=True)]
    lines += ["", *_connected(place, what.as_text)]
    lines += ["    # One snapshot for all that is read, in which nothing can be written."]
    lines += ['    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)']
    lines += [
        "    # COMMIT at its end, or ROLLBACK; the connection stays",
        f"    # ({_USAGE}#with-statement).",
    ]
    lines += ["    with connection:"]
    lines += _settings(place.settings, 8)
    if len(names) > 1:
        lines += [f"        passed, left = {what.passed}, {what.count}"]
        lines += [f"        for query in ({', '.join(names)}):"]
        lines += _cursor(what, 12, _of_several())
    else:
        lines += _cursor(what, 8, _of_one(what))
    lines += ["finally:", "    connection.close()"]
    return "\n".join(lines) + "\n"


def running(what: Running, place: Place, says: str, instead: Mapping[str, sql.Composable]) -> str:
    """A program that runs a statement once, and keeps nothing of what that writes.

    Args:
        what: What to run.
        place: Where.
        says: What it does: a sentence, ASCII letters only.
        instead: As `python_source.composing` takes it.
    """
    lines = [*_head(says, what.returns_rows, place.raw, as_text=True)]
    lines += [f"query = {composing(what.statement, instead)}", "", *_connected(place, as_text=True)]
    if not what.writes:
        lines += ['    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)']
    lines += _settings(place.settings, 4)
    lines += [
        "    # Without a name, all that comes back is in memory before the first row is seen.",
        "    with connection.cursor() as cursor:  # its end frees that",
        "        cursor.execute(query)",
    ]
    if what.returns_rows:
        lines += [f"        for row in islice(cursor, {what.passed}, {what.passed + what.count}):"]
        lines += ["            print(row)"]
    else:
        lines += ["        print(cursor.statusmessage)"]
        lines += ["    for notice in connection.notices:", '        print(notice, end="")']
    if what.writes:
        lines += [
            "finally:",
            "    connection.close()  # without commit() before it, nothing written stays",
        ]
    else:
        lines += ["finally:", "    connection.close()  # which ends the transaction"]
    return "\n".join(lines) + "\n"


def connect_arguments(settings: ConnectionSettings) -> dict[str, str]:
    """What to hand to `psycopg2.connect`: no password, key or the like is among it."""
    given = settings.parameters()
    said = {name: given[name] for name in _KEYWORDS if given.get(name, "").strip()}
    return {name: value for name, value in said.items() if redact(value, None, {}) == value}


def _head(says: str, islice: bool, raw: bool, as_text: bool) -> Iterator[str]:
    yield f'"""{says}"""'
    yield ""
    if raw:
        yield "import codecs"
    if islice:
        yield "from itertools import islice"
    if raw or islice:
        yield ""
    yield "import psycopg2"
    yield f"from psycopg2 import {'extensions, ' if raw or as_text else ''}sql"
    yield from _RAW_TEXT.splitlines() if raw else ()
    yield ""


def _about(sources: Sequence[str]) -> Iterator[str]:
    """What is to be said of the queries."""
    yield "# Names are identifiers and values literals, never text of the SQL"
    yield "# (https://www.psycopg.org/docs/sql.html)."
    if any("pg_catalog.substr(" in source for source in sources):
        yield "# substr: the server cuts what a cell has no room for."
    if any(re.search(r"\{ctid\}", source) for source in sources):
        yield "# ctid: where a row lies, by which it is found again."


def _connected(place: Place, as_text: bool) -> Iterator[str]:
    arguments = connect_arguments(place.connect)
    yield "# No password: libpq finds it in PGPASSWORD, a password file or a service"
    yield f"# ({_FIND})."
    if arguments:
        yield "connection = psycopg2.connect("
        for name, value in arguments.items():
            yield f"    {name}={string(value)},"
        yield ")"
    else:
        yield 'connection = psycopg2.connect("")  # where libpq\'s environment says'
    yield "try:"
    yield f'    connection.set_client_encoding("{"SQL_ASCII" if place.raw else "UTF8"}")'
    if as_text:
        yield "    # Values as the server writes them: no date is too late for Python."
        yield "    as_text = dict.fromkeys(extensions.string_types, extensions.UNICODE)"
        yield "    connection.string_types.update(as_text)"


def _settings(statements: Sequence[str], indent: int) -> Iterator[str]:
    if not statements:
        return
    blank = " " * indent
    yield f"{blank}with connection.cursor() as settings:  # its end sends nothing"
    for statement in statements:
        named = re.match(r"SET LOCAL (\w+)", statement)
        why = WHY.get(named[1], "") if named else _YOURS
        if why:
            yield f"{blank}    # {why}"
        yield f"{blank}    settings.execute({string(statement)})"


def _cursor(what: Reading, indent: int, then: Iterator[str]) -> Iterator[str]:
    blank = " " * indent
    scroll = "" if what.scrollable is None else f", scrollable={what.scrollable}"
    yield f"{blank}# Its name makes it one of the server's, of which rows come in batches"
    yield f"{blank}# ({_USAGE}#server-side-cursors)."
    yield f"{blank}# CLOSE at its end."
    yield f'{blank}with connection.cursor(name="rows"{scroll}) as cursor:'
    yield f"{blank}    cursor.itersize = {what.itersize}  # rows of a FETCH"
    yield f"{blank}    cursor.execute(query)  # DECLARE"
    for line in then:
        yield f"{blank}    {line}"


def _of_one(what: Reading) -> Iterator[str]:
    far, rest = divmod(what.passed, LARGEST_COUNT)
    if far:
        yield f"for _ in range({far}):"
        yield f"    cursor.scroll({LARGEST_COUNT})  # the farthest that one MOVE goes"
    if rest:
        yield f"cursor.scroll({rest})  # MOVE: the server passes rows and sends none"
    yield (
        f"for row in islice(cursor, {what.count}):  # FETCH" if what.count else "for row in cursor:  # FETCH"
    )
    yield "    print(row)"


def _of_several() -> Iterator[str]:
    yield "if passed:"
    yield "    cursor.scroll(passed)  # MOVE: the server passes rows and sends none"
    yield "    passed -= int(cursor.statusmessage.split()[-1])  # how many there were"
    yield "for row in islice(cursor, left):  # FETCH"
    yield "    print(row)"
    yield "    left -= 1"
