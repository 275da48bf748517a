"""The words of an export under way, and of its end."""

from __future__ import annotations

from dataclasses import replace

from pgmem_tui.export.progress import FINISHING, STARTING, WRITING, Progress, bar, figures, result

HALF = Progress(WRITING, rows=500_000, nbytes=30 << 20, written=30 << 20, seconds=2.0, estimate=1_000_000)


def test_on_the_way() -> None:
    assert figures(Progress()) == "connecting …"
    assert figures(Progress(STARTING, seconds=2.0)) == "waiting for the first row … 2.0 s"
    assert figures(HALF) == "≈500.0k rows · 30 MB · 250k rows/s · ≈50 % · ≈0:02 left"
    assert figures(replace(HALF, written=10 << 20)).startswith("≈500.0k rows · 30 MB (10 MB written) · ")
    assert bar(HALF, 10) == "█████░░░░░"


def test_no_estimate_or_one_that_was_too_low() -> None:
    for estimate in (-1, 0, 499_999):
        now = replace(HALF, estimate=estimate)
        assert (now.share, now.seconds_left) == (None, None)
        assert figures(now) == "≈500.0k rows · 30 MB · 250k rows/s"
        assert bar(now, 4) == "░░░░"


def test_no_time_is_promised_too_early() -> None:
    assert replace(HALF, seconds=0.5).seconds_left is None
    assert replace(HALF, rows=0).seconds_left is None


def test_the_end() -> None:
    end = replace(HALF, stage=FINISHING, exact=True)
    assert figures(end) == "500.0k rows · 30 MB · 250k rows/s · flushing to disk …"
    assert bar(end, 3) == "███"
    assert result(end) == "exported 500,000 rows, 30 MB, in 2.0 s (250k rows/s)"
    assert result(Progress(rows=1, nbytes=5, written=25, seconds=0.0)) == (
        "exported 1 row, 5 B (25 B compressed), in 0.0 ms (0 rows/s)"
    )
