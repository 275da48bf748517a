"""Key words: which cannot be names, and which fit where.

https://www.postgresql.org/docs/current/sql-keywords-appendix.html
"""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


RESERVED = _words(
    """all analyse analyze and any array as asc asymmetric both case cast check collate column constraint
    create current_catalog current_date current_role current_time current_timestamp current_user default
    deferrable desc distinct do else end except false fetch for foreign from grant group having in
    initially intersect into lateral leading limit localtime localtimestamp not null offset on only or
    order placing primary references returning select session_user some symmetric system_user table then
    to trailing true union unique user using variadic when where window with"""
)
"""Those that are never the name of anything."""
FUNCTION_OR_TYPE = _words(
    """authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull
    join left like natural notnull outer overlaps right similar tablesample verbose"""
)
"""Those that are only the name of a function or a type."""
COLUMN = _words(
    """between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping
    inout int integer interval json json_array json_arrayagg json_exists json_object json_objectagg json_query
    json_scalar json_serialize json_table json_value least merge_action national nchar none normalize nullif
    numeric out overlay position precision real row setof smallint substring time timestamp treat trim values
    varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
    xmlserialize xmltable"""
)
"""Those that are a column's or table's name, and a function's or type's only in a syntax of their own."""
NOT_PLAIN = RESERVED | FUNCTION_OR_TYPE | COLUMN
"""Names that `quote_ident` puts between quotes."""
QUERY_WORDS = frozenset({"select", "with", "table"})
"""What a query in parentheses begins with, and VALUES."""
NOT_A_TABLE = RESERVED | FUNCTION_OR_TYPE
NOT_AN_ALIAS = NOT_A_TABLE | {"set", "values", "overriding"}
"""`UPDATE t SET`: there SET is no alias of t."""

BEFORE_AN_OPERAND = _words(
    """select distinct all where and or not on having by in like ilike between when then else case
    returning set from for both leading trailing escape any some values limit offset to using symmetric
    asymmetric filter"""
)
"""Those that an expression follows."""

OPERANDS = (
    *("CASE", "NOT", "EXISTS", "NULL", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_USER"),
    *("CAST", "ARRAY", "ROW", "INTERVAL", "DATE", "TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_TIME"),
    *("COALESCE", "NULLIF", "GREATEST", "LEAST", "EXTRACT", "SUBSTRING", "POSITION", "OVERLAY", "TRIM"),
)
"""What an expression may begin with."""
OPERATORS = (
    *("AND", "OR", "IN", "IS NULL", "IS NOT NULL", "LIKE", "ILIKE", "BETWEEN", "NOT IN", "NOT LIKE"),
    *("IS DISTINCT FROM", "IS NOT DISTINCT FROM", "SIMILAR TO", "AT TIME ZONE", "COLLATE"),
)
"""What may follow an operand."""
CASE_PARTS = ("WHEN", "THEN", "ELSE", "END")
JOINS = (
    *("JOIN", "LEFT JOIN", "INNER JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "NATURAL JOIN"),
    *("JOIN LATERAL", "LEFT JOIN LATERAL", "CROSS JOIN LATERAL"),
)
SELECT_CLAUSES = (
    *("FROM", "WHERE", "GROUP BY", "HAVING", "WINDOW", "UNION", "UNION ALL", "INTERSECT", "EXCEPT"),
    *("ORDER BY", "LIMIT", "OFFSET", "FETCH FIRST", "FOR UPDATE", "FOR SHARE"),
)
"""In their order."""
QUERIES = ("SELECT", "WITH", "VALUES", "TABLE")
STATEMENTS = (
    *(
        "SELECT",
        "WITH",
        "INSERT INTO",
        "UPDATE",
        "DELETE FROM",
        "VALUES",
        "TABLE",
        "EXPLAIN",
        "SHOW",
        "MERGE INTO",
    ),
    *("CREATE", "ALTER", "DROP", "TRUNCATE", "COPY", "ANALYZE", "VACUUM", "REFRESH MATERIALIZED VIEW"),
    *("GRANT", "REVOKE", "COMMENT ON", "SET", "RESET", "CALL", "DO", "LOCK TABLE", "REINDEX", "CLUSTER"),
)
_OBJECTS = ("TABLE", "VIEW", "MATERIALIZED VIEW", "INDEX", "SCHEMA", "SEQUENCE", "FUNCTION", "TYPE", "ROLE")
FOLLOWING = {
    "group": ("BY",),
    "order": ("BY",),
    "partition": ("BY",),
    "insert": ("INTO",),
    "merge": ("INTO",),
    "delete": ("FROM",),
    "is": ("NULL", "NOT NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT FROM", "NOT DISTINCT FROM", "JSON"),
    "left": ("JOIN", "OUTER JOIN", "JOIN LATERAL"),
    "right": ("JOIN", "OUTER JOIN"),
    "full": ("JOIN", "OUTER JOIN"),
    "inner": ("JOIN",),
    "outer": ("JOIN",),
    "cross": ("JOIN", "JOIN LATERAL"),
    "natural": ("JOIN", "LEFT JOIN", "INNER JOIN"),
    "union": ("ALL", "SELECT", "VALUES", "TABLE"),
    "intersect": ("ALL", "SELECT", "VALUES", "TABLE"),
    "except": ("ALL", "SELECT", "VALUES", "TABLE"),
    "nulls": ("FIRST", "LAST"),
    "similar": ("TO",),
    "create": (*_OBJECTS, "TEMPORARY TABLE", "UNIQUE INDEX", "OR REPLACE VIEW", "EXTENSION", "DATABASE"),
    "alter": _OBJECTS,
    "drop": _OBJECTS,
    "refresh": ("MATERIALIZED VIEW",),
    "comment": ("ON",),
    "conflict": ("DO NOTHING", "DO UPDATE SET", "ON CONSTRAINT"),
    "do": ("NOTHING", "UPDATE SET"),
    "default": ("VALUES",),
    "recursive": (),
}
"""The only words that fit after some."""
