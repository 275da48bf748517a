"""The tree of relations without a screen: which lines there are, what is open, what a filter leaves.

Made for 20,000 relations: a node is a number, a line is a number in one list, and what is shown of a line is
worked out for the lines on the screen only. Per relation it holds about 60 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, Protocol

from pgmem_tui.display.name_filter import NameFilter

FEW = 200
"""So many relations are shown with every schema open."""

_DETAILS = 1 << 48
_DETAIL_BITS = 16


class Entry(Protocol):
    """What the tree has to know of a relation."""

    @property
    def oid(self) -> int: ...  # noqa: D102
    @property
    def schema(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def parent(self) -> int: ...  # noqa: D102
    @property
    def rows(self) -> int: ...  # noqa: D102
    @property
    def nbytes(self) -> int: ...  # noqa: D102
    @property
    def readable(self) -> bool: ...  # noqa: D102


class DetailLine(NamedTuple):
    """One line below a relation: a heading, or a name and what is said of it."""

    text: str
    note: str = ""
    heading: bool = False
    error: bool = False


class Line(NamedTuple):
    """What one line shows."""

    kind: Literal["schema", "relation", "detail"]
    node: int
    depth: int
    name: str
    opened: bool | None
    """Whether its children are shown; None if it cannot have any."""
    entry: Entry | None = None
    """The relation; of a detail, the one that it is about."""
    partitions: int = 0
    detail: DetailLine | None = None


LOADING = (DetailLine("loading…"),)
"""Stands below an open relation until its details come."""

Key = tuple[str, int]
"""What a line is found by after a refresh: a schema's name and 0, or no name and a relation's oid."""


class TreeModel:
    """Schemas, relations below them, partitions below their parents, details below relations that are open.

    Node numbers: relations from 0 in the order given, schemas -1 and down, details from `_DETAILS` up.
    """

    def __init__(self, entries: Sequence[Entry] = (), previous: TreeModel | None = None) -> None:
        """Build the tree.

        Args:
            entries: The relations, sorted, those of one schema together.
            previous: Whose open nodes stay open; their details have to be asked for again.
        """
        self.entries = entries
        self.schemas: list[str] = []
        self.lines: list[int] = []
        """The nodes that are shown, top down."""
        self._parents: list[int] = []
        self._children: dict[int, list[int]] = {}
        self._details: dict[int, Sequence[DetailLine]] = {}
        self._filter: NameFilter | None = None
        self._shut: set[int] = set()
        self._link()
        carried = previous is not None and len(previous.entries) > 0
        self._open = self._open_in(previous) if carried and previous else self._open_at_first()
        self._flatten()

    @property
    def match_count(self) -> int:
        """How many relations the filter leaves; all of them without one."""
        return len(self.entries) if self._filter is None else len(self._filter.matches)

    def line(self, index: int) -> Line:
        """What the line shows, counted from 0.

        Raises:
            IndexError: There is no such line.
        """
        node = self.lines[index]
        if node < 0:
            return Line("schema", node, 0, self.schemas[-1 - node], self.is_open(node))
        if node < _DETAILS:
            entry = self.entries[node]
            partitions = len(self._children.get(node, ()))
            return Line(
                "relation", node, self._depth(node), entry.name, self.is_open(node), entry, partitions
            )
        owner, place = self._owner(node)
        detail = self._details.get(owner, LOADING)[place]
        depth = self._depth(owner) + (1 if detail.heading else 2)
        return Line("detail", node, depth, detail.text, None, self.entries[owner], detail=detail)

    def key(self, index: int) -> Key:
        """What to find the line by after a refresh; a detail counts as its relation."""
        node = self.lines[index]
        if node < 0:
            return self.schemas[-1 - node], 0
        return "", self.entries[node if node < _DETAILS else self._owner(node)[0]].oid

    def find(self, key: Key) -> int:
        """The line of that schema or relation, -1 if it is not shown."""
        return self.line_of(self._node_of(key))

    def line_of(self, node: int | None) -> int:
        """The line that shows a node, -1 if none does."""
        if node is None:
            return -1
        try:
            return self.lines.index(node)
        except ValueError:
            return -1

    def first_relation(self) -> int:
        """The first line that is a relation; 0 if there is none."""
        return next((index for index, node in enumerate(self.lines) if 0 <= node < _DETAILS), 0)

    def parent(self, index: int) -> int:
        """The line above in the tree, -1 for a schema."""
        node = self.lines[index]
        if node < 0:
            return -1
        return self.line_of(self._owner(node)[0] if node >= _DETAILS else self._parents[node])

    def awaiting_details(self) -> list[int]:
        """The oids of open relations whose details are not known."""
        return [self.entries[node].oid for node in self._open if self.lacks_details(node)]

    def lacks_details(self, node: int) -> bool:
        """Whether a node is a relation whose details are not known."""
        return 0 <= node < _DETAILS and node not in self._details

    def reveal(self, node: int) -> int:
        """Open all that is above a node; returns its line, -1 if the filter hides it."""
        above = self._owner(node)[0] if node >= _DETAILS else node
        while above >= 0:
            above = self._parents[above]
            if not self.is_open(above):
                self._open.add(above)
                self._shut.discard(above)
        self._flatten()
        return self.line_of(node)

    def is_open(self, node: int) -> bool:
        """Whether what is below a schema or relation is shown."""
        return node not in self._shut if self._holds_matches(node) else node in self._open

    def set_open(self, index: int, opened: bool) -> None:
        """Show or hide what is below a schema or relation.

        While a filter is set, what holds matches is opened and shut for as long as the filter stays.
        """
        node = self.lines[index]
        forced = self._holds_matches(node)
        if forced:
            (self._shut.discard if opened else self._shut.add)(node)
        if node >= 0 or not forced:
            (self._open.add if opened else self._open.discard)(node)
        self._flatten()

    def set_details(self, oid: int, details: Iterable[DetailLine]) -> bool:
        """Show these lines below a relation while it is open; False if it is not in the tree."""
        node = self._node_of(("", oid))
        if node is None:
            return False
        self._details[node] = tuple(details)[: 1 << _DETAIL_BITS]
        self._flatten()
        return True

    def set_filter(self, text: str) -> None:
        """Leave only relations whose `schema.name` holds every term, in any case; empty leaves all."""
        terms = tuple(text.casefold().split())
        self._shut.clear()
        if not terms:
            self._filter = None
        else:
            if self._filter is None:
                self._filter = NameFilter(self._full_name, self._parents, len(self.schemas))
            self._filter.narrow(terms)
        self._flatten()

    def best_match(self) -> int:
        """The line of the relation that the filter fits best: named so, else beginning so, else the first."""
        if self._filter is None:
            return -1
        first = self._filter.terms[0]

        def misfit(node: int) -> int:
            name = self.entries[node].name.casefold()
            return 0 if name == first else 1 if name.startswith(first) else 2

        return self.line_of(min(self._filter.matches, key=misfit, default=None))

    def _link(self) -> None:
        """Find each relation's parent: its partitioned table, or its schema."""
        partitioned = {entry.oid: node for node, entry in enumerate(self.entries) if entry.kind == "p"}
        schemas: dict[str, int] = {}
        for node, entry in enumerate(self.entries):
            above = partitioned.get(entry.parent) if entry.parent else None
            if above is None:
                above = schemas.setdefault(entry.schema, -1 - len(schemas))
            self._parents.append(above)
            self._children.setdefault(above, []).append(node)
        self.schemas = list(schemas)

    def _open_at_first(self) -> set[int]:
        if len(self.entries) > FEW:
            return {-1 - self.schemas.index("public") if "public" in self.schemas else -1}
        return {-1 - number for number in range(len(self.schemas))}

    def _open_in(self, previous: TreeModel) -> set[int]:
        names = {previous.schemas[-1 - node] for node in previous._open if node < 0}
        oids = {previous.entries[node].oid for node in previous._open if node >= 0}
        schemas = {-1 - number for number, name in enumerate(self.schemas) if name in names}
        return schemas | {node for node, entry in enumerate(self.entries) if entry.oid in oids}

    def _node_of(self, key: Key) -> int | None:
        name, oid = key
        if oid:
            return next((node for node, entry in enumerate(self.entries) if entry.oid == oid), None)
        return -1 - self.schemas.index(name) if name in self.schemas else None

    def _full_name(self, node: int) -> str:
        entry = self.entries[node]
        return f"{entry.schema}.{entry.name}"

    def _owner(self, node: int) -> tuple[int, int]:
        """The relation that a detail is about, and which of its lines it is."""
        return divmod(node - _DETAILS, 1 << _DETAIL_BITS)

    def _depth(self, node: int) -> int:
        depth = 0
        while node >= 0:
            node, depth = self._parents[node], depth + 1
        return depth

    def _holds_matches(self, node: int) -> bool:
        if self._filter is None:
            return False
        return any(self._filter.kept[child] for child in self._children.get(node, ()))

    def _flatten(self) -> None:
        """Work out the lines anew, a few ms for 20,000."""
        kept, children = self._filter.kept if self._filter else None, self._children
        lines: list[int] = []
        waiting = [-1 - number for number in reversed(range(len(self.schemas)))]
        while waiting:
            node = waiting.pop()
            if kept and not kept[node]:
                continue
            lines.append(node)
            # Most have nothing below them; for those it is a look into a set.
            if not (self.is_open(node) if kept and node in children else node in self._open):
                continue
            if node >= 0 and node in self._open:
                first = _DETAILS + (node << _DETAIL_BITS)
                lines.extend(range(first, first + len(self._details.get(node, LOADING))))
            waiting.extend(reversed(children.get(node, ())))
        self.lines = lines
