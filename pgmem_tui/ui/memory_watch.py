"""Twice a second: this process's memory, the server process's where it can be had, and the strip."""

from __future__ import annotations

from pgmem_tui.memory.backend import LocalBackend, local_backend
from pgmem_tui.memory.process import ProcessSampler
from pgmem_tui.paging.requests import MeasureBackend
from pgmem_tui.paging.session import BrowseSession
from pgmem_tui.postgres.connection import ServerInfo
from pgmem_tui.ui.widgets.memory_strip import MemoryStrip
from pgmem_tui.ui.widgets.top_bar import TopBar

INTERVAL = 0.5
"""Seconds between two samples."""
ASK_EVERY = 10
"""Samples between two questions to a server that is not on this machine."""


class MemoryWatch:
    """Samples and shows."""

    def __init__(self, strip: MemoryStrip, bar: TopBar, session: BrowseSession) -> None:
        """Begin."""
        self._strip, self._bar, self._session = strip, bar, session
        self._sampler = ProcessSampler()
        self._local: LocalBackend | None = None
        self._told: int | None = None
        self._fetches = 0
        self._ticks = 0

    def connected(self, server: ServerInfo) -> None:
        """Look for the server's process."""
        self._local = local_backend(server.backend_pid, server.local, server.backend_started)
        self._told = None

    def disconnected(self) -> None:
        """There is no server process any more."""
        self._local = self._told = None

    def told(self, nbytes: int | None) -> None:
        """The server told the size of its memory contexts."""
        self._told = nbytes

    def tick(self, cache: int, connected: bool) -> None:
        """Take a sample and show it."""
        if self._local is None and connected and self._ticks % ASK_EVERY == 0:
            self._session.request(MeasureBackend())
        self._ticks += 1
        fetches, self._fetches = self._session.fetches - self._fetches, self._session.fetches
        backend = self._local.nbytes() if self._local else self._told
        if self._local and backend is None:
            # Its process is gone. The session learns that only when it is asked something.
            self._local = self._told = None
            self._session.request(MeasureBackend())
        self._strip.add(self._sampler.sample(fetches=fetches, cache=cache, backend=backend))
        self._bar.show_memory(self._strip.header_text())
