"""Values for the parameters of a user's statement: which types they have, and how they are bound.

A value is sent as a literal cast to the type that the server infers, a name as a quoted identifier; never as
the text that psql would paste.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.language import classifying, grammar
from pgmem_tui.language.parameters import Parameter, placed, said_of
from pgmem_tui.postgres import statements
from pgmem_tui.postgres.comparison import cast
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Refused, explain
from pgmem_tui.postgres.queries import query

UNKNOWN = "unknown"
"""The type of a literal that nobody has cast (https://www.postgresql.org/docs/current/typeconv.html): of a
value in a statement that cannot be prepared, such as CALL, or in places that want different types."""
NAME = "name"
"""Of a parameter that is an identifier."""

_PREPARABLE = {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"}
_PREPARED = "pgmem_parameter_types"
_SYNTAX, _INDETERMINATE = "42601", "42P18"
_TYPE_STATES = {_INDETERMINATE, "42725", "42804", "42883", "42P08"}
_BY_ITSELF = " \t\n\r\f\v(),;"
"""What can stand beside anything, and never be taken for one with it."""


@dataclass(frozen=True)
class BoundValue:
    """The value of a parameter."""

    name: str
    type_name: str
    """As `types` says it."""
    value: str | None
    """As text, of that type; None is NULL."""


class ParameterRefused(Refused):
    """A value cannot be bound, or the server cannot say of which type it is.

    `position` is in the user's text.
    """


@dataclass(frozen=True)
class _Part:
    """A piece of what is sent, and the slice of the user's text that it stands for."""

    what: sql.Composable
    start: int
    end: int


def types(connection: Connection, text: str, names: Mapping[str, str] | None = None) -> dict[str, str]:
    """The type of each parameter, as its server infers it; in the order of `language.parameters.names`.

    A type that nothing tells is text; where the places of one parameter want different ones it is unknown:
    its value is then what each place takes it for. Nothing is left behind, and the transaction is usable
    afterwards, whatever happens (https://www.postgresql.org/docs/current/sql-prepare.html).

    Args:
        connection: In a transaction, or about to begin one.
        text: One statement with parameters.
        names: The values of those that are identifiers, by parameter: without them, nothing can be
            inferred, and the types of the others are unknown.

    Raises:
        ParameterRefused: The statement is no SQL, or means nothing to the server.
        psycopg2.Error: It was canceled, or the connection is gone.
    """
    parameters = [piece.what for piece in placed(text) if isinstance(piece.what, Parameter)]
    values = list(dict.fromkeys(each.name for each in parameters if not each.identifier))
    found = {each.name: NAME for each in parameters} | dict.fromkeys(values, UNKNOWN)
    if not values or any(each.identifier and each.name not in (names or {}) for each in parameters):
        return found
    parts = _parts(text, _numbered(names or {}, {name: n for n, name in enumerate(values, 1)}.__getitem__))
    try:
        start = _preparable(_rendered(connection, parts))
    except grammar.NotParsed as error:
        position = _place(connection, parts, error.position)
        message, advice = said_of(text, position, str(error))
        raise ParameterRefused(message, advice, position) from None
    if start < 0:
        return found
    statements.check_strings(connection)
    try:
        return found | dict(zip(values, _infer(connection, text, parts, start, len(values)), strict=True))
    except ParameterRefused as error:
        places = [each.name for each in parameters if not each.identifier]
        if error.sqlstate not in _TYPE_STATES or len(places) == len(values):
            raise
        return found | _of_each_place(connection, text, names or {}, places)


def _of_each_place(
    connection: Connection, text: str, names: Mapping[str, str], places: list[str]
) -> dict[str, str]:
    """The types of parameters that have a number in each of their places; unknown where these differ."""
    numbers = itertools.count(1)
    parts = _parts(text, _numbered(names, lambda name: next(numbers)))
    start = _preparable(_rendered(connection, parts))
    found: dict[str, str] = {}
    for name, type_name in zip(places, _infer(connection, text, parts, start, len(places)), strict=True):
        found[name] = type_name if found.get(name, type_name) == type_name else UNKNOWN
    return found


def bind(text: str, values: Iterable[BoundValue]) -> sql.Composed:
    """The statement with its values, as one to be sent.

    Raises:
        ParameterRefused: A value is missing, or is no identifier where one is needed.
    """
    return sql.Composed([part.what for part in _bound(text, values)])


def bound_text(connection: Connection, text: str, values: Iterable[BoundValue]) -> str:
    """What `bind` makes, as text.

    Raises:
        ParameterRefused: As `bind`, or a value has a character that the server has not.
    """
    return _rendered(connection, _bound(text, values))


def place(connection: Connection, text: str, values: Iterable[BoundValue], position: int) -> int:
    """Where in the user's text that is what stands at a position of the bound one; both in characters from 1.

    In a value it is the start of its parameter; 0 stays 0.
    """
    return _place(connection, _bound(text, values), position)


def _bound(text: str, values: Iterable[BoundValue]) -> list[_Part]:
    known = {value.name: value for value in values}

    def written(parameter: Parameter) -> sql.Composable:
        value = known.get(parameter.name)
        where = parameter.start + 1
        if value is None:
            raise ParameterRefused(f"{parameter.name} has no value", "give it one", where)
        if "\0" in (value.value or ""):
            raise ParameterRefused(
                f"{parameter.name} has a NUL character, which no value has", position=where
            )
        if parameter.identifier:
            if not value.value:
                raise ParameterRefused(f"{parameter.name} is a name, which cannot be empty", position=where)
            return sql.Identifier(value.value)
        literal = sql.Literal(value.value)
        return literal if value.type_name == UNKNOWN else cast(literal, value.type_name)

    return _parts(text, written)


def _parts(text: str, written: Callable[[Parameter], sql.Composable]) -> list[_Part]:
    """Blanks are put where a value would become one with what is beside it: `E:'a'` is no E'…'."""
    parts: list[_Part] = []
    for what, start, end in placed(text):
        if isinstance(what, str):
            parts.append(_Part(sql.SQL(what), start, end))
            continue
        before = "" if start == 0 or text[start - 1] in _BY_ITSELF else " "
        after = "" if end == len(text) or text[end] in _BY_ITSELF else " "
        parts.append(_Part(sql.SQL(before) + written(what) + sql.SQL(after), start, end))
    return parts


def _numbered(
    names: Mapping[str, str], number: Callable[[str], int]
) -> Callable[[Parameter], sql.Composable]:
    def written(parameter: Parameter) -> sql.Composable:
        if parameter.identifier:
            return sql.Identifier(names[parameter.name])
        return sql.SQL(f"${number(parameter.name)}")

    return written


def _rendered(connection: Connection, parts: Iterable[_Part]) -> str:
    texts = []
    for part in parts:
        try:
            texts.append(part.what.as_string(connection))
        except UnicodeEncodeError:
            raise ParameterRefused("the server has no such character", position=part.start + 1) from None
    return "".join(texts)


def _place(connection: Connection, parts: Iterable[_Part], position: int) -> int:
    if position < 1:
        return 0
    left, end = position - 1, 0
    for part in parts:
        length, end = len(part.what.as_string(connection)), part.end
        if left < length:
            return (part.start + left if length == part.end - part.start and _plain(part) else part.start) + 1
        left -= length
    return end + 1


def _plain(part: _Part) -> bool:
    return isinstance(part.what, sql.SQL)


def _preparable(numbered: str) -> int:
    """Where that begins what PREPARE takes; -1 if it takes none of it.

    It must be one statement: of several, PREPARE would take the first, and the server would run the others.

    Raises:
        NotParsed: It is no SQL.
    """
    found = grammar.parse(numbered)
    if len(found) != 1:
        raise ParameterRefused(
            f"there are {len(found)} statements, and one is run at a time", "give one of them"
        )
    node, start = found[0].stmt, 0
    if type(node).__name__ == "ExplainStmt":
        node, start = node.query, classifying.explained(numbered)
    into = any(type(each).__name__ == "IntoClause" for each in grammar.walk(node))
    return start if type(node).__name__ in _PREPARABLE and not into else -1


def _infer(connection: Connection, text: str, parts: list[_Part], start: int, count: int) -> list[str]:
    numbered = _rendered(connection, parts)
    declared = [UNKNOWN] * count
    with connection.cursor() as cursor, _savepoint(cursor):
        for _ in range(count + 1):
            head = f"PREPARE {_PREPARED} ({', '.join(declared)}) AS "
            try:
                cursor.execute(sql.SQL(head) + sql.SQL(numbered[start:]))
                break
            except psycopg2.Error as error:
                if isinstance(error, ext.QueryCanceledError) or connection.closed or not error.pgcode:
                    raise
                numbers = _untold(error, declared)
                if not numbers:
                    said = error.diag.statement_position or ""
                    sent = int(said) - len(head) + start if said.isdecimal() else 0
                    raise _refusal(error, text, _place(connection, parts, sent)) from error
                for number in numbers:
                    declared[number] = "pg_catalog.text"
            cursor.execute(f"ROLLBACK TO SAVEPOINT {_PREPARED}")
        cursor.execute(query("parameter_types"), {"name": _PREPARED})
        return [str(name) for (name,) in cursor]


def _untold(error: psycopg2.Error, declared: list[str]) -> list[int]:
    """Which parameters nothing tells the type of: the message names one, in every language."""
    if error.pgcode != _INDETERMINATE:
        return []
    left = [number for number, type_name in enumerate(declared) if type_name == UNKNOWN]
    named = re.search(r"\$(\d+)", error.diag.message_primary or "")
    number = int(named[1]) - 1 if named else -1
    return [number] if number in left else left


@contextmanager
def _savepoint(cursor: ext.cursor) -> Iterator[None]:
    """What is prepared and locked inside is gone afterwards; PREPARE itself is not rolled back."""
    cursor.execute(f"SAVEPOINT {_PREPARED}")
    try:
        yield
    finally:
        if not cursor.connection.closed:
            cursor.execute(f"ROLLBACK TO SAVEPOINT {_PREPARED}")
            cursor.execute("SELECT FROM pg_catalog.pg_prepared_statements WHERE name = %s", (_PREPARED,))
            if cursor.fetchone() is not None:
                cursor.execute(f"DEALLOCATE {_PREPARED}")
            cursor.execute(f"RELEASE SAVEPOINT {_PREPARED}")


def _refusal(error: psycopg2.Error, text: str, position: int) -> ParameterRefused:
    problem = explain(error, None)
    message, advice = problem.message, problem.hint
    if problem.sqlstate == _SYNTAX:
        message, advice = said_of(text, position, message)
    if problem.sqlstate in _TYPE_STATES:
        advice = f"say of which type the value is, as in :name::integer{'; ' if advice else ''}{advice}"
    refused = ParameterRefused(message, advice, position)
    refused.sqlstate = problem.sqlstate
    return refused
