"""Which statements a server takes outside of transaction blocks only, told from their parse trees.

Some more depend on what the database has in it (DROP SUBSCRIPTION, REINDEX of a partitioned table): those
are the server's to refuse.
"""

from __future__ import annotations

from typing import Any

_ALWAYS = frozenset(
    {
        "CreatedbStmt",
        "DropdbStmt",
        "CreateTableSpaceStmt",
        "DropTableSpaceStmt",
        "AlterSystemStmt",
    }
)
_WHOLE = ("REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE")
"""What REINDEX works through table by table, in transactions of its own."""
_SLOT = ("connect", "create_slot")
"""Options of CREATE SUBSCRIPTION without which it makes no replication slot."""


def refuses(node: Any) -> bool:
    """Whether a statement fails inside a transaction block, whatever the database has in it.

    As their pages say it, among them https://www.postgresql.org/docs/current/sql-vacuum.html,
    sql-createindex.html (CONCURRENTLY), sql-createdatabase.html and sql-altersystem.html.
    """
    name = type(node).__name__
    if name == "VacuumStmt":
        return bool(node.is_vacuumcmd)  # ANALYZE is one too
    if name == "ReindexStmt":
        return node.kind.name in _WHOLE or _on(node.params, "concurrently")
    if name == "ClusterStmt":
        return node.relation is None
    if name in ("IndexStmt", "DropStmt"):
        return bool(node.concurrent)
    if name == "AlterDatabaseStmt":
        return any(option.defname == "tablespace" for option in node.options or ())
    if name == "CreateSubscriptionStmt":
        return all(_on(node.options, option, unless_said=True) for option in _SLOT)
    if name == "AlterTableStmt":
        return any(getattr(command.def_, "concurrent", False) for command in node.cmds or ())
    return name in _ALWAYS


def _on(options: Any, name: str, unless_said: bool = False) -> bool:
    """Whether an option is on; one without a value is."""
    for option in options or ():
        if option.defname == name:
            return option.arg is None or on(option.arg)
    return unless_said


def on(argument: Any) -> bool:
    """Whether the value of an option is one of those that are true.

    https://www.postgresql.org/docs/current/sql-explain.html
    """
    value = getattr(argument, "sval", None)
    if value is None:
        value = getattr(argument, "ival", getattr(argument, "boolval", True))
    return str(value).lower() not in ("false", "off", "0")
