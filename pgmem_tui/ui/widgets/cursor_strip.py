"""The server-side cursor, always in sight: where it stands and what was last sent for it."""

from __future__ import annotations

import time

from pgmem_tui.display import quantities
from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.paging.events import CursorState
from pgmem_tui.postgres.cursor_operation import position_text
from pgmem_tui.postgres.wire import StatementReport
from pgmem_tui.ui.widgets.one_line import OneLine

RELEASE_WARNING = 60.0
"""Seconds before its release from which the transaction's countdown is shown."""


WIDE = 56
"""Cells that whole sentences need."""


class CursorStrip(OneLine):
    """Three lines about the cursor, or one where there is no room."""

    DEFAULT_CSS = """
    CursorStrip { height: 3; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin without a cursor."""
        super().__init__(id=id)
        self._state: CursorState | None = None
        self._report: StatementReport | None = None
        self._active = time.monotonic()
        self._note = ""

    def show_state(self, state: CursorState) -> None:
        """The cursor moved, came or went."""
        self._state, self._active = state, time.monotonic()
        self.tick()

    def show_report(self, report: StatementReport) -> None:
        """A statement ended."""
        self._report = report
        self.tick()

    def show_note(self, note: str) -> None:
        """Say something about the snapshot until the next such thing."""
        self._note = note
        self.tick()

    def tick(self) -> None:
        """Bring ages up to date."""
        state = self._state
        if state is None:
            self.show(("no cursor yet", ""))
        elif self.size.height < 3:
            self.show((self._one(state), ""))
        elif self.size.width < WIDE:
            self.show(*((line, "") for line in self._narrow(state)))
        else:
            self.show((self._cursor(state), ""), (self._statement(), ""), (self._transaction(state), ""))

    def on_resize(self) -> None:
        """Choose the layout again."""
        self.tick()

    def _cursor(self, state: CursorState) -> str:
        if not state.name:
            return self._none(state)
        kind = ("SCROLL" if state.scrollable else "NO SCROLL") + (" WITH HOLD" if state.withhold else "")
        how = "by hand" if state.batch_by_hand else "auto"
        batch = quantities.row_number(state.batch)
        before, behind = f'"{one_line(state.name)}" {kind}  at ', f"  batch {batch} ({how})"
        return before + self._at(state, cell_width(before + behind)) + behind

    def _at(self, state: CursorState, used: int) -> str:
        """Where it stands; one that begins in the middle of a table counts from there, unlike the screen."""
        at = position_text(state.position)
        own = f"{at} of its own" if state.row >= 0 and state.row != state.position else at
        return own if used + cell_width(own) <= self.size.width else at

    def _none(self, state: CursorState) -> str:
        """That there is none, though rows stand there: the one that they came through is closed."""
        report = self._report
        if not state.transaction_started or report is None or not report.cursor:
            return "no cursor"
        return f'no cursor: "{one_line(report.cursor)}" is closed'

    def _statement(self) -> str:
        report = self._report
        if report is None:
            return ""
        text = one_line(report.sql.removesuffix(f' FROM "{report.cursor}"')[:120])
        parts = [text]
        if report.kind == "FETCH":
            size = ("" if report.exact else "≈") + quantities.nbytes(report.nbytes)
            if self.size.height >= 3 and self.size.width >= WIDE:
                parts.append(quantities.counted(report.rows, "row"))
            parts.append(size)
        parts.append(f"SQLSTATE {report.error}" if report.error else quantities.seconds(report.seconds))
        return "  ".join(parts)

    def _transaction(self, state: CursorState) -> str:
        if not state.transaction_started:
            return "no transaction" + (f" · {self._note}" if self._note else "")
        age = quantities.clock(time.time() - state.transaction_started)
        left = state.idle_limit - (time.monotonic() - self._active)
        if left < RELEASE_WARNING:
            return f"tx {age} · idle, released in {quantities.clock(left)}"
        return f"tx {age} · {self._note or self._source(state, cell_width(f'tx {age} · '))}"

    def _source(self, state: CursorState, used: int) -> str:
        """The source that serves instead of a better one, and as much of the reason as fits."""
        kind, _, reason = state.source.rstrip(")").partition(" (")
        if not reason:
            return "WRITES, not committed" if state.writes else "REPEATABLE READ, READ ONLY"
        short = reason.partition(":")[0]
        texts = (f"{kind} ({reason})", reason, f"{kind} ({short})")
        return next((text for text in texts if used + cell_width(text) <= self.size.width), short)

    def _narrow(self, state: CursorState) -> list[str]:
        """Three lines of which none is cut at 120 columns."""
        if not state.name:
            return [self._cursor(state), self._statement(), self._transaction(state)]
        kind = "SCROLL" if state.scrollable else "NO SCROLL"
        batch = f"batch {quantities.row_number(state.batch)}{'' if state.batch_by_hand else ' auto'}"
        age = quantities.clock(time.time() - state.transaction_started)
        first, behind = f'"{one_line(state.name)}" {kind} at ', f" {batch}" if "(" in state.source else ""
        first += self._at(state, cell_width(first + behind)) + behind
        last = f"{batch} · tx {age}"
        if "(" in state.source:
            last = f"tx {age} · "
            last += self._source(state, cell_width(last))
        return [first, self._statement().replace(" FORWARD", ""), self._note or last]

    def _one(self, state: CursorState) -> str:
        if not state.name:
            none, transaction = self._none(state), self._transaction(state)
            return transaction if none == "no cursor" else f"{none} · {transaction}"
        age = quantities.clock(time.time() - state.transaction_started)
        batch = f"{state.batch}{'' if state.batch_by_hand else ' auto'}"
        scroll = "SCROLL" if state.scrollable else "NO SCROLL"
        at = position_text(state.position)
        last = self._statement().replace(" FORWARD", "")
        return f'"{one_line(state.name)}" {scroll} at {at} · {last} · tx {age} · batch {batch}'
