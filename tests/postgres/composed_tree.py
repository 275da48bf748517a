"""The syntax tree that a spec means, made of pglast's nodes and not of SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pglast import ast
from pglast.enums import A_Expr_Kind as Kind
from pglast.enums import BoolExprType, BoolTestType, JoinType, LimitOption, SortByDir, SortByNulls

from pgmem_tui.postgres import aggregates
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Group,
    Join,
    Output,
    OutputOrder,
    QuerySpec,
    SortKey,
    Source,
    flat,
)

PLACES = {"location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end", "stmt_len"}
CATALOG = "pg_catalog"
TYPES: dict[str, tuple[tuple[str, ...], bool]] = {
    "integer": ((CATALOG, "int4"), False),
    "bigint": ((CATALOG, "int8"), False),
    "numeric": ((CATALOG, "numeric"), False),
    "boolean": ((CATALOG, "bool"), False),
    "text": (("text",), False),
    "catalog text": ((CATALOG, "text"), False),
    "text[]": (("text",), True),
    "jsonb": (("jsonb",), False),
    "int4range": (("int4range",), False),
}
"""What the grammar makes of types' names, and whether they are arrays."""
SYMBOLS = {"like": "~~", "ilike": "~~*", "has": "@>"}
TEXTUAL = ("like", "ilike", "~", "~*", "?", "?|", "?&")


def shape(node: Any) -> Any:
    """A node without its places in the text and without what is empty, to be compared."""
    if isinstance(node, ast.Node):
        found = {name: shape(getattr(node, name)) for name in node if name not in PLACES}
        return type(node).__name__, {name: value for name, value in found.items() if value}
    if isinstance(node, tuple | list):
        return tuple(shape(one) for one in node) or None
    return node


class Tree:
    """Makes the tree of one spec."""

    def __init__(self, spec: QuerySpec, tables: dict[int, tuple[str, str]], types: dict[str, str]) -> None:
        """Nothing yet.

        Args:
            spec: What is meant.
            tables: Schema and name, by oid.
            types: What the type of a column is called, by the column's name.
        """
        self.spec, self.tables, self.types = spec, tables, types

    def select(self) -> ast.SelectStmt:
        spec = self.spec
        limit = ast.A_Const(val=ast.Integer(ival=spec.limit)) if spec.limit else None
        return ast.SelectStmt(
            distinctClause=(None,) if spec.distinct else None,
            targetList=tuple(self.targets()),
            fromClause=(self.from_item(),),
            whereClause=self.conditions(False),
            groupClause=tuple(self.grouped()),
            havingClause=self.conditions(True),
            sortClause=tuple(self.sort(key) for key in spec.order),
            limitCount=limit,
            limitOption=LimitOption.LIMIT_OPTION_COUNT if limit else LimitOption.LIMIT_OPTION_DEFAULT,
        )

    def conditions(self, of_groups: bool) -> ast.Node | None:
        parts = [self.part(one) for one in side(self.spec.where, of_groups)]
        return junction(parts, BoolExprType.AND_EXPR)

    def targets(self) -> list[ast.ResTarget]:
        if not self.spec.outputs:
            sources = [self.spec.source, *(join.source for join in self.spec.joins)]
            stars = [ast.ColumnRef(fields=(ast.String(one.alias), ast.A_Star())) for one in sources]
            return [ast.ResTarget(val=star) for star in stars]
        return [
            ast.ResTarget(name=output.alias or None, val=self.output(output)) for output in self.spec.outputs
        ]

    def output(self, output: Output) -> ast.Node:
        if not output.aggregate:
            assert output.column is not None
            return self.column(output.column)
        return self.call(output)

    def call(self, output: Output) -> ast.FuncCall:
        name = (ast.String(CATALOG), ast.String(output.aggregate))
        if output.column is None:
            return ast.FuncCall(funcname=name, agg_star=True)
        arguments: list[ast.Node] = [self.column(output.column)]
        if output.aggregate == "string_agg":
            delimiter = ast.A_Const(val=ast.String(aggregates.DELIMITER))
            arguments = [cast(arguments[0], "catalog text"), cast(delimiter, "catalog text")]
        return ast.FuncCall(funcname=name, args=tuple(arguments), agg_distinct=output.distinct)

    def grouped(self) -> list[ast.Node]:
        plain = [one.column for one in self.spec.outputs if not one.aggregate and one.column]
        if not self.spec.grouped:
            return []
        return [self.column(one) for one in dict.fromkeys(plain)]

    def from_item(self) -> ast.Node:
        item: ast.Node = self.table(self.spec.source)
        for join in self.spec.joins:
            item = self.join(item, join)
        return item

    def table(self, source: Source) -> ast.RangeVar:
        schema, name = self.tables[source.oid]
        alias = ast.Alias(aliasname=source.alias)
        return ast.RangeVar(schemaname=schema, relname=name, inh=True, relpersistence="p", alias=alias)

    def join(self, left: ast.Node, join: Join) -> ast.JoinExpr:
        equal = [self.equal(self.column(one), self.column(other)) for one, other in join.pairs]
        return ast.JoinExpr(
            jointype=JoinType.JOIN_LEFT if join.outer else JoinType.JOIN_INNER,
            larg=left,
            rarg=self.table(join.source),
            quals=junction(equal, BoolExprType.AND_EXPR),
        )

    def equal(self, one: ast.Node, other: ast.Node) -> ast.A_Expr:
        return operation("=", one, other)

    def sort(self, key: SortKey | OutputOrder) -> ast.SortBy:
        if isinstance(key, SortKey):
            node: ast.Node = self.column(ColumnOf(self.spec.source.alias, key.column))
        else:
            node = ast.A_Const(val=ast.Integer(ival=key.output + 1))
        nulls = SortByNulls.SORTBY_NULLS_DEFAULT
        if key.nulls_first not in (None, key.descending):
            nulls = SortByNulls.SORTBY_NULLS_FIRST if key.nulls_first else SortByNulls.SORTBY_NULLS_LAST
        direction = SortByDir.SORTBY_DESC if key.descending else SortByDir.SORTBY_DEFAULT
        return ast.SortBy(node=node, sortby_dir=direction, sortby_nulls=nulls)

    def column(self, column: ColumnOf) -> ast.ColumnRef:
        return ast.ColumnRef(fields=(ast.String(column.source), ast.String(column.column)))

    def part(self, part: Condition | Group) -> ast.Node | None:
        if isinstance(part, Group):
            word = BoolExprType.OR_EXPR if part.either else BoolExprType.AND_EXPR
            return junction([self.part(one) for one in part.parts], word)
        column = self.subject(part)
        if part.is_null:
            kind = Kind.AEXPR_NOT_DISTINCT if part.keep else Kind.AEXPR_DISTINCT
            null = ast.A_Const(isnull=True)
            return ast.A_Expr(kind=kind, name=(ast.String("="),), lexpr=column, rexpr=null)
        holds = self.holds(part, column)
        if part.keep:
            return holds
        return ast.BooleanTest(arg=holds, booltesttype=BoolTestType.IS_NOT_TRUE)

    def subject(self, part: Condition) -> ast.Node:
        where = ColumnOf(part.source or self.spec.source.alias, part.column)
        if part.aggregate:
            return self.call(Output(where if part.column else None, part.aggregate, part.distinct))
        return self.column(where)

    def other(self, part: Condition) -> ast.Node:
        assert part.other is not None
        return self.column(ColumnOf(part.other.source or self.spec.source.alias, part.other.column))

    def own(self, part: Condition) -> str:
        own = "bigint" if part.aggregate == "count" else self.types[part.column]
        return {"integer": "bigint", "bigint": "numeric"}[own] if part.aggregate == "sum" else own

    def holds(self, part: Condition, column: ast.Node) -> ast.Node:
        if part.other is not None:
            other = self.other(part)
            if part.operator == "<>":
                return ast.BoolExpr(boolop=BoolExprType.NOT_EXPR, args=(operation("=", column, other),))
            return operation(part.operator, column, other)
        own = self.own(part)
        name = "catalog text" if part.operator in TEXTUAL else own
        if part.operator in ("any", "has"):
            name = {"text[]": "text", "int4range": "integer"}[own]
        texts = part.values or (part.value or "",)
        values = [cast(ast.A_Const(val=ast.String(text)), name) for text in texts]
        if part.operator == "any":
            return operation("=", values[0], column, Kind.AEXPR_OP_ANY)
        if part.operator == "in" and own == "text[]":
            return all_of([operation("=", column, value) for value in values], BoolExprType.OR_EXPR)
        if part.operator == "in":
            return operation("=", column, ast.A_ArrayExpr(elements=tuple(values)), Kind.AEXPR_OP_ANY)
        if part.operator == "between":
            bounds = [operation(">=", column, values[0]), operation("<=", column, values[1])]
            return all_of(bounds, BoolExprType.AND_EXPR)
        if part.operator == "<>":
            return ast.BoolExpr(boolop=BoolExprType.NOT_EXPR, args=(operation("=", column, values[0]),))
        right = ast.A_ArrayExpr(elements=tuple(values)) if part.operator in ("?|", "?&") else values[0]
        return operation(SYMBOLS.get(part.operator, part.operator), column, right)


