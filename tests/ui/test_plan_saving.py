"""A text that is saved on a thread: how it ended is told in any case."""

from __future__ import annotations

from pathlib import Path
from queue import Queue

from pgmem_tui.ui.plan_saving import Saved, save


def test_what_goes_wrong_in_the_making_is_told(tmp_path: Path) -> None:
    outcomes: Queue[Saved] = Queue()

    def make() -> str:
        raise ValueError("no text")

    save(str(tmp_path / "x"), make, False, outcomes.put)
    assert outcomes.get(timeout=10).why_not == "ValueError: no text"
    assert not list(tmp_path.iterdir())
