"""What the threads report, as Textual messages, and who hears of it first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.counting import Counting
from pgmem_tui.paging.events import CursorState, Event, StatementSent, Walking

if TYPE_CHECKING:
    from pgmem_tui.lab.trial import Trial, TrialEvent
    from pgmem_tui.lessons.live_events import LiveEvent

Listeners = list[Callable[[Event], bool]]
"""Views above the rows, while they are shown: told of each event first, and each may keep it for itself."""
CatalogListeners = list[Callable[[CatalogEvent], bool]]
"""The same for answers of the second connection."""


class SessionEvent(Message, bubble=False):
    """The browsing thread reported something."""

    def __init__(self, event: Event) -> None:
        """Wrap it."""
        super().__init__()
        self.event = event

    def can_replace(self, message: Message) -> bool:
        """Whether only the newer of two neighbours counts."""
        passing = (CursorState, StatementSent, Walking)
        if not isinstance(message, SessionEvent) or type(message.event) is not type(self.event):
            return False
        if isinstance(self.event, StatementSent) and isinstance(message.event, StatementSent):
            # One about a cursor is shown, until there is another.
            return bool(message.event.report.cursor or not self.event.report.cursor)
        return isinstance(self.event, passing)


class CatalogAnswer(Message, bubble=False):
    """The catalog's thread answered."""

    def __init__(self, event: CatalogEvent) -> None:
        """Wrap it."""
        super().__init__()
        self.event = event

    def can_replace(self, message: Message) -> bool:
        """Whether only the newer of two neighbours counts."""
        return (
            isinstance(message, CatalogAnswer)
            and isinstance(self.event, Counting)
            and isinstance(message.event, Counting)
        )


class LessonEvent(Message, bubble=False):
    """The thread of the lessons reported something."""

    def __init__(self, event: LiveEvent) -> None:
        """Wrap it."""
        super().__init__()
        self.event = event

    def can_replace(self, message: Message) -> bool:
        """Whether only the newer of two neighbours counts."""
        return isinstance(message, LessonEvent) and all(
            getattr(event, "passing", False) for event in (self.event, message.event)
        )


class LabEvent(Message, bubble=False):
    """The thread of an experiment reported something."""

    def __init__(self, trial: Trial, event: TrialEvent) -> None:
        """Wrap it."""
        super().__init__()
        self.trial, self.event = trial, event

    def can_replace(self, message: Message) -> bool:
        """Whether only the newer of two neighbours counts."""
        return (
            isinstance(message, LabEvent)
            and message.trial is self.trial
            and all(getattr(event, "passing", False) for event in (self.event, message.event))
        )
