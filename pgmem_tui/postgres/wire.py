"""What was sent to the server and what came back: one frozen report a statement, and where it goes.

That a connection was opened or lost is a report among them.

The connections themselves report (`watched_connection`), so that there is no way to send a statement unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain

from pgmem_tui.language.secrets import carries_secret, has_room_for_secret, hints_at_secret
from pgmem_tui.language.tokens import Kind, tokens
from pgmem_tui.postgres.relation import Row
from pgmem_tui.postgres.settings import ConnectionSettings

MEASURED_ROWS = 1_000
"""A batch of more rows than this is measured on every n-th of them."""
LONGEST = 16 * 1024
"""Characters of a statement that its report has; the others are counted."""
_JUDGED = 8 * 1024
"""Characters of a text in which a secret is looked for by its grammar on the sending thread: some 30 ms.
A longer one is taken to have it, if it has room for it."""
ENDS = ("COMMIT", "ROLLBACK")
"""Kinds that end a transaction."""
OPENED, LOST = "connected", "lost"
"""Kinds of what becomes of a connection; those of statements are in capitals."""
_WATCHES = ("lab watch",)
"""Connections that nothing is read through: they look at what another one does, many times a second."""
_TWO_WORDS = {"SET": ("LOCAL", "TRANSACTION"), "ROLLBACK": ("TO",)}


@dataclass(frozen=True)
class StatementReport:
    """One statement, after it ended; or what became of a connection."""

    connection: str
    """Which of our connections sent it: `browse`, `catalog`, `export`, `connect`."""
    kind: str
    """Its first word or words: BEGIN, SET LOCAL, DECLARE, FETCH, MOVE, CLOSE, ROLLBACK, SELECT. Of a
    connection, OPENED or LOST."""
    sql: str
    """The text as sent; its beginning if it is longer than `LONGEST`; words instead if it has a secret.
    Of a connection, what became of it: one line of printable characters."""
    started: float
    """Seconds since the epoch."""
    seconds: float
    """From the call to the answer."""
    rows: int = 0
    """Rows that came back, or that the command tag counts."""
    nbytes: int = 0
    """Bytes of the values that came back, as text."""
    exact: bool = True
    """Whether `nbytes` was added up over all rows; else it is estimated, or 0 where nobody measured."""
    before: int = 0
    """The cursor's position before: the number of the row it stands on, 0 before the first."""
    after: int = 0
    """The cursor's position after."""
    cursor: str = ""
    """The cursor's name, for a statement that a `ServerCursor` or `ValueCursor` sent."""
    error: str = ""
    """The SQLSTATE, if the statement failed; the name of psycopg2's exception where there is none."""
    implied: bool = False
    """Whether psycopg2 sent it by itself, ahead of the next one, whose seconds are those of both."""
    housekeeping: bool = False
    """Whether it serves the program itself and nothing that a user asked for."""
    passing: bool = False
    """Whether it is one of very many alike, of which a screen need not be told each."""
    length: int = 0
    """Characters of the whole text."""
    masked: bool = False
    """Whether words stand for it, because it may carry a secret."""
    alone: bool = False
    """Whether its connection is in autocommit: it begins its transactions itself, if any."""
    lost: bool = False
    """Whether the connection was lost meanwhile."""
    running: bool = False
    """Whether it is not answered yet: nothing is known of the answer, and `seconds` are those up to now. No
    log has such a report, and nobody may keep its text or show it: secrets were not looked for."""

    @property
    def of_connection(self) -> bool:
        """Whether it is no statement, but says what became of its connection."""
        return self.kind in (OPENED, LOST)

    @property
    def cancelled(self) -> bool:
        """Whether it failed because it was to end: query_canceled.

        https://www.postgresql.org/docs/current/errcodes-appendix.html
        """
        return self.error == "57014"

    @property
    def whole(self) -> bool:
        """Whether `sql` is all that was sent."""
        return not self.masked and len(self.sql) == self.length


Reporter = Callable[[StatementReport], None]
"""Called on the thread that owns the connection, after each statement."""


@dataclass
class Answer:
    """What is told of an answer by who has read it."""

    nbytes: int | None = None
    """Bytes of all its values; None leaves what was measured."""
    seconds: float = 0.0
    """That the last statement took, as its report says; 0 until then."""


