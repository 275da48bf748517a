"""The memory of another process, and of the server's processes that serve it, looked at every few ms."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from pgmem_tui.lab import notes
from pgmem_tui.memory.backend import LocalBackend

INTERVAL = 0.005
"""Seconds between two samples."""
BACKEND_INTERVAL = 0.02
USS_INTERVAL = 0.05
"""Seconds between two looks at the USS, at least."""
USS_SHARE = 20
"""How often the time of one look at the USS passes before the next: it walks the page tables of the process,
with its memory locked meanwhile."""


class Sampler:
    """Looks at one process, and at the server's processes of its connections. For one thread."""

    def __init__(self, pid: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Look at the process of that number, which must not have been waited for.

        Args:
            pid: The process.
            clock: Seconds, only going forward.
        """
        self._process = psutil.Process(pid)
        self._clock = clock
        self._backends: list[LocalBackend] = []
        self._uss_due = self._backend_due = 0.0
        self.rss = 0
        """As last seen, like the others; bytes."""
        self.uss: int | None = None
        self.backend: int | None = None
        self.peak_rss = 0
        """The most that was seen since `begin`; bytes."""
        self.peak_uss: int | None = None
        """The same; None, like the next, where nothing was seen since then: it was too short for that."""
        self.peak_backend: int | None = None

    def watch(self, backend: LocalBackend) -> None:
        """Look at a server's process as well; the memory of several is added up."""
        self._backends.append(backend)
        self._backend_due = 0.0

    def look(self) -> bool:
        """Look at everything that is due; whether the process was still there."""
        now = self._clock()
        try:
            self.rss = self._process.memory_info().rss
            self.peak_rss = max(self.peak_rss, self.rss)
            if now >= self._uss_due:
                self.uss = self._look_at_uss()
                self.peak_uss = _higher(self.peak_uss, self.uss)
                self._uss_due = now + max(USS_INTERVAL, USS_SHARE * (self._clock() - now))
        except (psutil.Error, OSError):
            return False
        if now >= self._backend_due:
            self._backend_due = now + BACKEND_INTERVAL
            self.backend = self._look_at_backends()
            self.peak_backend = _higher(self.peak_backend, self.backend)
        return True

    def begin(self) -> None:
        """Look at everything, which is what there is before; then begin anew with the peaks."""
        self._uss_due = self._backend_due = 0.0
        self.look()
        self.peak_rss, self.peak_uss, self.peak_backend = self.rss, None, None

    def own_peak(self) -> int:
        """The most that its RSS ever was, by the kernel's book (Linux), or 0."""
        try:
            with open(f"/proc/{self._process.pid}/status", "rb") as file:
                return notes.peak_in(file.read())
        except OSError:
            return 0

    def _look_at_backends(self) -> int | None:
        seen = [backend.nbytes() for backend in self._backends]
        known = [nbytes for nbytes in seen if nbytes is not None]
        return sum(known) if known else None

    def _look_at_uss(self) -> int | None:
        try:
            return int(self._process.memory_full_info().uss)
        except (psutil.AccessDenied, AttributeError):  # the system does not say, or not to us
            return None


def _higher(one: int | None, other: int | None) -> int | None:
    return max(one or 0, other or 0) if one is not None or other is not None else None
