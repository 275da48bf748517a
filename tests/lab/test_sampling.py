"""What a sampler saw, and what it did not."""

from __future__ import annotations

import os

from pgmem_tui.lab.sampling import USS_INTERVAL, Sampler


def test_a_run_that_is_shorter_than_a_sample_has_no_figure() -> None:
    now = [0.0]
    sampler = Sampler(os.getpid(), lambda: now[0])
    sampler.begin()
    assert sampler.uss and sampler.look()
    assert sampler.peak_uss is None and sampler.peak_backend is None and sampler.peak_rss > 0
    now[0] = 1000 * USS_INTERVAL
    assert sampler.look() and sampler.peak_uss