class Wire:
    """Where one connection's reports go. Used on the thread that owns the connection."""

    def __init__(
        self,
        label: str,
        log: Reporter,
        listener: Reporter = lambda report: None,
        settings: ConnectionSettings | None = None,
    ) -> None:
        """Report to both; neither may block.

        Args:
            label: Which connection this is.
            log: Gets every report, first.
            listener: Gets those of statements.
            settings: The connection's, to take its secrets out of what is said when it is lost.
        """
        self.label, self.settings = label, settings
        self.only_watches = label in _WATCHES
        """Whether all that is sent serves the program itself."""
        self.housekeeping = self.only_watches
        """Whether what is sent now serves the program itself."""
        self.kind = ""
        """Of what is sent now, where its first word does not tell."""
        self._only_house = False
        """Whether nothing else was sent since the BEGIN."""
        self._log, self._listener = log, listener
        self._lost = False
        self._held: list[StatementReport] | None = None

    def tell(self, report: StatementReport) -> None:
        """Hand a report on, or keep it until the end of the `about` that it is made in.

        A connection is lost once, though psycopg2 may not know yet that it is.
        """
        if self._held is not None:
            self._held.append(report)
            return
        if report.of_connection:
            if report.kind != LOST or not self._lost:
                self._lost = report.kind == LOST
                self._log(report)
            return
        report = self._ending_alike(report)
        self._log(report)
        self._listener(report)

    def _ending_alike(self, report: StatementReport) -> StatementReport:
        """The end of a transaction of nothing but housekeeping is housekeeping too."""
        if report.kind == "BEGIN":
            self._only_house = report.housekeeping
        elif report.kind not in ENDS:
            self._only_house &= report.housekeeping
        elif self._only_house:
            self._only_house = False
            return replace(report, housekeeping=True)
        return report

    @contextmanager
    def about(
        self, cursor: str, position: Callable[[], int], kind: str = "", passing: bool = False
    ) -> Iterator[Answer]:
        """What is sent inside is about a cursor. Who knows how much came says so in what is yielded.

        Args:
            cursor: Its name.
            position: Where it stands; asked at the beginning and at the end.
            kind: The kind of statement, where its first word does not tell.
            passing: As in the report; a statement that fails is told in any case.
        """
        before, outer, outer_kind = position(), self._held, self.kind
        held = self._held = []
        self.kind = kind
        answer = Answer()
        try:
            yield answer
        finally:
            self._held, self.kind = outer, outer_kind
            for report in held:
                if not report.implied and not report.of_connection:
                    answer.seconds = report.seconds
                    report = replace(
                        report,
                        cursor=cursor,
                        before=before,
                        after=position(),
                        kind=kind or report.kind,
                        passing=passing and not report.error,
                    )
                    if answer.nbytes is not None:
                        report = replace(report, nbytes=answer.nbytes, exact=True)
                self.tell(report)

    @contextmanager
    def keeping_house(self) -> Iterator[None]:
        """What is sent inside serves the program itself."""
        before, self.housekeeping = self.housekeeping, True
        try:
            yield
        finally:
            self.housekeeping = before


def measure(rows: Sequence[Row]) -> tuple[int, bool]:
    """Bytes of the values in UTF-8, and whether all rows were added up."""
    step = -(-len(rows) // MEASURED_ROWS) or 1
    sample = rows if step == 1 else rows[::step]
    text = "".join(filter(None, chain.from_iterable(sample)))
    nbytes = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return (nbytes, True) if step == 1 else (nbytes * len(rows) // len(sample), False)


def kind_of(text: str) -> str:
    """The first word of a statement, or two where the second tells more; empty if it has none."""
    words = (token.text(text).upper() for token in tokens(text[:LONGEST]) if token.kind is Kind.NAME)
    first = next(words, "")
    following = _TWO_WORDS.get(first, ())
    second = next(words, "") if following else ""
    return f"{first} {second}" if second in following else first


def may_tell(text: str) -> bool:
    """Whether it carries no secret, as far as can be told in some 30 ms."""
    if not hints_at_secret(text):
        return True
    return not (carries_secret(text) if len(text) <= _JUDGED else has_room_for_secret(text))


def in_place_of(text: str) -> str:
    """What is kept of a text that may carry a secret."""
    return f"-- {kind_of(text)} …: {len(text):,} characters that may carry a password or a key are not kept"
