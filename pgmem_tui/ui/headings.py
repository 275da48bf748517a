"""What is open, in words: its title, and the headings of its columns."""

from __future__ import annotations

from pgmem_tui.display import quantities
from pgmem_tui.display.column_layout import Heading
from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.postgres.relation import Column


def title(event: ev.Opened, target: rq.Target | None, total: int | None = None) -> str:
    """The relation or query, how many rows it has, and where they come from."""
    relation = event.relation
    if relation is None:
        rows = f"{total:,} rows ─ " if total is not None else ""
        return f"query ─ {rows}{event.source}"
    parts = []
    some = isinstance(target, rq.KnownRelation) and bool(target.conditions or target.limit)
    about_all = f"≈{quantities.count(relation.estimated_rows)}" if relation.estimated_rows >= 0 else ""
    known = f"{total:,}" if total is not None else f"≈{quantities.count(event.estimate)}"
    if some and (total is not None or event.estimate >= 0):
        parts.append(f"{known} of {about_all} rows" if about_all else f"{known} rows")
    elif total is not None or about_all:
        parts.append(f"{known if total is not None else about_all} rows")
    if relation.nbytes >= 0:
        parts.append(quantities.nbytes(relation.nbytes))
    about = f" ─ {' · '.join(parts)}" if parts else ""
    return f"{one_line(relation.schema)}.{one_line(relation.name)}{about} ─ {event.source}"


def heading(column: Column) -> Heading:
    """The heading of a column."""
    name = one_line(column.name)
    return Heading(name, cell_width(name), column.type_oid, column.numeric)
