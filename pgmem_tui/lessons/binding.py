"""Which table a lesson reads on this server, and its programs with that table's name in them.

A line of a program that begins with `TABLE = ` names the table, one that begins with `ROWS = ` says how many
rows it reads at most. Both are replaced here, and nothing else, so that what is shown is what runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from psycopg2 import sql

from pgmem_tui.lessons import stand_ins
from pgmem_tui.lessons.errors import CannotRun
from pgmem_tui.lessons.lesson import Lesson, Program, Step
from pgmem_tui.lessons.site import Site
from pgmem_tui.postgres.catalog import NoSuchRelation, NotARelation, find_relation
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.relation_names import quote_name

MOST_MEMORY = 320 << 20
"""Bytes that a program's rows should take at most when it holds all of them."""
_ROW_OBJECTS = 800
"""Bytes of Python objects and of libpq's, roughly, besides two copies of a row's text."""
_SAMPLE = 20
"""Rows whose width is looked at."""
_PATIENCE = "10s"
"""Longest statement, on the way to know a table."""

_TABLE = re.compile(r"^TABLE = .*$", re.MULTILINE)
_ROWS = re.compile(r"^ROWS = ([0-9_]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Binding:
    """A lesson's steps for one server."""

    steps: tuple[Step, ...]
    about: str
    """What its programs read, in words; empty if it is no table."""


@dataclass(frozen=True)
class _Source:
    """Where rows can come from."""

    code: str
    """What stands after `TABLE = `."""
    about: str
    row_bytes: int
    """Of a row's text, on average; 0 if there is none."""
    rows: int
    """How many there are, as far as programs read."""


Guarded = Callable[[Connection], AbstractContextManager[object]]


def bind(
    lesson: Lesson, site: Site, table: str = "", made_up: bool = False, guarded: Guarded = nullcontext
) -> Binding:
    """Find a table that shows what the lesson is about: the user's, else the demo's, else rows made up.

    Asks the server; at most as many rows as the lesson's programs read are counted.

    Args:
        lesson: What to run.
        site: Where.
        table: The user's, written as in SQL; empty for none.
        made_up: Whether rows are to be made up, where that is possible, whatever tables there are.
        guarded: Is around all that is asked of the server.

    Raises:
        CannotRun: The lesson needs another server; the text says which.
        NoSuchRelation: There is no table of the user's name.
        NotARelation: It is that of something else.
        psycopg2.Error: What the server said.
    """
    if needed := missing(lesson, site):
        raise CannotRun(needed)
    if not lesson.table:
        return Binding(lesson.steps, "")
    connection = connect(site.settings, "lessons")
    try:
        with guarded(connection):
            if made_up and stand_ins.query(lesson.table):
                source = _made_up(connection, lesson, ())
            else:
                source = _choose(connection, lesson, table if lesson.any_table else "")
    finally:
        connection.close()
    rows = max(MOST_MEMORY // (2 * source.row_bytes + _ROW_OBJECTS), lesson.min_rows)
    most = max(1, min(rows, source.rows))
    return Binding(tuple(_bound(step, source, most) for step in lesson.steps), source.about)


def missing(lesson: Lesson, site: Site) -> str:
    """What the lesson needs and this server is not, in words; empty if it can run."""
    for needed, there, what in (
        (lesson.needs.own_server, site.own_server, "a server of its own: pgmem-tui demo, or lessons --demo"),
        (lesson.needs.superuser, site.superuser, "a superuser"),
        (lesson.needs.local, site.local, "a server on this machine"),
        (lesson.needs.version, site.version >= lesson.needs.version, f"PostgreSQL {lesson.needs.version}"),
    ):
        if needed and not there:
            return f"needs {what}"
    return ""


def _choose(connection: Connection, lesson: Lesson, table: str) -> _Source:
    reasons = []
    for name in dict.fromkeys(filter(None, (table, lesson.table))):
        try:
            relation = find_relation(connection, name)
        except (NoSuchRelation, NotARelation):
            if name == table:
                raise
            continue
        columns = [column.name for column in relation.columns]
        if name != table and not stand_ins.is_demos(lesson.table, columns):
            continue
        parts = relation.schema, relation.name
        written = quote_name(*parts)
        rows, width = _look(connection, parts, _most_rows(lesson))
        if rows < lesson.min_rows:
            reasons.append(f"{written} has only {rows:,} rows, and the lesson takes {lesson.min_rows:,}")
        elif width < lesson.min_row_bytes:
            reasons.append(f"the rows of {written} are too narrow")
        else:
            code = f"sql.Identifier({', '.join(map(_literal, parts))})"
            return _Source(code, _about(written, reasons), width, rows)
    return _made_up(connection, lesson, reasons)


def _made_up(connection: Connection, lesson: Lesson, reasons: Sequence[str]) -> _Source:
    """Rows that the server makes; none where the lesson is about that table of the demo, with its indexes."""
    query = stand_ins.query(lesson.table)
    if not query or (lesson.needs.own_server and not lesson.any_table):
        raise CannotRun(
            "; ".join(reasons) or f"needs the demo's table {lesson.table}: pgmem-tui lessons --demo"
        )
    composed = sql.SQL("({}) AS {}").format(sql.SQL(query), sql.Identifier(lesson.table))
    width = _measured(connection, composed)
    return _Source(
        f'sql.SQL("""({query}) AS {lesson.table}""")',
        _about("rows that the server makes up", reasons),
        width,
        _most_rows(lesson),
    )


def _about(what: str, reasons: Sequence[str]) -> str:
    """What is read, and why nothing that would come before it."""
    return f"reads {what}, because {', and '.join(reasons)}" if reasons else f"reads {what}"


def _most_rows(lesson: Lesson) -> int:
    """The largest number of rows that a program reads, as it says itself, or that the lesson takes."""
    said = (int(found) for program in lesson.programs for found in _ROWS.findall(program.source))
    return max(lesson.min_rows, *said, 0)


def _look(connection: Connection, parts: Sequence[str], enough: int) -> tuple[int, int]:
    """How many rows there are, counted up to `enough`, and how many bytes of text one has on average."""
    name = sql.Identifier(*parts)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL statement_timeout = {}").format(sql.Literal(_PATIENCE)))
        cursor.execute(
            sql.SQL("SELECT pg_catalog.count(*) FROM (SELECT FROM {} LIMIT {}) AS q").format(
                name, sql.Literal(enough)
            )
        )
        (count,) = cursor.fetchone() or (0,)
    return int(count), _measured(connection, name)


def _measured(connection: Connection, rows: sql.Composable) -> int:
    query = sql.SQL(
        "SELECT pg_catalog.avg(pg_catalog.octet_length(q.*::pg_catalog.text))::pg_catalog.int8"
        " FROM (SELECT * FROM {} LIMIT {}) AS q"
    ).format(rows, sql.Literal(_SAMPLE))
    with connection.cursor() as cursor:
        cursor.execute(query)
        (width,) = cursor.fetchone() or (0,)
    return int(width or 0)


def _literal(name: str) -> str:
    """A name as Python writes it in a program, in double quotes if nothing in it needs others."""
    written = repr(name)
    return written if set("'\"\\") & set(written[1:-1]) else f'"{written[1:-1]}"'


def _bound(step: Step, source: _Source, most: int) -> Step:
    if not isinstance(step, Program):
        return step
    text = _TABLE.sub(lambda match: f"TABLE = {source.code}", step.source)
    text = _ROWS.sub(lambda match: f"ROWS = {min(int(match[1]), most):_}", text)
    return replace(step, source=text)
