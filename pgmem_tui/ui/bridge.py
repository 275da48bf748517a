"""The one place where events of other threads become messages.

`post_message` is safe from any thread and does not wait for the handler, so the database thread is
never held up by the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message_pump import MessagePump

from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.events import Event
from pgmem_tui.ui.messages import CatalogAnswer, LabEvent, LessonEvent, SessionEvent

if TYPE_CHECKING:
    from pgmem_tui.lab.trial import Trial, TrialEvent
    from pgmem_tui.lessons.live_events import LiveEvent


def session_events(target: MessagePump) -> Callable[[Event], None]:
    """A callback that posts each event to `target`; nothing happens once that is closed."""
    return lambda event: _ignore(target.post_message(SessionEvent(event)))


def catalog_answers(target: MessagePump) -> Callable[[CatalogEvent], None]:
    """The same for the catalog's thread."""
    return lambda event: _ignore(target.post_message(CatalogAnswer(event)))


def lesson_events(target: MessagePump) -> Callable[[LiveEvent], None]:
    """The same for the thread that lessons run on."""
    return lambda event: _ignore(target.post_message(LessonEvent(event)))


def lab_events(target: MessagePump) -> Callable[[Trial, TrialEvent], None]:
    """The same for the thread that an experiment runs on."""
    return lambda trial, event: _ignore(target.post_message(LabEvent(trial, event)))


def _ignore(accepted: bool) -> None:
    """Nobody is left to tell when a message is not accepted."""
