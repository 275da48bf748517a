"""What is said of what is open when it does not come as asked for, or when it was run and not read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pgmem_tui.display import quantities
from pgmem_tui.paging import events as ev
from pgmem_tui.ui import headings

if TYPE_CHECKING:
    from pgmem_tui.ui.browsing import Browsing, Panes

_BECAME = {
    ev.Ending.COMMITTED: "committed",
    ev.Ending.ROLLED_BACK: "rolled back",
    ev.Ending.REFUSED: "rolled back by the server",
    ev.Ending.LOST: "rolled back: the connection was lost",
    ev.Ending.UNKNOWN: "committed or not: unknown",
}


class Outcomes:
    """Tells of failures, cancels, losses, and of statements."""

    def __init__(self, browsing: Browsing, panes: Panes) -> None:
        """Nothing has happened.

        Args:
            browsing: Knows what is open.
            panes: Show it.
        """
        self.ran: ev.Ran | None = None
        """What the statement did that is open."""
        self.became = ""
        """What became of what that wrote: `rolled back`; empty while nobody knows, or nothing was written."""
        self._browsing, self._panes = browsing, panes

    @property
    def handlers(self) -> dict[type[Any], Callable[[Any], None]]:
        """Who takes which event."""
        return {
            ev.Ran: self._ran,
            ev.Failed: self._failed,
            ev.Cancelled: self._cancelled,
            ev.Released: self._released,
            ev.Lost: self._lost,
            ev.TransactionOpen: self._transaction,
            ev.TransactionEnded: self._transaction,
        }

    @property
    def once(self) -> bool:
        """Whether what is open would be done again, were it opened again."""
        return self.ran is not None and (self.ran.writes or self.ran.tag in ("SET", "RESET"))

    def opened(self, event: ev.Opened) -> None:
        """Say what is to be known of what was opened, or run, beside its rows."""
        note = f"snapshot refreshed ({event.refreshed})" if event.refreshed else ""
        if self.ran is not None:
            note = headings.said(self.ran)
            if self.ran.rows >= 0 and self.ran.notices:
                self._panes.notice.tell(headings.notices(self.ran))
        self._panes.cursor.show_note(note)

    def _ran(self, event: ev.Ran) -> None:
        self.ran, self.became = event, ""

    def _transaction(self, event: ev.TransactionOpen | ev.TransactionEnded) -> None:
        self._browsing.uncommitted = isinstance(event, ev.TransactionOpen)
        if not self._browsing.uncommitted:
            self._panes.cursor.show_note("")
        if isinstance(event, ev.TransactionEnded) and self.ran is not None and self.ran.writes:
            self.became = _BECAME[event.how]
            self._browsing.show_title()

    def _failed(self, event: ev.Failed) -> None:
        self._browsing.over()
        self._panes.notice.show(event.problem, event.sql)
        if not self._browsing.result.columns:
            self._panes.grid.clear("backspace goes back" if self._browsing.trail else "")

    def _cancelled(self, event: ev.Cancelled) -> None:
        browsing = self._browsing
        browsing.over()
        word = "cancelled" + (
            ": the cursor is gone, the next scroll declares another" if event.lost_cursor else ""
        )
        if browsing.result.seen:
            self._panes.cursor.show_note(word)
        else:
            back = " · backspace goes back" if browsing.trail else ""
            self._panes.grid.clear(f"cancelled · R tries again{back}" if browsing.target else word)

    def _released(self, event: ev.Released) -> None:
        why = f"after {quantities.clock(event.idle_seconds)} idle" if event.idle_seconds else "for the lesson"
        self._panes.cursor.show_note(f"released {why}; the next scroll opens a new snapshot")

    def _lost(self, event: ev.Lost) -> None:
        self._browsing.over()
        self._browsing.lost = True
        self._panes.cursor.show_note("connection lost")
        if not self._browsing.result.columns:
            self._panes.grid.clear("r reconnects")
        self._panes.notice.show(event.problem, keys="r reconnects at the same place")
