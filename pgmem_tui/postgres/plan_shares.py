"""Where a plan's time and cost go, node by node, and which nodes deserve a look. Pure.

A node's time and cost have its children's in them. What is its own is worked out here, so that the own
times of all nodes add up to the time of the plan, and so do the own costs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pgmem_tui.postgres.plan import Node, Plan

SLOW_SHARE = 0.2
"""Of all the plan's time, or cost; a node that takes so much itself is marked."""
SLOW_MILLISECONDS, HIGH_COST = 1.0, 100.0
"""Less than that is fast, whatever its share."""
FACTOR = 10.0
"""So many times as many rows as estimated, or as few, are a bad estimate."""
ENOUGH_ROWS = 1000
"""Fewer rows in all, estimated and real, matter to nobody."""

_STOPS_CHILDREN = frozenset(("Limit", "Merge Join"))
"""Nodes that may end a child before its last row."""
_TAKES_ALL = frozenset(("Sort", "Hash", "BitmapAnd", "BitmapOr", "Bitmap Heap Scan"))
"""Nodes that take every row of their children, before they give the first."""
_COUNTS_NOTHING = frozenset(("BitmapAnd", "BitmapOr", ""))
"""Nodes whose real rows are not told."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A node at its place in the plan."""

    node: Node
    depth: int
    parent: int
    """Its number; -1 above all."""
    end: int
    """The number of the first node behind it that is not below it."""
    cost: float
    """That it adds to the plan's, its children's in it: of all its runs, and no more than its parent has."""
    own_cost: float
    milliseconds: float
    """It and its children took, in all runs; of workers side by side, their average. 0 unless measured."""
    own_milliseconds: float
    share: float
    """Its own part of the whole plan's time, or of its cost where no time was taken, from 0 to 1."""
    slow: bool
    """Whether that is much."""
    factor: float
    """Rows estimated and real, the more by the fewer; 1 unless measured."""
    misjudged: bool
    """Whether that is a bad estimate of enough rows to matter."""

    @property
    def fewer(self) -> bool:
        """Whether there were fewer rows than estimated."""
        return self.node.actual is not None and self.node.actual.rows < self.node.estimate.rows


def weigh(plan: Plan) -> tuple[Weighed, ...]:
    """Every node, parents before their children, in the plan's order; a node's number is its index."""
    places = _places(plan.root)
    costs, own_costs = _costs(places)
    times, own_times = _times(places)
    timed = times[0] > 0
    whole = times[0] if timed else costs[0]
    stoppable = _stoppable(places)
    weighed = []
    for number, place in enumerate(places):
        own = own_times[number] if timed else own_costs[number]
        share = min(1.0, own / whole) if whole > 0 else 0.0
        enough = own >= (SLOW_MILLISECONDS if timed else HIGH_COST)
        factor = _factor(place.node)
        weighed.append(
            Weighed(
                place.node,
                place.depth,
                place.parent,
                place.end,
                costs[number],
                own_costs[number],
                times[number],
                own_times[number],
                share,
                enough and share >= SLOW_SHARE,
                factor,
                _misjudged(place.node, factor, stoppable[number]),
            )
        )
    return tuple(weighed)


@dataclass(slots=True)
class _Place:
    node: Node
    depth: int
    parent: int
    end: int
    children: list[int]


def _places(root: Node) -> list[_Place]:
    """Without recursion: a plan may be deeper than Python's stack."""
    places: list[_Place] = []
    waiting = [(root, 0, -1)]
    while waiting:
        node, depth, parent = waiting.pop()
        number = len(places)
        places.append(_Place(node, depth, parent, number + 1, []))
        if parent >= 0:
            places[parent].children.append(number)
        waiting.extend((child, depth + 1, number) for child in reversed(node.children))
    for number in range(len(places) - 1, 0, -1):
        above = places[places[number].parent]
        above.end = max(above.end, places[number].end)
    return places


# -- cost --------------------------------------------------------------------------------------------


def _costs(places: list[_Place]) -> tuple[list[float], list[float]]:
    """Of each node with its children and without.

    A child's cost is that of one run to the end. It is counted as often as it is estimated to run, and gets
    what its parent has left where that is more (a LIMIT ends it early, a Materialize is cheaper once more).
    """
    costs = [place.node.estimate.total_cost for place in places]
    own = [0.0] * len(places)
    for number, place in enumerate(places):
        left, one_run = costs[number], place.node.estimate.total_cost
        runs = {child: _runs(places, number, child) for child in place.children}
        for several in (False, True):
            wanted = {
                child: costs[child] * (costs[number] / one_run) * runs[child]
                for child in place.children
                if (runs[child] > 1) == several and one_run > 0
            }
            scale = min(1.0, left / sum(wanted.values())) if any(wanted.values()) else 0.0
            for child, cost in wanted.items():
                costs[child] = cost * scale
                left -= costs[child]
        own[number] = max(0.0, left)
    return costs, own


