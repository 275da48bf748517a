"""Where lessons come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgmem_tui.lessons import loader
from pgmem_tui.lessons.errors import LessonError
from pgmem_tui.lessons.format import MOST_BYTES
from tests.lessons.conftest import TEXT


def test_a_folder(tmp_path: Path) -> None:
    for name in ("10-last.md", "2-second.md", "02-first.md", "README.md", "notes.txt", "3-Big.md"):
        (tmp_path / name).write_text(TEXT)
    (tmp_path / "4-folder.md").mkdir()
    assert [lesson.name for lesson in loader.from_folder(str(tmp_path))] == ["first", "second", "last"]


def test_what_is_wrong_with_a_folder(tmp_path: Path) -> None:
    folder = str(tmp_path)
    with pytest.raises(LessonError, match="no lesson here"):
        loader.from_folder(folder)
    with pytest.raises(LessonError, match=r"nowhere: No such file"):
        loader.from_folder(f"{folder}/nowhere")
    (tmp_path / "1-a.md").write_text(TEXT)
    (tmp_path / "2-a.md").write_text(TEXT)
    with pytest.raises(LessonError, match="two lessons are called a"):
        loader.from_folder(folder)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TEXT.encode() + b"\n\xff", r"1-a\.md:\d+: not UTF-8"),
        (TEXT.encode() + b" " * MOST_BYTES, r"1-a\.md: longer than 64 kB"),
        (TEXT.replace("## Why", "## Because").encode(), r"1-a\.md:\d+: expected ## Why"),
    ],
)
def test_a_file_that_is_no_lesson(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "1-a.md").write_bytes(data)
    with pytest.raises(LessonError, match=said):
        loader.from_folder(str(tmp_path))
