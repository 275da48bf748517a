"""What is open, in words: its title, and the headings of its columns."""

from __future__ import annotations

from pgmem_tui.display import quantities
from pgmem_tui.display.column_layout import Heading
from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.postgres.relation import Column


def title(event: ev.Opened, target: rq.Target | None) -> str:
    """The relation or query, how many rows it has, and where they come from."""
    relation = event.relation
    if relation is None:
        return f"query ─ {event.source}"
    parts = []
    if relation.estimated_rows >= 0:
        some = isinstance(target, rq.KnownRelation) and (target.conditions or target.limit)
        few = f"≈{quantities.count(event.estimate)} of " if some and event.estimate >= 0 else ""
        parts.append(f"{few}≈{quantities.count(relation.estimated_rows)} rows")
    if relation.nbytes >= 0:
        parts.append(quantities.nbytes(relation.nbytes))
    about = f" ─ {' · '.join(parts)}" if parts else ""
    return f"{one_line(relation.schema)}.{one_line(relation.name)}{about} ─ {event.source}"


def heading(column: Column) -> Heading:
    """The heading of a column."""
    name = one_line(column.name)
    return Heading(name, cell_width(name), column.type_oid, column.numeric)
