"""Keys one at a time: each meets the focus and the state that the keys before it have left.

Textual hands a key to the widget that has the focus when it comes; its binding runs only after it has bubbled
up to the application, and a change of focus later still. Of `2`, `/`, `u` typed in one go, all would go
to the pane that had the focus before `2`. So the next key waits until the one before has bubbled, its action
has run, and what that posted to the application and to the screen has been handled.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

LONGEST = 4096
"""Keys and pastes that wait; those after them are dropped."""
REST = 0.02
"""Seconds after which it is found out whether a key is done, if no other waits: after it was painted."""
PATIENCE = 0.5
"""Seconds after which the next key goes on, whatever became of the one before: a widget that was removed
while it held one does not answer."""

Dispatch = Callable[[events.Event], Awaitable[None]]


class TypedAhead:
    """What was typed and not dispatched yet."""

    def __init__(self, app: App[Any], dispatch: Dispatch) -> None:
        """Nothing was typed.

        Args:
            app: Whose keys these are; all methods run in its task.
            dispatch: Textual's own handler of a key or a paste.
        """
        self._app, self._dispatch = app, dispatch
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._under_way = 0
        """The number of the key that is being handled; 0 if none is."""
        self._count = 0
        self._receiver: MessagePump | None = None
        """What got that key, until it is followed."""
        self._timer: asyncio.TimerHandle | None = None

    async def add(self, event: events.Key | events.Paste) -> None:
        """Dispatch it, now or after those before it."""
        if len(self._waiting) < LONGEST:
            self._waiting.append(event)
        if self._under_way:
            self._begin_to_follow()
        else:
            await self._next()

    async def _next(self) -> None:
        if not self._waiting:
            return
        event = self._waiting.popleft()
        self._count += 1
        self._under_way = self._count
        receiver = self._app.focused or self._app.screen
        try:
            await self._dispatch(event)
        finally:
            self._receiver = receiver
            if self._waiting:
                self._begin_to_follow()
            else:
                self._timer = asyncio.get_running_loop().call_later(REST, self._begin_to_follow)

    def _begin_to_follow(self) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._done, self._under_way)
        self._follow(receiver, self._under_way)

    def _follow(self, pump: MessagePump | None, number: int) -> None:
        """Go the way of the key, one queue after another, always behind it."""
        while pump is not None and pump is not self._app:
            if pump.call_later(self._follow, pump._parent, number):
                return
            pump = pump._parent
        self._app.call_later(self._acted, number)

    def _acted(self, number: int) -> None:
        """The key's action has run; what it posted to the application stands before this."""
        if not self._app.screen.call_later(self._app.call_later, self._done, number):
            self._done(number)

    async def _finish(self) -> None:
        if not self._under_way:
            await self._next()

    def _done(self, number: int) -> None:
        if number != self._under_way:
            return
        self._under_way = 0
        if self._timer is not None:
            self._timer.cancel()
        if self._waiting:
            self._app.call_later(self._finish)
