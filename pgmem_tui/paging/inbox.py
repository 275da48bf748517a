"""The queue in front of a thread: first come first served, but only the newest `Read` waits."""

from __future__ import annotations

import threading
from collections import deque

from pgmem_tui.paging.events import Read, Request


class Inbox:
    """Requests to one thread.

    Bounded by what people do: each key press adds one request at most, reads replace each
    other, and `clear` empties it on a cancel.
    """

    def __init__(self) -> None:
        """Start open and empty."""
        self._requests: deque[Request] = deque()
        self._news = threading.Condition()
        self._closed = False

    def __bool__(self) -> bool:
        """Whether something waits, or the inbox was closed."""
        return bool(self._requests) or self._closed

    @property
    def closed(self) -> bool:
        """Whether the thread should end."""
        return self._closed

    @property
    def newest(self) -> Request | None:
        """The request that came last, if one waits."""
        try:
            return self._requests[-1]
        except IndexError:
            return None

    def put(self, request: Request) -> None:
        """Add a request; a read takes the place of one that waits."""
        with self._news:
            if isinstance(request, Read):
                waiting = [old for old in self._requests if not isinstance(old, Read)]
                self._requests = deque(waiting)
            self._requests.append(request)
            self._news.notify()

    def get(self, timeout: float | None) -> Request | None:
        """The next request; None when `timeout` seconds passed, or the inbox was closed."""
        with self._news:
            self._news.wait_for(self.__bool__, timeout)
            return self._requests.popleft() if self._requests and not self._closed else None

    def clear(self) -> None:
        """Forget what waits."""
        with self._news:
            self._requests.clear()

    def close(self) -> None:
        """Let the thread end after what it is doing."""
        with self._news:
            self._closed = True
            self._news.notify()
