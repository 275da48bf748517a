"""A query's plan, from EXPLAIN's JSON to a frozen tree. Pure.

https://www.postgresql.org/docs/current/sql-explain.html names the options;
https://www.postgresql.org/docs/current/using-explain.html says what the numbers mean.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pgmem_tui.postgres import plan_details
from pgmem_tui.postgres.errors import Refused

MOST_CHILDREN = 200
"""Children that a node keeps; the lightest of those above it are summed up in one."""
LONGEST = 64 * 2**20
"""Characters of a plan that are read at all: about 60,000 partitions, measured."""


class Estimate(NamedTuple):
    """What the planner thinks of one run of a node."""

    startup_cost: float
    """Before the first row."""
    total_cost: float
    """To the last row, its children's in it."""
    rows: float
    width: int
    """Bytes of a row."""


class Actual(NamedTuple):
    """What was measured, an average over the runs of a node."""

    loops: float
    """Runs, those in all workers together; 0 is never."""
    rows: float
    """A run; whole numbers before PostgreSQL 18."""
    first: float
    """Milliseconds to the first row; 0 where nobody took the time."""
    total: float
    """Milliseconds to the last row."""


class Buffers(NamedTuple):
    """Blocks that a node and its children used, in all runs together."""

    hit: int = 0
    read: int = 0
    dirtied: int = 0
    written: int = 0
    local_hit: int = 0
    local_read: int = 0
    local_dirtied: int = 0
    local_written: int = 0
    temp_read: int = 0
    temp_written: int = 0


NO_BUFFERS = Buffers()
_WRITES = frozenset(("ModifyTable", "LockRows"))
_BLOCKS = (
    *(f"Shared {what} Blocks" for what in ("Hit", "Read", "Dirtied", "Written")),
    *(f"Local {what} Blocks" for what in ("Hit", "Read", "Dirtied", "Written")),
    *(f"Temp {what} Blocks" for what in ("Read", "Written")),
)


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One step of a plan. All text in it is the server's: names, conditions, constants of a query."""

    kind: str
    """EXPLAIN's `Node Type`; empty for what sums others up."""
    title: str
    """As EXPLAIN's text format calls it: `Parallel Seq Scan on events e`."""
    label: str
    """`CTE x`, `InitPlan 1`, `SubPlan 2`; empty for others."""
    relationship: str
    """To its parent: Outer, Inner, Member, Subquery, InitPlan, SubPlan; empty for the first."""
    reads: str
    """The relation, index or CTE that it reads, unqualified; empty for others."""
    join: str
    """The type of a join: Inner, Left, Semi …; empty for others."""
    strategy: str
    """Of an aggregate or a set operation: Plain, Sorted, Hashed, Mixed."""
    estimate: Estimate
    actual: Actual | None
    """None where it was not run to be measured."""
    buffers: Buffers
    workers: tuple[int, int]
    """Planned, launched."""
    spilled: int
    """Bytes that went to temporary files, as far as a node says so."""
    details: tuple[tuple[str, str], ...]
    """All else that is said of it, as (name, text)."""
    children: tuple[Node, ...] = field(repr=False)
    writes: bool = False
    """Whether it, or a node below it, changes or locks rows."""
    summed: int = 0
    """How many nodes it stands for, where there were too many."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A statement's plan and what is said of all of it."""

    root: Node
    planning: float
    """Milliseconds; 0 where nobody told."""
    execution: float | None
    """Milliseconds; None where it was not run."""
    settings: tuple[tuple[str, str], ...]
    """Settings that matter to the planner and are not as they come."""
    details: tuple[tuple[str, str], ...]
    """All else: JIT, triggers, memory …"""
    packed: bytes = field(repr=False)
    """The JSON as the server wrote it, by zlib: a tenth of it."""

    @property
    def json(self) -> str:
        """The JSON as the server wrote it."""
        return zlib.decompress(self.packed).decode("utf-8", "surrogatepass")

    @property
    def measured(self) -> bool:
        """Whether it was run."""
        return self.root.actual is not None


