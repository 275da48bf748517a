"""The transaction that writes, as the screen knows it: always in sight, and asked about before it is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.app import App

from pgmem_tui.display import quantities
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.postgres.errors import Problem

if TYPE_CHECKING:
    from pgmem_tui.ui.screens.transaction import TransactionScreen

BELLS = (300.0, 900.0, 3600.0)
"""Seconds after which the terminal's bell says that it is still open: its locks hold others up."""
_UNKNOWN_ADVICE = "Reconnect (r), and the server is asked what became of it."
_NO_NUMBER_ADVICE = "The server did not tell its number: reconnect (r), and look at the rows it changed."
_ENDED = {
    ev.Ending.COMMITTED: "committed",
    ev.Ending.ROLLED_BACK: "rolled back",
    ev.Ending.REFUSED: "NOT committed: the server refused, and has rolled back",
    ev.Ending.LOST: "lost with the connection: the server has rolled back",
    ev.Ending.UNKNOWN: "the connection was lost during COMMIT: whether it is committed is unknown",
}


@dataclass(frozen=True)
class TransactionHands:
    """What this needs of the screen."""

    badge: Callable[[float, int], None]
    """Shows since when it is open, epoch seconds, and its statements; 0 and 0 for none."""
    tell: Callable[[str], None]
    """Shows a sentence for a while."""
    complain: Callable[[Problem, str], None]
    """Shows a problem, and what can be pressed."""
    writing: Callable[[], bool]
    """Whether a statement that writes runs, or waits to be run."""
    cancel: Callable[[], object]
    """Gives up what runs and what waits."""


class OpenTransaction:
    """Follows what the session tells, and asks how it is to end."""

    def __init__(self, app: App[Any], request: Callable[[rq.Request], None], hands: TransactionHands) -> None:
        """None is open.

        Args:
            app: Shows the question.
            request: Asks the session.
            hands: Show the rest.
        """
        self.now: ev.TransactionOpen | None = None
        """What is open; None for nothing."""
        self._app, self._request, self._hands = app, request, hands
        self._then: Callable[[], object] | None = None
        """What to do once it is committed."""
        self._rung = 0
        self._untold = False
        """Whether something was written, and the session has yet to tell of its transaction."""
        self._question: TransactionScreen | None = None

    def handle(self, event: ev.Event) -> None:
        """Take note of what became of it."""
        if isinstance(event, ev.Ran):
            self._untold = event.writes
        elif isinstance(event, ev.TransactionOpen):
            self.now, self._untold = event, False
            self._hands.badge(event.began, event.statements)
        elif isinstance(event, ev.TransactionEnded):
            self._ended(event)
        elif isinstance(event, ev.Cancelled | ev.Failed):
            self._then = None
        elif isinstance(event, ev.Lost):
            self._untold = False

    def tick(self) -> None:
        """Ring when it has been open for long."""
        if self.now is None:
            self._rung = 0
        elif self._rung < len(BELLS) and time.time() - self.now.began >= BELLS[self._rung]:
            self._rung += 1
            self._app.bell()

    def want(self, commit: bool) -> None:
        """Ask, with one of the two answers at hand."""
        if self.now is None:
            self._hands.tell("no transaction is open: nothing was written that is not committed")
        else:
            self._ask("commit" if commit else "roll back", None)

    def leave(self, then: Callable[[], object]) -> None:
        """Do something that ends the session; first ask what is to become of a transaction that is open."""
        if self.now is None and not self._untold and not self._hands.writing():
            then()
        else:
            self._ask("stay", then)

    def _ask(self, at_hand: str, then: Callable[[], object] | None) -> None:
        from pgmem_tui.ui.screens.transaction import TransactionScreen

        if isinstance(self._app.screen, TransactionScreen):
            return

        # While more is being written, a commit would be one of a part.
        running = then is not None and self._hands.writing()

        def chosen(how: str | None) -> None:
            self._question = None
            if running and how == "roll back":
                self._hands.cancel()
            self._then = then if how == "commit" else None
            if how in ("commit", "roll back"):
                self._request(rq.EndTransaction(how == "commit"))
            if how == "roll back" and then is not None:
                then()  # whatever the server answers: a connection that is closed rolls back

        self._question = TransactionScreen(None if running else self.now, at_hand)
        self._app.push_screen(self._question, chosen)

    def _ended(self, event: ev.TransactionEnded) -> None:
        self.now, then, self._then = None, self._then, None
        self._untold = False
        if self._question is not None and self._question.is_current:
            self._question.dismiss(None)
        self._hands.badge(0.0, 0)
        words = _ENDED[event.how]
        if event.found_out:
            words = f"the server was asked about transaction {event.xid}: {_ENDED.get(event.how, '')}"
            if event.how is ev.Ending.UNKNOWN:
                words = f"what became of transaction {event.xid} is still unknown"
        elif event.statements:
            plural = "" if event.statements == 1 else "s"
            words = f"{quantities.count(event.statements)} statement{plural} {words}"
        if event.how in (ev.Ending.COMMITTED, ev.Ending.ROLLED_BACK):
            self._hands.tell(words)
            if then is not None and event.how is ev.Ending.COMMITTED:
                then()
            return
        said, keys = event.problem, "esc dismisses"
        if event.how in (ev.Ending.LOST, ev.Ending.UNKNOWN) and not event.found_out:
            keys = "r reconnects at the same place"
        advice = ""
        if event.how is ev.Ending.UNKNOWN and not event.found_out:
            advice = _UNKNOWN_ADVICE if event.xid else _NO_NUMBER_ADVICE
        if said is None:
            self._hands.complain(Problem(words, advice=advice), keys)
        else:
            whole = f"{words}\n{said.message}"
            advice = advice or said.advice
            self._hands.complain(Problem(whole, said.sqlstate, said.detail, said.hint, advice=advice), keys)
