"""The operators that conditions have, and which of them fit a column. Pure.

https://www.postgresql.org/docs/current/functions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.relation import Column

MANY = -1
"""Of an operator that takes one value or more."""


class Operand(Enum):
    """Which type a value is of."""

    OWN = "own"
    """The column's."""
    ELEMENT = "element"
    """That of the column's elements: of an array, or of a range."""
    TEXT = "text"
    TSQUERY = "tsquery"


@dataclass(frozen=True)
class Operator:
    """What a condition compares a column by."""

    name: str
    """By which a condition says which one it means."""
    label: str
    """For people."""
    takes: int = 1
    """Values: 0, 1, 2, or `MANY`."""
    operand: Operand = Operand.OWN
    symbol: str = ""
    """Its name in pg_catalog; empty if it is more than one operator of a fixed name."""
    of_text: bool = False
    """Whether it is the column's text that is compared."""
    also: str = ""
    """What else it is called, and what is to be said of it."""
    opposite: str = ""
    """The label of a condition that leaves out the rows for which it holds; empty if that has no own."""


_EQUAL = (
    Operator("=", "=", also="equal", opposite="is distinct from"),
    Operator("<>", "<>", also="not equal"),
)
_IN = Operator("in", "in", MANY, also="= any of a list of values", opposite="not in")
_NULL = Operator("is null", "is null", 0, opposite="is not null")
_ORDER = (
    Operator("<", "<", also="less than"),
    Operator("<=", "<=", also="at most"),
    Operator(">", ">", also="more than"),
    Operator(">=", ">=", also="at least"),
    Operator("between", "between", 2, also="both ends included", opposite="not between"),
)


def _pattern(name: str, symbol: str, also: str, opposite: str) -> Operator:
    return Operator(name, name, 1, Operand.TEXT, symbol, True, also, opposite)


_PATTERN = (
    _pattern("like", "~~", "contains: %text%", "not like"),
    _pattern("ilike", "~~*", "contains: %text%, either case", "not ilike"),
    _pattern("~", "~", "regular expression, regex", "not ~"),
    _pattern("~*", "~*", "regex, either case", "not ~*"),
)
_CONTAINS = (
    Operator("@>", "@>  contains", symbol="@>"),
    Operator("<@", "<@  is contained by", symbol="<@"),
)
_OVERLAPS = Operator("&&", "&&  overlaps", symbol="&&")
_ANY = Operator(
    "any", "has the element  (array)", operand=Operand.ELEMENT, also="= any", opposite="lacks the element"
)
_HAS = Operator("has", "has the value", operand=Operand.ELEMENT, symbol="@>")
_KEYS = (
    Operator("?", "?  has the key", operand=Operand.TEXT, symbol="?"),
    Operator("?|", "?|  has one of the keys", MANY, Operand.TEXT, "?|"),
    Operator("?&", "?&  has all of the keys", MANY, Operand.TEXT, "?&"),
)
_NETWORKS = (
    Operator("<<=", "<<=  is within", symbol="<<="),
    Operator(">>=", ">>=  contains", symbol=">>="),
    _OVERLAPS,
)
_SEARCH = Operator("@@", "@@  matches the search", operand=Operand.TSQUERY, symbol="@@")

_COMPARED = (*_EQUAL, *_ORDER, _IN)
_BY_NAME = {
    one.name: one
    for one in (*_COMPARED, *_PATTERN, *_CONTAINS, _OVERLAPS, _ANY, _HAS, *_KEYS, *_NETWORKS, _SEARCH, _NULL)
}
SYMBOLS = frozenset(
    {one.symbol or one.name for one in _BY_NAME.values()} - {"between", "in", "any", "is null"}
)
"""The names that they have in pg_catalog, of those that are an operator there."""

_JSON, _JSONPATH, _XML, _JSONB, _TSVECTOR = 114, 4072, 142, 3802, 3614
_UNORDERED = frozenset({_JSONPATH, 28, 29, 1033, 1790, 2970, 5038})
"""Besides those of geometry: jsonpath, xid, cid, aclitem, refcursor and snapshots have no order."""

_WITHOUT = frozenset(
    [
        "json",
        "xml",
        "jsonpath",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "xid",
        "cid",
        "aclitem",
        "refcursor",
        "txid_snapshot",
        "pg_snapshot",
    ]
)
"""The names of the types whose values do not compare, for arrays of them."""

_BY_TYPE = {
    _JSON: (*_EQUAL, _IN, *_PATTERN),
    _XML: (*_EQUAL, _IN, *_PATTERN),
    _JSONB: (*_EQUAL, _IN, *_CONTAINS, *_KEYS),
    _TSVECTOR: (*_EQUAL, _SEARCH),
}
_BY_CATEGORY = {
    "A": (*_EQUAL, _IN, _ANY, *_CONTAINS, _OVERLAPS),
    "B": _EQUAL,
    "C": (*_EQUAL, _IN),
    "G": (*_EQUAL, _IN),
    "I": (*_COMPARED, *_NETWORKS),
    "P": (*_EQUAL, _IN),
    "R": (*_EQUAL, *_ORDER, _IN, _HAS, *_CONTAINS, _OVERLAPS),
    "S": (*_COMPARED, *_PATTERN),
}


def operators_for(column: Column) -> tuple[Operator, ...]:
    """Those that fit a column's type, the commonest first.

    A type of an extension may turn out to have no order; that is said when the query is composed.
    """
    if column.type_oid in _UNORDERED or (column.category == "A" and not compares(column)):
        return (*_EQUAL, _IN, _NULL)
    fitting = _BY_TYPE.get(column.type_oid) or _BY_CATEGORY.get(column.category, _COMPARED)
    return (*fitting, _NULL)


def compares(column: Column) -> bool:
    """Whether equal values are known from others otherwise than by their text, as DISTINCT has to."""
    if column.category == "A":
        return column.type_name.removesuffix("[]") not in _WITHOUT
    return column.category != "G" and column.type_oid not in _UNORDERED | {_JSON, _XML}


def operator(name: str) -> Operator:
    """The operator of a name.

    Raises:
        Refused: There is none.
    """
    found = _BY_NAME.get(name)
    if found is None:
        raise Refused(f"there is no operator {name}")
    return found
