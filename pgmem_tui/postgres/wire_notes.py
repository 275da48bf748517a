"""What a statement does, and what it costs or holds and where: two sentences, and the page that says so."""

from __future__ import annotations

from typing import NamedTuple

from pgmem_tui.postgres.cursor_operation import Way, parse
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.wire import LOST, StatementReport

_POSTGRESQL = "https://www.postgresql.org/docs/current/"
_PSYCOPG2 = "https://www.psycopg.org/docs/"


class Note(NamedTuple):
    """About one kind of statement."""

    does: str
    """What it does: one sentence."""
    costs: str
    """What it costs or holds, and where: one sentence."""
    page: str
    """The address of the documentation's page."""


def _note(does: str, costs: str, page: str, of: str = _POSTGRESQL) -> Note:
    return Note(does, costs, of + page)


_NOTES = {
    "BEGIN": _note(
        "Begins a transaction; REPEATABLE READ takes one snapshot, with the first query after it, for all.",
        "Costs nearly nothing itself, but while its snapshot is held, vacuum removes no row version that it"
        " could still see, in any table of the database.",
        "transaction-iso.html#XACT-REPEATABLE-READ",
    ),
    "SET LOCAL": _note(
        "Changes a setting until the transaction ends, and no longer.",
        "Holds a few bytes in the server process and takes one round trip.",
        "sql-set.html",
    ),
    "SET": _note(
        "Changes a setting until the session ends, or until the transaction is rolled back.",
        "Holds a few bytes in the server process and takes one round trip.",
        "sql-set.html",
    ),
    "SET TRANSACTION": _note(
        "Says what the transaction may do, or whose snapshot it takes on; only before its first query.",
        "Costs nothing; a snapshot that is taken on is held by this transaction too, until it ends.",
        "sql-set-transaction.html",
    ),
    "DECLARE": _note(
        "Plans a query and gives the plan a name, the cursor's; no row is read yet.",
        "Holds the plan in the server process until CLOSE, and locks on what it reads until the transaction's"
        " end; the client holds nothing.",
        "sql-declare.html",
    ),
    "FETCH": _note(
        "Brings the next rows from where the cursor stands, and leaves it on the last of them.",
        "The server runs the plan just that far; the client holds these rows and no others, so a batch's"
        " size is its memory.",
        "sql-fetch.html",
    ),
    "MOVE": _note(
        "Puts the cursor elsewhere without sending a row.",
        "The server still runs the plan over every row that it passes, and that is its time; next to nothing"
        " goes over the wire.",
        "sql-move.html",
    ),
    "CLOSE": _note(
        "Ends a cursor, before its transaction does.",
        "Frees what its plan held in the server process: memory, temporary files, pins on pages.",
        "sql-close.html",
    ),
    "COMMIT": _note(
        "Ends the transaction and keeps what it wrote.",
        "Waits until the write-ahead log is on the disk, if anything was written; cursors without hold end.",
        "sql-commit.html",
    ),
    "ROLLBACK": _note(
        "Ends the transaction, and takes back what it wrote, if it wrote.",
        "Frees its snapshot, its locks and every cursor of it on the server: vacuum may go on.",
        "sql-rollback.html",
    ),
    "SAVEPOINT": _note(
        "Begins a subtransaction: an error after it takes back only what came since.",
        "Holds a little memory in the server process; locks taken inside are freed if it is rolled back to.",
        "sql-savepoint.html",
    ),
    "ROLLBACK TO": _note(
        "Takes back everything since a savepoint; the transaction and its snapshot stay.",
        "Ends the cursors that were declared since, and frees the locks taken since.",
        "sql-rollback-to.html",
    ),
    "RELEASE": _note(
        "Forgets a savepoint and keeps what was done since.",
        "Frees the little that the savepoint held; what was locked inside stays locked.",
        "sql-release-savepoint.html",
    ),
    "COPY": _note(
        "Streams rows out of the server, or into it, as one message a row.",
        "psycopg2 hands each piece on as it comes, so neither side holds the result.",
        "usage.html#using-copy-to-and-copy-from",
        _PSYCOPG2,
    ),
    "EXPLAIN": _note(
        "Shows the plan of a statement; only ANALYZE runs it.",
        "Costs the planning, and with ANALYZE all the time that the statement takes, besides the measuring.",
        "using-explain.html",
    ),
    "SHOW": _note(
        "Tells a setting.",
        "Costs one round trip; nothing is read from any table.",
        "sql-show.html",
    ),
    "DO": _note(
        "Runs a piece of code on the server, here one that opens a cursor for the statement.",
        "Takes what its code takes, in the server process; it returns no rows itself.",
        "sql-do.html",
    ),
    "PREPARE": _note(
        "Parses a statement and gives it a name; nothing is run.",
        "Holds the parsed statement in the server process until DEALLOCATE or the session's end.",
        "sql-prepare.html",
    ),
    "DEALLOCATE": _note(
        "Forgets a prepared statement.",
        "Frees what it held in the server process.",
        "sql-deallocate.html",
    ),
}
_READS = _note(
    "Runs a query through a cursor without a name: all its rows come at once.",
    "The client's libpq holds the whole result before the first row can be looked at, so this is only for"
    " answers known to be small.",
    "usage.html#server-side-cursors",
    _PSYCOPG2,
)
_WRITES = _note(
    "Changes rows: new versions are written, and the old ones stay until vacuum removes them.",
    "Locks the rows that it changes until the transaction ends, and writes to the log.",
    "mvcc-intro.html",
)
_IMPLIED = _note(
    "psycopg2 sends this by itself before a transaction's first statement; nobody has called for it.",
    "Costs a round trip, which the next line's time includes; what it begins holds a snapshot until COMMIT or"
    " ROLLBACK, which holds vacuum back.",
    "usage.html#transactions-control",
    _PSYCOPG2,
)
_ABSOLUTE = _note(
    "Puts the cursor on a row by its number, counted from the first.",
    "The server walks there, back from where it stands or again from the start, and needs a SCROLL cursor to"
    " go back.",
    "sql-move.html",
)
_HOLD = _note(
    "Declares a cursor that outlives its transaction.",
    "At COMMIT the server runs the query to its end and keeps all the rows, in memory or in a temporary file,"
    " until CLOSE.",
    "sql-declare.html",
)
_SLICE = _note(
    "Fetches one slice of one value; two settings of the transaction tell the query which.",
    "The server process holds the whole value, unpacked, while its cursor is open; the client one slice.",
    "storage-toast.html",
)
_SHARED = _NOTES["SET LOCAL"]._replace(
    costs="Holds a few bytes in the server process; its round trip is shared with what follows in the same"
    " message."
)
_FETCHED = _NOTES["FETCH"]
_FETCHED_LAST = _FETCHED._replace(
    does="Brings the rows that are left, and leaves the cursor after the last one."
)
_FETCHED_BACK = _FETCHED._replace(
    does="Brings the rows before the one that the cursor stands on, the nearest first, and leaves it on the"
    " last that came."
)
_FETCHED_FIRST = _FETCHED._replace(
    does="Brings all rows before the one that the cursor stands on, the nearest first, and leaves it before"
    " the first one."
)
_FETCHED_ONE = _FETCHED._replace(does="Puts the cursor on one row, wherever that is, and brings it.")
_FETCHED_NONE = _FETCHED._replace(
    does="Asks for a row that is not there, and leaves the cursor before the first one or after the last."
)
_FAILED = _note(
    "The server refused it.",
    "The transaction is aborted: its snapshot and cursors are of no use any more, and only ROLLBACK, or"
    " ROLLBACK TO a savepoint, goes on.",
    "errcodes-appendix.html",
)
_CANCELLED = _FAILED._replace(
    does="The server stopped it: somebody cancelled it, or a timeout of the server's did."
)
_OPENED = _note(
    "Opens a connection: the server starts a process that serves it, and no other, until it ends.",
    "Costs several round trips, more with TLS and a password, and holds that process and its memory on the"
    " server.",
    "connect-estab.html",
)
_LOST = _note(
    "The server ended the connection, or the way to it broke; these are libpq's last words, and the server's"
    " log may tell more.",
    "The server rolls back a transaction that was open: its snapshot, locks and cursors are gone, and what"
    " goes on does so in a new one.",
    "protocol-overview.html",
)
_UNANSWERED = _note(
    "The connection was lost before this was answered; a line below says how.",
    "What it did is rolled back with its transaction; of a COMMIT nobody can tell from here whether it came"
    " to the server in time.",
    "protocol-overview.html",
)
_OTHER = _note(
    "Runs a statement.",
    "What it takes depends on it; its locks are held until the transaction ends.",
    "sql-commands.html",
)
_READING = ("SELECT", "WITH", "VALUES", "TABLE")
_WRITING = ("INSERT", "UPDATE", "DELETE", "MERGE")


