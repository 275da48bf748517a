"""What fits at the caret of a statement that is being typed; pure, by tokens: the text may be broken.

Nothing here knows what the database has: `pgmem_tui.paging.completing` asks it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from pgmem_tui.language.clauses import Clause
from pgmem_tui.language.from_items import FromItem
from pgmem_tui.language.keywords import BEFORE_AN_OPERAND
from pgmem_tui.language.nesting import Seen, items_before, look, visible
from pgmem_tui.language.outputs import names_in, outputs
from pgmem_tui.language.proposals import cased, keywords
from pgmem_tui.language.statement import Hole, Statement, statement_at
from pgmem_tui.language.tokens import Kind


class Fits(Enum):
    """A sort of thing that can stand at the caret."""

    RELATION = "relation"
    JOIN = "join"
    """A relation, and the condition that joins it to those before."""
    CONDITION = "condition"
    """The condition of a join."""
    COLUMN = "column"
    FUNCTION = "function"
    TYPE = "type"
    SCHEMA = "schema"
    KEYWORD = "key word"


@dataclass(frozen=True)
class Context:
    """The name at the caret, and what it may be."""

    start: int
    """Where the name begins, behind its qualifier."""
    end: int
    """Behind its last character, which may stand behind the caret: a word is replaced whole."""
    prefix: str = ""
    """What the server would read of the name before the caret: without quotes, and folded without them."""
    quoted: bool = False
    """Whether the name begins with a quote."""
    qualifier: tuple[str, ...] = ()
    """What stands before the name and a dot, as the server would read it."""
    fits: frozenset[Fits] = frozenset()
    """Empty inside strings and comments."""
    items: tuple[FromItem, ...] = ()
    """Whose columns can be named, those of the innermost query first, the nearest to the caret first."""
    ctes: tuple[FromItem, ...] = ()
    """What can be named as a table without being one."""
    joined: FromItem | None = None
    """The item whose join condition, or USING, is being written."""
    partners: tuple[FromItem, ...] = ()
    """Items before that, or before the caret, in the same FROM, the nearest first."""
    outputs: tuple[str, ...] = ()
    """Names of the select list that ORDER BY and GROUP BY may use."""
    outputs_win: bool = False
    """Whether such a name hides the column that has it: ORDER BY
    (https://www.postgresql.org/docs/current/sql-select.html#SQL-GROUPBY)."""
    listed: frozenset[str] = frozenset()
    """Columns that a list of columns has already."""
    bare: bool = False
    """Whether columns are named without a qualifier: INSERT's list, SET, USING."""
    keywords: tuple[str, ...] = ()
    """In the letter case of the statement."""
    called: bool = False
    """Whether an opening parenthesis follows."""


_EXPRESSIONS = frozenset(
    (
        *(Clause.SELECT, Clause.ON, Clause.WHERE, Clause.GROUP_BY, Clause.HAVING, Clause.WINDOW),
        *(Clause.ORDER_BY, Clause.VALUES, Clause.SET, Clause.RETURNING, Clause.EXPRESSION),
    )
)
_OPERAND = frozenset({Fits.COLUMN, Fits.FUNCTION, Fits.SCHEMA, Fits.KEYWORD})
_QUALIFIED = frozenset({Fits.RELATION, Fits.COLUMN, Fits.FUNCTION, Fits.TYPE})
_CASTS = frozenset({"cast", "treat", "xmlserialize"})


def context(text: str, caret: int) -> Context:
    """What fits at a caret.

    Args:
        text: Everything in the editor.
        caret: An index; beyond the text it is its end.
    """
    caret = max(0, min(caret, len(text)))
    found = statement_at(text, caret)
    if found is None:
        return Context(caret, caret)
    statement, hole = found
    there = Context(hole.start, hole.end, hole.prefix, hole.quoted, hole.qualifier)
    if "" in hole.qualifier:
        return there
    seen = look(statement)
    called = statement.low(statement.caret) == "("
    there = replace(there, called=called, ctes=tuple(seen.ctes.values()))
    there = _fitting(there, statement, hole, seen)
    if Fits.KEYWORD in there.fits:
        words = keywords(statement, seen, _operand_next(statement, seen))
        there = replace(there, keywords=cased(words, text, caret, hole.start, statement))
    return there


def _fitting(there: Context, statement: Statement, hole: Hole, seen: Seen) -> Context:
    """Say what fits, and what it is made from."""
    before = statement.low(statement.caret - 1)
    fits: frozenset[Fits] = frozenset({Fits.KEYWORD})
    if before == "::" or _cast_to(statement, seen, before):
        fits = frozenset({Fits.TYPE, Fits.SCHEMA})
    elif (before == "as" and seen.clause is not Clause.WITH) or seen.clause is Clause.NAMES:
        fits = frozenset()
    elif seen.clause is Clause.TABLE:
        there, fits = _of_tables(there, statement, hole, seen)
    elif seen.clause in (Clause.COLUMNS, Clause.USING) or _assigned(seen, before):
        there, fits = _of_columns(there, statement, hole, seen), frozenset({Fits.COLUMN})
    elif seen.clause in _EXPRESSIONS and _operand_next(statement, seen):
        there, fits = _of_expressions(there, statement, hole, seen), _OPERAND
        if _writes_condition(statement, seen) and there.partners:
            fits |= {Fits.CONDITION}
    if hole.qualifier:
        fits &= _QUALIFIED
    if hole.quoted:
        fits -= {Fits.KEYWORD, Fits.CONDITION}
    return replace(there, fits=fits)


def _of_tables(
    there: Context, statement: Statement, hole: Hole, seen: Seen
) -> tuple[Context, frozenset[Fits]]:
    fits = {Fits.RELATION, Fits.SCHEMA, Fits.KEYWORD}
    caret, verb = statement.caret, seen.block.verb
    if verb in ("select", "delete", "update") and statement.low(caret - 1) != "update":
        fits.add(Fits.FUNCTION)
    if statement.low(caret - 1) == "join":
        there = replace(there, partners=tuple(items_before(seen.block, hole.start)))
        words = {statement.low(index) for index in range(max(0, caret - 4), caret)}
        if not words & {"cross", "natural"} and statement.low(caret) not in ("on", "using", "as"):
            fits.add(Fits.JOIN)
    return there, frozenset(fits)


def _of_columns(there: Context, statement: Statement, hole: Hole, seen: Seen) -> Context:
    """A list of columns without qualifiers."""
    listed = names_in(statement, seen.opener) if seen.opener >= 0 else ()
    if seen.clause is Clause.SET:
        listed = tuple(_assigned_already(statement))
    if seen.clause is Clause.USING:
        joined, *partners = [*items_before(seen.block, hole.start), FromItem("")]
        items: tuple[FromItem, ...] = (joined,)
        there = replace(there, joined=joined, partners=tuple(partners[:-1] if partners else ()))
    else:
        target = seen.block.target
        items = (target,) if target is not None else ()
    return replace(there, items=items, listed=frozenset(listed), bare=True)


def _of_expressions(there: Context, statement: Statement, hole: Hole, seen: Seen) -> Context:
    there = replace(there, items=visible(seen, hole.start))
    begins = statement.low(statement.caret - 1) in ("by", ",")
    if seen.clause in (Clause.ORDER_BY, Clause.GROUP_BY) and begins and not hole.qualifier:
        named = outputs(statement, seen.block, len(statement.words))
        names = tuple(dict.fromkeys(name for name in named if name and isinstance(name, str)))
        there = replace(there, outputs=names, outputs_win=seen.clause is Clause.ORDER_BY)
    clause = seen.places[0].clause if seen.clause is Clause.EXPRESSION else seen.clause
    if clause is Clause.ON and len(before := items_before(seen.block, hole.start)) > 1:
        there = replace(there, joined=before[0], partners=tuple(before[1:]))
    return there


def _cast_to(statement: Statement, seen: Seen, before: str) -> bool:
    """Whether the type of `CAST(… AS` or of a column is next."""
    if before == "as" and seen.clause is Clause.EXPRESSION:
        return statement.low(seen.opener - 1) in _CASTS
    return before == "type" and seen.block.verb in ("other", "create")


def _assigned(seen: Seen, before: str) -> bool:
    """Whether the column that a value is assigned to is next."""
    return seen.clause is Clause.SET and before in ("set", ",")


def _assigned_already(statement: Statement) -> list[str]:
    words = statement.words
    return [
        statement.name(index)
        for index in range(1, len(words) - 1)
        if words[index].is_name and words[index + 1].low == "=" and words[index - 1].low in ("set", ",")
    ]


def _writes_condition(statement: Statement, seen: Seen) -> bool:
    """Whether the caret is right behind ON."""
    before = statement.caret - 1
    opened = before - 1 if before == seen.opener else before
    return statement.low(opened) == "on" and seen.places[0].clause is Clause.ON


def _operand_next(statement: Statement, seen: Seen) -> bool:
    """Whether an operand comes next, not an operator or another clause."""
    before = statement.caret - 1
    if before < 0 or before == seen.opener:
        return True
    word = statement.words[before]
    if word.kind is Kind.NAME:
        return word.low in BEFORE_AN_OPERAND and statement.low(before - 1) != "."
    if word.low == "*":
        return statement.low(before - 1) not in ("select", "distinct", "all", ",", ".", "(", "returning")
    return word.kind is Kind.OPERATOR or word.low in (",", "[", "(")
