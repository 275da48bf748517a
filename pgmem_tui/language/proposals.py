"""The key words that fit at a caret."""

from __future__ import annotations

from pgmem_tui.language.clauses import Clause
from pgmem_tui.language.keywords import (
    CASE_PARTS,
    FOLLOWING,
    JOINS,
    OPERANDS,
    OPERATORS,
    QUERIES,
    RESERVED,
    SELECT_CLAUSES,
    STATEMENTS,
)
from pgmem_tui.language.nesting import Seen
from pgmem_tui.language.statement import Statement
from pgmem_tui.language.tokens import Kind

_COMMANDS = ("SELECT", "INSERT INTO", "UPDATE", "DELETE FROM", "MERGE INTO", "VALUES", "TABLE")
_FIRST_CLAUSE = {
    Clause.SELECT: 0,
    Clause.FROM: 1,
    Clause.ON: 1,
    Clause.WHERE: 2,
    Clause.GROUP_BY: 3,
    Clause.HAVING: 4,
    Clause.WINDOW: 5,
    Clause.VALUES: 5,
    Clause.ORDER_BY: 10,
    Clause.LIMIT: 11,
}
"""From which of `SELECT_CLAUSES` on those may follow a clause."""
_TELLING = RESERVED | {"insert", "update", "delete", "merge", "values"}
"""Those whose letter case tells how key words are written."""
_ROW_LOCKS = ("UPDATE", "SHARE", "NO KEY UPDATE", "KEY SHARE")


def keywords(statement: Statement, seen: Seen, operand: bool) -> tuple[str, ...]:
    """Those that fit, in capitals, the likeliest first.

    Args:
        statement: With the caret.
        seen: What surrounds the caret.
        operand: Whether an operand comes next.
    """
    index = statement.caret - 1
    before = statement.low(index) if index > seen.opener and statement.low(index - 1) != "." else ""
    if before == "for" and seen.block.verb == "select":
        return _ROW_LOCKS
    if before in FOLLOWING:
        return FOLLOWING[before]
    clause = seen.clause
    if clause is Clause.START:
        return STATEMENTS if seen.opener < 0 and seen.block.verb == "" else QUERIES
    if clause is Clause.WITH:
        return _in_with(before, statement, index)
    if clause is Clause.TABLE:
        return _before_table(seen, before, index)
    if clause is Clause.FROM:
        return _behind_table(seen)
    if clause is Clause.OTHER:
        return ("DO NOTHING", "DO UPDATE SET", "RETURNING") if seen.block.verb == "insert" else ()
    if operand:
        first = ("DISTINCT", "ALL") if before == "select" else ()
        inner = QUERIES if index == seen.opener else ()
        window = ("PARTITION BY", "ORDER BY") if clause is Clause.WINDOW else ()
        return (*first, *window, *inner, *OPERANDS)
    return _behind_operand(statement, seen)


def cased(words: tuple[str, ...], text: str, caret: int, start: int, statement: Statement) -> tuple[str, ...]:
    """The words in the letter case of what is being typed, or of the statement's other key words.

    Args:
        words: In capitals.
        text: All of it.
        caret: Behind what has been typed.
        start: Where that begins.
        statement: Around the caret.
    """
    typed = text[start:caret]
    if not typed:
        near = statement.words[max(0, statement.caret - 20) : statement.caret]
        known = [word for word in near if word.kind is Kind.NAME and word.low in _TELLING]
        typed = text[known[-1].start : known[-1].end] if known else ""
    return tuple(word.lower() for word in words) if typed[:1].islower() else words


def _in_with(before: str, statement: Statement, index: int) -> tuple[str, ...]:
    if before == "with":
        return ("RECURSIVE",)
    if before == "as":
        return ("MATERIALIZED", "NOT MATERIALIZED")
    if before == ")" and statement.low(_opening(statement, index) - 1) in ("as", "materialized"):
        return (*_COMMANDS, "SEARCH", "CYCLE")
    return () if before == "," else ("AS",)


def _opening(statement: Statement, closed: int) -> int:
    return next((opened for opened, closing in statement.closing.items() if closing == closed), 0)


def _before_table(seen: Seen, before: str, index: int) -> tuple[str, ...]:
    if seen.block.verb == "other":
        return ("IF EXISTS", "ONLY") if before in ("table", "view") else ()
    inner = QUERIES if index == seen.opener else ()
    return (*inner, "LATERAL", "ONLY") if seen.block.verb == "select" else (*inner, "ONLY")


def _behind_table(seen: Seen) -> tuple[str, ...]:
    verb = seen.block.verb
    if verb == "update" and len(seen.block.items) == 1:
        return ("SET", "AS")
    if verb == "insert":
        return ("VALUES", "SELECT", "DEFAULT VALUES", "AS", "OVERRIDING SYSTEM VALUE", "WITH", "ON CONFLICT")
    joins = (*JOINS, "ON", "USING", "AS") if len(seen.block.items) > 1 else (*JOINS, "AS")
    if verb == "select":
        inner = seen.opener >= 0 and seen.places[0].index == seen.opener
        return joins if inner else (*joins, *SELECT_CLAUSES[1:], "TABLESAMPLE")
    ending = ("WHERE", "RETURNING")
    return ("USING", "AS", *ending) if verb == "delete" else (*joins, *ending)


def _behind_operand(statement: Statement, seen: Seen) -> tuple[str, ...]:
    clause, verb = seen.clause, seen.block.verb
    cases = CASE_PARTS if _in_case(statement, seen.opener + 1) else ()
    if clause is Clause.EXPRESSION:
        aggregate = ("ORDER BY", "FILTER", "AS", "FROM", "FOR")
        return (*cases, *OPERATORS, *aggregate)
    if clause is Clause.WINDOW:
        return (
            *cases,
            "ORDER BY",
            "ASC",
            "DESC",
            "ROWS BETWEEN",
            "RANGE BETWEEN",
            "GROUPS BETWEEN",
            *OPERATORS,
        )
    if clause is Clause.LIMIT:
        return SELECT_CLAUSES[11:]
    found: tuple[str, ...] = (*cases, *OPERATORS)
    if clause in (Clause.SELECT, Clause.RETURNING):
        found = (*cases, *(("FROM",) if clause is Clause.SELECT else ()), "AS", *OPERATORS, "OVER", "FILTER")
    elif clause is Clause.ORDER_BY:
        found = (*cases, "ASC", "DESC", "NULLS FIRST", "NULLS LAST", "USING", *OPERATORS)
    elif clause is Clause.ON:
        found = (*found, *JOINS)
    if verb == "select":
        return (*found, *SELECT_CLAUSES[_FIRST_CLAUSE.get(clause, 0) :])
    if verb == "insert":
        return (*found, "ON CONFLICT", "RETURNING")
    return (*found, "FROM", "WHERE", "RETURNING") if clause is Clause.SET else (*found, "RETURNING")


def _in_case(statement: Statement, first: int) -> bool:
    """Whether a CASE before the caret has no END yet."""
    depth, index = 0, first
    while index < statement.caret:
        low = statement.low(index)
        depth += (low == "case") - (low == "end" and depth > 0)
        index = statement.after(index)
    return depth > 0
