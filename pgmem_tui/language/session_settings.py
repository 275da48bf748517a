"""Which settings a read-only session may be given: those that change how it plans, names and shows things.

None of them writes, locks, or changes who one is. Settings that the program sets itself and relies on are not
among them, but for `jit`, which it only thinks better of.
"""

from __future__ import annotations

from typing import Any, NamedTuple

_PLANNER = """
seq_page_cost random_page_cost cpu_tuple_cost cpu_index_tuple_cost cpu_operator_cost
parallel_setup_cost parallel_tuple_cost min_parallel_table_scan_size min_parallel_index_scan_size
jit jit_above_cost jit_inline_above_cost jit_optimize_above_cost jit_expressions jit_tuple_deforming
effective_cache_size effective_io_concurrency work_mem hash_mem_multiplier
cursor_tuple_fraction from_collapse_limit join_collapse_limit plan_cache_mode constraint_exclusion
max_parallel_workers_per_gather max_parallel_workers parallel_leader_participation
"""
_OTHERS = """
search_path timezone datestyle intervalstyle bytea_output
statement_timeout lock_timeout
"""
_NAMES = frozenset(_PLANNER.split() + _OTHERS.split())
"""https://www.postgresql.org/docs/current/runtime-config-query.html and -config-client.html."""
_BEGINNINGS = ("enable_", "geqo")
SOME = "work_mem, enable_…, search_path, timezone, datestyle, statement_timeout and the like"


class Change(NamedTuple):
    """A setting that is SET or RESET."""

    name: str
    """In lower case."""
    reset: bool
    """Whether it gets the value back that it had at first."""


def harmless(name: str) -> bool:
    """Whether a setting may be changed where nothing may be written."""
    return name in _NAMES or (name.startswith(_BEGINNINGS) and "." not in name)


def meant(name: str) -> str:
    """The setting whose name is nearly this one; empty if none is."""
    from difflib import get_close_matches  # nobody else has needed it by then

    return next(iter(get_close_matches(name.lower(), _NAMES - {name.lower()}, 1, 0.8)), "")


def change(node: Any) -> Change | None:
    """What a SET or RESET does that lasts, given its parse tree; None of any other setting or statement.

    https://www.postgresql.org/docs/current/sql-set.html
    """
    if type(node).__name__ != "VariableSetStmt" or node.is_local or not node.name:
        return None
    name, kind = node.name.lower(), node.kind.name
    if not harmless(name) or kind not in ("VAR_SET_VALUE", "VAR_SET_DEFAULT", "VAR_RESET"):
        return None
    return Change(name, kind != "VAR_SET_VALUE")
