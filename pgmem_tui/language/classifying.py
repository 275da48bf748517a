"""What a statement would do, told from its parse tree before it is sent anywhere.

Only what is known to read counts as reading. The server guards its read-only transaction as well
(https://www.postgresql.org/docs/current/sql-set-transaction.html); it lets pass what is no write to the
database but is more than reading (SET, LOCK, NOTIFY, COPY … TO a file of its own), and one that is a write:
EXPLAIN ANALYZE CREATE TABLE … AS makes the table (tried: 15.18, 18.6).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from pgmem_tui.language import grammar, node_kinds, parameters, session_settings, transaction_blocks
from pgmem_tui.language.tokens import Kind, Token, tokens
from pgmem_tui.language.writers import headline

_QUERY_WORDS = frozenset({"select", "values", "table", "with"})
NOT_RUN = "nothing was run"
LOCKING_HINT = "leave FOR UPDATE (or SHARE) out; nothing was run"
READ_ONLY_HINT = "start the program with --writable to run it; nothing was run"
QUERY_HINT = "give one SELECT, VALUES, TABLE or WITH … SELECT"


class Runs(Enum):
    """How a statement is run, if it is."""

    CURSOR = "cursor"
    """A query: rows are paged through."""
    SHOWN = "shown"
    """It tells something, in few rows, and changes nothing."""
    SETS = "sets"
    """It changes a setting of the session that has no part in what is written."""
    WRITES = "writes"
    """It writes, or may: to be asked about first."""
    REFUSED = "refused"
    INVALID = "invalid"
    """It is no SQL, or none at all."""


@dataclass(frozen=True)
class Classified:
    """What a statement would do."""

    runs: Runs
    word: str
    """The one it begins with, in capitals; empty if it is invalid."""
    reason: str = ""
    """Why it writes, is refused or invalid."""
    hint: str = ""
    """What to do, if it is refused or invalid."""
    position: int = 0
    """Where, in characters from 1; 0 if it is about the whole."""
    headline: str = ""
    """If it writes: the word, and what else in it writes."""


class Fault(NamedTuple):
    """Why a statement is more than reading."""

    does: str
    """As what follows its name: `DELETE deletes rows`."""
    position: int = 0
    always: bool = False
    """Whether it is refused where writing is allowed too."""
    hint: str = READ_ONLY_HINT


def classify(text: str, writable: bool = False) -> Classified:
    """What one statement would do; psql's parameters may stand in it.

    Args:
        text: The statement, with or without its semicolon. Several are refused.
        writable: Whether the user has allowed writing.
    """
    try:
        statements = grammar.parse(parameters.masked(text))
    except grammar.NotParsed as error:
        message, hint = parameters.said_of(text, error.position, str(error))
        return Classified(Runs.INVALID, "", message, hint, error.position)
    if not statements:
        return Classified(Runs.INVALID, "", "there is no statement", QUERY_HINT)
    if len(statements) > 1:
        return Classified(
            Runs.REFUSED,
            first_word(text),
            f"there are {len(statements)} statements, and one is run at a time",
            "give one of them; nothing was run",
            start_of(text, statements[1].stmt_location or 0) + 1,
        )
    return classify_tree(statements[0].stmt, text, writable)


def classify_tree(node: Any, text: str, writable: bool = False) -> Classified:
    """What the one statement of a text would do, given its parse tree."""
    word = first_word(text)
    if session_settings.change(node) is not None:
        return Classified(Runs.SETS, word)
    fault = _fault(node, text)
    if fault is None:
        query = type(node).__name__ == "SelectStmt"
        return Classified(Runs.CURSOR if query else Runs.SHOWN, word)
    position = fault.position or start_of(text, 0) + 1
    if fault.always:
        return Classified(Runs.REFUSED, word, fault.does, fault.hint, position)
    if writable:
        return Classified(Runs.WRITES, word, fault.does, "", position, headline(node, word))
    reason = f"{fault.does}, and this session is read-only"
    if type(node).__name__ == "VariableSetStmt" and node.name and not node.is_local:
        reason = f"{word} {node.name}: none of the settings that may change while this session is read-only"
    return Classified(Runs.REFUSED, word, reason, fault.hint, position)


def first_word(text: str) -> str:
    """The word that the first statement of a text begins with, in capitals; empty if there is none."""
    words = (token.text(text) for token in tokens(text) if token.kind is Kind.NAME)
    return next(words, "").upper()


def explained(text: str) -> int:
    """Where what an EXPLAIN explains begins, an index.

    https://www.postgresql.org/docs/current/sql-explain.html
    """
    words = [token for token in tokens(text) if token.kind is not Kind.COMMENT and token.text(text) != ";"]
    place = 1
    if place + 1 < len(words) and words[place].text(text) == "(":
        inside = words[place + 1]
        # (SELECT …) has no options before it.
        if inside.kind is Kind.NAME and inside.text(text).lower() not in _QUERY_WORDS:
            place = _behind_parenthesis(text, words, place)
    else:
        while place < len(words) and words[place].text(text).lower() in ("analyze", "analyse", "verbose"):
            place += 1
    return words[place].start if place < len(words) else len(text)


def _fault(node: Any, text: str) -> Fault | None:
    """Why it is more than reading; None if it only reads."""
    name, word = type(node).__name__, first_word(text)
    if name == "VariableShowStmt":
        return None
    if name == "SelectStmt":
        return _query_fault(node, text)
    if name == "ExplainStmt":
        return _explain_fault(node, text)
    return _never(node, name, word) or _write(name, word, node)


def _query_fault(query: Any, text: str) -> Fault | None:
    for node in grammar.walk(query):
        name = type(node).__name__
        if name == "LockingClause":
            return Fault(
                "FOR UPDATE or SHARE locks rows, which writes to them", _locking(text), hint=LOCKING_HINT
            )
        if name == "IntoClause":
            return Fault("SELECT INTO makes a table", hint="leave INTO out; nothing was run")
        fault = _node_fault(node, name)
        if fault is not None:
            start = start_of(text, max(0, getattr(node, "location", None) or 0))
            return fault._replace(position=start + 1)
    return None


def _node_fault(node: Any, name: str) -> Fault | None:
    if name == "CommonTableExpr" and not is_query(node.ctequery):
        inner = type(node.ctequery).__name__
        return Fault(
            f"{inner.removesuffix('Stmt').upper()} in WITH {node_kinds.WRITES.get(inner, 'may write')}"
        )
    if name == "FuncCall" and _sets_ours(node):
        return Fault("set_config is not sent: the program relies on this setting", always=True, hint=NOT_RUN)
    return None if name in node_kinds.READS else Fault(f"{name} is not known to only read")


def _explain_fault(node: Any, text: str) -> Fault | None:
    """Without ANALYZE nothing is run (https://www.postgresql.org/docs/current/sql-explain.html)."""
    options = node.options or ()
    if not any(option.defname == "analyze" and transaction_blocks.on(option.arg) for option in options):
        return None
    fault = _explained_fault(node.query, text)
    if fault is None:
        return None
    return fault._replace(
        does=f"EXPLAIN ANALYZE runs what it explains: {fault.does}",
        hint=NOT_RUN if fault.always else "leave ANALYZE out to see the plan alone; nothing was run",
    )


def _explained_fault(node: Any, text: str) -> Fault | None:
    if is_query(node):
        return _query_fault(node, text)
    start = explained(text)
    return _write(type(node).__name__, first_word(text[start:]), node)._replace(position=start + 1)


def _never(node: Any, name: str, word: str) -> Fault | None:
    """What is refused where writing is allowed too, since the program does it itself or relies on it."""
    if name == "TransactionStmt":
        return Fault(
            f"{word} is not sent: the program begins and ends transactions itself",
            0,
            True,
            "use the program's own keys; nothing was run",
        )
    if name == "VariableSetStmt":
        setting = (node.name or "").lower()
        transaction = setting.startswith(("transaction", "session characteristics"))
        if transaction or setting in node_kinds.SETTINGS or node.kind.name == "VAR_RESET_ALL":
            what = "how its transactions run" if transaction else "settings of its own"
            return Fault(f"{word} is not sent: the program relies on {what}", 0, True, NOT_RUN)
    if transaction_blocks.refuses(node):
        return Fault(
            f"{word} is not sent: it cannot run in a transaction, and every statement here does",
            0,
            True,
            "run it in psql; nothing was run",
        )
    if name in node_kinds.CURSORS:
        return Fault(
            f"{word} is not sent: the program has the cursors of this session",
            0,
            True,
            "give the query itself: it is read through a cursor; nothing was run",
        )
    if name == "ListenStmt":
        return Fault(
            f"{word} is not sent: notifications are shown nowhere here",
            0,
            True,
            "listen in psql; nothing was run",
        )
    if name == "DiscardStmt":
        return Fault(f"{word} is not sent: the program relies on this session", 0, True, NOT_RUN)
    if name == "CopyStmt" and node.filename is None:
        return Fault(
            f"{word} here would send rows over the connection, past the screen",
            0,
            True,
            "give the query itself, and export its rows; nothing was run",
        )
    return None


def _write(name: str, word: str, node: Any) -> Fault:
    if name == "CopyStmt":
        does = "adds rows" if node.is_from else node_kinds.SERVER_FILE
        does = node_kinds.SERVER_PROGRAM if node.is_program else does
    else:
        does = node_kinds.WRITES.get(name, "may change the database")
    hint = _setting_hint(node) if name == "VariableSetStmt" else READ_ONLY_HINT
    return Fault(f"{word} {does}", hint=hint)


def _setting_hint(node: Any) -> str:
    if node.is_local and session_settings.harmless((node.name or "").lower()):
        return "leave LOCAL out: it holds until you RESET it, or the program ends; nothing was run"
    meant = session_settings.meant(node.name or "")
    ask = f"did you mean {meant}? " if meant else ""
    return f"{ask}what can be SET is {session_settings.SOME}; nothing was run"


def is_query(node: Any) -> bool:
    """Whether a node is a SELECT, VALUES or TABLE, also behind WITH."""
    return type(node).__name__ == "SelectStmt"


def _sets_ours(call: Any) -> bool:
    """Whether it is set_config of a setting that the program relies on."""
    if call.funcname[-1].sval.lower() != "set_config":
        return False
    constants = (getattr(getattr(node, "val", None), "sval", "") for node in grammar.walk(call.args or ()))
    return any(str(constant).lower() in node_kinds.SETTINGS for constant in constants)


def start_of(text: str, index: int) -> int:
    """Where the first word from an index on is; of a text that ends before, the index."""
    return next((token.start for token in tokens(text, index) if _says(text, token)), index)


def _says(text: str, token: Token) -> bool:
    return token.kind is not Kind.COMMENT and token.text(text) != ";"


def _locking(text: str) -> int:
    """Where the last FOR UPDATE or the like begins, from 1; a parse tree does not say."""
    words = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    places = [
        word.start + 1
        for word, after in itertools.pairwise(words)
        if word.text(text).lower() == "for" and after.text(text).lower() in ("update", "no", "share", "key")
    ]
    return places[-1] if places else 0


def _behind_parenthesis(text: str, words: Sequence[Token], place: int) -> int:
    depth = 0
    while place < len(words):
        word = words[place].text(text)
        depth += (word == "(") - (word == ")")
        place += 1
        if not depth:
            break
    return place
