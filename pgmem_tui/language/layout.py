"""Where the lines of a statement end: a clause a line, and longer ones an item a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pgmem_tui.language.layout_tree import (
    CLAUSES,
    JOINING,
    PAIRS,
    QUERIES,
    Group,
    Leaf,
    Nodes,
    flat,
    leaves,
    tree,
)
from pgmem_tui.language.tokens import Kind, Token

WIDTH = 80
STEP = 4


def laid_out(text: str, tokens: Sequence[Token]) -> str:
    """One statement, given all its tokens in a text."""
    lines = _Lines()
    _write_clauses(tree(leaves(text, tokens)), lines, 0)
    return lines.finished()


class _Lines:
    """What has been written."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._line = ""
        self._ended = False
        self._fresh = True
        self.indent = 0
        """Of the line that was begun last; lines that go on are further in."""

    def fits(self, text: str) -> bool:
        """Whether a text has room in this line, and a comma behind it."""
        column = self._next if self._ended else len(self._line)
        return column + len(text) + 2 <= WIDTH

    def begin(self, indent: int) -> None:
        """Begin a line, unless this one is empty."""
        self.indent = indent
        self._fresh = True
        self._break(indent)

    def put(self, text: str, glued: bool = False) -> None:
        """Write in this line, a blank before it unless it is glued or the first."""
        if self._ended:
            self._break(self._next)
        self._line += text if glued or not self._line.strip() else f" {text}"
        self._fresh = False

    def leaf(self, leaf: Leaf) -> None:
        """Write a token; a comment that stood alone in its line does so again."""
        fresh = self._fresh
        if leaf.alone:
            self._break(self.indent)
        elif not (leaf.glued or leaf.ends_line or self.fits(leaf.text)):
            self._break(self._next)
        self.put(leaf.text, leaf.glued)
        self._ended = leaf.ends_line
        self._fresh = fresh and leaf.kind is Kind.COMMENT

    @property
    def _next(self) -> int:
        """Where a line begins that goes on: further in, unless only comments stand before it."""
        return self.indent + (0 if self._fresh else STEP)

    def finished(self) -> str:
        """All of it."""
        self._break(0)
        return "\n".join(self._done)

    def _break(self, indent: int) -> None:
        if self._line.strip():
            self._done.append(self._line.rstrip(" "))
        self._line, self._ended = " " * indent, False


def _word(nodes: Nodes, place: int) -> str:
    """The word that a node is, in capitals; or the parenthesis that it begins with."""
    if not 0 <= place < len(nodes):
        return ""
    node = nodes[place]
    return node.word or node.text if isinstance(node, Leaf) else node.opening.text


def _write_clauses(nodes: Nodes, lines: _Lines, indent: int) -> None:
    """A query, a clause a line; anything else as it comes."""
    for number, clause in enumerate(_clauses(nodes)):
        if number:
            lines.begin(indent)
        first = 0
        while first < len(clause) and _comment(clause[first]):
            _write_nodes(clause[first : first + 1], lines)
            if _leading(clause[first:]).ends_line:
                lines.begin(indent)
            first += 1
        _write_clause(clause[first:], lines, indent)


def _clauses(nodes: Nodes) -> Iterator[Nodes]:
    start = 0
    for place in range(1, len(nodes)):
        if not _begins_clause(nodes, place):
            continue
        end = place
        while end > start and _alone(nodes[end - 1]):
            end -= 1
        if end > start:
            yield nodes[start:end]
        start = end
    yield nodes[start:]


def _begins_clause(nodes: Nodes, place: int) -> bool:
    before, word, after = (_word(nodes, each) for each in (place - 1, place, place + 1))
    if word in JOINING:
        return before not in JOINING and after in JOINING | {"JOIN"}
    if word == "JOIN":
        return before not in JOINING
    if word == "FROM":
        return before not in ("DISTINCT", "DELETE")
    if word in ("GROUP", "ORDER"):
        return after == "BY"
    if word == "FOR":
        return (word, after) in PAIRS
    if word == "ON":
        return after == "CONFLICT"
    if word in ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "SET"):
        return _begins_query(before, word, after)
    return word in CLAUSES and before != "AS"


def _begins_query(before: str, word: str, after: str) -> bool:
    if word == "SET":
        return before not in ("", "AS", ",", ".") and after not in ("", ",")
    if word == "VALUES":
        return after == "("
    if word == "WITH":
        return before in ("UNION", "ALL", "EXCEPT", "INTERSECT")
    return before not in ("THEN", "DO", "FOR", "AS", "ON", "KEY") and (word == "SELECT" or before == "(")