def read(text: str) -> Plan:
    """Read what EXPLAIN (FORMAT JSON) answered.

    Nodes are made while the text is read, and of very many children only the heaviest are kept: a plan of
    10,000 partitions is never here as dictionaries.

    Raises:
        Refused: It is too long, nested too deeply, or no plan.
    """
    if len(text) > LONGEST:
        raise Refused(f"the plan has {len(text):,} characters, too many to show")
    try:
        (whole,) = json.loads(text, object_pairs_hook=_made)
        root = whole["Plan"]
    except RecursionError:
        raise Refused("the plan is nested too deeply to show") from None
    except (ValueError, TypeError, KeyError, IndexError):
        raise Refused("the server's answer is no plan") from None
    if not isinstance(root, Node):
        raise Refused("there is no plan: the statement has none")
    execution = whole.get("Execution Time")
    settings = whole.get("Settings") or {}
    return Plan(
        root,
        plan_details.number(whole.get("Planning Time")),
        None if execution is None else plan_details.number(execution),
        tuple((str(name), plan_details.text(value)) for name, value in settings.items()),
        plan_details.of_plan(whole),
        zlib.compress(text.encode("utf-8", "surrogatepass"), 1),
    )


def _made(pairs: Sequence[tuple[str, Any]]) -> Any:
    """A node where there is one; older servers write `Workers` twice, and both count."""
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key == "Workers" and isinstance(made.get(key), list) and isinstance(value, list):
            value = [*made[key], *value]
        made[key] = value
    return _node(made) if "Node Type" in made else made


def _node(said: dict[str, Any]) -> Node:
    number = plan_details.number
    actual = None
    if "Actual Loops" in said:
        names = ("Actual Loops", "Actual Rows", "Actual Startup Time", "Actual Total Time")
        actual = Actual(*(number(said.get(name)) for name in names))
    blocks = [int(number(said.get(name))) for name in _BLOCKS]
    children = [child for child in said.get("Plans") or () if isinstance(child, Node)]
    return Node(
        kind=str(said["Node Type"]),
        title=plan_details.title(said),
        label=str(said.get("Subplan Name", "")),
        relationship=str(said.get("Parent Relationship", "")),
        reads=str(said.get("CTE Name") or said.get("Relation Name") or said.get("Index Name") or ""),
        join=str(said.get("Join Type", "")),
        strategy=str(said.get("Strategy", "")),
        estimate=Estimate(
            number(said.get("Startup Cost")),
            number(said.get("Total Cost")),
            number(said.get("Plan Rows")),
            int(number(said.get("Plan Width"))),
        ),
        actual=actual,
        buffers=Buffers(*blocks) if any(blocks) else NO_BUFFERS,
        workers=(int(number(said.get("Workers Planned"))), int(number(said.get("Workers Launched")))),
        spilled=plan_details.spilled(said),
        details=plan_details.of_node(said),
        children=_bounded(children),
        writes=said["Node Type"] in _WRITES or any(child.writes for child in children),
    )


def _bounded(children: list[Node]) -> tuple[Node, ...]:
    """No more than `MOST_CHILDREN`: the heaviest, in their order, and then the rest as one."""
    if len(children) <= MOST_CHILDREN:
        return tuple(children)
    heaviest = sorted(range(len(children)), key=lambda number: _weight(children[number]), reverse=True)
    # Plans of the first kinds are no members of a list: whoever goes, they stay.
    kept = {number for number, child in enumerate(children) if child.relationship != "Member"}
    kept.update(heaviest[: MOST_CHILDREN - 1])
    rest = [child for number, child in enumerate(children) if number not in kept]
    return (*(children[number] for number in sorted(kept)), *([_sum(rest)] if rest else []))


def _weight(node: Node) -> tuple[float, float]:
    time = node.actual.loops * node.actual.total if node.actual else 0.0
    return time, node.estimate.total_cost


def _sum(nodes: list[Node]) -> Node:
    """One node in the place of many."""
    estimates = [node.estimate for node in nodes]
    rows = sum(each.rows for each in estimates)
    width = sum(each.rows * each.width for each in estimates) / max(1.0, rows)
    actual = None
    if all(node.actual for node in nodes):
        measured = [node.actual for node in nodes if node.actual]
        loops = max(each.loops for each in measured)
        total = [sum(each.loops * each[place] for each in measured) / max(1.0, loops) for place in (1, 3)]
        actual = Actual(loops, total[0], 0.0, total[1])
    return Node(
        kind="",
        title=f"… {len(nodes):,} more: {plan_details.kinds(node.kind for node in nodes)}",
        label="",
        relationship=nodes[0].relationship,
        reads="",
        join="",
        strategy="",
        estimate=Estimate(
            min(each.startup_cost for each in estimates),
            sum(each.total_cost for each in estimates),
            rows,
            int(width),
        ),
        actual=actual,
        buffers=Buffers(*(sum(blocks) for blocks in zip(*(node.buffers for node in nodes), strict=True))),
        workers=(0, 0),
        spilled=sum(node.spilled for node in nodes),
        details=(("Nodes", f"{len(nodes):,}, each lighter than those above"),),
        children=(),
        summed=len(nodes),
    )
