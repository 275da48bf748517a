"""Where lessons come from."""

from __future__ import annotations

import re
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
    found = loader.from_folder(str(tmp_path))
    assert [lesson.name for lesson in found.lessons] == ["first", "second", "last"] and not found.wrong
    passed_over = [Path(said.partition(" is passed over")[0]).name for said in found.passed_over]
    assert passed_over == ["3-Big.md", "README.md"]  # they begin as a lesson does


def test_a_wrong_file_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "1-good.md").write_text(TEXT)
    (tmp_path / "2-bad.md").write_text("nothing")
    (tmp_path / "3-worse.md").write_text(TEXT.replace("## Why", "## Because"))
    (tmp_path / "README.md").write_text("# What these are")
    found = loader.from_folder(str(tmp_path))
    assert [lesson.name for lesson in found.lessons] == ["good"] and not found.passed_over
    assert ["2-bad.md:1: " in str(found.wrong[0]), "## Because" in str(found.wrong[1])] == [True, True]


def test_what_is_wrong_with_a_folder(tmp_path: Path) -> None:
    folder = str(tmp_path)
    with pytest.raises(LessonError, match="no lesson here"):
        loader.from_folder(folder)
    with pytest.raises(LessonError, match=r"nowhere: No such file"):
        loader.from_folder(f"{folder}/nowhere")
    (tmp_path / "1-a.md").write_text(TEXT)
    (tmp_path / "2-a.md").write_text(TEXT)
    found = loader.from_folder(folder)
    assert len(found.lessons) == 1 and "2-a.md: a second lesson that is called a" in str(found.wrong[0])


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
    found = loader.from_folder(str(tmp_path))
    assert not found.lessons and re.search(said, str(found.wrong[0]))
