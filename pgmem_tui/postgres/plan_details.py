"""What one node of a plan says of itself, beyond numbers: its name, and lines of text. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

LONGEST_TEXT = 10_000
"""Characters of one condition that are kept."""
MOST_WORKERS = 16
"""Workers told of one by one."""
KIB = 1024
BLOCK = 8192
"""Bytes of a block, on nearly every server."""

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
_AGGREGATES = {"Plain": "Aggregate", "Sorted": "GroupAggregate", "Hashed": "HashAggregate"}
_ALREADY_SAID = frozenset(
    (
        *("Node Type", "Strategy", "Partial Mode", "Parent Relationship", "Subplan Name", "Parallel Aware"),
        *("Async Capable", "Join Type", "Scan Direction", "Relation Name", "Schema", "Alias", "Index Name"),
        *("CTE Name", "Function Name", "Table Function Name", "Tuplestore Name", "Operation", "Command"),
        *("Custom Plan Provider", "Startup Cost", "Total Cost", "Plan Rows", "Plan Width", "Plans"),
        *("Actual Startup Time", "Actual Total Time", "Actual Rows", "Actual Loops", "Workers"),
        *("Workers Planned", "Workers Launched", "Sort Space Type", "Storage"),
    )
)
"""Told by the title or by a column."""
_KILOBYTES = frozenset(
    (
        *("Sort Space Used", "Peak Memory Usage", "Disk Usage", "Maximum Storage", "Memory Used"),
        *("Memory Allocated", "Average Sort Space Used", "Peak Sort Space Used"),
    )
)
_OF_THE_WHOLE = frozenset(("Plan", "Planning Time", "Execution Time", "Settings"))


def number(value: object) -> float:
    """A number that a plan has; 0 for anything else."""
    return float(value) if isinstance(value, int | float) else 0.0


def text(value: object) -> str:
    """A value in a line of text, cut short where it is very long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        # Joined only as far as it is shown: a list can have 100,000 constants.
        parts, length = [], 0
        for part in map(text, value):
            parts.append(part)
            length += len(part)
            if length > LONGEST_TEXT:
                break
        value = ", ".join(parts)
    elif isinstance(value, dict):
        value = "; ".join(
            f"{key} {text(inner)}{' kB' if key in _KILOBYTES else ''}"
            for key, inner in value.items()
            if _tells(inner) and not key.endswith(" Blocks")
        )
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return f"{value:,}"
    written = str(value)
    return written if len(written) <= LONGEST_TEXT else f"{written[:LONGEST_TEXT]}…"


def title(said: dict[str, Any]) -> str:
    """What EXPLAIN's text format calls a node."""
    kind = str(said["Node Type"])
    strategy = said.get("Strategy")
    if kind == "Aggregate":
        kind = _AGGREGATES.get(str(strategy), "MixedAggregate")
        mode = said.get("Partial Mode", "Simple")
        kind = kind if mode == "Simple" else f"{mode} {kind}"
    elif kind == "SetOp":
        kind = f"{'Hash' if strategy == 'Hashed' else ''}SetOp {said.get('Command', '')}".rstrip()
    elif kind == "ModifyTable":
        kind = str(said.get("Operation", kind))
    elif kind == "Custom Scan":
        kind = f"Custom Scan ({said.get('Custom Plan Provider', '')})"
    join = said.get("Join Type", "Inner")
    if join != "Inner":
        kind = f"{kind.removesuffix(' Join')} {join} Join"
    before = "Parallel " if said.get("Parallel Aware") is True else ""
    before += "Async " if said.get("Async Capable") is True else ""
    back = " Backward" if said.get("Scan Direction") == "Backward" else ""
    return f"{before}{kind}{back}{_place(said)}"


def _place(said: dict[str, Any]) -> str:
    index, alias = said.get("Index Name"), said.get("Alias")
    relation = (
        said.get("Relation Name")
        or said.get("Function Name")
        or said.get("CTE Name")
        or said.get("Tuplestore Name")
        or said.get("Table Function Name")
    )
    if relation is None:
        if index is not None:
            return f" on {_quoted(index)}"
        return f" on {_quoted(alias)}" if alias is not None else ""
    using = f" using {_quoted(index)}" if index is not None else ""
    schema = f"{_quoted(said['Schema'])}." if said.get("Schema") else ""
    also = f" {_quoted(alias)}" if alias is not None and alias != relation else ""
    return f"{using} on {schema}{_quoted(relation)}{also}"


def _quoted(name: object) -> str:
    """A name as EXPLAIN's text format writes it."""
    written = str(name)
    if _PLAIN.fullmatch(written):
        return written
    doubled = written.replace('"', '""')
    return f'"{doubled}"'


def kinds(names: Iterable[str]) -> str:
    """The most frequent of these kinds of nodes, as `Seq Scan 9,800, Index Scan 12`."""
    return ", ".join(f"{name or 'others'} {count:,}" for name, count in Counter(names).most_common(3))


def spilled(said: dict[str, Any]) -> int:
    """Bytes that a node, its workers included, wrote to temporary files."""
    nbytes = sum(_on_disk(part) for part in (said, *_workers(said)))
    if not nbytes and number(said.get("Hash Batches")) > 1:
        nbytes = int(number(said.get("Temp Written Blocks"))) * BLOCK or 1
    return nbytes


def _on_disk(said: dict[str, Any]) -> int:
    kilobytes = number(said.get("Disk Usage"))
    if said.get("Sort Space Type") == "Disk":
        kilobytes += number(said.get("Sort Space Used"))
    if said.get("Storage") == "Disk":
        kilobytes += number(said.get("Maximum Storage"))
    return int(kilobytes * KIB)


def of_node(said: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What is told by no column, in the server's order; nothing that is zero, false or empty."""
    lines = [*_lines(said)]
    planned, launched = said.get("Workers Planned"), said.get("Workers Launched")
    if planned is not None:
        lines.append(
            ("Workers", f"{planned} planned" + (f", {launched} launched" if launched is not None else ""))
        )
    workers = _workers(said)
    for worker in workers[:MOST_WORKERS]:
        parts = [f"{name} {value}" for name, value in _lines(worker) if name != "Worker Number"]
        if "Actual Loops" in worker:
            rows, loops = number(worker.get("Actual Rows")), number(worker.get("Actual Loops"))
            milliseconds = number(worker.get("Actual Total Time"))
            parts.insert(0, f"{text(rows)} rows × {text(loops)}, {milliseconds:,.3f} ms")
        if parts:
            lines.append((f"Worker {worker.get('Worker Number', '')}", ", ".join(parts)))
    return tuple(lines)


def of_plan(said: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What is said of a whole plan, besides its times and settings."""
    return tuple(
        (str(name), text(value))
        for name, value in said.items()
        if name not in _OF_THE_WHOLE and _tells(value)
    )


def _lines(said: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in said.items():
        if name in _ALREADY_SAID or name.endswith(" Blocks") or not _tells(value):
            continue
        if not (written := text(value)):
            continue
        if name in _KILOBYTES:
            place = {"Sort Space Used": "Sort Space Type", "Maximum Storage": "Storage"}.get(name, "")
            where = f" ({str(said[place]).lower()})" if place in said else ""
            written = f"{written} kB{where}"
        yield str(name), written


def _workers(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [worker for worker in said.get("Workers") or () if isinstance(worker, dict)]


def _tells(value: object) -> bool:
    """Whether it is worth a line."""
    if isinstance(value, dict):
        return any(_tells(inner) and not key.endswith(" Blocks") for key, inner in value.items())
    if isinstance(value, list):
        return bool(value)
    return value not in (None, False, 0, "")
