"""The queue in front of a thread: first come first served; what is no longer wanted is known at once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from pgmem_tui.paging.requests import Read, Request, passive


class Inbox:
    """Requests to one thread, numbered from 1 as they come.

    Bounded by what people do: each key press adds one request at most; reads replace each other, and
    so do measurements.
    """

    def __init__(self) -> None:
        """Start open and empty."""
        self.serving = 0
        """The number of the request that the thread is at; 0 if it is at none."""
        self._requests: deque[tuple[int, Request]] = deque()
        self._served: Request | None = None
        self._news = threading.Condition()
        self._newest = 0
        self._given_up = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether the thread should end."""
        return self._closed

    @property
    def given_up(self) -> bool:
        """Whether nobody wants the request any longer that the thread is at."""
        return self._closed or 0 < self.serving <= self._given_up

    @property
    def newest(self) -> Request | None:
        """The request that came last, if one waits."""
        try:
            return self._requests[-1][1]
        except IndexError:
            return None

    @property
    def waiting(self) -> bool:
        """Whether a request waits that someone made; a measurement is none."""
        with self._news:
            return any(not passive(request) for _, request in self._requests)

    def put(self, request: Request) -> None:
        """Add a request; a read takes the place of one that waits, a measurement too."""
        with self._news:
            if isinstance(request, Read) or passive(request):
                waiting = [old for old in self._requests if not isinstance(old[1], type(request))]
                self._requests = deque(waiting)
            self._newest += 1
            self._requests.append((self._newest, request))
            self._news.notify()

    def get(self, timeout: float | None) -> Request | None:
        """The next request, to serve until `done`; None after `timeout` seconds, or once it was closed."""
        with self._news:
            self._news.wait_for(lambda: self._requests or self._closed, timeout)
            if self._closed or not self._requests:
                return None
            self.serving, request = self._requests.popleft()
            self._served = request
            return request

    def done(self) -> None:
        """The request that `get` returned last was served."""
        self.serving, self._served = 0, None

    def has(self, wanted: Callable[[Request], bool]) -> bool:
        """Whether such a request is being served, or waits."""
        with self._news:
            served = self._served
            if served is not None and wanted(served):
                return True
            return any(wanted(request) for _, request in self._requests)

    def give_up(self) -> int:
        """Nobody wants any longer what has come so far. Returns the number of the request being served."""
        with self._news:
            self._given_up = self._newest
            return self.serving

    def close(self) -> None:
        """Let the thread end after what it is doing."""
        with self._news:
            self._closed = True
            self._news.notify()
