"""Paging through everything by itself, and the rows of each FETCH."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgmem_tui.display import quantities
from pgmem_tui.options import BATCH_BOUNDS
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq

if TYPE_CHECKING:
    from pgmem_tui.ui.browsing import Browsing, Panes

SMALLEST_BATCH, LARGEST_BATCH = BATCH_BOUNDS


class Streaming:
    """Starts and stops a stream of what is open, and shows it."""

    def __init__(self, browsing: Browsing, panes: Panes, batch: int | None) -> None:
        """Nothing streams.

        Args:
            browsing: Knows what is open.
            panes: Show it.
            batch: Rows of each FETCH; None sizes them by what is measured.
        """
        self.running = False
        self._browsing, self._panes = browsing, panes
        self._batch = batch
        self._next_batch = 1
        self._streamed = 0
        """The number after the last row's that has streamed past."""

    @property
    def batch(self) -> int:
        """Rows of the next FETCH."""
        return self._next_batch

    def toggle(self) -> None:
        """Start or stop paging through everything."""
        browsing, grid = self._browsing, self._panes.grid
        if self.running:
            browsing.session.stop()
        elif grid.extent and not browsing.lost:
            browsing.waiting.begin("stream")
            self._panes.cursor.show_note("")
            self.running = grid.following = True
            first = self._streamed = min(grid.top + grid.body, browsing.result.seen)
            browsing.session.request(rq.Stream(browsing.result.generation, first, grid.body))

    def change_batch(self, larger: bool) -> None:
        """Set the rows of a FETCH by hand: half or double."""
        now = self._batch or self._next_batch
        wanted = now * 2 if larger else now // 2
        self._batch = min(LARGEST_BATCH, max(SMALLEST_BATCH, wanted))
        self._browsing.session.request(rq.SetBatch(self._batch))

    def automatic_batch(self) -> None:
        """Size batches by what is measured again."""
        self._batch = None
        self._browsing.session.request(rq.SetBatch(None))

    def over(self) -> None:
        """Nothing streams any longer."""
        self.running = self._panes.grid.following = False

    def passed(self, event: ev.Streaming) -> None:
        """Show some of the rows that stream past."""
        grid, result = self._panes.grid, self._browsing.result
        result.take(event.page, event.row_count, (event.page.first, event.page.end))
        result.been.add(self._streamed, event.page.end)  # those between two that are shown, too
        self._streamed = event.page.end
        speed, row = quantities.rate(event.rows_per_second), quantities.row_number(event.page.end)
        share = f" · {100 * event.page.end / result.estimate:.0f} %" if result.estimate > 0 else ""
        grid.message = (
            f"streaming {speed} · row {row}{share} · {quantities.seconds(event.seconds)} · space stops"
        )
        grid.go(event.page.end - 1, event.page.first)

    def ended(self, event: ev.StreamEnded) -> None:
        """Say how fast it was."""
        self._browsing.waiting.arrived("stream")
        self.over()
        speed = quantities.rate(event.rows / event.seconds if event.seconds else 0.0)
        why = "the end" if event.at_end else "stopped"
        self._panes.grid.say("")
        if event.rows:
            self._panes.cursor.show_note(
                f"streamed {quantities.counted(event.rows, 'row', short=True)}, {speed}, {why}"
            )
        self._panes.grid.rows_arrived()

    def state(self, event: ev.CursorState) -> None:
        """Show where the cursor stands."""
        self._next_batch = event.batch
        self._panes.cursor.show_state(event)
