"""The ways that the lab compares, by name: what each does and shows, and how often it asks the server."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pgmem_tui.lab import ways
from pgmem_tui.lab.subject import FEW, Subject
from pgmem_tui.postgres.errors import Refused

PAGE = 1000
"""Rows of a page, and of a FETCH where nothing else is said."""

Arguments = dict[str, Any]

_CURSORS = "https://www.psycopg.org/docs/usage.html#server-side-cursors"
_ITERSIZE = "https://www.psycopg.org/docs/cursor.html#cursor.itersize"
_DECLARE = "https://www.postgresql.org/docs/current/sql-declare.html"


@dataclass(frozen=True)
class Mode:
    """One way to read rows."""

    name: str
    """As `--modes` takes it."""
    title: str
    sentence: str
    """What it does."""
    page: str
    """The chapter of the documentation."""
    way: Callable[..., None]
    """The function in `pgmem_tui.lab.ways`."""
    arguments: Callable[[Subject], Arguments]
    """What the function takes, besides the connection and what to do with a row."""
    trips: Callable[[int, int], int]
    """Statements sent to read so many rows of so many asked for, without the BEGIN before them."""
    article: int = 0
    """The article's point that it shows; 0 for none."""
    needs: str = ""
    """What of the subject has to be there: one of its fields; empty for nothing."""
    reason: str = ""
    """What is said where that is not there; empty if the subject says why there is no key."""
    partial: bool = False
    """Whether it reads fewer rows, or less of them, than the others."""
    caution: Callable[[Subject], str] = lambda subject: ""
    """Why its rows may not be those of the others, where it can be had; empty if they are."""

    def missing(self, subject: Subject) -> str:
        """Why it cannot be had for this subject; empty if it can."""
        if not self.needs or getattr(subject, self.needs):
            return ""
        return self.reason or subject.unkeyed

    @property
    def source(self) -> str:
        """Its code."""
        return inspect.getsource(self.way)


def _query(subject: Subject) -> Arguments:
    return {"query": subject.query}


def _once(rows: int, asked: int) -> int:
    return 1