def side(parts: Sequence[Condition | Group], of_groups: bool) -> list[Condition | Group]:
    """The parts of WHERE, or those of HAVING; a group of which all must hold has some of both."""
    found: list[Condition | Group] = []
    for part in parts:
        kinds = {bool(condition.aggregate) for condition in flat((part,))} or {False}
        if isinstance(part, Group) and not part.either and len(kinds) == 2:
            found.append(Group(tuple(side(part.parts, of_groups)), either=False))
        elif (True in kinds) is of_groups:
            found.append(part)
    return found


def operation(symbol: str, left: ast.Node, right: ast.Node, kind: Kind = Kind.AEXPR_OP) -> ast.A_Expr:
    """One of pg_catalog's operators."""
    return ast.A_Expr(kind=kind, name=(ast.String(CATALOG), ast.String(symbol)), lexpr=left, rexpr=right)


def cast(what: ast.Node, name: str) -> ast.TypeCast:
    """To a type of TYPES."""
    names, array = TYPES[name]
    bounds = (ast.Integer(ival=-1),) if array else None
    listed = tuple(map(ast.String, names))
    return ast.TypeCast(arg=what, typeName=ast.TypeName(names=listed, typemod=-1, arrayBounds=bounds))


def junction(parts: Sequence[ast.Node | None], word: BoolExprType) -> ast.Node | None:
    """All parts that say anything; the grammar makes (a AND b) AND c one AND of three."""
    said = [part for part in parts if part is not None]
    return all_of(said, word) if said else None


def all_of(said: Sequence[ast.Node], word: BoolExprType) -> ast.Node:
    """The same of at least one part."""
    first, *others = said
    if not others:
        return first
    begun = first.args or () if isinstance(first, ast.BoolExpr) and first.boolop == word else (first,)
    return ast.BoolExpr(boolop=word, args=(*begun, *others))
