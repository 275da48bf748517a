"""A composed statement as Python source that composes it again with `psycopg2.sql`. Pure."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping

from psycopg2 import sql

_WIDTH = 56
"""Characters of a line after which a list goes on in the next."""
_CLAUSE = re.compile(r" *(FROM|WHERE|ORDER BY|LIMIT)\b")
_FIELD = re.compile(r"[a-z_][a-z0-9_]{0,39}\Z")
_TAKEN = ("self",)
"""What `SQL.format` cannot be handed by name
(https://www.psycopg.org/docs/sql.html#psycopg2.sql.SQL.format)."""


def composing(query: sql.Composable, instead: Mapping[str, sql.Composable] | None = None) -> str:
    r"""The source of an expression: `sql.SQL(\"\"\"…\"\"\").format(…)`.

    Args:
        query: Of SQL, Identifier and Literal, the literals being texts, whole numbers or NULL.
        instead: What to write in place of a piece of SQL that is just this text, and means the same.
    """
    fields = _Fields()
    template = ""
    for piece in _pieces(query, instead or {}):
        if isinstance(piece, sql.SQL):
            template = _laid_out(template, piece.string)
        else:
            template += fields.add(piece)
    if not fields.arguments:
        template = template.replace("{{", "{").replace("}}", "}")
    written = f'sql.SQL("""\n{_block(template.strip())}\n""")'
    if not fields.arguments:
        return written
    listed = "".join(f"    {name}={value},\n" for name, value in fields.arguments.items())
    return f"{written}.format(\n{listed})"


def string(text: str) -> str:
    """The source of a string, on one line, in which nothing is that one could not see."""
    return '"' + _escaped(text).replace("\n", "\\n").replace('"', '\\"') + '"'


class _Fields:
    """The names and values of a statement, each under a name of its own."""

    def __init__(self) -> None:
        self.arguments: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def add(self, piece: sql.Composable) -> str:
        """What stands for it in the template."""
        if isinstance(piece, sql.Identifier):
            value = f"sql.Identifier({', '.join(map(string, piece.strings))})"
            return self._field(piece.strings[-1], "name", value)
        assert isinstance(piece, sql.Literal), "nothing else is ever composed"
        wrapped = piece.wrapped
        if isinstance(wrapped, int) and wrapped >= 0:
            return str(wrapped)
        inner = string(wrapped) if isinstance(wrapped, str) else repr(wrapped)
        return self._field("", "value", f"sql.Literal({inner})")

    def _field(self, wish: str, otherwise: str, value: str) -> str:
        if value not in self._names:
            usable = _FIELD.match(wish) and not keyword.iskeyword(wish) and wish not in _TAKEN
            base = name = wish if usable else otherwise
            number = 1
            while name in self.arguments:
                number += 1
                name = f"{base}_{number}"
            self._names[value], self.arguments[name] = name, value
        return f"{{{self._names[value]}}}"


def _pieces(query: sql.Composable, instead: Mapping[str, sql.Composable]) -> Iterator[sql.Composable]:
    if isinstance(query, sql.Composed):
        for piece in query.seq:
            yield from _pieces(piece, instead)
    elif isinstance(query, sql.SQL) and query.string in instead:
        yield from _pieces(instead[query.string], {})
    else:
        yield query


def _laid_out(template: str, text: str) -> str:
    """The template and what follows, on a new line where that makes it easier to read."""
    added = text.replace("{", "{{").replace("}", "}}")
    blank = text[:1] == " " or template[-1:] == " "
    if blank and _CLAUSE.match(text):
        return f"{template.rstrip(' ')}\n{added.lstrip(' ')}"
    if text == ", " and len(template) - template.rfind("\n") > _WIDTH:
        return f"{template},\n    "
    if text == " AND " and len(template) - template.rfind("\n") > _WIDTH:
        return f"{template}\n  AND "
    return template + added


def _block(text: str) -> str:
    """A text between triple quotes."""
    return _escaped(text).replace('"""', '""\\"')


def _escaped(text: str) -> str:
    return "".join([one if one == "\n" else _visible(one) for one in text])


def _visible(character: str) -> str:
    if character == "\\":
        return "\\\\"
    return (
        character
        if character.isprintable()
        else character.encode("unicode_escape", "backslashreplace").decode()
    )
