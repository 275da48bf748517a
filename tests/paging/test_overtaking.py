"""A read that waits takes the place of a read, never of someone's way to the end or of a stream."""

from __future__ import annotations

from pgmem_tui.paging.events import Cancelled, CursorState, EndFound, PageRead, StreamEnded
from pgmem_tui.paging.requests import FindEnd, NamedRelation, Read, Request, Stream
from tests.paging.harness import Sessions, SessionUnderTest


def ask_at_once(session: SessionUnderTest, *requests: Request) -> None:
    """Make requests so that the first is not served before the last waits."""
    with session.session._inbox._news:
        for request in requests:
            session.request(request)


def test_a_read_does_not_end_the_way_to_the_end(sessions: Sessions) -> None:
    """`G` while the rows ahead are asked for: seen as "cancelled" after a reconnect, one time in twelve."""
    session = sessions.start()
    session.open(NamedRelation("events"), 40)
    ask_at_once(session, FindEnd(session.generation, 40), Read(session.generation, 400, 440))
    event = session.wait_for((EndFound, Cancelled))
    assert isinstance(event, EndFound)
    assert event.row_count == 20_000
    session.settle()
    assert any(page.page.first == 400 for page in session.of(PageRead)), "and the read is answered after it"


def test_a_read_ends_a_stream_as_such(sessions: Sessions) -> None:
    """A stream that begins far ahead walks there first, and a read that waits by then only stops it."""
    session = sessions.start()
    session.open(NamedRelation("events"), 40)
    ask_at_once(session, Stream(session.generation, 15_000, 40), Read(session.generation, 400, 440))
    assert isinstance(session.wait_for((StreamEnded, Cancelled)), StreamEnded)
    assert isinstance(session.settle(), CursorState)
