"""What it is in a statement that writes, in a word: DELETE in a WITH, or behind EXPLAIN ANALYZE."""

from __future__ import annotations

from typing import Any

from pgmem_tui.language import grammar

_COMMANDS = {"InsertStmt": "INSERT", "UpdateStmt": "UPDATE", "DeleteStmt": "DELETE", "MergeStmt": "MERGE"}
_IN_QUERIES = {"IntoClause": "INTO", "LockingClause": "FOR UPDATE or SHARE"}


def headline(node: Any, word: str) -> str:
    """The first word of a statement, and behind it what writes, if that is something else.

    Args:
        node: The statement's parse tree.
        word: The one it begins with.
    """
    known = _COMMANDS if word not in ("SELECT", "WITH", "EXPLAIN") else _COMMANDS | _IN_QUERIES
    kinds = (type(each).__name__ for each in grammar.walk(node))
    found = [command for command in dict.fromkeys(known.get(kind, "") for kind in kinds) if command]
    return word if not found or found == [word] else f"{word} … {', '.join(found)}"