def _fetches(size: int, besides: int = 2) -> Callable[[int, int], int]:
    """FETCH until one brings no row; besides, DECLARE and CLOSE."""
    return lambda rows, asked: -(-rows // size) + 1 + besides


def _pages(rows: int, asked: int) -> int:
    """A page that is not full is the last."""
    return max(1, -(-rows // PAGE)) if rows == asked else rows // PAGE + 1


def _page_order(subject: Subject) -> str:
    """What the order of pages does to their rows.

    https://www.postgresql.org/docs/current/queries-limit.html
    """
    if not subject.key:
        return (
            "pages are sent without an ORDER BY by a key: unless the rows are sorted by one already, "
            "pages may repeat rows or miss some"
        )
    if subject.cut:
        return f"pages go by the key: its first {subject.rows:,} rows need not be those that the others read"
    return ""


def _itersize(size: int) -> Mode:
    return Mode(
        f"named-{size}",
        f"named cursor, itersize {size:,}",
        f"A name makes it a cursor of the server's: {size:,} rows at a time come over and are held.",
        _ITERSIZE,
        ways.named_iterated,
        lambda subject: {"query": subject.query, "itersize": size},
        _fetches(size),
        article=7,
    )


_ALL = (
    Mode(
        "fetchall",
        "unnamed cursor, fetchall()",
        "The whole result comes to the client, and fetchall() makes Python objects of all of it, besides.",
        _CURSORS,
        ways.unnamed_fetchall,
        _query,
        _once,
        article=1,
    ),
    Mode(
        "iterate",
        "unnamed cursor, iterated",
        "Going row by row changes nothing: execute() has brought the whole result already.",
        _CURSORS,
        ways.unnamed_iterated,
        _query,
        _once,
        article=6,
    ),
    Mode(
        "limit",
        f"unnamed cursor, LIMIT {FEW:,}",
        f"Memory is bounded, and so is what one sees: {FEW:,} rows.",
        "https://www.postgresql.org/docs/current/queries-limit.html",
        ways.unnamed_fetchall,
        lambda subject: {"query": subject.few},
        _once,
        article=3,
        partial=True,
    ),
    *map(_itersize, (10, 100, 1000, 10_000)),
    Mode(
        "fetchmany",
        f"named cursor, fetchmany({PAGE:,})",
        f"One FETCH of {PAGE:,} rows a call; itersize plays no part.",
        "https://www.psycopg.org/docs/cursor.html#cursor.fetchmany",
        ways.named_fetchmany,
        lambda subject: {"query": subject.query, "size": PAGE},
        _fetches(PAGE),
        article=6,
    ),
    Mode(
        "named-fetchall",
        "named cursor, fetchall()",
        "The trap: fetchall() sends FETCH FORWARD ALL, and neither name nor itersize is of any use.",
        "https://www.psycopg.org/docs/cursor.html#cursor.fetchall",
        ways.named_fetchall,
        lambda subject: {"query": subject.query, "itersize": 100},
        lambda rows, asked: 3,
        article=8,
    ),
    Mode(
        "hold",
        "named cursor WITH HOLD",
        "At COMMIT the server runs the query to its end and keeps the result, in memory or a temporary file.",
        _DECLARE,
        ways.with_hold,
        lambda subject: {"query": subject.query, "itersize": PAGE},
        _fetches(PAGE, besides=3),  # COMMIT, too
    ),
    Mode(
        "offset",
        f"OFFSET pages of {PAGE:,}",
        "Each page reads and throws away all the rows before it.",
        "https://www.postgresql.org/docs/current/queries-limit.html",
        ways.offset_pages,
        lambda subject: {"page": subject.page, "size": PAGE, "rows": subject.rows},
        _pages,
        caution=_page_order,
    ),
    Mode(
        "keyset",
        f"key pages of {PAGE:,}",
        "Each page begins after the last key of the one before, which an index finds at once.",
        "https://www.postgresql.org/docs/current/indexes-ordering.html",
        ways.key_pages,
        lambda subject: {
            **{"first": subject.first, "after": subject.after, "key": subject.key},
            **{"size": PAGE, "rows": subject.rows},
        },
        _pages,
        needs="first",
        caution=_page_order,
    ),
    Mode(
        "copy",
        "COPY TO STDOUT",
        "One stream of lines, which nobody takes apart: no round trips, and no cursor to page with.",
        "https://www.psycopg.org/docs/usage.html#using-copy-to-and-copy-from",
        ways.copied,
        lambda subject: {"copy": subject.copy},
        _once,
    ),
    Mode(
        "text",
        f"named cursor, itersize {PAGE:,}, text",
        "Type casters off: values stay the text that the server sent.",
        "https://www.psycopg.org/docs/extensions.html#psycopg2.extensions.string_types",
        ways.named_text,
        lambda subject: {"query": subject.query, "itersize": PAGE},
        _fetches(PAGE),
    ),
    Mode(
        "clamped",
        f"named cursor, itersize {PAGE:,}, clamped",
        "The server cuts wide values to 256 characters: itersize counts rows, and a row can be of any size.",
        "https://www.postgresql.org/docs/current/functions-string.html",
        ways.named_iterated,
        lambda subject: {"query": subject.clamped, "itersize": PAGE},
        _fetches(PAGE),
        article=7,
        needs="clamped",
        reason="no column is wide",
        partial=True,
    ),
)

MODES: Mapping[str, Mode] = {mode.name: mode for mode in _ALL}
"""Every mode by its name, in their order."""


def chosen(names: str) -> tuple[Mode, ...]:
    """Modes by their names, separated by commas, in the order given; empty is all.

    Raises:
        Refused: There is none of a name.
    """
    wanted = [name for name in (part.strip() for part in names.split(",")) if name]
    unknown = [name for name in wanted if name not in MODES]
    if unknown:
        raise Refused(f"there is no mode {unknown[0]}", f"modes are {', '.join(MODES)}")
    return tuple(MODES[name] for name in dict.fromkeys(wanted or MODES))
