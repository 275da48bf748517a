"""What is open, in words: its title, and the headings of its columns."""

from __future__ import annotations

from pgmem_tui.display import quantities
from pgmem_tui.display.column_layout import Heading
from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.postgres.relation import Column


def title(
    event: ev.Opened,
    target: rq.Target | None,
    total: int | None = None,
    said: ev.Ran | None = None,
    became: str = "",
) -> str:
    """The relation or query, how many rows it has, and where they come from; or what a statement did.

    Args:
        event: What is open.
        target: What was asked for.
        total: Its rows, if they were counted.
        said: What the statement did that is open.
        became: What became of what that wrote.
    """
    relation = event.relation
    if isinstance(target, rq.Statement) and said is not None:
        return " ─ ".join(filter(None, (said.tag, _held(said) if said.rows >= 0 else "", became)))
    if relation is None:
        rows = f"{quantities.counted(total, 'row')} ─ " if total is not None else ""
        if isinstance(target, rq.ComposedQuery):
            spec = target.spec
            names = ", ".join(one_line(one.alias) for one in (spec.source, *(j.source for j in spec.joins)))
            return f"composed: {names} ─ {rows}{event.source}"
        return f"query ─ {rows}{event.source}"
    parts = []
    some = isinstance(target, rq.KnownRelation) and bool(target.conditions or target.limit)
    about_all = f"≈{quantities.count(relation.estimated_rows)}" if relation.estimated_rows >= 0 else ""
    known = f"{total:,}" if total is not None else f"≈{quantities.count(event.estimate)}"
    if some and (total is not None or event.estimate >= 0):
        parts.append(f"{known} of {about_all} rows" if about_all else _rows(known))
    elif total is not None or about_all:
        parts.append(_rows(known if total is not None or event.estimate >= 0 else about_all))
    if relation.nbytes >= 0:
        parts.append(quantities.nbytes(relation.nbytes))
    about = f" ─ {' · '.join(parts)}" if parts else ""
    return f"{one_line(relation.schema)}.{one_line(relation.name)}{about} ─ {event.source}"


def said(event: ev.Ran) -> str:
    """What a statement did, and how long that took."""
    uncommitted = " · not committed" if event.writes else ""
    return f"{one_line(event.tag)} in {quantities.seconds(event.seconds)}{uncommitted}"


def notices(event: ev.Ran) -> str:
    """What the server said meanwhile."""
    more = f"… {event.more_notices:,} before these\n" if event.more_notices else ""
    return more + "\n".join(event.notices)


def _held(event: ev.Ran) -> str:
    if event.kept >= event.rows:
        return f"{quantities.counted(event.rows, 'row')}, held"
    return (
        f"CUT: the first {event.kept:,} of {event.rows:,} rows are held,"
        f" in {quantities.nbytes(event.limit)}; the others were let go"
    )


def _rows(known: str) -> str:
    return f"{known} row" if known.removeprefix("≈") == "1" else f"{known} rows"


def heading(column: Column) -> Heading:
    """The heading of a column."""
    name = one_line(column.name)
    return Heading(name, cell_width(name), column.type_oid, column.numeric)