def _runs(places: list[_Place], parent: int, child: int) -> float:
    """How often a child is estimated to run for each run of its parent."""
    above, node = places[parent].node, places[child].node
    if above.kind == "Nested Loop" and node.relationship == "Inner":
        outer = [places[other].node for other in places[parent].children]
        rows = [other.estimate.rows for other in outer if other.relationship == "Outer"]
        return max(1.0, *rows) if rows else 1.0
    if node.relationship == "SubPlan" and not _mentions(above, f"hashed {node.label}"):
        return max(1.0, above.estimate.rows)
    return 1.0


# -- time --------------------------------------------------------------------------------------------


def _times(places: list[_Place]) -> tuple[list[float], list[float]]:
    """Milliseconds of each node with its children and without."""
    processes = _processes(places)
    times = [
        place.node.actual.loops * place.node.actual.total / processes[number] if place.node.actual else 0.0
        for number, place in enumerate(places)
    ]
    own = []
    for number, place in enumerate(places):
        # What an InitPlan or a CTE takes is in the time of those who read its result.
        below = [child for child in place.children if places[child].node.relationship != "InitPlan"]
        own.append(max(0.0, times[number] - sum(times[child] for child in below)))
    for number, place in enumerate(places):
        if place.node.relationship == "InitPlan":
            _charge(places, number, times, own)
    return times, own


def _processes(places: list[_Place]) -> list[float]:
    """How many processes ran a node side by side, the leader among them.

    Loops of a node below a Gather count those of every process.
    """
    counts = [1.0] * len(places)
    for number, place in enumerate(places[1:], 1):
        above, actual = places[place.parent], place.node.actual
        counts[number] = counts[place.parent]
        parallel = above.node.kind in ("Gather", "Gather Merge") and place.node.relationship == "Outer"
        if parallel and actual is not None and above.node.actual is not None:
            counts[number] *= max(1.0, actual.loops / max(1.0, above.node.actual.loops))
    return counts


def _charge(places: list[_Place], plan: int, times: Sequence[float], own: list[float]) -> None:
    """Take the time of an InitPlan off those who had to wait for it: those that took longest first."""
    label = places[plan].node.label
    first = places[plan].parent
    among = [n for n in range(first, places[first].end) if not plan <= n < places[plan].end]
    readers = [n for n in among if _reads(places[n].node, label)] or [first]
    left = times[plan]
    for reader in sorted(readers, key=lambda n: own[n], reverse=True):
        part = min(left, own[reader])
        own[reader] -= part
        left -= part


def _reads(node: Node, label: str) -> bool:
    """Whether a node uses the result of an InitPlan of that name."""
    if label.startswith("CTE "):
        return node.kind == "CTE Scan" and node.reads == label.removeprefix("CTE ")
    # `InitPlan 1 (returns $0)` is `$0` where it is used; since PostgreSQL 17 it is `(InitPlan 1).col1`.
    found = re.search(r"\(returns (\$\d+)", label)
    return _mentions(node, found[1] if found else f"({label.split(' (')[0]})")


def _mentions(node: Node, text: str) -> bool:
    # Not followed by a digit: `$1` is not in `$10`.
    pattern = re.compile(re.escape(text) + r"(?!\d)")
    return any(pattern.search(line) for _, line in node.details)


# -- rows --------------------------------------------------------------------------------------------


def _factor(node: Node) -> float:
    """Rows of a run, estimated and real, the more by the fewer; fewer than one count as one."""
    if node.actual is None or not node.actual.loops or node.kind in _COUNTS_NOTHING:
        return 1.0
    estimated, real = max(1.0, node.estimate.rows), max(1.0, node.actual.rows)
    return max(estimated, real) / min(estimated, real)


def _misjudged(node: Node, factor: float, stoppable: bool) -> bool:
    if factor < FACTOR or node.actual is None:
        return False
    if stoppable and node.actual.rows < node.estimate.rows:
        return False  # nobody wanted the rest
    return max(node.estimate.rows, node.actual.rows) * node.actual.loops >= ENOUGH_ROWS


def _stoppable(places: list[_Place]) -> list[bool]:
    """Which nodes may have been ended before their last row."""
    stopped = [False] * len(places)
    for number, place in enumerate(places[1:], 1):
        above, node = places[place.parent].node, place.node
        if above.kind in _TAKES_ALL or (above.kind == "Aggregate" and above.strategy in ("Plain", "Hashed")):
            stopped[number] = False
        elif node.relationship in ("SubPlan", "InitPlan"):
            stopped[number] = True  # EXISTS takes one row, and a CTE may be read in part
        else:
            one_is_enough = above.join in ("Semi", "Anti") and node.relationship == "Inner"
            stopped[number] = stopped[place.parent] or one_is_enough or above.kind in _STOPS_CHILDREN
    return stopped
