"""Statements that are remembered: found again, bounded, and without secrets."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pgmem_tui.history import store as limits
from pgmem_tui.history.store import LONGEST, MOST_FOUND, Entry, Kept, Search, Store
from tests.history.conftest import DATABASE, run

OTHER = "bob@[local]:5432/stock"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    yield opened
    opened.close()


def texts(store: Store, text: str = "", database: str = "") -> list[str]:
    return [entry.text for entry in store.search(Search(text, database))]


def test_what_was_run_is_found_newest_first_and_once(store: Store) -> None:
    store.add(run("SELECT 1", 1.0))
    store.add(run("SELECT 2", 2.0))
    store.add(Entry("SELECT 1", 3.0, 0.5, 1, OTHER, True))
    assert store.search(Search()) == [
        Entry("SELECT 1", 3.0, 0.5, 1, OTHER, True, runs=2),
        Entry("SELECT 2", 2.0, 0.012, None, DATABASE),
    ]
    assert store.search(Search(database=DATABASE)) == [
        Entry("SELECT 2", 2.0, 0.012, None, DATABASE),
        Entry("SELECT 1", 1.0, 0.012, None, DATABASE),
    ]


def test_it_is_there_when_opened_again(path: Path) -> None:
    for number in range(3):
        opened = Store(path)
        opened.add(run(f"SELECT {number}"))
        opened.close()
    opened = Store(path)
    assert texts(opened) == ["SELECT 2", "SELECT 1", "SELECT 0"]
    opened.close()


def test_rows_that_are_known_later(store: Store) -> None:
    first, second = run("SELECT 1", 1.0), run("SELECT 1", 2.0)
    store.add(first)
    store.add(second)
    store.counted(first, 7)
    assert store.search(Search())[0].rows is None
    store.counted(second, 8)
    assert store.search(Search())[0].rows == 8


def test_every_word_somewhere_and_letters_close_together_after_that(store: Store) -> None:
    for text in (
        "SELECT * FROM events WHERE kind = 'buy'",
        "SELECT kind, count(*) FROM events GROUP BY kind",
        "TABLE users",
        "SELECT name FROM users WHERE email IS NULL",
    ):
        store.add(run(text))
    assert len(texts(store, "EVENTS")) == 2
    assert texts(store, "buy events") == ["SELECT * FROM events WHERE kind = 'buy'"]
    assert texts(store, "grpby") == ["SELECT kind, count(*) FROM events GROUP BY kind"]
    assert texts(store, "tabl") == ["TABLE users"]
    assert texts(store, "zz") == []
    store.add(run("SELECT t.a, b.l FROM t, b"))
    assert texts(store, "tabl") == ["TABLE users", "SELECT t.a, b.l FROM t, b"], "exact ones first"


def test_wildcards_mean_themselves(store: Store) -> None:
    store.add(run("SELECT 1"))
    store.add(run("SELECT '100%_done'"))
    assert texts(store, "%") == texts(store, "_") == ["SELECT '100%_done'"]


def test_a_search_can_be_given_up(store: Store) -> None:
    for number in range(300):
        store.add(run(f"SELECT {number}"))
    looks: list[int] = []

    def second_look() -> bool:
        looks.append(1)
        return len(looks) > 1

    assert len(store.search(Search("zzz nothing"), second_look)) == 0
    assert len(looks) == 2
    assert len(store.search(Search())) == 300


def test_deleted_is_gone_from_every_database_and_from_the_disk(store: Store, path: Path) -> None:
    for database in (DATABASE, OTHER):
        store.add(run("SELECT 'Geheimnis'", database=database))
    store.add(run("SELECT 1"))
    store.save_favourite("g", "SELECT 'Geheimnis'", 1.0)
    assert b"Geheimnis" in path.read_bytes()
    store.remove(run("SELECT 'Geheimnis'"))
    assert texts(store) == ["SELECT 1"]
    assert store.search(Search(favourites=True)) == []
    assert b"Geheimnis" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        "ALTER ROLE ann PASSWORD 'hunter2'",
        "CREATE USER MAPPING FOR ann SERVER s OPTIONS (user 'ann', password 'hunter2')",
        "/* x */ create role ann login encrypted password 'hunter2' valid until 'infinity'; SELECT 1",
    ],
)
def test_passwords_are_never_written(text: str, store: Store, path: Path) -> None:
    assert store.add(run(text)) is Kept.SECRET
    assert store.save_favourite("role", text, 1.0) is Kept.SECRET
    assert store.search(Search()) == store.search(Search(favourites=True)) == []
    assert b"hunter2" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_the_word_password_alone_is_no_secret(store: Store) -> None:
    assert store.add(run("SELECT password_changed_at FROM users")) is Kept.YES


def test_a_long_statement_is_whole_or_not_there(store: Store) -> None:
    fits = f"SELECT '{'x' * (LONGEST - 9)}'"
    assert len(fits) == LONGEST
    assert store.add(run(fits)) is Kept.YES
    assert store.add(run(fits + " ")) is Kept.TOO_LONG
    assert store.add(run(" \n")) is Kept.EMPTY
    assert texts(store) == [fits]


def test_the_oldest_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ENTRIES", 3)
    for number in range(5):
        store.add(run(f"SELECT {number}"))
        if number == 0:
            store.save_favourite("the first", "SELECT 0", 1.0)
    assert texts(store) == ["SELECT 4", "SELECT 3", "SELECT 2"]
    favourites = store.search(Search(favourites=True))
    assert [(entry.text, entry.runs) for entry in favourites] == [("SELECT 0", 0)]
    monkeypatch.setattr(limits, "MOST_TEXT", 20)
    store.add(run("SELECT 12345"))
    assert texts(store) == ["SELECT 12345", "SELECT 4"]


def test_favourites_by_name(store: Store) -> None:
    store.add(run("SELECT :a", 5.0))
    assert store.save_favourite("  ones ", "SELECT :a", 6.0) is Kept.YES
    assert store.save_favourite("all", "TABLE t", 7.0) is Kept.YES
    found = store.search(Search(favourites=True))
    assert [(entry.favourite, entry.text, entry.runs) for entry in found] == [
        ("all", "TABLE t", 0),
        ("ones", "SELECT :a", 1),
    ]
    assert store.search(Search())[0].favourite == "ones", "marked in the history as well"
    assert [entry.favourite for entry in store.search(Search("one", favourites=True))] == ["ones"]
    store.remove_favourite("ones")
    assert store.search(Search())[0].favourite == ""
    assert len(store.search(Search(favourites=True))) == 1


def test_the_name_of_another_favourite_is_not_taken_from_it(store: Store) -> None:
    store.save_favourite("mine", "SELECT 1", 1.0)
    assert store.save_favourite("mine", "SELECT 2", 2.0) is Kept.NAME_TAKEN
    assert [entry.text for entry in store.search(Search(favourites=True))] == ["SELECT 1"]
    assert store.save_favourite("mine", "SELECT 2", 2.0, replace=True) is Kept.YES
    assert [entry.text for entry in store.search(Search(favourites=True))] == ["SELECT 2"]
    assert store.save_favourite("renamed", "SELECT 2", 3.0) is Kept.YES
    assert [entry.favourite for entry in store.search(Search(favourites=True))] == ["renamed"]
    assert store.save_favourite(" ", "SELECT 2", 3.0) is Kept.EMPTY


def test_favourites_have_a_bound(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_FAVOURITES", 2)
    kept = [store.save_favourite(f"n{number}", f"SELECT {number}", 1.0) for number in range(3)]
    assert kept == [Kept.YES, Kept.YES, Kept.TOO_MANY]
    assert store.save_favourite("another name", "SELECT 1", 1.0) is Kept.YES


ANY = st.text(st.characters(), min_size=1)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY.filter(str.strip), database=ANY)
def test_any_characters(text: str, database: str, store: Store) -> None:
    entry = run(text, time.time(), database)
    assert store.add(entry) is Kept.YES
    found = store.search(Search(database=database))[0]
    assert found == entry._replace(runs=found.runs)
    assert text in texts(store, text)


def test_no_more_is_held_than_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(MOST_FOUND + 20):
        store.add(run(f"SELECT {number:1000}"))
    assert len(store.search(Search())) == MOST_FOUND
    monkeypatch.setattr(limits, "MOST_FOUND_TEXT", 10_000)
    assert len(store.search(Search())) < 12


def test_a_search_takes_milliseconds_in_a_full_history(store: Store) -> None:
    """Per keystroke: none may be slower than one sees. The bound is generous, the figure is printed."""
    many = [f"SELECT c{n % 97}, count(*) FROM table_{n} WHERE id > {n} GROUP BY 1" for n in range(10_000)]
    store.connection.execute("BEGIN")
    store.connection.executemany(
        "INSERT INTO entry (digest, at, seconds, rows, failed, database, size, text)"
        " VALUES (?, 1, 1, NULL, 0, 'd', ?, ?)",
        [(text.encode(), len(text), text) for text in many],
    )
    store.connection.execute("COMMIT")
    for typed, least in (("", MOST_FOUND), ("table_9999", 1), ("tbl9999", 1), ("nowhere to be found", 0)):
        started = time.perf_counter()
        found = store.search(Search(typed))
        seconds = time.perf_counter() - started
        print(f"{typed!r}: {len(found)} in {seconds * 1000:.0f} ms")
        assert len(found) >= least
        assert seconds < 1.0
    started = time.perf_counter()
    store.add(run("SELECT 1"))
    print(f"added in {(time.perf_counter() - started) * 1000:.1f} ms")
    (count,) = store.connection.execute("SELECT count(*) FROM entry").fetchone()
    assert count == 10_000


def test_values_of_rows_have_no_place_in_it(path: Path, store: Store) -> None:
    """The columns there are: a statement's text, when, how long, how many, where."""
    with sqlite3.connect(path) as looked:
        columns = {
            table: [name for _, name, *_ in looked.execute(f"PRAGMA table_info({table})")]
            for (table,) in looked.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    looked.close()
    assert columns == {
        "entry": ["id", "digest", "at", "seconds", "rows", "failed", "database", "size", "text"],
        "favourite": ["name", "digest", "at", "text"],
        "draft": ["owner", "position", "name", "caret", "at", "text"],
    }
