"""What is different when a query runs as the program's cursor: in words, and line by line. Pure.

https://www.postgresql.org/docs/current/sql-declare.html says what SCROLL may cost,
https://www.postgresql.org/docs/current/when-can-parallel-query-be-used.html why a cursor has no workers, and
https://www.postgresql.org/docs/current/runtime-config-query.html what cursor_tuple_fraction is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pgmem_tui.display import quantities
from pgmem_tui.postgres.plan import Estimate, Plan
from pgmem_tui.postgres.plan_shares import Weighed
from pgmem_tui.postgres.planning import TUPLE_OVERHEAD

MOST_COMPARED = 3000
"""Nodes of a plan that are compared one by one; the time is that squared."""
MOST_NAMED = 4
"""Nodes or tables named in a sentence."""

Nodes = Sequence[Weighed]


@dataclass(frozen=True)
class Circumstances:
    """What is known besides the plans."""

    fraction: float
    """cursor_tuple_fraction."""
    work_mem: int
    """In bytes."""
    scroll: bool
    """Whether the cursor may go back."""
    cut: bool
    """Whether its SELECT cuts long values."""


@dataclass(frozen=True, eq=False)
class Merged:
    """A line of two plans laid on each other."""

    sign: str
    """`+` only the cursor has it, `-` only the query, a blank for both."""
    weighed: Weighed
    """The cursor's, where both have it."""
    depth: int
    """In the cursor's tree, where it would be there."""


def merge(query: Nodes, cursor: Nodes) -> tuple[Merged, ...]:
    """Both plans in one: nodes are the same if they do the same with the same, in the same order."""
    if max(len(query), len(cursor)) > MOST_COMPARED:
        there, here = set(_keys(query)), set(_keys(cursor))
        gone = [Merged("-", node, node.depth) for node in query if _key(node) not in here]
        return (*gone, *(Merged(" " if _key(node) in there else "+", node, node.depth) for node in cursor))
    merged: list[Merged] = []
    deeper = 0
    """By how much the cursor's nodes lie deeper than the query's."""
    matcher = SequenceMatcher(None, _keys(query), _keys(cursor), autojunk=False)
    for same, first, end, at, until in matcher.get_opcodes():
        if same == "equal":
            merged += [Merged(" ", node, node.depth) for node in cursor[at:until]]
            deeper = cursor[until - 1].depth - query[end - 1].depth
        else:
            merged += [Merged("-", node, max(0, node.depth + deeper)) for node in query[first:end]]
            merged += [Merged("+", node, node.depth) for node in cursor[at:until]]
    return tuple(merged)


def words(
    query: tuple[Plan, Nodes],
    cursor: tuple[Plan, Nodes],
    to_the_end: Nodes | None,
    about: Circumstances,
) -> tuple[str, ...]:
    """Sentences on how the cursor's plan is not the query's, and why.

    Args:
        query: The query's plan as it was written.
        cursor: That of the cursor.
        to_the_end: That of the same cursor if it were meant to be read to its end; None if nobody asked.
        about: What else is known.
    """
    tables = [*_tables(query[1], cursor[1])]
    return (
        *_materialize(query[1], cursor[1], about),
        *_workers(query[1], cursor[1]),
        *_fraction(cursor[1], to_the_end, about.fraction),
        *tables,
        *([] if tables else _other_nodes(query[1], cursor[1])),
        *_settings(query[0], cursor[0]),
        *_width(query[0], cursor[0], about.cut),
        *_cost(query[0].root.estimate, cursor[0].root.estimate),
        *_measured(query[0], cursor[0]),
        *_scroll(cursor[1], about),
    )


def same_nodes(one: Nodes, other: Nodes) -> bool:
    """Whether two plans have the same nodes."""
    return _keys(one) == _keys(other)


def part_cost(estimate: Estimate, fraction: float) -> float:
    """The cost of the first part of a node's rows."""
    return estimate.startup_cost + fraction * (estimate.total_cost - estimate.startup_cost)


def _materialized(query: Nodes, cursor: Nodes) -> bool:
    """Whether the cursor's plan has a Materialize on top, and it alone."""
    return cursor[0].node.kind == "Materialize" != query[0].node.kind


def _materialize(query: Nodes, cursor: Nodes, about: Circumstances) -> Iterator[str]:
    if not (about.scroll and _materialized(query, cursor) and len(cursor) > 1):
        return
    said = cursor[0].node.estimate
    nbytes = int(said.rows * (said.width + TUPLE_OVERHEAD))
    kept = f"≈{quantities.counted(int(said.rows), 'row', short=True)}, ≈{quantities.nbytes(nbytes)}"
    memory = quantities.nbytes(about.work_mem)
    where = f"in temporary files beyond work_mem ({memory})" if nbytes > about.work_mem else "within work_mem"
    yield (
        f"Materialize is on top because SCROLL must go back and {cursor[1].node.title} cannot: the server"
        f" keeps every row that was fetched or passed, {kept} in all, {where}."
    )


def _scroll(cursor: Nodes, about: Circumstances) -> Iterator[str]:
    if about.scroll and cursor[0].node.kind != "Materialize":
        yield f"SCROLL adds nothing: {cursor[0].node.title} can go back by itself."
    elif not about.scroll:
        yield "The cursor is NO SCROLL: what lies before is read by other cursors."


