"""A plan as EXPLAIN's text format writes it. Pure.

Of what the server says in words in that format, JSON has names and values: those are written instead.
"""

from __future__ import annotations

from pgmem_tui.postgres.plan import NO_BUFFERS, Actual, Buffers, Node, Plan
from pgmem_tui.postgres.plan_shares import weigh

_INDENT = 6


def text(plan: Plan) -> str:
    """All of it, a node a line and its details below; names in it are as the server has them."""
    lines: list[str] = []
    for weighed in weigh(plan):
        margin = " " * (weighed.depth * _INDENT)
        node = weighed.node
        if node.label:
            lines.append(f"{margin[4:]}{node.label}")
        arrow = f"{margin[4:]}->  " if weighed.depth else ""
        lines.append(f"{arrow}{node.title}  {_estimate(node)}{_actual(node.actual)}")
        below = f"{margin}  "
        lines += [f"{below}{name}: {value}" for name, value in node.details]
        if node.buffers != NO_BUFFERS:
            lines.append(f"{below}Buffers: {buffers(node.buffers)}")
    lines += [f"{name}: {value}" for name, value in plan.details]
    if plan.settings:
        lines.append("Settings: " + ", ".join(f"{name} = '{value}'" for name, value in plan.settings))
    if plan.planning:
        lines.append(f"Planning Time: {plan.planning:.3f} ms")
    if plan.execution is not None:
        lines.append(f"Execution Time: {plan.execution:.3f} ms")
    return "\n".join(lines)


def buffers(used: Buffers) -> str:
    """Blocks used, as `shared hit=3 read=1, temp written=200`."""
    groups = (
        ("shared", used.hit, used.read, used.dirtied, used.written),
        ("local", used.local_hit, used.local_read, used.local_dirtied, used.local_written),
        ("temp", 0, used.temp_read, 0, used.temp_written),
    )
    said = []
    for name, *blocks in groups:
        parts = [
            f"{what}={n}" for what, n in zip(("hit", "read", "dirtied", "written"), blocks, strict=True) if n
        ]
        if parts:
            said.append(" ".join([name, *parts]))
    return ", ".join(said)


def _estimate(node: Node) -> str:
    said = node.estimate
    return f"(cost={said.startup_cost:.2f}..{said.total_cost:.2f} rows={said.rows:.0f} width={said.width})"


def _actual(actual: Actual | None) -> str:
    if actual is None:
        return ""
    if not actual.loops:
        return " (never executed)"
    rows = f"{actual.rows:.0f}" if actual.rows.is_integer() else f"{actual.rows:.2f}"
    time = f"time={actual.first:.3f}..{actual.total:.3f} " if actual.total else ""
    return f" (actual {time}rows={rows} loops={actual.loops:.0f})"
