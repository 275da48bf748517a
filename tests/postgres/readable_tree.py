"""The syntax tree of a spec's readable SQL, made of pglast's nodes and not of SQL."""

from __future__ import annotations

from pglast import ast
from pglast.enums import A_Expr_Kind as Kind
from pglast.enums import BoolExprType, BoolTestType, NullTestType

from pgmem_tui.postgres import aggregates
from pgmem_tui.postgres.query_spec import ColumnOf, Condition, Group, Output, SortKey, Source
from tests.postgres.composed_tree import TYPES, Tree, all_of, cast

SYMBOLS = {"like": "~~", "ilike": "~~*", "has": "@>"}
KINDS = {"like": Kind.AEXPR_LIKE, "ilike": Kind.AEXPR_ILIKE}
LARGEST = {"integer": 2**31, "bigint": 2**63, "numeric": 10**31}
TRUTHS = {"true": True, "false": False}


def plain(
    symbol: str, left: ast.Node, right: ast.Node | tuple[ast.Node, ...], kind: Kind = Kind.AEXPR_OP
) -> ast.A_Expr:
    """An operator without its schema."""
    return ast.A_Expr(kind=kind, name=(ast.String(symbol),), lexpr=left, rexpr=right)


class ReadableTree(Tree):
    """Makes the tree of one spec."""

    def targets(self) -> list[ast.ResTarget]:
        if not self.spec.outputs:
            return [ast.ResTarget(val=ast.ColumnRef(fields=(ast.A_Star(),)))]
        return super().targets()

    def table(self, source: Source) -> ast.RangeVar:
        made = super().table(source)
        if made.relname == source.alias:
            made.alias = None
        return made

    def column(self, column: ColumnOf) -> ast.ColumnRef:
        if self.spec.joins:
            return super().column(column)
        return ast.ColumnRef(fields=(ast.String(column.column),))

    def sort(self, key: object) -> ast.SortBy:
        made = super().sort(key)  # type: ignore[arg-type]
        renamed = any(output.alias or output.aggregate for output in self.spec.outputs)
        if isinstance(key, SortKey) and renamed:
            made.node = super().column(ColumnOf(self.spec.source.alias, key.column))
        return made

    def equal(self, one: ast.Node, other: ast.Node) -> ast.A_Expr:
        return plain("=", one, other)

    def call(self, output: Output) -> ast.FuncCall:
        name = (ast.String(output.aggregate),)
        if output.column is None:
            return ast.FuncCall(funcname=name, agg_star=True)
        arguments: list[ast.Node] = [self.column(output.column)]
        if output.aggregate == "string_agg":
            arguments.append(ast.A_Const(val=ast.String(aggregates.DELIMITER)))
        return ast.FuncCall(funcname=name, args=tuple(arguments), agg_distinct=output.distinct)

    def part(self, part: Condition | Group) -> ast.Node | None:
        if isinstance(part, Group):
            return super().part(part)
        column = self.subject(part)
        if part.is_null:
            kind = NullTestType.IS_NULL if part.keep else NullTestType.IS_NOT_NULL
            return ast.NullTest(arg=column, nulltesttype=kind, argisrow=False)
        holds = self.holds(part, column)
        if part.keep or (part.operator == "=" and part.other is None):
            return holds
        return ast.BooleanTest(arg=holds, booltesttype=BoolTestType.IS_NOT_TRUE)

    def holds(self, part: Condition, column: ast.Node) -> ast.Node:
        how = part.operator
        if part.other is not None:
            return plain(how, column, self.other(part))
        own, texts = self.own(part), part.values or (part.value or "",)
        bare = own in LARGEST and all(-LARGEST[own] <= int(text) < LARGEST[own] for text in texts)
        values = [number(int(text)) if bare else self.value(text, own, how) for text in texts]
        if how == "any":
            return plain("=", values[0], column, Kind.AEXPR_OP_ANY)
        if how == "in" and own == "text[]":
            return all_of([plain("=", column, value) for value in values], BoolExprType.OR_EXPR)
        if how == "in":
            return plain("=", column, tuple(values), Kind.AEXPR_IN)
        if how == "between":
            return plain("BETWEEN", column, tuple(values), Kind.AEXPR_BETWEEN)
        if how == "=" and not part.keep:
            return plain("=", column, values[0], Kind.AEXPR_DISTINCT)
        right = ast.A_ArrayExpr(elements=tuple(values)) if how in ("?|", "?&") else values[0]
        return plain(SYMBOLS.get(how, how), column, right, KINDS.get(how, Kind.AEXPR_OP))

    def value(self, text: str, own: str, how: str) -> ast.Node:
        """Truths without quotes; casts where the operator takes values of another type too."""
        if own == "boolean":
            return ast.A_Const(val=ast.Boolean(boolval=TRUTHS[text]))
        constant = ast.A_Const(val=ast.String(text))
        if own == "int4range" and how in ("has", "@>", "<@", "&&"):
            return typed(constant, "int4" if how == "has" else "int4range")
        return constant


def number(value: int) -> ast.Node:
    """A literal as the grammar reads it: what is more than an integer is a numeric."""
    small = -(2**31) < value < 2**31
    if small:
        return ast.A_Const(val=ast.Integer(ival=value))
    return ast.A_Const(val=ast.Float(fval=str(value)))


def typed(what: ast.Node, name: str) -> ast.TypeCast:
    """`::`."""
    if name in TYPES:
        return cast(what, name)
    listed = (ast.String("pg_catalog"), ast.String(name))
    return ast.TypeCast(arg=what, typeName=ast.TypeName(names=listed, typemod=-1))
