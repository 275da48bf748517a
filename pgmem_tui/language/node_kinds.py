"""What the nodes of PostgreSQL's parse trees do, by their names: those that only read are listed.

A node that is in neither table, as one of a newer grammar, is taken for one that writes.
"""

from __future__ import annotations

_READS = """
RawStmt SelectStmt WithClause CommonTableExpr CTECycleClause CTESearchClause ResTarget
RangeVar RangeSubselect RangeFunction RangeTableFunc RangeTableFuncCol RangeTableSample JoinExpr Alias
SortBy WindowDef GroupingSet GroupingFunc ColumnDef TypeName
ColumnRef A_Star A_Const A_Expr A_ArrayExpr A_Indirection A_Indices BoolExpr ParamRef SetToDefault
Integer Float Boolean String BitString
FuncCall NamedArgExpr TypeCast CollateClause CaseExpr CaseWhen CoalesceExpr MinMaxExpr NullTest
BooleanTest SubLink RowExpr SQLValueFunction XmlExpr XmlSerialize
JsonAggConstructor JsonArgument JsonArrayAgg JsonArrayConstructor JsonArrayQueryConstructor JsonBehavior
JsonFormat JsonFuncExpr JsonIsPredicate JsonKeyValue JsonObjectAgg JsonObjectConstructor JsonOutput
JsonParseExpr JsonReturning JsonScalarExpr JsonSerializeExpr JsonTable JsonTableColumn JsonTablePathSpec
JsonValueExpr
"""
READS = frozenset(_READS.split())
"""All that a query consists of (https://www.postgresql.org/docs/current/sql-select.html)."""

WRITES = {
    "InsertStmt": "adds rows",
    "UpdateStmt": "changes rows",
    "DeleteStmt": "deletes rows",
    "MergeStmt": "adds, changes or deletes rows",
    "TruncateStmt": "deletes all rows of a table",
    "LockStmt": "makes other sessions wait for its locks",
    "DoStmt": "runs code that may write",
    "CallStmt": "runs a procedure, which may write",
    "ExecuteStmt": "runs what was prepared, which may write",
    "PrepareStmt": "leaves a prepared statement in the session",
    "DeallocateStmt": "takes prepared statements out of the session",
    "NotifyStmt": "sends a message to other sessions",
    "UnlistenStmt": "changes which messages this session gets",
    "VariableSetStmt": "changes the session's settings",
    "ConstraintsSetStmt": "changes when constraints are checked",
    "AlterSystemStmt": "changes the server's settings",
    "LoadStmt": "loads code into the server",
    "CheckPointStmt": "makes the server write its files",
    "VacuumStmt": "rewrites tables or their statistics",
    "ClusterStmt": "rewrites tables",
    "ReindexStmt": "rebuilds indexes",
    "RefreshMatViewStmt": "rewrites a materialized view",
    "CreateTableAsStmt": "makes a table",
}
"""What is said of those that one meets; of any other, that it may change the database."""

SERVER_FILE = "writes a file of the server"
SERVER_PROGRAM = "runs a program on the server"

CURSORS = frozenset({"DeclareCursorStmt", "FetchStmt", "ClosePortalStmt"})

SETTINGS = frozenset(
    {
        "standard_conforming_strings",
        "client_encoding",
        "transaction_read_only",
        "transaction_isolation",
        "transaction_deferrable",
    }
)
"""What the program itself relies on: how a statement is read, and which snapshot it sees."""
