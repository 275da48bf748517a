"""The file: private from its first byte, shared by programs, and a clear word where it does not work."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pgmem_tui.history import file
from pgmem_tui.history.file import Unavailable, default_path
from pgmem_tui.history.store import Search, Store
from tests.history.conftest import ROOT, Child, run


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform != "darwin":
        assert default_path() == tmp_path / "pgmem-tui" / "history.db"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_path().is_relative_to(tmp_path)


def test_only_its_owner_may_read_it(path: Path) -> None:
    before = os.umask(0)
    try:
        opened = Store(path)
        opened.add(run("SELECT 1"))
        assert (mode(path), mode(path.parent)) == (0o600, 0o700)
        with file.transaction(opened.connection):
            opened.connection.execute("DELETE FROM entry")
            journal = Path(f"{path}-journal")
            assert mode(journal) == 0o600, "what SQLite puts beside it too"
        assert sorted(found.name for found in path.parent.iterdir()) == ["history.db"]
        opened.close()
    finally:
        os.umask(before)


def test_private_from_the_first_byte_on(path: Path, child: Callable[..., Child]) -> None:
    """Seen by whoever looks all the time while another program makes it."""
    maker = child(
        "import sys, os\n"
        "from pathlib import Path\n"
        "from pgmem_tui.history.store import Store\n"
        "os.umask(0)\n"
        "os.chdir('/')\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "Store(Path(sys.argv[1]))\n"
        "print('made', flush=True)\n",
        path,
    )
    maker.said()
    seen: dict[str, set[int]] = {}
    maker.go_on()
    while not (path.exists() and path.stat().st_size):
        for found in (path.parent, path, Path(f"{path}-journal")):
            try:
                seen.setdefault(found.name, set()).add(mode(found))
            except FileNotFoundError:
                continue
    maker.said()
    assert not {each for modes in seen.values() for each in modes} - {0o600, 0o700}


def test_what_others_could_read_they_cannot_any_longer(path: Path) -> None:
    Store(path).close()
    path.chmod(0o644)
    path.parent.chmod(0o755)
    Store(path).close()
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be one " * 100, b"SQLite format 3\0" + b"\xff" * 4080]
)
def test_a_damaged_file_is_named_and_left_alone(content: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(Unavailable, match=r"history\.db is damaged .* move it away"):
        Store(path)
    assert path.read_bytes() == content


def test_a_file_damaged_in_its_middle(path: Path) -> None:
    opened = Store(path)
    for number in range(200):
        opened.add(run(f"SELECT {number}, '{'x' * 500}'"))
    opened.close()
    data = bytearray(path.read_bytes())
    data[4096:-4096] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(Unavailable, match="is damaged"):
        again = Store(path)
        again.search(Search("x"))
    again.close()


def test_a_file_of_a_newer_program_and_of_another_one(path: Path) -> None:
    Store(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(Unavailable, match="newer pgmem-tui"):
        Store(path)
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    with pytest.raises(Unavailable, match="another program's file"):
        Store(path)


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="file"):
        Store(tmp_path / "file" / "pgmem-tui" / "history.db")
    folder = tmp_path / "pgmem-tui" / "history.db"
    folder.mkdir(parents=True)
    with pytest.raises(Unavailable, match="unable to open"):
        Store(folder)


AS_NOBODY = """
import os, sys
from pathlib import Path
from pgmem_tui.history import file
from pgmem_tui.history.store import Entry, Store
file.query("add")
if os.geteuid() == 0:
    os.seteuid(65534)
try:
    Store(Path(sys.argv[1])).add(Entry("SELECT 2", 1.0, 1.0, None, "d"))
except file.Unavailable as error:
    print(error)
else:
    print("written")
"""


def test_a_file_that_may_not_be_written(path: Path) -> None:
    Store(path).close()
    path.chmod(0o400)
    path.parent.chmod(0o500)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    path.parent.chmod(0o700)
    assert str(path.parents[1]) in done.stdout, done
    assert any(word in done.stdout for word in ("denied", "permitted", "readonly")), done


FULL = """
import resource, sys
from pathlib import Path
from pgmem_tui.history.store import Entry, Store, Search
from pgmem_tui.history.file import Unavailable
opened = Store(Path(sys.argv[1]))
opened.add(Entry("SELECT 'kept'", 1.0, 1.0, None, "d"))
size = Path(sys.argv[1]).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # as a full disk: not one byte more
try:
    opened.add(Entry("SELECT '" + "x" * 50_000 + "'", 2.0, 1.0, None, "d"))
except Unavailable as error:
    print(error, flush=True)
else:
    print("written", flush=True)
print([entry.text for entry in opened.search(Search())], flush=True)
"""


def test_a_full_disk(path: Path, child: Callable[..., Child]) -> None:
    """What was kept before can still be read, by this program and the next."""
    full = child(FULL, path)
    sentence = full.said()
    assert str(path) in sentence and ("full" in sentence or "I/O" in sentence), sentence
    assert full.said() == "[\"SELECT 'kept'\"]"
    opened = Store(path)
    assert [entry.text for entry in opened.search(Search())] == ["SELECT 'kept'"]
    opened.close()


def test_a_file_held_by_another_program(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "BUSY", 0.05)
    opened, other = Store(path), Store(path)
    with file.transaction(other.connection), pytest.raises(Unavailable, match="held by another program"):
        opened.add(run("SELECT 1"))
    opened.add(run("SELECT 1"))
    assert len(other.search(Search())) == 1
    opened.close()
    other.close()


WRITER = """
import sys
from pathlib import Path
from pgmem_tui.history import file
file.BUSY = 60.0  # nobody else writes without a pause, and SQLite keeps no order among those who wait
from pgmem_tui.history.store import Entry, Store
name, count = sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
opened = Store(Path(sys.argv[1]))
for number in range(count):
    opened.add(Entry(f"SELECT '{name}', {number}", float(number), 0.0, None, name))
    if number == 20:
        print("going", flush=True)
print("done", flush=True)
sys.stdin.readline()
"""


def test_programs_at_once_lose_nothing(path: Path, child: Callable[..., Child]) -> None:
    """They begin with no file at all, at the same moment."""
    writers = [child(WRITER, path, name, 60) for name in ("a", "b", "c")]
    for writer in writers:
        writer.said()
    for writer in writers:
        writer.go_on()
    for writer in writers:
        assert (writer.said(), writer.said()) == ("going", "done")
    opened = Store(path)
    found = opened.search(Search())
    assert {entry.text for entry in found} == {
        f"SELECT '{name}', {number}" for name in "abc" for number in range(60)
    }
    opened.close()


def test_a_program_killed_while_it_writes(path: Path, child: Callable[..., Child]) -> None:
    for turn in range(3):
        writer = child(WRITER, path, f"w{turn}", 100_000)
        writer.said()
        writer.go_on()
        assert writer.said() == "going"
        writer.kill()
    opened = Store(path)
    assert opened.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    for turn in range(3):
        numbers = sorted(entry.at for entry in opened.search(Search(database=f"w{turn}")))
        assert len(numbers) > 20
        assert numbers == [float(n) for n in range(len(numbers))] or len(numbers) == 500, "none is missing"
    opened.close()