def _write_clause(clause: Nodes, lines: _Lines, indent: int) -> None:
    end = len(clause)
    while end > 1 and _comment(clause[end - 1]) and not _alone(clause[end - 1]):
        end -= 1
    line = flat(clause[:end])
    if line is not None and lines.fits(line):
        lines.put(line)
        _write_nodes(clause[end:], lines)
        return
    head = _head(clause)
    _write_nodes(clause[:head], lines)
    items = list(_items(clause[head:]))
    if _word(clause, 0) == "WITH":
        for number, item in enumerate(items):
            if number:
                lines.begin(indent)
            _write_nodes(item, lines)
    elif len(items) > 1:
        for item in items:
            lines.begin(indent + STEP)
            _write_terms(item, lines, indent + 2 * STEP)
    else:
        _write_terms(clause[head:], lines, indent + STEP)


def _head(clause: Nodes) -> int:
    """How many words stand before what a clause lists."""
    if not _word(clause, 0) or _word(clause, 0) not in CLAUSES | {"GROUP", "ORDER"}:
        return 0
    place = 1
    while _word(clause, place) in ("BY", "DISTINCT", "ALL", "RECURSIVE"):
        place += 1
    if _word(clause, place) == "ON" and isinstance(clause[place + 1], Group):
        place += 2  # SELECT DISTINCT ON (…)
    return place


def _items(nodes: Nodes) -> Iterator[Nodes]:
    """What is between commas, each with its comma and the comments in its line behind it."""
    start = 0
    for place in range(len(nodes)):
        if place < start or _word(nodes, place) != ",":
            continue
        end, comments = place + 1, place
        while end < len(nodes) and _comment(nodes[end]) and not _alone(nodes[end]):
            end += 1
        while comments > start and _comment(nodes[comments - 1]):
            comments -= 1
        yield [*nodes[start:comments], nodes[place], *nodes[comments:place], *nodes[place + 1 : end]]
        start = end
    if start < len(nodes):
        yield nodes[start:]


def _write_terms(nodes: Nodes, lines: _Lines, indent: int) -> None:
    """In one line, or with each AND and OR at the beginning of one."""
    line = flat(nodes)
    if line is not None and lines.fits(line):
        lines.put(line, _leading(nodes).glued)
        return
    between = False
    start = 0
    for place in range(len(nodes)):
        word = _word(nodes, place)
        if word == "BETWEEN":
            between = True
        elif word == "AND" and between:
            between = False
        elif word in ("AND", "OR"):
            _write_nodes(nodes[start:place], lines)
            lines.begin(indent)
            start = place
    _write_nodes(nodes[start:], lines)


def _leading(nodes: Nodes) -> Leaf:
    return nodes[0] if isinstance(nodes[0], Leaf) else nodes[0].opening


def _comment(node: Leaf | Group) -> bool:
    return isinstance(node, Leaf) and node.kind is Kind.COMMENT


def _alone(node: Leaf | Group) -> bool:
    return isinstance(node, Leaf) and node.alone


def _write_nodes(nodes: Nodes, lines: _Lines) -> None:
    for node in nodes:
        if isinstance(node, Leaf):
            lines.leaf(node)
            continue
        line = flat([node])
        if line is not None and lines.fits(line):
            lines.put(line, node.opening.glued)
        else:
            _write_group(node, lines)


def _write_group(group: Group, lines: _Lines) -> None:
    outer = lines.indent
    lines.leaf(group.opening)
    if group.opening.word == "CASE":
        for number, part in enumerate(_branches(group.inside)):
            if number or _word(part, 0) in ("WHEN", "ELSE"):
                lines.begin(outer + STEP)
            _write_terms(part, lines, outer + 2 * STEP)
    elif group.inside:
        lines.begin(outer + STEP)
        if _word(group.inside, 0) in QUERIES or _word(group.inside, 0) == "(":
            _write_clauses(group.inside, lines, outer + STEP)
        else:
            for number, item in enumerate(_items(group.inside)):
                if number:
                    lines.begin(outer + STEP)
                _write_terms(item, lines, outer + STEP)
    if group.closing:
        lines.begin(outer)
        lines.put(group.closing.text)


def _branches(nodes: Nodes) -> Iterator[Nodes]:
    start = 0
    for place in range(1, len(nodes)):
        if _word(nodes, place) in ("WHEN", "ELSE"):
            yield nodes[start:place]
            start = place
    yield nodes[start:]
