"""What is remembered of lessons."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pgmem_tui.lessons import progress
from pgmem_tui.lessons.progress import Done, Unavailable


def test_it_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / progress.NAME
    assert progress.read(path) == {}
    progress.keep(path, "one", Done(1.5, True, 2, 0))
    progress.keep(path, "two", Done(2.5, False))
    progress.keep(path, "one", Done(3.5, True, 1, 1))
    assert progress.read(path) == {"two": Done(2.5, False), "one": Done(3.5, True, 1, 1)}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [progress.NAME]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"version": 1}', '{"version": 1, "lessons": {"a": 5}}', "[" * 100_000]
)
def test_a_damaged_file_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / progress.NAME
    path.write_text(text)
    with pytest.raises(Unavailable, match="damaged"):
        progress.read(path)
    with pytest.raises(Unavailable):
        progress.keep(path, "one", Done(1, True))
    assert path.read_text() == text


def test_another_versions_file_stays(tmp_path: Path) -> None:
    path = tmp_path / progress.NAME
    path.write_text('{"version": 2, "lessons": {}}')
    with pytest.raises(Unavailable, match="another version"):
        progress.keep(path, "one", Done(1, True))


def test_it_does_not_grow_without_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "MOST_LESSONS", 3)
    path = tmp_path / progress.NAME
    for number in range(5):
        progress.keep(path, f"lesson {number}", Done(number, True))
    assert list(progress.read(path)) == ["lesson 2", "lesson 3", "lesson 4"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(Unavailable, match="data"):
        progress.keep(tmp_path / "data" / progress.NAME, "one", Done(1, True))


def test_a_run_without_a_prediction_keeps_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / progress.NAME
    progress.keep(path, "one", Done(1, True, 2, 0))
    progress.keep(path, "one", Done(2, True, None, 0))
    assert progress.read(path) == {"one": Done(2, True, 2, 0)}
    progress.keep(path, "one", Done(3, True, 0, 0))
    assert progress.read(path) == {"one": Done(3, True, 0, 0)}
