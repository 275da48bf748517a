"""The one place where events of other threads become messages.

`post_message` is safe from any thread and does not wait for the handler, so the database thread is
never held up by the screen.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump

from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.events import Event
from pgmem_tui.ui.messages import CatalogAnswer, SessionEvent


def session_events(target: MessagePump) -> Callable[[Event], None]:
    """A callback that posts each event to `target`; nothing happens once that is closed."""
    return lambda event: _ignore(target.post_message(SessionEvent(event)))


def catalog_answers(target: MessagePump) -> Callable[[CatalogEvent], None]:
    """The same for the catalog's thread."""
    return lambda event: _ignore(target.post_message(CatalogAnswer(event)))


def _ignore(accepted: bool) -> None:
    """Nobody is left to tell when a message is not accepted."""
