"""Which rows of what is open, in which order, and how many: questions to the second connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.paging import destination as go
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.counting import Count, Counted, Counting, ExportSnapshot, SnapshotExported
from pgmem_tui.paging.sorting import AdviseSort, FindKey, KeyFound, SortAdvised
from pgmem_tui.paging.whole_value import ReadWholeValue, WholeValueRead
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.query_spec import Condition
from pgmem_tui.ui import query_of_grid as of_grid
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.composing import Composing
from pgmem_tui.ui.turning import Turning
from pgmem_tui.ui.widgets.chips import Chips

UNASKED = 50_000
"""Rows that are sorted without asking first."""


@dataclass(frozen=True)
class Hands:
    """What this needs of the screen."""

    chips: Chips
    say: Callable[[str], None]
    """Shows what is going on, in the line below the rows; empty for nothing."""
    tell: Callable[[str], None]
    """Shows a sentence there until the next key."""
    complain: Callable[[Problem], None]
    ask_to_sort: Callable[[SortAdvised], None]


class Narrowing:
    """Filters, orders, counts. Opens what follows from them through `Browsing`."""

    def __init__(
        self, browsing: Browsing, catalog: CatalogSession, hands: Hands, composing: Composing
    ) -> None:
        """Nothing is asked yet; `composing` opens composed queries."""
        self._browsing, self._catalog, self._hands = browsing, catalog, hands
        self._composing = composing
        self._turning = Turning(browsing, composing, hands.tell)
        self._counting = False
        self._sent: Count | None = None
        """What the second connection was asked to count."""
        self._began = 0.0
        """When the snapshot began that is counted in, epoch seconds."""
        self._key: tuple[str, ...] = ()
        """The key to seek, once the order to seek it in is known."""
        self._handlers: dict[type[CatalogEvent], Callable[[Any], None]] = {
            Counting: self._counted_so_far,
            Counted: self._counted,
            SortAdvised: self._advised,
            KeyFound: self._key_found,
        }

    # -- what the user asks for ------------------------------------------------------------------

    def filter(self, keep: bool) -> None:
        """Keep the rows with the value under the cursor, or leave them out."""
        target, cell = self._target(), self._browsing.cursor.cell
        if target is None or cell is None:
            return
        column, value = cell
        if value is not None and column.was_cut(value, self._browsing.result.cell_limit):
            self._hands.say("reading the whole value …")
            whole = self._browsing.cursor.whole_cell
            assert whole is not None, "the value is here"
            self._browsing.ask(ReadWholeValue(self._browsing.result.generation, whole, keep))
        else:
            self._add(target, Condition(column.name, value, keep), self._browsing.cursor.place)

    def _add(self, target: of_grid.Changeable, condition: Condition, place: int) -> None:
        where = None
        if isinstance(target, rq.ComposedQuery):
            where = of_grid.column_at(target.spec, condition.column, place, self._composing.relations)
            if where is None:
                self._hands.tell(f"{one_line(condition.column)} is worked out: a condition needs a column")
                return
        narrowed = of_grid.with_condition(target, condition, where)
        if narrowed != target:
            self._open(narrowed)

    def take_away(self, index: int | None) -> None:
        """Take away a condition or the order, counted as the chips are; None is what came last."""
        target = self._target()
        if target is not None and of_grid.chips(target):
            self._open(of_grid.without_chip(target, index))

    def sort(self) -> None:
        """Sort by the column under the cursor: up, down, not at all."""
        target = self._target()
        turned = self._turning.turned(target) if target is not None else None
        if turned is None:
            return
        if turned == target:  # as it was before what is on its way
            self._hands.say("")
        elif not of_grid.order_words(turned):
            self._open(turned)
        else:
            self._hands.say("asking for the plan …")
            self._catalog.request(self._turning.question(turned))

    def sort_as(self, target: of_grid.Changeable, limit: int) -> None:
        """Sort, after it was said what that takes; 0 is as many rows as were wanted before."""
        limit = limit or (target.limit if isinstance(target, rq.KnownRelation) else target.spec.limit)
        if isinstance(target, rq.ComposedQuery):
            self._composing.open(replace(target.spec, limit=limit))
        else:
            self._open(replace(target, limit=limit))

    def go_to(self, text: str) -> None:
        """Go where that says."""
        browsing = self._browsing
        try:
            where = go.destination(text, browsing.cursor.row)
        except ValueError as error:
            self._hands.tell(str(error))
            return
        if isinstance(where, go.ToRow):
            browsing.scrolling.go_to_row(where.row)
            rows = browsing.result.total
            if rows is not None and where.row >= rows > 0:
                self._hands.tell(f"there are {rows:,} rows: this is the last one")
        elif isinstance(where, go.ToEnd):
            browsing.scrolling.find_end()
        elif isinstance(where, go.ToKey):
            self._seek(where.key)
        elif (extent := browsing.result.known_length) is None:
            self._hands.tell("nobody knows how many rows there are: # counts them")
        else:
            browsing.scrolling.go_to_row(int(where.share * max(0, extent - 1)))

    def count(self) -> None:
        """Count the rows exactly."""
        browsing = self._browsing
        if browsing.target is not None and browsing.result.columns and not self._counting:
            self._counting = True
            self._hands.say("counting … esc cancels")
            browsing.ask(ExportSnapshot(browsing.result.generation))

    def cancel(self) -> bool:
        """Give up a count; False if none is under way."""
        counting = self._counting
        if counting:
            self._stop_counting()
            self._hands.tell("the count was cancelled")
        return counting

    def interrupted(self) -> None:
        """The browsing connection failed, or was cancelled: what it was asked for will not come."""
        self._turning.give_up()
        self._over()

    def _stop_counting(self) -> None:
        if self._sent is not None:
            self._catalog.cancel(self._sent)
        self._over()

    # -- what comes back -------------------------------------------------------------------------

    def opened(self) -> None:
        """Something else is open: what was asked about the thing before is of no use."""
        target = self._browsing.target
        if self._counting:
            self._stop_counting()
        self._key = ()
        self._hands.chips.show(of_grid.chips(target))

    def answered(self, event: ev.Answer) -> None:
        """The browsing connection answered a question."""
        target = self._browsing.target
        if isinstance(event, SnapshotExported) and self._counting and target is not None:
            self._began = event.began
            self._sent = Count(target, generation=event.generation, snapshot=event.snapshot)
            self._catalog.request(self._sent)
        elif isinstance(event, WholeValueRead) and isinstance(target, of_grid.Changeable):
            self._hands.say("")
            if event.text is None:
                size = quantities.nbytes(event.size)
                self._hands.tell(f"the value has {size}: too long to ask for the rows that have it")
            else:
                condition = Condition(event.cell.column.name, event.text, event.keep)
                self._add(target, condition, event.cell.place)

    def handle(self, event: CatalogEvent) -> bool:
        """Take an answer of the second connection; False if it is someone else's."""
        if isinstance(event, CatalogFailed):
            ours = isinstance(event.request, Count | AdviseSort | FindKey)
            if ours and self._current(event):
                self._failed(event)
            return ours
        handler = self._handlers.get(type(event))
        if handler is not None and self._current(event):
            handler(event)
        return handler is not None

    def _current(self, event: CatalogEvent) -> bool:
        return event.generation == self._browsing.result.generation

    def _failed(self, event: CatalogFailed) -> None:
        if isinstance(event.request, AdviseSort) and not self._turning.awaits(event.request):
            return
        if isinstance(event.request, Count):
            self._over()
        else:
            self._answered()
        if not (isinstance(event.request, Count) and event.problem.canceled):
            self._hands.complain(event.problem)

    def _counted_so_far(self, event: Counting) -> None:
        if self._counting:
            self._browsing.session.touch()
            share = f", {100 * event.share:.0f} %" if event.share >= 0 else self._about(event.rows)
            self._hands.say(f"counting: {quantities.row_number(event.rows)} rows{share} … esc cancels")

    def _about(self, rows: int) -> str:
        estimate = self._browsing.result.estimate
        return f" of ≈{quantities.count(estimate)}" if estimate >= rows else ""

    def _counted(self, event: Counted) -> None:
        counting = self._counting
        self._over()
        if counting:
            self._browsing.counted(event.rows, self._began)

    def _advised(self, event: SortAdvised) -> None:
        if not self._turning.awaits(event):
            return
        self._answered()
        if event.rows > UNASKED:
            self._hands.ask_to_sort(event)
        else:
            self._open(event.target)

    def _key_found(self, event: KeyFound) -> None:
        self._answered()
        target, key = self._target(), self._key
        if not event.order:
            self._hands.tell("there is no primary key or unique index: sort by a column first (s)")
        elif isinstance(target, rq.KnownRelation) and key:
            self._open(replace(target, order=event.order), key)

    def _seek(self, key: tuple[str, ...]) -> None:
        browsing = self._browsing
        target = self._browsing.target
        if isinstance(target, rq.KnownRelation) and (target.conditions or target.limit):
            self._hands.tell("a key is sought among all rows: take the conditions away first (u)")
        elif browsing.result.keys:
            browsing.scrolling.seek(key)
        elif isinstance(target, rq.ComposedQuery):
            self._hands.tell("a composed query's rows have no key: say it as a condition (c)")
        elif isinstance(target := self._target(), rq.KnownRelation):
            self._key = key
            self._catalog.request(FindKey(target.oid, generation=browsing.result.generation))

    def _answered(self) -> None:
        if not self._counting:  # else the line says how far that is
            self._hands.say("")

    def _over(self) -> None:
        self._counting, self._sent = False, None
        self._hands.say("")

    def _open(self, target: of_grid.Changeable, key: tuple[str, ...] = ()) -> None:
        if isinstance(target, rq.ComposedQuery):
            self._composing.open(target.spec)
        else:
            self._browsing.narrow(target, key)

    def _target(self) -> of_grid.Changeable | None:
        """What is open, if it is a relation or composed."""
        target = self._browsing.target
        if isinstance(target, of_grid.Changeable):
            return target
        if target is not None:
            self._hands.tell("these are the rows of a query: say it in its SQL")
        return None
