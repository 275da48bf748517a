"""Conditions -> SQL. Pure.

Every operator is one of pg_catalog or of a type's own operator class, every value a literal that is cast to
the type which that operator takes: no search path decides what runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from psycopg2 import sql

from pgmem_tui.postgres import column_pairs
from pgmem_tui.postgres.comparison import Comparison, cast
from pgmem_tui.postgres.composition import as_text
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.operands import Operands, operands
from pgmem_tui.postgres.operators import MANY, Operand, Operator, operator
from pgmem_tui.postgres.query_spec import Condition, Group, flat
from pgmem_tui.postgres.relation import Column

Find = Callable[[Condition], tuple[sql.Composable, Column]]
"""What a condition's column, or the aggregate of it, is in the query: how it is said, and of which type."""

_TEXT = "pg_catalog.text"
_TEXT_EQUAL = "OPERATOR(pg_catalog.=)"


def narrowing(
    connection: Connection, conditions: Sequence[Condition | Group], columns: Sequence[Column]
) -> sql.Composed | None:
    """`where`, after the catalog was asked about the types of the columns concerned."""
    named = {name for condition in flat(conditions) for name in compared_columns(condition)}
    known = operands(connection, [column for column in columns if column.name in named])
    return where(conditions, columns, known)


def compared_columns(condition: Condition) -> tuple[str, ...]:
    """The names of the columns that a condition compares."""
    other = () if condition.other is None else (condition.other.column,)
    return condition.column, *other


def where(
    conditions: Sequence[Condition | Group], columns: Sequence[Column], known: Operands
) -> sql.Composed | None:
    """All conditions at once; None without any.

    Args:
        conditions: What must hold.
        columns: The relation's.
        known: About the types of those columns.

    Raises:
        Refused: There is no such column or operator, or it does not take these values.
    """
    named = {column.name: column for column in columns}

    def find(condition: Condition) -> tuple[sql.Identifier, Column]:
        column = named.get(condition.column)
        if condition.aggregate:
            raise Refused(f"{condition.subject} is of groups of rows")
        if column is None:
            raise Refused(f"there is no column {condition.column}")
        return sql.Identifier(column.name), column

    parts = written(conditions, lambda one: condition(one, find, known))
    return sql.SQL(" AND ").join(parts) if parts else None


def written(
    parts: Iterable[Condition | Group], write: Callable[[Condition], sql.Composed]
) -> list[sql.Composed]:
    """Each part that says anything, to be joined by AND or by OR.

    Args:
        parts: What must hold.
        write: Writes one condition, which needs no brackets around it.
    """
    said = []
    for part in parts:
        if isinstance(part, Condition):
            said.append(write(part))
        elif inner := written(part.parts, write):
            word = sql.SQL(" OR " if part.either else " AND ")
            said.append(sql.SQL("({})").format(word.join(inner)) if len(inner) > 1 else inner[0])
    return said


def value(text: str, column: Column, takes: Operator, known: Operands) -> tuple[sql.Composed, str]:
    """A value as an operator of a column takes it, and the name of its type.

    Raises:
        Refused: The column's type has nothing that the operator could take.
    """
    own = known.types.get(column.type_oid)
    _check(text, column.name)
    if takes.operand is Operand.TEXT:
        name = _TEXT
    elif takes.operand is Operand.TSQUERY:
        name = "pg_catalog.tsquery"
    elif own is None or (takes.operand is Operand.ELEMENT and not own.element_name):
        raise Refused(
            f"{column.type_name} has no elements" if own else f"there is no type {column.type_name}"
        )
    else:
        name = own.element_name if takes.operand is Operand.ELEMENT else own.name
    return cast(sql.Literal(text), name), name.removeprefix("pg_catalog.")


def condition(said: Condition, find: Find, known: Operands) -> sql.Composed:
    """One condition, as it is sent.

    Raises:
        Refused: There is no such column or operator, or it does not take these values.
    """
    name, column = find(said)
    how = operator(said.operator)
    if said.is_null:
        # IS NULL would hold for a row of NULLs too.
        unlike = "IS NOT DISTINCT FROM NULL" if said.keep else "IS DISTINCT FROM NULL"
        return sql.SQL(f"{{}} {unlike}").format(name)
    if said.other is not None:
        other = find(other_of(said))
        holds = column_pairs.compared(how.name, (name, column), other, known)
    else:
        holds = _holds(how, name, column, values_of(said, how), known)
    return holds if said.keep else sql.SQL("({}) IS NOT TRUE").format(holds)


