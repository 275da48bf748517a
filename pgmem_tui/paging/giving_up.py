"""Giving up what a thread is at: it may stop by itself, and after a grace the server is asked to stop it."""

from __future__ import annotations

import threading
import time

from pgmem_tui.paging.inbox import Inbox
from pgmem_tui.postgres.cancellation import Cancellation

CANCEL_GRACE = 0.06
"""Seconds in which a long walk may stop between two statements, which keeps its cursor."""
STOP_GRACE = 1.0
"""... and in which a stream's or a search's FETCH may end, before it is cancelled."""
CANCEL_AGAIN = 0.05
"""Seconds between two cancel requests, while one request goes on with another statement."""


class GivingUp:
    """Used from any thread."""

    def __init__(self, inbox: Inbox) -> None:
        """Nothing is given up.

        Args:
            inbox: What waits, and what is being served.
        """
        self.cancellation: Cancellation | None = None
        """Of the connection that is in use."""
        self._inbox = inbox
        self._number = 0
        """Of the request that is being cancelled, or was last."""

    def give_up(self, grace: float) -> None:
        """Let go all that was asked for so far; after `grace` seconds the server is asked to stop."""
        number = self._inbox.give_up()
        if number and (number != self._number or not grace):
            self._number = number
            threading.Thread(target=self._cancel_until_ended, args=(number, grace), daemon=True).start()

    def _cancel_until_ended(self, number: int, grace: float) -> None:
        time.sleep(grace)
        # One request may send several statements, and a cancel stops the one that it meets.
        while self._inbox.serving == number:
            cancellation = self.cancellation
            if cancellation is not None:
                cancellation.cancel(number)
            time.sleep(CANCEL_AGAIN)
