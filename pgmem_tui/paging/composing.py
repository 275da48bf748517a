"""Questions about a query that is being composed, and the way from the grid's state to a spec and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import psycopg2
from psycopg2 import sql

from pgmem_tui.display import quantities
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogRequest
from pgmem_tui.paging.opening import of_text
from pgmem_tui.paging.plan_order import order_taken
from pgmem_tui.paging.requests import ComposedQuery, KnownRelation
from pgmem_tui.postgres import filtering
from pgmem_tui.postgres.aggregates import result
from pgmem_tui.postgres.catalog import load_relation
from pgmem_tui.postgres.composing import compose, look_up, unique_alias
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Problem, Refused
from pgmem_tui.postgres.index_orders import index_orders
from pgmem_tui.postgres.operands import operands
from pgmem_tui.postgres.operators import operator
from pgmem_tui.postgres.planning import Memory, Node, cursor_plan, loads, memory
from pgmem_tui.postgres.psycopg2_code import spans
from pgmem_tui.postgres.queries import query
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Group,
    Join,
    OutputOrder,
    QuerySpec,
    SortKey,
    Source,
)
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.user_query import QueryRefused, explain_refusal

MANY_ROWS = 50_000
"""Rows that are worth a word when they are sorted or hashed."""
_CELL = 256
"""Characters of a cell, about: what is sorted has the width of whole values all the same."""

Span = tuple[int, int, str]
"""Start, end and what stands there: `identifier` or `value`."""


@dataclass(frozen=True)
class Previewed(CatalogEvent):
    """The answer to `PreviewQuery`; comes twice, at first without what the planner thinks."""

    spec: QuerySpec
    sql: str
    """Empty if nothing can be composed."""
    spans: tuple[Span, ...] = ()
    rows: int = -1
    """As the planner estimates; -1 if it was not asked yet, or refused."""
    cost: float = -1.0
    """Of all rows, in the planner's units; -1 likewise."""
    startup: float = -1.0
    """Of the first row."""
    warning: str = ""
    """What it sorts or hashes, if that is much."""
    problem: Problem | None = None
    """Why it cannot run; its position is in `sql`."""
    order: str = ""
    """How its rows come in their order, in a few words; empty where the plan does not tell."""

    @property
    def line(self) -> str:
        """Rows and cost in a few words; empty without."""
        if self.rows < 0:
            return ""
        rows = "row" if self.rows == 1 else "rows"
        return f"≈{quantities.count(self.rows)} {rows}, cost {self.startup:,.0f}..{self.cost:,.0f}"


@dataclass(frozen=True)
class PreviewQuery(CatalogRequest):
    """The SQL of a spec and its plan in a line, answered by `Previewed`."""

    spec: QuerySpec

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> Previewed:
        """Compose, then ask for the plan."""
        try:
            composed = compose(self.spec, look_up(connection, self.spec))
            text, marked = spans(composed, connection)
        except (Refused, UnicodeEncodeError) as error:
            return Previewed(self.generation, self.spec, "", problem=_refusal(error))
        previewed = Previewed(self.generation, self.spec, text, marked)
        emit(previewed)
        try:
            what = of_text(connection, text, _CELL)
            plan = cursor_plan(connection, what.query)
            warning = _warning(plan, memory(connection))
        except (psycopg2.Error, QueryRefused) as error:
            return replace(previewed, problem=_refusal(error))
        rows, cost, startup = int(plan["Plan Rows"]), float(plan["Total Cost"]), float(plan["Startup Cost"])
        order = _order(connection, self.spec, plan) if self.spec.order else ""
        return replace(previewed, rows=rows, cost=cost, startup=startup, warning=warning, order=order)


@dataclass(frozen=True)
class ValueChecked(CatalogEvent):
    """The answer to `CheckValue`."""

    problem: Problem | None
    """What the server says against the value; None for nothing."""
    type_name: str
    """What the value is taken for."""


@dataclass(frozen=True)
class CheckValue(CatalogRequest):
    """Whether a text is a value that an operator of a column takes, answered by `ValueChecked`."""

    oid: int
    """The relation's."""
    column: str
    operator: str
    text: str
    aggregate: str = ""
    """The name of one, if it is of that that the operator compares; of all rows (`*`) without a column."""

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> ValueChecked:
        """Cast it."""
        column = self._compared(load_relation(connection, self.oid))
        takes = operator(self.operator)
        try:
            cast, type_name = filtering.value(self.text, column, takes, operands(connection, [column]))
            pattern = "pg_catalog.textregexeq('', {})" if self.operator in ("~", "~*") else "{} IS NULL"
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(f"SELECT {pattern}").format(cast))
        except Refused as error:
            return ValueChecked(self.generation, _refusal(error), column.type_name)
        except (psycopg2.Error, UnicodeEncodeError) as error:
            return ValueChecked(self.generation, _refusal(error), type_name)
        return ValueChecked(self.generation, None, type_name)

    def _compared(self, relation: Relation) -> Column:
        column = next((one for one in relation.columns if one.name == self.column), None)
        if column is None and self.column:
            raise Refused(f"there is no column {self.column}")
        if self.aggregate:
            column = result(self.aggregate, False, column)
        if column is None:
            raise Refused(f"there are no conditions on {self.aggregate}")
        return column


