"""The memory of a process and its children, sampled while something goes on."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

import psutil

_INTERVAL = 0.02


class Sample(NamedTuple):
    """Bytes at a time."""

    stamp: float
    """Of `time.perf_counter()`."""
    rss: int


class MemorySampler:
    """Samples RSS every 20 ms while its `with` block runs, in a thread of its own."""

    def __init__(self, pid: int) -> None:
        """Nothing is sampled yet."""
        self.samples: list[Sample] = []
        self._process = psutil.Process(pid)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> MemorySampler:
        self.samples.append(Sample(time.perf_counter(), self.rss()))
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def peak(self) -> int:
        """The most bytes of RSS so far."""
        return max(sample.rss for sample in self.samples)

    def peak_between(self, begin: float, end: float) -> int:
        """The most bytes of RSS between two times of `time.perf_counter()`."""
        return max(sample.rss for sample in self.samples if begin <= sample.stamp <= end)

    def rss(self) -> int:
        """The resident set sizes now, in bytes; pages that processes share count in each."""
        return sum(process.memory_info().rss for process in self._tree())

    def uss(self) -> int:
        """The memory that would be free without these processes, in bytes. The kernel walks page tables."""
        return sum(process.memory_full_info().uss for process in self._tree())

    def _tree(self) -> list[psutil.Process]:
        return [self._process, *self._process.children(recursive=True)]

    def _run(self) -> None:
        while not self._done.wait(_INTERVAL):
            try:
                self.samples.append(Sample(time.perf_counter(), self.rss()))
            except psutil.Error:
                continue  # a child ended meanwhile; when the program itself did, the test will say so
