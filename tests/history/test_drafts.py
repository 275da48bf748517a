"""Drafts of the editor: found again after a crash, never those of a program that lives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pgmem_tui.history import drafts as limits
from pgmem_tui.history.drafts import LEFT_OUT, Censor, Draft, Drafts, NotKept
from pgmem_tui.history.store import Kept, Store, tells
from tests.history.conftest import Child

TABS = [Draft("events", "SELECT *\nFROM events", 9), Draft("two", "TABLE users", 3)]


class Program:
    """One program's drafts."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self.drafts = Drafts(path, self.store.connection)

    def end(self) -> None:
        self.drafts.close()
        self.store.close()


@pytest.fixture
def start(path: Path) -> Iterator[Callable[[], Program]]:
    started: list[Program] = []

    def new() -> Program:
        started.append(Program(path))
        return started[-1]

    yield new
    for one in started:
        one.end()


def locks(path: Path) -> int:
    return len(list(path.parent.glob("editor-*.lock")))


def test_the_next_program_finds_them(start: Callable[[], Program], path: Path) -> None:
    first = start()
    assert first.drafts.load() == []
    assert first.drafts.save(TABS) == []
    assert first.drafts.save([*TABS[:1], Draft("new", "VALUES (1)")]) == []
    first.end()
    second = start()
    assert second.drafts.load() == [TABS[0], Draft("new", "VALUES (1)")]
    assert second.drafts.load() == [TABS[0], Draft("new", "VALUES (1)")], "they are its own now"
    second.drafts.save([])
    second.end()
    assert start().drafts.load() == []


def test_a_living_programs_drafts_are_its_own(start: Callable[[], Program]) -> None:
    first, second = start(), start()
    first.drafts.save(TABS)
    second.drafts.save([Draft("mine", "SELECT 2")])
    assert second.drafts.load() == [Draft("mine", "SELECT 2")]
    first.drafts.save(TABS[:1])
    second.end()
    third = start()
    assert third.drafts.load() == [Draft("mine", "SELECT 2")]
    first.end()
    assert third.drafts.load() == [Draft("mine", "SELECT 2"), TABS[0]]


def test_no_files_are_left_behind(start: Callable[[], Program], path: Path) -> None:
    for _ in range(3):
        one = start()
        one.drafts.load()
        one.drafts.save(TABS)
        one.end()
    assert locks(path) == 1
    last = start()
    assert len(last.drafts.load()) == 2
    assert locks(path) == 1, "its own"
    last.drafts.save([])
    last.end()
    assert locks(path) == 0


SAVER = """
import sys
from pathlib import Path
from pgmem_tui.history.drafts import Draft, Drafts
from pgmem_tui.history.store import Store
path = Path(sys.argv[1])
drafts = Drafts(path, Store(path).connection)
for number in range(1_000_000):
    text = "-- " + str(number) + " " + "x" * 20_000 + " " + str(number)
    drafts.save([Draft("a", text, number), Draft("b", text, number)])
    if number == 5:
        print("going", flush=True)
"""


def test_a_program_killed_while_it_saves(
    start: Callable[[], Program], child: Callable[..., Child], path: Path
) -> None:
    """Kill -9, between two saves or in the middle of one: both tabs are of the same moment, and whole."""
    for _ in range(4):
        saver = child(SAVER, path)
        saver.said()
        saver.kill()
        after = start()
        found = after.drafts.load()
        assert [draft.name for draft in found] == ["a", "b"]
        assert found[0].text == found[1].text
        _, first, _, last = found[0].text.split(" ")
        assert first == last == str(found[0].caret)
        after.drafts.save([])
        after.end()


KEEPER = """
import sys
from pathlib import Path
from pgmem_tui.history.drafts import Draft
from pgmem_tui.history.journal import Journal
journal = Journal(Path(sys.argv[1]))
journal.load_drafts(lambda found: print([draft.text for draft in found], flush=True))
sys.stdin.readline()
journal.save_drafts([Draft("tab", sys.argv[2])], lambda missing: print("saved", flush=True))
sys.stdin.readline()
"""


def test_two_programs_at_once(child: Callable[..., Child], path: Path, start: Callable[[], Program]) -> None:
    first, second = child(KEEPER, path, "SELECT 1"), child(KEEPER, path, "SELECT 2")
    for one in (first, second):
        assert one.said() == "[]"
        one.go_on()
        assert one.said() == "saved"
    first.kill()
    third = start()
    assert [draft.text for draft in third.drafts.load()] == ["SELECT 1"]
    second.kill()
    assert [draft.text for draft in third.drafts.load()] == ["SELECT 1", "SELECT 2"]


