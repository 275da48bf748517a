"""Bytes on their way into a descriptor: counted, compressed if asked for, stopped on demand."""

from __future__ import annotations

import os
import select
import threading
import zlib

_GZIP = 16 + zlib.MAX_WBITS
"""Makes zlib write gzip's header and trailer (https://docs.python.org/3/library/zlib.html)."""
_LEVEL = 1
"""A third of the time of gzip's usual 6, for files a seventh larger (rows of numbers, dates and words)."""
_SAMPLED = 8
"""Line breaks are counted in every such chunk: counting them all would take a tenth of the time."""


class Stopped(Exception):
    """Someone asked for the end."""


class Writer:
    """Writes to one descriptor, on one thread; its figures may be read on any other."""

    def __init__(self, descriptor: int, compressed: bool, stop: threading.Event) -> None:
        """Nothing is written yet.

        Args:
            descriptor: Open for writing; stays open.
            compressed: Whether to write gzip's format.
            stop: Once it is set, the next write raises `Stopped`.
        """
        self.nbytes = 0
        """Bytes taken."""
        self.written = 0
        """Bytes written."""
        self._descriptor = descriptor
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP) if compressed else None
        self._stop = stop
        self._chunks = 0
        self._sampled_bytes = 0
        self._sampled_lines = 0

    @property
    def lines(self) -> int:
        """About how many lines were taken."""
        sampled = self._sampled_bytes
        return self._sampled_lines * self.nbytes // sampled if sampled else 0

    def __call__(self, data: bytes) -> None:
        """Take some bytes.

        Raises:
            Stopped: It was asked for.
            OSError: They cannot be written.
        """
        if self._stop.is_set():
            raise Stopped
        if self._chunks % _SAMPLED == 0:
            self._sampled_lines += data.count(b"\n")
            self._sampled_bytes += len(data)
        self._chunks += 1
        self.nbytes += len(data)
        self._write(self._deflate.compress(data) if self._deflate else data)

    def finish(self) -> None:
        """Write what the compressor still has.

        Raises:
            OSError: It cannot be written.
        """
        if self._deflate:
            self._write(self._deflate.flush())

    def _write(self, data: bytes) -> None:
        with memoryview(data) as view:
            start = 0
            while start < len(view):
                try:
                    count = os.write(self._descriptor, view[start:])
                except BlockingIOError:  # a pipe whose reader takes its time
                    select.select([], [self._descriptor], [], 0.5)
                    if self._stop.is_set():
                        raise Stopped from None
                    continue
                start += count
                self.written += count