def other_of(said: Condition) -> Condition:
    """The column that a condition compares with, to be found as one of its own.

    Raises:
        Refused: It is an aggregate that is compared.
    """
    assert said.other is not None
    if said.aggregate:
        raise Refused(f"{said.subject} is compared with values only")
    return Condition(said.other.column, source=said.other.source)


def values_of(condition: Condition, how: Operator) -> tuple[str, ...]:
    """The values, as many as the operator takes.

    Raises:
        Refused: There are fewer or more.
    """
    given = condition.values
    if how.takes == 1:
        given = () if condition.value is None else (condition.value,)
    wanted = len(given) > 0 if how.takes == MANY else len(given) == how.takes
    if not wanted:
        number = {1: "a value", 2: "two values"}.get(how.takes, "at least one value")
        raise Refused(f"{condition.subject}: {how.name} takes {number}")
    for text in given:
        _check(text, condition.subject)
    return given


def _check(text: str, column: str) -> None:
    if "\0" in text:
        raise Refused(f"{column}: no value has a NUL character in it")


def _holds(
    how: Operator, name: sql.Composable, column: Column, values: tuple[str, ...], known: Operands
) -> sql.Composed:
    if how.name == "any":
        return _in_array(name, column, values[0], known)
    if not how.symbol:
        compared = known.comparison(column)
        if compared is None:
            return _as_texts(how, name, column, values)
        if how.name == "in" and column.category == "A":
            # An array of arrays would be one array of more dimensions.
            equal = operator("=")
            each = [_compared(equal, compared, name, (text,)) for text in values]
            return sql.SQL("({})").format(sql.SQL(" OR ").join(each)) if len(each) > 1 else each[0]
        return _compared(how, compared, name, values)
    cells = [value(text, column, how, known)[0] for text in values]
    left = as_text(column, name) if how.of_text else name
    right = _array(cells) if how.takes == MANY else cells[0]
    return sql.SQL("{} {} {}").format(left, sql.SQL(f"OPERATOR(pg_catalog.{how.symbol})"), right)


def _compared(
    how: Operator, compared: Comparison, name: sql.Composable, values: tuple[str, ...]
) -> sql.Composed:
    """By the operators of the type's order."""
    column = compared.column(name)
    cells = [compared.value(text) for text in values]
    equal = compared.operator(compared.equal)
    if how.name == "in":
        return sql.SQL("{} {} ANY ({})").format(column, equal, _array(cells))
    if how.name == "between":
        return sql.SQL("({0} {1} {2} AND {0} {3} {4})").format(
            column,
            compared.operator(compared.greater_equal),
            cells[0],
            compared.operator(compared.less_equal),
            cells[1],
        )
    if how.name == "<>":
        # An operator class has no such operator.
        return sql.SQL("NOT ({} {} {})").format(column, equal, cells[0])
    symbol = {
        "=": compared.equal,
        "<": compared.less,
        "<=": compared.less_equal,
        ">": compared.greater,
        ">=": compared.greater_equal,
    }[how.name]
    return sql.SQL("{} {} {}").format(column, compared.operator(symbol), cells[0])


def _as_texts(how: Operator, name: sql.Composable, column: Column, values: tuple[str, ...]) -> sql.Composed:
    """Of a type that does not compare: equal is what is written the same."""
    left = as_text(column, name)
    cells = [cast(sql.Literal(text), _TEXT) for text in values]
    if how.name == "in":
        return sql.SQL(f"{{}} {_TEXT_EQUAL} ANY ({{}})").format(left, _array(cells))
    if how.name not in ("=", "<>"):
        raise Refused(f"{column.name}: {column.type_name} has no order, so there is no {how.name}")
    equal = sql.SQL(f"{{}} {_TEXT_EQUAL} {{}}").format(left, cells[0])
    return equal if how.name == "=" else sql.SQL("NOT ({})").format(equal)


def _in_array(name: sql.Composable, column: Column, text: str, known: Operands) -> sql.Composed:
    element = known.element(column)
    own = known.types.get(column.type_oid)
    if element is None or own is None or column.category != "A":
        raise Refused(f"{column.name}: {column.type_name} has no elements that compare")
    left = cast(sql.Literal(text), own.element_name)
    if element.type_name != element.own_type:
        left = cast(left, element.type_name)
    return sql.SQL("{} {} ANY ({})").format(left, element.operator(element.equal), name)


def _array(cells: Sequence[sql.Composed]) -> sql.Composed:
    return sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(cells))
