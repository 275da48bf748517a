"""A query as SQL, as it is sent, as a program, and as what formatting its names as text would send. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from psycopg2 import sql

from pgmem_tui.display.text import truncate
from pgmem_tui.postgres import readable
from pgmem_tui.postgres.composed_text import Pasted, pasted, written
from pgmem_tui.postgres.composing import Looked, lines, sources
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.psycopg2_code import program
from pgmem_tui.postgres.query_spec import QuerySpec
from pgmem_tui.ui.code_lines import code_spans
from pgmem_tui.ui.preview_lines import BROKEN, Span, words


class NotKnownYet(Refused):
    """What the tables are made of is on its way."""


class View(Enum):
    """How a query is looked at."""

    SQL = "SQL"
    SENT = "as sent"
    CODE = "psycopg2"
    PASTED = "formatted as text"


@dataclass(frozen=True)
class Shown:
    """What is looked at."""

    text: str
    """As it is copied."""
    spans: tuple[Span, ...] = ()
    says: str = ""
    """What is to be said of it."""
    bad: bool = False
    """Whether that is a warning."""


def shown(view: View, spec: QuerySpec, looked: Looked) -> Shown:
    """A query in one of the views; without the server.

    Raises:
        NotKnownYet: It can be once more is known.
        Refused: It cannot be composed as it is.
    """
    if not spec.source.oid:
        raise Refused("choose a table")
    if any(source.oid not in looked.relations for source in sources(spec)):
        raise NotKnownYet("asking for the columns …")
    parts = lines(spec, looked)
    if view is View.SENT:
        text, spans = written(sql.SQL("\n").join(parts))
        return Shown(text, words(text, spans), "the same, so that no search_path decides what = or count is")
    if view is View.CODE:
        code = program(parts)
        return Shown(code, code_spans(code), "names as sql.Identifier, values as sql.Literal; a named cursor")
    if view is View.PASTED:
        return _pasted(pasted(parts))
    text, spans = written(sql.SQL("\n").join(readable.lines(spec, looked)), readable=True)
    return Shown(text, words(text, spans))


def _pasted(made: Pasted) -> Shown:
    broken = {(start, end) for start, end, _ in made.broken}
    spans = tuple((start, end, BROKEN if (start, end) in broken else kind) for start, end, kind in made.spans)
    return Shown(made.text, words(made.text, spans), _verdict(made), bool(broken))


def _verdict(made: Pasted) -> str:
    if not made.broken:
        return "never sent; here it would mean the same, because no name or value needs its quotes"
    places = len(made.broken)
    said = f"never sent; {places} place{'s' if places > 1 else ''} would be read as something else"
    return f"{said}: {_read_as(made.text)}"


def _read_as(text: str) -> str:
    """What PostgreSQL's own grammar makes of it."""
    from pgmem_tui.language.grammar import NotParsed, parse

    try:
        statements = parse(text)
    except NotParsed as error:
        return truncate(str(error), 60)
    kinds = [type(one.stmt).__name__.removesuffix("Stmt").upper() for one in statements]
    if len(kinds) > 1:
        return f"{len(kinds)} statements, {', '.join(kinds)}"
    return "a query of other names or values"
