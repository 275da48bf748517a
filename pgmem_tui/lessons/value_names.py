"""Which values a step has, as far as its text tells. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from pgmem_tui.lessons.lesson import Program, Step

OF_PROGRAMS = frozenset(
    (
        *("peak", "peak_rss", "peak_uss", "baseline", "backend_peak", "temp_bytes", "nbytes", "seconds"),
        *("killed", "timed_out", "problem", "sqlstate"),
    )
)
"""Values that every program may have."""
OF_STATEMENTS = frozenset(("rowcount", "status", "seconds", "problem", "sqlstate"))
"""Values that every statement may have, besides its columns."""

WHY_NOT = "why_not"
"""The note by which a step says why it did not measure what others it brings would be."""

_NOTE = "note"


def unknown(step: Step, value: str) -> str:
    """Why a step cannot have a value, in words; empty if it has it, or may.

    What a statement's columns are is known when it has run, and so is a note whose name is computed, and what
    a program notes that does so in a module of its own only.
    """
    if not isinstance(step, Program) or value in OF_PROGRAMS:
        return ""
    names = noted(step.source)
    if not names or value in names:
        return ""
    return f"{step.name} has no value {value}; it notes {', '.join(sorted(names))}"


def noted(source: str) -> frozenset[str] | None:
    """The names that a program notes; None if only its run can tell."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_note(node.func)]
    mentioned = sum(_is_note(node) or _is_renamed(node) for node in ast.walk(tree))
    if mentioned > len(calls):
        return None  # it is handed on, or has another name
    found = set()
    for call in calls:
        name = call.args[0] if call.args else None
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            return None
        found.add(name.value)
    return frozenset(found)


def brought(step: str, values: Iterable[str]) -> str:
    """What a step noted or returned in a run, in words; empty if it brought nothing.

    Args:
        step: Its name.
        values: The whole names of all that was measured.
    """
    own = (name.partition(".")[2] for name in values if name.startswith(f"{step}."))
    names = sorted(set(own) - OF_PROGRAMS - OF_STATEMENTS)
    return f"{step} brought {', '.join(names)}" if names else ""


def _is_note(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id == _NOTE
    return isinstance(node, ast.Attribute) and node.attr == _NOTE


def _is_renamed(node: ast.AST) -> bool:
    return isinstance(node, ast.alias) and node.name == _NOTE and node.asname not in (None, _NOTE)
