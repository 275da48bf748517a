"""The sampler tells this process's memory, and costs next to nothing."""

from __future__ import annotations

import mmap
import subprocess
import sys
import time

import psutil
import pytest

from pgmem_tui.memory.process import INTERVAL, USS_INTERVAL, ProcessSampler

MB = 1 << 20


class SteppedClock:
    """A clock that goes on only when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_sample_is_this_process() -> None:
    sampler = ProcessSampler()
    block = b"x" * (30 * MB)  # written, so resident
    sample = sampler.sample(fetches=2, cache=5, backend=7)
    assert sample.rss == pytest.approx(psutil.Process().memory_info().rss, abs=5 * MB)
    assert sample.uss is not None and 30 * MB <= sample.uss <= sample.rss + 5 * MB
    assert 0 < sample.available_percent <= 100
    assert (sample.fetches, sample.cache, sample.backend) == (2, 5, 7)
    assert len(block) == 30 * MB


def test_rss_follows_at_once_and_uss_when_due() -> None:
    clock = SteppedClock()
    sampler = ProcessSampler(clock)
    before = sampler.sample()
    block = mmap.mmap(-1, 30 * MB)  # of the system: malloc might hand out what was resident before
    block[:: mmap.PAGESIZE] = b"x" * (len(block) // mmap.PAGESIZE)
    clock.now = USS_INTERVAL - 0.1
    early = sampler.sample()
    clock.now = USS_INTERVAL
    due = sampler.sample()
    assert early.rss - before.rss > 20 * MB
    assert early.uss == before.uss
    assert due.uss is not None and before.uss is not None and due.uss - before.uss > 20 * MB
    assert due.time == USS_INTERVAL
    block.close()


def test_uss_that_cannot_be_read_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(process: psutil.Process) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil.Process, "memory_full_info", refuse)
    assert ProcessSampler().sample().uss is None


def test_sampling_costs_under_one_percent_of_a_core() -> None:
    clock = SteppedClock()
    sampler = ProcessSampler(clock)
    sampler.sample()
    start = time.process_time()
    for _ in range(20):
        clock.now += INTERVAL
        sampler.sample()
    assert time.process_time() - start < 0.01 * 20 * INTERVAL  # measured: about 0.03 %


def test_psutil_is_imported_late() -> None:
    code = (
        "import sys; import pgmem_tui.memory.process, pgmem_tui.memory.backend; "
        "sys.exit('psutil' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
