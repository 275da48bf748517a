"""What can be named at a caret: the tables of each query around it, and common table expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from pgmem_tui.language.clauses import Clause, ClauseWalker
from pgmem_tui.language.from_items import Block, FromItem
from pgmem_tui.language.outputs import columns_of_values, names_in, outputs
from pgmem_tui.language.statement import Statement

DEPTH = 12
"""How many queries within each other are looked into."""
Outputs: TypeAlias = "tuple[str | FromItem | None, ...]"
"""The columns of a query, as `outputs` has them."""


@dataclass(frozen=True)
class Place:
    """Where on one level of parentheses the caret is, or the group that the caret is in."""

    clause: Clause
    block: Block
    ctes: Mapping[str, FromItem]
    """Those that can be named there."""
    index: int
    """The word that comes next, or the opening parenthesis."""
    start: int
    """Its place in the text."""


class ScopeWalker(ClauseWalker):
    """Reads the words of one level between two places."""

    def __init__(
        self,
        statement: Statement,
        clause: Clause,
        ctes: Mapping[str, FromItem],
        block: Block | None = None,
        depth: int = 0,
    ) -> None:
        """Nothing is read yet.

        Args:
            statement: Whose words are read.
            clause: What the level begins with.
            ctes: What the queries around it have defined.
            block: What the level is a part of, for parentheses in FROM.
            depth: How many queries are being looked into already.
        """
        super().__init__(statement, clause, block)
        self._ctes = dict(ctes)
        self._depth = depth
        self._cte = ""
        self._cte_columns: tuple[str, ...] = ()
        self._recursive = False
        self._call = -1
        self._columns: tuple[str | FromItem | None, ...] = ()
        """Of VALUES, or of a query in parentheses that is the whole level."""

    def read(self, first: int, last: int, caret: int = -1) -> Place | None:
        """Read all words; returns where the caret was, if it was there."""
        place, index = None, first
        while index < last:
            behind = self.statement.after(index)
            if place is None and first <= caret < behind:
                place = self._place(index)
            self.step(index)
            if place is not None and place.index == index and self._recursive:
                place = replace(place, ctes=dict(self._ctes))  # what the caret is in may refer to itself
            index = behind
        return place or (self._place(last) if caret >= first else None)

    def columns(self, last: int) -> Outputs:
        """The columns of the query that was read, which ends before a word."""
        changing = [block for block in self.blocks if block.target is not None]
        if changing:
            return outputs(self.statement, changing[0], last) if changing[0].outputs >= 0 else ()
        if self._columns or len(self.blocks) < 2:
            return self._columns
        return outputs(self.statement, self.blocks[1], last)

    def group(self, index: int) -> None:
        """Take up what stands in parentheses."""
        statement, before = self.statement, self.statement.low(index - 1)
        if self.clause is Clause.WITH:
            self._with_group(index, before)
        elif self.clause is Clause.START and (
            statement.begins_query(index + 1) or statement.low(index + 1) == "("
        ):
            self._columns = self._columns or self._query(index)
        elif self.clause is Clause.TABLE:
            self._table_group(index)
        elif self.clause is Clause.VALUES and before == "values" and len(self.blocks) == 2:
            self._columns = columns_of_values(statement, index)
        elif self.clause is Clause.FROM and self.named and index != self._call:
            self._amend(renamed=() if self.block.verb == "insert" else names_in(statement, index))

    def expression(self, index: int, low: str) -> None:
        """Take up a word of WITH that begins no query."""
        if low == "recursive":
            self._recursive = True
        elif low not in ("as", "not", "materialized", "search", "cycle"):
            self._cte, self._cte_columns = self.statement.name(index), ()

    def alias(self, name: str) -> None:
        """The last item gets an alias."""
        self._amend(alias=name)

    def table(self, parts: tuple[str, ...], start: int, called: int) -> None:
        """A table is named, or a function, whose arguments' parenthesis is given, else -1."""
        self._call = called
        cte = self._ctes.get(parts[0]) if len(parts) == 1 and called < 0 else None
        if cte is not None:
            self.add(replace(cte, start=start))
        else:
            self.add(FromItem(parts[-1], parts, function=called >= 0, start=start))

    def _place(self, index: int) -> Place:
        words = self.statement.words
        start = words[index].start if index < len(words) else len(self.statement.text)
        return Place(self.clause, self.block, dict(self._ctes), index, start)

    def _amend(self, alias: str = "", renamed: tuple[str, ...] = ()) -> None:
        items = self.block.items
        if items:
            changed = replace(items[-1], alias=alias or items[-1].alias, renamed=renamed or items[-1].renamed)
            self.block.target = changed if self.block.target is items[-1] else self.block.target
            items[-1] = changed

    def _with_group(self, index: int, before: str) -> None:
        if before not in ("as", "materialized"):
            self._cte_columns = names_in(self.statement, index)
        elif self._cte:
            item = FromItem(self._cte, (), self._query(index), self._cte_columns)
            self._ctes[self._cte] = item
            self._cte = ""

    def _table_group(self, index: int) -> None:
        """A subquery, or tables in parentheses, which are as good as without."""
        statement = self.statement
        if statement.begins_query(index + 1):
            self.add(FromItem("", (), self._query(index), start=statement.words[index].start))
        elif self._depth < DEPTH:
            inner = ScopeWalker(statement, Clause.TABLE, self._ctes, self.block, self._depth + 1)
            inner.read(index + 1, statement.closing.get(index, index))
            self.clause, self.named = Clause.FROM, False

    def _query(self, opened: int) -> Outputs:
        """The columns of the query in parentheses."""
        if self._depth >= DEPTH:
            return ()
        last = self.statement.closing.get(opened, opened)
        walker = ScopeWalker(self.statement, Clause.START, self._ctes, None, self._depth + 1)
        walker.read(opened + 1, last)
        return walker.columns(last)
