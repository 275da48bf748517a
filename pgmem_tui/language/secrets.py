"""Whether a statement carries a secret, so that it is not kept: on the safe side, and without a server.

A false alarm costs a line of the history. What is looked for: passwords of roles, of foreign servers and in
connection strings, keys of encryption, and whatever a name says is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pgmem_tui.language import grammar, parameters, splitting
from pgmem_tui.language.tokens import Kind, tokens

_SECRET = (
    r"(?:passw|passcode|passphrase|(?<![a-z])pass(?![a-z])|pgpass|pwd|secret|credential|token|identified"
    r"|(?:api|access|private|encryption)[-_]?key|conninfo|(?<![a-z])jwt(?![a-z]))"
)
_NAMED = re.compile(_SECRET, re.IGNORECASE)
"""A name of what holds a secret."""

_CIPHERS = re.compile(
    r"\A(?:crypt|pgp_\w+|(?:raw_)?(?:en|de)crypt(?:_iv)?|hmac|digest|md5|sha\d+|dblink_connect\w*)\Z",
    re.IGNORECASE,
)
"""Functions of pgcrypto and the like, whose arguments are what they hide
(https://www.postgresql.org/docs/current/pgcrypto.html)."""

_WITHIN = re.compile(
    rf"""{_SECRET}\w*["']?\s*(?::?=>?|:)\s*[^\s:=;]    # password=x, "token": "x", PGPASSWORD=x
    |{_SECRET}\w*["']?\s+(?:=>?\s*)?(?:(?:E|U&|N)?['"$%]|\|\|)    # PASSWORD 'x', PASSWORD %L in what is run
    |{_SECRET}\w*\s+\w+\s*:?=\s*['$]                  # password text := 'x'
    |://[^\s/@:]*:[^\s@/]+@                             # a URI's
    |(?:\A|\s)(?:-u|--user|--proxy-user)[ =]?\S+:\S    # curl's
    |--?pass(?:w\w*)?[ =]\S|sshpass\s|\bmysql\w*\s(?:(?:(?!\bmysql).)*\s)?-p\S
    |authorization\s*:|\bbearer\s+\S|\beyJ[\w-]{{8,}}\.  # a token of JSON begins like this
    |SCRAM-SHA-256\$|\bmd5[0-9a-f]{{32}}\b|-----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""A string, a comment or a piece of code with a secret in it."""

_WORD = re.compile(rf"\A\s*[\w.]*{_SECRET}\w*\s*\Z", re.IGNORECASE)
_BEGUN = re.compile(rf"{_SECRET}\w*\W*\Z", re.IGNORECASE)
"""A string to which a secret may be joined."""
_COMPARISONS = frozenset(
    {"=", "<>", "<", ">", "<=", ">=", "~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*"}
)
_VALUES = {
    "ColumnDef": "constraints",
    "FunctionParameter": "defexpr",
    "AlterTableCmd": "def_",
    "MergeWhenClause": "values",
    "TypeCast": "arg",
    "CommonTableExpr": "ctequery",
    "RangeSubselect": "subquery",
    "RangeFunction": "functions",
}
"""Where the values are of nodes that name them elsewhere."""
_HINTS = (
    *("pass", "pwd", "secret", "credential", "token", "identified", "conninfo", "authorization", "bearer"),
    *(
        f"{of}{blank}key"
        for of in ("api", "access", "private", "encryption")
        for blank in ("", "_", "-", " ")
    ),
    *("crypt", "pgp_", "hmac", "digest", "md5", *(f"sha{digit}" for digit in range(10)), "dblink", "scram-"),
    *("jwt", "eyj", "://", "-u", "--user", "--proxy-user", "-p", "mysql"),
    *("\\", "u&"),  # written so that the word may not be seen
)
"""One of these is in every text that carries a secret, and in few others."""
_IN_PIECES = re.compile(r"'[ \t]*(?:--[^\r\n]*)?[\r\n](?:\s|--[^\r\n]*)*'")
"""A string in several pieces, between which a word may be cut."""
_ESCAPES = re.compile(r"\\[xuU0-7+]|\\[0-9a-fA-F]{4}")

_PLAIN_NAME = re.compile(r'"\w*"')
_ROOM = re.compile(r"""['"$\\;]|--|/\*""")
_QUERY = re.compile(r"[\s(]*(?:SELECT|WITH|VALUES|TABLE|DECLARE)\b", re.IGNORECASE)


def carries_secret(text: str) -> bool:
    """Whether a text, of any number of statements, may carry a password, a key or the like.

    The value of a parameter is no part of it. Text that is no SQL (yet) is judged by its words alone.
    """
    if not hints_at_secret(text):
        return False
    if any(_WITHIN.search(place) for place in _quoted(text)):
        return True
    return any(map(_statement_tells, (statement.text(text) for statement in splitting.split(text))))


def hints_at_secret(text: str) -> bool:
    """Whether a text may carry a secret at all: milliseconds for a MB, which takes 10 s to be parsed."""
    folded = text.casefold()
    return any(hint in folded for hint in _HINTS) or _IN_PIECES.search(text) is not None


def has_room_for_secret(text: str) -> bool:
    """Whether a text that hints at a secret has anything that could be one: 2 ms for 64 kB.

    One query without strings, comments and names that are more than a word has not. Elsewhere a word may be a
    string: `SET app.token = x`.
    """
    return _QUERY.match(text) is None or _ROOM.search(_PLAIN_NAME.sub("", text)) is not None


def _statement_tells(text: str) -> bool:
    try:
        tree = grammar.parse(parameters.masked(text))
    except grammar.NotParsed:
        return _by_tokens(text)
    return any(map(_tells, grammar.walk(tree)))


def _quoted(text: str) -> Iterator[str]:
    """Comments, and strings as they are written."""
    return (token.text(text) for token in tokens(text) if token.kind in (Kind.COMMENT, Kind.STRING))


def _by_tokens(text: str) -> bool:
    """Whether there is a word for a secret, be it a string, and anything that could be one."""
    words: list[str] = []
    strings = 0
    for token in tokens(text):
        what = token.text(text)
        if what[:2].lower() == "u&" or (token.kind is Kind.STRING and _ESCAPES.search(what)):
            return True  # written so that it cannot be read here
        if token.kind is Kind.STRING:
            strings += bool(what.strip("'$"))
        elif token.kind not in (Kind.NAME, Kind.QUOTED_NAME):
            continue
        words.append(what.strip("'\"").lower())
    # The quotes of PASSWORD 'x' may have been forgotten.
    roles = {"create", "alter"} & {*words} and {"role", "user", "group"} & {*words}
    named = any(_NAMED.search(word) or _CIPHERS.match(word) for word in words)
    return bool(named and (strings or roles)) or bool(_WITHIN.search(text))


def _tells(node: Any) -> bool:
    """Whether a node of the parse tree holds one."""
    kind = type(node).__name__
    if any(_WITHIN.search(value) for value in _texts(node)):
        return True
    if kind == "DefElem":
        return bool(_NAMED.search(node.defname or "")) and bool(_strings(node.arg))
    if kind == "VariableSetStmt":
        return bool(_NAMED.search(node.name or "")) and bool(_strings(node.args))
    if kind == "FuncCall":
        return _call_tells(node)
    if kind == "NamedArgExpr":
        return bool(_NAMED.search(node.name)) and bool(_strings(node.arg))
    if kind == "ResTarget":
        return bool(_NAMED.search(node.name or "")) and bool(_strings(node.val))
    if kind == "InsertStmt":
        columns = [column.name or "" for column in node.cols or ()]
        return any(map(_NAMED.search, columns)) and bool(_strings(node.selectStmt))
    if kind == "UpdateStmt":
        return any(_NAMED.search(target.name or "") and _strings(node) for target in node.targetList)
    if kind == "A_Expr":
        return _expression_tells(node)
    if kind == "CaseExpr":
        return _names_secret(node.arg or ()) and any(_strings(when.expr) for when in node.args)
    return any(map(_NAMED.search, _names(node, kind))) and bool(_strings(_named(node, kind)))


def _names(node: Any, kind: str) -> list[str]:
    """What a node names, of those that name in one place what is in another."""
    if kind == "ColumnDef":
        return [node.colname or ""]
    if kind == "FunctionParameter" or (kind == "AlterTableCmd" and node.subtype.name == "AT_ColumnDefault"):
        return [node.name or ""]
    if kind == "MergeWhenClause":
        return [target.name or "" for target in node.targetList or ()]
    if kind == "TypeCast":
        return [node.typeName.names[-1].sval]
    if kind == "CommonTableExpr":
        return [name.sval for name in node.aliascolnames or ()]
    if kind in ("RangeSubselect", "RangeFunction") and node.alias is not None:
        return [name.sval for name in node.alias.colnames or ()]
    return []


def _named(node: Any, kind: str) -> Any:
    """What has those names."""
    where = _VALUES.get(kind, "")
    return getattr(node, where, None) or ()


def _call_tells(call: Any) -> bool:
    name, strings = call.funcname[-1].sval, _strings(call.args)
    if not strings:
        return False
    # set_config('app.secret', …), format('… %s %L', 'PASSWORD', …)
    worded = len(strings) > 1 and any(_WORD.search(string) for string in strings)
    return worded or bool(_CIPHERS.match(name) or _NAMED.search(name))


def _expression_tells(node: Any) -> bool:
    """Whether a string is joined to the word for a secret, or compared with what has such a name."""
    operator, sides = node.name[-1].sval, (node.lexpr, node.rexpr)
    if operator == "||":
        return any(_BEGUN.search(_constant(side)) for side in sides)
    if operator not in _COMPARISONS and "BETWEEN" not in operator:
        return False
    return any(map(_names_secret, sides)) and any(map(_strings, sides))


def _names_secret(tree: Any) -> bool:
    return any(
        _NAMED.search(getattr(field, "sval", ""))
        for node in grammar.walk(tree)
        if type(node).__name__ == "ColumnRef"
        for field in node.fields
    )


def _texts(node: Any) -> Iterator[str]:
    """The node's own text: also what is no expression, such as CONNECTION '…' and PROGRAM '…'."""
    values = (getattr(node, name) for name in node)
    return (value for value in values if isinstance(value, str))


def _strings(tree: Any) -> list[str]:
    """The constants in it that are strings and not empty."""
    own = getattr(tree, "sval", "")
    return [own] if own else [found for node in grammar.walk(tree) if (found := _constant(node))]


def _constant(node: Any) -> str:
    """The string that a node is, or nothing."""
    return getattr(node.val, "sval", "") or "" if type(node).__name__ == "A_Const" else ""
