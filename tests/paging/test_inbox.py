"""Requests to a thread."""

from __future__ import annotations

import threading
import time

from pgmem_tui.paging.inbox import Inbox
from pgmem_tui.paging.requests import (
    FindEnd,
    MeasureBackend,
    Open,
    Read,
    Reconnect,
    Request,
    SetBatch,
    Stream,
    UserQuery,
)

OPEN = Open(1, UserQuery("SELECT 1"), 10)


def filled(*requests: Request) -> Inbox:
    inbox = Inbox()
    for request in requests:
        inbox.put(request)
    return inbox


def emptied(inbox: Inbox) -> list[Request]:
    requests = []
    while (request := inbox.get(0)) is not None:
        requests.append(request)
    return requests


def test_first_come_first_served() -> None:
    requests: list[Request] = [OPEN, SetBatch(5), FindEnd(1, 10), Reconnect(), FindEnd(1, 10)]
    assert emptied(filled(*requests)) == requests


def test_a_read_takes_the_place_of_one_that_waits() -> None:
    inbox = filled(Read(1, 0, 10), OPEN, Read(1, 5, 15), SetBatch(3), Read(1, 9, 19))
    assert inbox.newest == Read(1, 9, 19)
    assert emptied(inbox) == [OPEN, SetBatch(3), Read(1, 9, 19)]
    assert inbox.newest is None


def test_measurements_do_not_pile_up() -> None:
    many: tuple[Request, ...] = (MeasureBackend(),) * 100
    inbox = filled(*many, OPEN, *many)
    assert emptied(inbox) == [OPEN, MeasureBackend()]


def test_a_measurement_is_nothing_that_someone_waits_for() -> None:
    inbox = filled(MeasureBackend())
    assert not inbox.waiting
    inbox.put(Stream(1, 0, 10))
    assert inbox.waiting
    emptied(inbox)
    assert not inbox.waiting


def test_what_came_before_is_given_up_and_what_comes_after_is_not() -> None:
    inbox = filled(OPEN, FindEnd(1, 10))
    assert inbox.give_up() == 0
    inbox.put(SetBatch(1))
    given_up = []
    while inbox.get(0):
        given_up.append(inbox.given_up)
        inbox.done()
    assert given_up == [True, True, False]


def test_giving_up_names_what_is_being_served() -> None:
    inbox = filled(OPEN, FindEnd(1, 10))
    inbox.get(0)
    inbox.done()
    inbox.get(0)
    assert not inbox.given_up
    assert inbox.give_up() == inbox.serving == 2
    assert inbox.given_up
    inbox.done()
    assert not inbox.given_up
    assert inbox.give_up() == 0


def test_get_waits_for_news() -> None:
    inbox = Inbox()
    threading.Timer(0.05, inbox.put, (OPEN,)).start()
    assert inbox.get(10) == OPEN
    began = time.monotonic()
    assert inbox.get(0.05) is None
    assert 0.04 < time.monotonic() - began < 5


def test_closing_ends_the_wait_and_gives_up_everything() -> None:
    inbox = filled(OPEN, FindEnd(1, 10))
    inbox.get(0)
    threading.Timer(0.05, inbox.close).start()
    while not inbox.closed:
        time.sleep(0.001)
    assert inbox.given_up
    assert inbox.get(None) is None


def test_many_threads() -> None:
    inbox = Inbox()
    taken: list[int] = []

    def ask() -> None:
        for number in range(500):
            inbox.put(FindEnd(number, 10))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(taken) < 2000:
        request = inbox.get(10)
        assert request is not None
        taken.append(inbox.serving)
        inbox.done()
    assert taken == list(range(1, 2001))
    for thread in threads:
        thread.join()
