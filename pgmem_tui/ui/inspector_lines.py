"""What is known of a cursor from both of its ends, as lines of a tree."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import accumulate

from pgmem_tui.display import quantities
from pgmem_tui.display.fold_lines import FoldLine
from pgmem_tui.display.text import one_line
from pgmem_tui.paging.inspecting import Inspected
from pgmem_tui.postgres.inspected import ClientSide, DeclaredCursor, MemoryContext, OpenTransaction, Part
from pgmem_tui.postgres.plan import Plan
from pgmem_tui.postgres.plan_shares import weigh

CURSOR, TRANSACTION, PLAN, FILES, MEMORY = "cursor", "transaction", "plan", "files", "memory"
"""Keys of the sections."""
PARTS = {PLAN: Part.PLAN, FILES: Part.FILES, MEMORY: Part.MEMORY}
_PG, _PSYCOPG = "https://www.postgresql.org/docs/current", "https://www.psycopg.org/docs"
PAGES = {
    CURSOR: f"{_PG}/view-pg-cursors.html · {_PSYCOPG}/cursor.html",
    TRANSACTION: f"{_PG}/functions-info.html#FUNCTIONS-PG-SNAPSHOT · {_PSYCOPG}/connection.html",
    PLAN: f"{_PG}/using-explain.html",
    FILES: f"{_PG}/runtime-config-resource.html#GUC-WORK-MEM",
    MEMORY: f"{_PG}/view-pg-backend-memory-contexts.html",
    "done": f"{_PG}/sql-fetch.html",
}
"""Where what a section says is documented."""
_NOTHING = "·"


def lines(found: Inspected, plan: Plan | None, position: str, behind: int | None = None) -> list[FoldLine]:
    """All sections.

    Args:
        found: What was found last.
        plan: The cursor's, which is not asked for each time.
        position: Where the cursor stands, in words.
        behind: Transactions that have come since its snapshot's xmin; None where nobody knows.
    """
    return [
        *_cursor(found, position),
        *_transaction(found.server.transaction, found.client, found.server.refused.get(None, ""), behind),
        *_plan(plan, found.server.refused.get(Part.PLAN, "") if plan is None else ""),
        *_files(found),
        *_memory(found),
    ]


def folded_at_first(found: Inspected) -> list[str]:
    """Memory contexts to fold: all that have others in them, but where the cursor is."""
    memory = found.server.memory
    if memory is None:
        return []
    kept = set(_path_to(memory.contexts, found.cursor))
    return [_context_key(memory.contexts, at) for at in range(1, len(memory.contexts)) if at not in kept]


# -- sections --------------------------------------------------------------------------------------


def _fact(section: str, name: str, server: object = None, client: object = None) -> FoldLine:
    cells = tuple(_NOTHING if said is None else one_line(str(said)) for said in (server, client))
    return FoldLine(f"{section}/{name}", 1, name, cells, "fact")


def _cursor(found: Inspected, position: str) -> Iterator[FoldLine]:
    client = found.client
    ours = next((one for one in found.server.cursors if one.name == client.name), None)
    yield FoldLine(CURSOR, 0, "Cursor", ("server: pg_cursors", "client: psycopg2"), "facts")
    if not client.name:
        yield _note(CURSOR, "there is no cursor: nothing is read through one now")
    else:
        yield from _both(ours, client)
        yield _fact(CURSOR, "stands", position)
        if ours is not None:
            more = " …" if ours.length > len(ours.statement) else ""
            yield FoldLine(f"{CURSOR}/statement", 1, one_line(ours.statement) + more, (), "note")
    others = [one for one in found.server.cursors if one is not ours]
    for one in others:
        yield FoldLine(f"{CURSOR}/other/{one.name}", 1, f"also open: {one_line(one.name)}", (), "note")
    if found.server.more_cursors:
        yield _note(CURSOR, f"and {found.server.more_cursors:,} more")


def _both(ours: DeclaredCursor | None, client: ClientSide) -> Iterator[FoldLine]:
    here = ours is not None
    yield _fact(CURSOR, "name", ours.name if ours else "no such cursor", client.name)
    yield _fact(CURSOR, "scrollable", _yes(ours.scrollable) if ours else None, client.scrollable)
    yield _fact(CURSOR, "with hold", _yes(ours.holdable) if ours else None, client.withhold)
    yield _fact(CURSOR, "binary", _yes(ours.binary) if ours else None)
    when = time.strftime("%H:%M:%S", time.localtime(ours.created)) if ours else None
    yield _fact(CURSOR, "declared", when)
    yield _fact(CURSOR, "closed", _yes(not here), client.closed)
    number = "None" if client.rownumber is None else f"{client.rownumber:,}, in its own last batch"
    yield _fact(CURSOR, "rownumber", None, number)
    described = f"None: {'before the first FETCH' if here and not client.closed else 'it is closed'}"
    if client.columns is not None:
        described = quantities.counted(client.columns, "column")
    yield _fact(CURSOR, "description", None, described)
    yield _fact(CURSOR, "itersize", None, f"{client.itersize:,}, for iterating")
    yield _fact(CURSOR, "arraysize", None, client.arraysize)


def _transaction(
    now: OpenTransaction | None, client: ClientSide, why: str, behind: int | None
) -> Iterator[FoldLine]:
    yield FoldLine(TRANSACTION, 0, "Transaction", ("server", "client: psycopg2"), "facts")
    if now is None:
        yield _note(TRANSACTION, why or "there is none")
    else:
        yield _fact(TRANSACTION, "age", quantities.clock(now.age))
    yield _fact(TRANSACTION, "status", None, client.status)
    yield _fact(TRANSACTION, "isolation", now.isolation if now else None, client.isolation)
    if now is not None:
        yield _fact(TRANSACTION, "read only", _yes(now.read_only))
        yield _fact(TRANSACTION, "backend pid", now.pid)
        yield _fact(TRANSACTION, "xid", now.xid or "none: it has written nothing")
        yield _fact(TRANSACTION, "xmin", now.xmin or "another with each statement")
        if behind is not None:
            yield _fact(TRANSACTION, "age of xmin", quantities.counted(behind, "transaction"))
        yield _fact(TRANSACTION, "snapshot", now.snapshot)
    yield _fact(TRANSACTION, "autocommit", None, client.autocommit)
    yield _fact(TRANSACTION, "connection.closed", None, client.connection_closed)
    yield _fact(TRANSACTION, "server_version", None, client.server_version)


def _plan(plan: Plan | None, why: str) -> Iterator[FoldLine]:
    yield FoldLine(PLAN, 0, "Plan under the cursor", ("rows", "cost"), "head")
    if plan is None:
        yield _note(PLAN, why or "no cursor, no plan")
        return
    for number, weighed in enumerate(weigh(plan)):
        said = weighed.node.estimate
        cells = (f"≈{quantities.count(round(said.rows))}", quantities.count(round(said.total_cost)))
        title = one_line(weighed.node.title)
        yield FoldLine(f"{PLAN}/{number}", 1 + weighed.depth, title, cells)


def _files(found: Inspected) -> Iterator[FoldLine]:
    files, why = found.server.files, found.server.refused.get(Part.FILES, "")
    total = quantities.nbytes(files.nbytes) if files is not None else _NOTHING
    count = f"{files.count:,} now" if files is not None else ""
    yield FoldLine(FILES, 0, "Temporary files of this session", (count, total), "head")
    if why:
        yield _note(FILES, why)
    if found.server.database_temporary is not None:
        said = quantities.nbytes(found.server.database_temporary)
        yield _note(FILES, f"this database's sessions wrote {said}, counted as their transactions end")


def _memory(found: Inspected) -> Iterator[FoldLine]:
    memory, why = found.server.memory, found.server.refused.get(Part.MEMORY, "")
    total = quantities.nbytes(memory.nbytes) if memory is not None else _NOTHING
    yield FoldLine(MEMORY, 0, "Memory contexts of the backend", ("own", "with all in it"), "head")
    if memory is None:
        yield _note(MEMORY, why or "asking …")
        return
    sums = _sums(memory.contexts)
    for at, context in enumerate(memory.contexts):
        whole = total if not at else quantities.nbytes(sums[at])
        name = f"{context.name}  {context.ident}" if context.ident else context.name
        mine = "mine" if found.cursor and _is_of(context, found.cursor) else ""
        cells = (quantities.nbytes(context.nbytes), whole)
        yield FoldLine(_context_key(memory.contexts, at), 1 + context.depth, one_line(name), cells, mine)
    if memory.count > len(memory.contexts):
        yield _note(MEMORY, f"{memory.count - len(memory.contexts):,} more are not shown, but added up")


# -- memory contexts -------------------------------------------------------------------------------


def _sums(contexts: Sequence[MemoryContext]) -> list[int]:
    """Bytes of each with all that are in it."""
    before = [0, *accumulate(context.nbytes for context in contexts)]
    sums, open_ = [0] * len(contexts), list[int]()
    for at, context in enumerate([*contexts, None]):
        while open_ and (context is None or contexts[open_[-1]].depth >= context.depth):
            begun = open_.pop()
            sums[begun] = before[at] - before[begun]
        open_.append(at)
    return sums


def _context_key(contexts: Sequence[MemoryContext], at: int) -> str:
    """Of the same context the next time, as far as one can tell."""
    context = contexts[at]
    if context.depth < 2:
        return f"{MEMORY}/{context.depth}/{context.name}/{context.ident}"
    return f"{MEMORY}/{at}/{context.name}"


def _path_to(contexts: Sequence[MemoryContext], cursor: str) -> Iterator[int]:
    """The context of a cursor, and those that it is in."""
    found = next((at for at, context in enumerate(contexts) if _is_of(context, cursor)), None)
    while found is not None and cursor:
        yield found
        depth = contexts[found].depth
        found = next((at for at in range(found - 1, -1, -1) if contexts[at].depth < depth), None)


def _is_of(context: MemoryContext, cursor: str) -> bool:
    return context.name == "PortalContext" and context.ident == cursor


def _note(section: str, text: str) -> FoldLine:
    return FoldLine(f"{section}/{text[:20]}", 1, text, (), "note")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
