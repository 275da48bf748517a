"""The thread that owns the file: nobody waits for it, and nothing it meets ends the program."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pgmem_tui.history import file, journal
from pgmem_tui.history.drafts import Draft, NotKept
from pgmem_tui.history.journal import Journal
from pgmem_tui.history.store import LONGEST, Entry, Kept, Search, Store
from tests.history.conftest import run, until

StartJournal = Callable[[Path], tuple[Journal, list[str]]]


@pytest.fixture
def start() -> Iterator[StartJournal]:
    """Starts journals; with each comes the list of what it told."""
    started: list[Journal] = []

    def new(path: Path) -> tuple[Journal, list[str]]:
        told: list[str] = []
        started.append(Journal(path, told.append))
        return started[-1], told

    yield new
    for one in started:
        one.close(10)


def found(opened: Journal, search: Search | None = None) -> list[Entry]:
    answers: list[list[Entry]] = []
    opened.search(search or Search(), answers.append)
    until(lambda: answers)
    return answers[0]


def test_nothing_is_made_before_something_is_asked(path: Path, start: StartJournal) -> None:
    opened, _ = start(path)
    opened.close(10)
    assert not path.parent.exists()


def test_added_and_found(path: Path, start: StartJournal) -> None:
    opened, told = start(path)
    kept: list[Kept] = []
    opened.add(run("SELECT 1"), kept.append)
    opened.add(run("ALTER ROLE a PASSWORD 'b'"), kept.append)
    opened.counted(run("SELECT 1"), 3)
    assert found(opened) == [run("SELECT 1")._replace(rows=3)]
    assert kept == [Kept.YES, Kept.SECRET]
    named: list[Kept] = []
    opened.save_favourite("one", "SELECT 1", named.append)
    assert found(opened, Search(favourites=True))[0].favourite == "one"
    opened.remove_favourite("one")
    opened.remove(run("SELECT 1"))
    assert found(opened) == [] and told == [] and opened.trouble == ""


def test_the_end_keeps_what_waits(path: Path, start: StartJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "DEBOUNCE", 3600)
    opened, _ = start(path)
    for number in range(20):
        opened.add(run(f"SELECT {number}"))
    opened.save_drafts([Draft("a", "old")])
    opened.save_drafts([Draft("a", "new")])
    opened.close(10)
    again, _ = start(path)
    assert len(found(again)) == 20
    drafts: list[list[Draft]] = []
    again.load_drafts(drafts.append)
    until(lambda: drafts)
    assert drafts == [[Draft("a", "new")]]


def test_drafts_are_saved_now_and_then_and_not_at_each_key(
    path: Path, start: StartJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "DEBOUNCE", 0.2)
    opened, _ = start(path)
    saves: list[list[NotKept]] = []
    began = time.monotonic()
    number = 0
    while len(saves) < 3:
        opened.save_drafts([Draft("a", f"SELECT {number}")], saves.append)
        number += 1
        assert time.monotonic() - began < 10
    assert time.monotonic() - began >= 0.6, "also while someone types on"
    assert number > 100


def test_nobody_waits_for_a_lock(path: Path, start: StartJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "BUSY", 1.0)
    other = Store(path)
    opened, told = start(path)
    with file.transaction(other.connection):
        started = time.perf_counter()
        for number in range(10):
            opened.add(run(f"SELECT {number}"))
        opened.save_drafts([Draft("a", "SELECT 1")])
        assert time.perf_counter() - started < 0.1
        until(lambda: told)
    assert told == [f"{path} is held by another program"]
    until(lambda: found(opened) and not opened.trouble)
    other.close()


def test_drafts_are_tried_again(path: Path, start: StartJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("DEBOUNCE", 0.0), ("AGAIN", 0.05)):
        monkeypatch.setattr(journal, name, seconds)
    path.parent.parent.mkdir(parents=True)
    path.parent.write_text("in the way")
    opened, told = start(path)
    saved: list[list[NotKept]] = []
    opened.save_drafts([Draft("a", "SELECT 1")], saved.append)
    until(lambda: told)
    path.parent.unlink()
    until(lambda: saved)
    assert saved == [[]] and len(told) == 1


def test_a_damaged_file_is_told_once(path: Path, start: StartJournal) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"damaged " * 1000)
    opened, told = start(path)
    for number in range(5):
        opened.add(run(f"SELECT {number}"))
    assert found(opened) == []
    loaded: list[list[Draft]] = []
    opened.load_drafts(loaded.append)
    until(lambda: loaded)
    assert loaded == [[]]
    assert len(told) == 1 and "is damaged" in told[0] and opened.trouble == told[0]
    path.rename(path.with_name("away"))
    opened.add(run("SELECT 'new'"))
    assert [entry.text for entry in found(opened)] == ["SELECT 'new'"]
    assert opened.trouble == ""


def test_a_file_that_was_moved_away_is_not_written_any_longer(path: Path, start: StartJournal) -> None:
    opened, told = start(path)
    opened.add(run("SELECT 1"))
    assert len(found(opened)) == 1
    path.unlink()
    opened.add(run("SELECT 2"))
    assert [entry.text for entry in found(opened)] == ["SELECT 2"]
    assert told == []


def test_the_newest_search_counts(path: Path, start: StartJournal) -> None:
    opened, _ = start(path)
    for number in range(100):
        opened.add(run(f"SELECT {number}"))
    answers: list[list[Entry]] = []
    last = threading.Event()
    for number in range(100):
        opened.search(Search(f"{number}"), answers.append)
    opened.search(Search("last"), lambda entries: last.set())
    assert last.wait(10)
    assert len(answers) < 100


def test_what_waits_has_a_bound(path: Path, start: StartJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Store(path)
    opened, _ = start(path)
    with file.transaction(other.connection):
        for number in range(journal.MOST_WAITING * 2):
            opened.add(run(f"SELECT {number}"))
        assert len(opened._jobs) <= journal.MOST_WAITING
    texts = [entry.text for entry in found(opened)]
    assert texts[0] == f"SELECT {journal.MOST_WAITING * 2 - 1}"
    other.close()


def test_long_texts_do_not_wait(path: Path, start: StartJournal) -> None:
    other = Store(path)
    opened, _ = start(path)
    kept: list[Kept] = []
    with file.transaction(other.connection):
        opened.add(run("SELECT 1"))
        for number in range(100):
            opened.add(run(f"SELECT {number} -- {'x' * (LONGEST - 100)}"))
        assert opened._size <= journal.MOST_TEXT_WAITING
        waiting = len(opened._jobs)
        opened.add(run("x" * (LONGEST + 1)))
        opened.counted(run("x" * (LONGEST + 1)), 1)
        assert len(opened._jobs) <= waiting
        opened.add(run("x" * (LONGEST + 1)), kept.append)
    until(lambda: kept)
    assert kept == [Kept.TOO_LONG]
    assert found(opened)[0].text.startswith("SELECT 99")
    assert opened._size == 0
    other.close()


def test_tabs_that_are_added_drop_nothing(path: Path, start: StartJournal) -> None:
    opened, _ = start(path)
    opened.add(run("SELECT 1"))
    opened.add_drafts([Draft(str(number), "x" * (journal.MOST_TEXT_WAITING // 2)) for number in range(3)])
    opened.close(10)
    again, _ = start(path)
    drafts: list[list[Draft]] = []
    again.load_drafts(drafts.append)
    until(lambda: drafts)
    assert len(drafts[0]) == 3 and len(found(again)) == 1


def test_who_waits_for_what_is_dropped_is_answered(path: Path, start: StartJournal) -> None:
    other = Store(path)
    opened, told = start(path)
    loaded: list[list[Draft]] = []
    with file.transaction(other.connection):
        opened.add(run("SELECT 'first'"))
        until(lambda: not opened._jobs)
        opened.load_drafts(loaded.append)
        for number in range(journal.MOST_WAITING):
            opened.add(run(f"SELECT {number}"))
    until(lambda: loaded)
    assert loaded == [[]]
    assert "not done" in told[0]
    other.close()