@dataclass(frozen=True)
class JoinChoice:
    """A join that a foreign key offers."""

    join: Join
    """Inner; its source's alias is nobody's yet."""
    described: str
    """Which columns meet; names as they are: escape them for display."""


@dataclass(frozen=True)
class JoinsListed(CatalogEvent):
    """The answer to `ListJoins`."""

    choices: tuple[JoinChoice, ...]


@dataclass(frozen=True)
class ListJoins(CatalogRequest):
    """What can be joined to some sources along foreign keys, answered by `JoinsListed`."""

    sources: tuple[Source, ...]

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> JoinsListed:
        """Ask the catalog, for keys of these sources and to them."""
        taken = [source.alias for source in self.sources]
        with connection.cursor() as cursor:
            cursor.execute(query("joins"), {"oids": sorted({source.oid for source in self.sources})})
            found = [
                (int(ours), int(theirs), name, json.loads(our_names), json.loads(their_names))
                for ours, theirs, name, our_names, their_names in cursor
            ]
        choices = []
        for source in self.sources:
            for ours, theirs, name, our_names, their_names in found:
                if ours == source.oid:
                    alias = unique_alias(name, taken)
                    columns = list(zip(our_names, their_names, strict=True))
                    pairs = tuple((ColumnOf(source.alias, a), ColumnOf(alias, b)) for a, b in columns)
                    meets = " and ".join(f"{source.alias}.{a} = {name}.{b}" for a, b in columns)
                    choices.append(JoinChoice(Join(Source(theirs, alias), pairs), f"{name} on {meets}"))
        return JoinsListed(self.generation, tuple(choices))


def _refusal(error: Exception) -> Problem:
    """What is said against a query or a value; raises what says nothing about it."""
    if isinstance(error, UnicodeEncodeError):
        error = Refused("the server has no such character")
    problem = explain_refusal(error, None)
    if problem.lost or problem.canceled:
        raise error.error if isinstance(error, QueryRefused) else error
    return problem


def _order(connection: Connection, spec: QuerySpec, plan: Node) -> str:
    """Where the rows of a relation are read by an index, that; or else what the plan says."""
    simple = simplify(spec)
    if simple is not None and not simple.conditions:
        for found in index_orders(connection, simple.oid):
            if found.serve(simple.order) is not None:
                return f"by index {found.index}"
    return order_taken(plan)


def _warning(plan: Node, memory: Memory) -> str:
    """The heaviest of what is sorted or hashed, if that is much."""
    heaviest = max(loads(plan, memory), key=lambda load: (load.temporary, load.nbytes), default=None)
    if heaviest is None or not (heaviest.temporary or heaviest.rows >= MANY_ROWS):
        return ""
    verb, setting = ("hashes", memory.hash) if heaviest.hashes else ("sorts", memory.sort)
    said = f"{verb} ≈{quantities.count(heaviest.rows)} rows, {quantities.nbytes(heaviest.nbytes)}"
    if heaviest.temporary:
        said += f": more than the {quantities.nbytes(setting)} of work_mem, so through temporary files"
    return said


def spec_of(target: KnownRelation | ComposedQuery, alias: str) -> QuerySpec:
    """What is open as a spec.

    Args:
        target: What is open.
        alias: The name of a relation, if that is what is open.
    """
    if isinstance(target, ComposedQuery):
        return target.spec
    source = Source(target.oid, alias)
    return QuerySpec(source, where=target.conditions, order=target.order, limit=target.limit)


def simplify(spec: QuerySpec) -> KnownRelation | None:
    """The same rows as some of one relation; None if they are more than that.

    A choice of columns is the grid's affair: `chosen_columns` has it.
    """
    outputs = [key.output for key in spec.order if isinstance(key, OutputOrder)]
    named = all(0 <= output < len(spec.outputs) for output in outputs)
    if spec.joins or spec.distinct or spec.grouped or chosen_columns(spec) is None or not named:
        return None
    order = tuple(_sort_key(spec, key) for key in spec.order)
    conditions = tuple(_unqualified(part) for part in spec.where)
    return KnownRelation(spec.source.oid, conditions, order, spec.limit)


def chosen_columns(spec: QuerySpec) -> tuple[str, ...] | None:
    """The columns that are wanted of one relation, in their order.

    Empty is all of them; None is something else: a column under another name or twice, an aggregate.
    """
    names = []
    for output in spec.outputs:
        column = output.column
        if column is None or output.aggregate or output.alias not in ("", column.column):
            return None
        names.append(column.column)
    return tuple(names) if len(set(names)) == len(names) else None


def _sort_key(spec: QuerySpec, key: SortKey | OutputOrder) -> SortKey:
    if isinstance(key, SortKey):
        return key
    column = spec.outputs[key.output].column
    assert column is not None, "these are plain columns"
    return SortKey(column.column, key.descending, key.nulls_first)


def _unqualified(part: Condition | Group) -> Condition | Group:
    if isinstance(part, Condition):
        other = None if part.other is None else ColumnOf("", part.other.column)
        return replace(part, source="", other=other)
    return replace(part, parts=tuple(_unqualified(one) for one in part.parts))