def _workers(query: Nodes, cursor: Nodes) -> Iterator[str]:
    gathers = [node for node in query if node.node.kind in ("Gather", "Gather Merge")]
    if gathers and not any(node.node.kind in ("Gather", "Gather Merge") for node in cursor):
        planned = sum(gather.node.workers[0] for gather in gathers)
        yield (
            f"No parallel workers: a cursor's plan never has them. The query has {planned} planned, below"
            f" {_named(gather.node.title for gather in gathers)}."
        )


def _fraction(cursor: Nodes, to_the_end: Nodes | None, fraction: float) -> Iterator[str]:
    setting = f"cursor_tuple_fraction = {fraction:g}"
    if to_the_end is None or _keys(cursor) == _keys(to_the_end):
        yield f"{setting} changes nothing: this is the plan for all rows as well."
        return
    here, there = cursor[0].node.estimate, to_the_end[0].node.estimate
    new, gone = _changes(to_the_end, cursor)
    change = f"{_named(new) or 'nothing'} in place of {_named(gone) or 'nothing'}"
    yield (
        f"{setting}: planned for the first {100 * fraction:g} % of the rows, {change}. These cost"
        f" ≈{_number(part_cost(here, fraction))} instead of ≈{_number(part_cost(there, fraction))},"
        f" all rows ≈{_number(here.total_cost)} instead of ≈{_number(there.total_cost)}."
    )


def _tables(query: Nodes, cursor: Nodes) -> Iterator[str]:
    all_, some = _read(query), _read(cursor)
    if some and len(some) < len(all_) and some <= all_:
        yield (
            f"It reads {_named(sorted(some))}, {len(some):,} of {_total(query, len(all_))} tables; those that"
            " follow get cursors of their own, one after the other."
        )


def _settings(query: Plan, cursor: Plan) -> Iterator[str]:
    before = dict(query.settings)
    changed = [f"{name} = {value}" for name, value in cursor.settings if before.get(name) != value]
    back = [name for name, _ in query.settings if name not in dict(cursor.settings)]
    if changed or back:
        yield "Set for the cursor: " + ", ".join([*changed, *(f"{name} as it comes" for name in back)]) + "."


def _width(query: Plan, cursor: Plan, cut: bool) -> Iterator[str]:
    there, here = query.root.estimate.width, cursor.root.estimate.width
    if cut and there != here:
        yield f"Its SELECT cuts long values (substr): rows of ≈{here:,} bytes, as estimated, not ≈{there:,}."


def _other_nodes(query: Nodes, cursor: Nodes) -> Iterator[str]:
    """What no other sentence names."""
    new, gone = _changes(query, cursor[1:] if _materialized(query, cursor) else cursor)
    gone = [title for title in gone if not title.startswith("Gather")]
    if new or gone:
        parts = (("New", new), ("gone" if new else "Gone", gone))
        yield "; ".join(f"{what}: {_named(titles)}" for what, titles in parts if titles) + "."


def _cost(there: Estimate, here: Estimate) -> Iterator[str]:
    if (round(there.startup_cost), round(there.total_cost)) != (
        round(here.startup_cost),
        round(here.total_cost),
    ):
        yield (
            f"First row at cost {_number(here.startup_cost)} instead of {_number(there.startup_cost)},"
            f" last at {_number(here.total_cost)} instead of {_number(there.total_cost)}."
        )


def _measured(query: Plan, cursor: Plan) -> Iterator[str]:
    there, here = query.root.actual, cursor.root.actual
    if there is not None and here is not None:
        yield (
            f"Measured: the cursor's first row after {_time(here.first)} instead of {_time(there.first)},"
            f" its last after {_time(here.total)} instead of {_time(there.total)}."
        )


def _read(nodes: Nodes) -> set[str]:
    """The tables that a plan reads."""
    return {node.node.reads for node in nodes if node.node.reads and " on " in node.node.title}


def _total(nodes: Nodes, known: int) -> str:
    more = sum(node.node.summed for node in nodes)
    return f"{known + more:,}"


def _changes(before: Nodes, after: Nodes) -> tuple[list[str], list[str]]:
    """Titles of nodes that are new, and of those gone."""
    there, here = Counter(_keys(before)), Counter(_keys(after))
    titles = {_key(node): node.node.title for node in (*after, *before)}
    new, gone = (here - there).elements(), (there - here).elements()
    return [titles[key] for key in new], [titles[key] for key in gone]


def _keys(nodes: Nodes) -> list[str]:
    return [_key(node) for node in nodes]


def _key(weighed: Weighed) -> str:
    """By which a node is known in another plan: its alias may be another there."""
    node = weighed.node
    return f"{node.title.partition(' on ')[0]} on {node.reads}" if node.reads else node.title


def _named(titles: Iterator[str] | Sequence[str]) -> str:
    found = list(titles)
    more = f" and {len(found) - MOST_NAMED:,} more" if len(found) > MOST_NAMED else ""
    return ", ".join(found[:MOST_NAMED]) + more


def _number(cost: float) -> str:
    return f"{cost:,.0f}" if cost >= 10 else f"{cost:.2f}"


def _time(milliseconds: float) -> str:
    return f"{milliseconds:.2f} ms" if milliseconds < 10 else quantities.seconds(milliseconds / 1000)
