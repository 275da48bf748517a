"""The file of a recording: whose it is, what it replaces, and that no line in it is cut."""

from __future__ import annotations

import os
import resource
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pgmem_tui.cast.file import CastError, CastFile


@contextmanager
def room(nbytes: int) -> Iterator[None]:
    """Files may have so many bytes: what a full disk does, but for the name of the error."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (nbytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_its_owner_alone_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.cast"
    before = os.umask(0)
    try:
        file = CastFile(str(path))
    finally:
        os.umask(before)
    file.append(b"{}\n")
    file.append(b"[]\n")
    file.close()
    assert path.read_bytes() == b"{}\n[]\n"
    assert mode(path) == 0o600
    assert file.nbytes == 6


def test_one_that_exists_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.cast"
    path.write_text("precious")
    with pytest.raises(CastError, match=r"a\.cast exists; --force replaces it"):
        CastFile(str(path))
    assert path.read_text() == "precious"


def test_one_that_exists_is_replaced_by_another_file(tmp_path: Path) -> None:
    path = tmp_path / "a.cast"
    path.write_text("old")
    path.chmod(0o666)
    with path.open() as reader:
        file = CastFile(str(path), force=True)
        file.append(b"{}\n")
        file.close()
        assert reader.read() == "old"
    assert path.read_bytes() == b"{}\n"
    assert mode(path) == 0o600
    assert os.listdir(tmp_path) == ["a.cast"]


def test_an_empty_one_goes(tmp_path: Path) -> None:
    CastFile(str(tmp_path / "a.cast")).close()
    assert os.listdir(tmp_path) == []


def test_the_old_one_stays_until_there_is_something_new(tmp_path: Path) -> None:
    path = tmp_path / "a.cast"
    path.write_text("old")
    for lines in (b"", b"{}\n"):
        file = CastFile(str(path), force=True)
        assert path.read_text() == "old"
        if lines:
            file.append(lines)
            assert path.read_bytes() == lines
        file.close()
        assert os.listdir(tmp_path) == ["a.cast"]
        assert path.read_bytes() == (lines or b"old")


def test_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = CastFile("~/a.cast")
    assert (tmp_path / "a.cast").exists()
    file.close()


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none/a.cast", "No such file or directory"),
        ("folder", "is there already, and is no file"),
        ("pipe", "is there already, and is no file"),
    ],
)
def test_what_cannot_be_made(tmp_path: Path, name: str, why: str, force: bool) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CastError, match=why):
        CastFile(str(tmp_path / name), force=force)
    assert sorted(os.listdir(tmp_path)) == ["folder", "pipe"]


@pytest.mark.skipif(sys.platform != "linux", reason="a process beyond RLIMIT_FSIZE is killed elsewhere")
def test_a_line_that_does_not_fit_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "a.cast"
    file = CastFile(str(path))
    with room(8192):
        file.append(b"x" * 5000 + b"\n")
        with pytest.raises(OSError, match="File too large"):
            file.append(b"y" * 5000 + b"\n")
        assert path.stat().st_size == 5001
        file.append(b"z\n")
    file.close()
    assert path.read_bytes() == b"x" * 5000 + b"\nz\n"
    with room(8192):
        file = CastFile(str(path), force=True)
        with pytest.raises(OSError, match="File too large"):
            file.append(b"y" * 9000 + b"\n")
        file.close()
    assert path.stat().st_size == 5003 and os.listdir(tmp_path) == ["a.cast"]
