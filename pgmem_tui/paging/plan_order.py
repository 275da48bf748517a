"""How the rows of a plan come in their order. Pure."""

from __future__ import annotations

from pgmem_tui.display import quantities
from pgmem_tui.postgres.planning import Node

_ORDERED = frozenset(
    {"Limit", "Unique", "Materialize", "Subquery Scan", "Result", "Merge Append", "LockRows"}
)
"""Nodes that keep the order of what is below them."""
_GROUPS = frozenset({"Aggregate", "Group", "WindowAgg"})


def order_taken(plan: Node) -> str:
    """In a few words, for a query that has an order: which index has it ready, or what is sorted.

    Empty where the plan does not tell (https://www.postgresql.org/docs/current/using-explain.html).
    """
    node = plan
    while True:
        kind = node["Node Type"]
        if kind in ("Sort", "Incremental Sort"):
            rows = int(node["Plan Rows"])
            return f"sorts ≈{quantities.count(rows)} {'row' if rows == 1 else 'rows'}"
        if index := node.get("Index Name"):
            return f"by index {index}"
        below = node.get("Plans", ())
        sorted_groups = kind in _GROUPS and node.get("Strategy", "Plain") in ("Sorted", "Plain")
        joined = kind in ("Nested Loop", "Merge Join")
        if not below or not (kind in _ORDERED or sorted_groups or joined):
            return ""
        node = below[0]