def test_bounds(start: Callable[[], Program], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST", 3)
    monkeypatch.setattr(limits, "LONGEST", 100)
    monkeypatch.setattr(limits, "MOST_TEXT", 150)
    program = start()
    tabs = [
        Draft("blank", " \n"),
        Draft("long", "x" * 101),
        Draft("fits", "x" * 100, 500),
        Draft("no room", "x" * 51),
        Draft("small", "x" * 50),
    ]
    assert program.drafts.save(tabs) == [NotKept("long", Kept.TOO_LONG), NotKept("no room", Kept.TOO_LONG)]
    program.end()
    assert start().drafts.load() == [Draft("fits", "x" * 100, 100), Draft("small", "x" * 50)]


def test_what_there_is_no_room_for_waits_in_the_file(
    start: Callable[[], Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start()
    first.drafts.save([Draft(str(n), f"SELECT {n}") for n in range(5)])
    first.end()
    monkeypatch.setattr(limits, "MOST", 3)
    second = start()
    assert [draft.name for draft in second.drafts.load()] == ["0", "1", "2"]
    second.drafts.save([])
    assert [draft.name for draft in second.drafts.load()] == ["3", "4"]


def test_a_statement_with_a_password_is_left_out(start: Callable[[], Program], path: Path) -> None:
    text = "SELECT ';';\nALTER ROLE ann PASSWORD 'hunter2'; -- done\nTABLE users"
    program = start()
    assert program.drafts.save([Draft("a", text, 30), TABS[1]]) == [NotKept("a", Kept.SECRET)]
    assert b"hunter2" not in b"".join(file.read_bytes() for file in path.parent.iterdir())
    program.end()
    found = start().drafts.load()
    assert found == [Draft("a", f"SELECT ';';\n{LEFT_OUT}\n -- done\nTABLE users", 30), TABS[1]]


@pytest.mark.parametrize("end", ["", "'", "' valid until 'infinity'"])
def test_a_password_that_is_being_typed_is_never_written(
    end: str, start: Callable[[], Program], path: Path
) -> None:
    text = f"SELECT 1; CREATE ROLE ann LOGIN PASSWORD 'hunter2{end}"
    program = start()
    for length in range(len("SELECT 1;"), len(text) + 1):
        program.drafts.save([Draft("a", text[:length], length)])
    everything = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"SELECT 1;" in everything and b"PASSWORD '" not in everything


def test_what_has_no_secret_stays_as_it_is() -> None:
    texts = ["SELECT $$a;b$$; -- ;\nSELECT 'password'", "TABLE users", ""]
    assert Censor().clean(texts) == texts


def test_statements_that_stay_are_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def look(text: str) -> bool:
        looked.append(text)
        return tells(text)

    monkeypatch.setattr(limits, "tells", look)
    censor = Censor()
    text = "SELECT 1; ALTER ROLE a PASSWORD 'hunter2'; SELECT 2"
    (found,) = censor.clean([text])
    assert len(looked) == 3 and "hunter2" not in found
    assert censor.clean([text, "VALUES (1)"]) == [found, "VALUES (1)"]
    assert len(looked) == 3
    assert censor.clean([f"{text}3"]) == [f"{found}3"]
    assert looked[3:] == [" SELECT 23"]


def test_a_long_text_is_judged_quickly() -> None:
    """It would take a minute to parse, again at each save."""
    text = "INSERT INTO t VALUES " + ", ".join(f"({n}, 'abc {n}')" for n in range(40_000))
    started = time.perf_counter()
    assert Censor().clean([text]) == [text]
    with_word = text.replace("abc 7'", "password'")
    assert Censor().clean([f"SELECT 1;{with_word};SELECT 2"]) == [f"SELECT 1;\n{LEFT_OUT}\nSELECT 2"]
    seconds = time.perf_counter() - started
    print(f"{len(text):,} characters twice: {seconds:.2f} s")
    assert seconds < 5


def test_the_next_program_knows_which_was_seen(start: Callable[[], Program]) -> None:
    first = start()
    for seen in (1, 0, 2, 1):
        first.drafts.save([Draft(str(n), f"SELECT {n}", shown=n == seen) for n in range(3)])
    first.end()
    assert [draft.shown for draft in start().drafts.load()] == [False, True, False]


def test_what_is_added_stands_behind_what_was_left(start: Callable[[], Program]) -> None:
    first = start()
    first.drafts.save(TABS)
    first.end()
    second = start()
    assert second.drafts.add([Draft("late", "SELECT 3", shown=True)]) == []
    second.end()
    third = start()
    found = third.drafts.load()
    assert found == [*TABS, Draft("late", "SELECT 3")]
    assert [draft.shown for draft in found] == [False, False, True]


def test_what_is_added_has_room_whatever_was_left(start: Callable[[], Program]) -> None:
    first = start()
    first.drafts.save([Draft(str(n), f"SELECT {n}") for n in range(limits.MOST)])
    first.end()
    second = start()
    assert second.drafts.add([Draft("late", "SELECT 'late'")]) == []
    second.end()
    third = start()
    found = third.drafts.load()
    assert len(found) == limits.MOST and found[0].name == "late"
    third.drafts.save(found[:1])
    assert [draft.name for draft in third.drafts.load()] == ["late", str(limits.MOST - 1)]