def note(report: StatementReport) -> Note:
    """What to say about a statement, or about what became of a connection."""
    if report.of_connection:
        return _LOST if report.kind == LOST else _OPENED
    if report.lost:
        return _UNANSWERED
    if report.cancelled:
        return _CANCELLED
    if report.error:
        return _FAILED
    if report.implied:
        return _IMPLIED
    if report.kind == "MOVE" and " ABSOLUTE " in report.sql[:40]:
        return _ABSOLUTE
    if report.kind == "DECLARE" and " WITH HOLD FOR " in report.sql[:200]:
        return _HOLD
    if report.kind == "FETCH" and report.sql.startswith("SET LOCAL "):
        return _SLICE
    if report.kind == "FETCH":
        return _fetched(report)
    if report.kind == "SET LOCAL" and ";" in report.sql.rstrip("; "):
        return _SHARED
    if report.kind in _READING:
        return _READS
    return _WRITES if report.kind in _WRITING else _NOTES.get(report.kind, _OTHER)


def _fetched(report: StatementReport) -> Note:
    """What a FETCH did, or will if there are rows: fewer than it asked for leave the cursor beyond them."""
    try:
        asked = parse(report.sql.partition(" FROM ")[0])
    except Refused:  # one that a user wrote in another way
        return _FETCHED
    if asked.way in (Way.ABSOLUTE, Way.RELATIVE):
        return _FETCHED_ONE if report.rows or report.running else _FETCHED_NONE
    if not asked.count and asked.count is not None:
        return _FETCHED_ONE
    back = (asked.way is Way.BACKWARD) is (asked.count is None or asked.count > 0)
    if report.rows < asked.most and not report.running:
        return _FETCHED_FIRST if back else _FETCHED_LAST
    return _FETCHED_BACK if back else _FETCHED
