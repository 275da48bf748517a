"""The clauses of a statement, told apart by their key words, without its grammar: it may be broken."""

from __future__ import annotations

from enum import Enum

from pgmem_tui.language.from_items import Block, FromItem
from pgmem_tui.language.keywords import NOT_A_TABLE, NOT_AN_ALIAS
from pgmem_tui.language.statement import Statement
from pgmem_tui.language.tokens import Kind


class Clause(Enum):
    """What is being written at a place."""

    START = "a statement, or a query"
    WITH = "common table expressions"
    SELECT = "a select list"
    TABLE = "the name of a table, or what can stand for one"
    FROM = "what follows a table's name"
    ON = "the condition of a join"
    USING = "columns that two tables share"
    WHERE = "a condition"
    GROUP_BY = "what to group by"
    HAVING = "a condition on groups"
    WINDOW = "a window's definition"
    ORDER_BY = "what to sort by"
    LIMIT = "a number of rows, or locks"
    VALUES = "rows of values"
    COLUMNS = "columns of the one table, by name"
    SET = "assignments"
    RETURNING = "a list of results"
    EXPRESSION = "an expression in parentheses"
    NAMES = "new names"
    OTHER = "another statement"


_NAMES_A_TABLE = frozenset({"truncate", "lock", "vacuum", "analyze", "analyse", "copy", "cluster"})
"""Commands that name a table next."""
_NAMED_NEXT = frozenset({"table", "view", "references", "on"})
"""What a table's name follows in other commands."""
_BEFORE_A_TABLE = frozenset({"only", "lateral", "if", "exists", "concurrently", "materialized", "rows"})
_CLAUSES = {
    "where": Clause.WHERE,
    "having": Clause.HAVING,
    "limit": Clause.LIMIT,
    "offset": Clause.LIMIT,
    "fetch": Clause.LIMIT,
    "for": Clause.LIMIT,
    "window": Clause.WINDOW,
    "group": Clause.GROUP_BY,
    "order": Clause.ORDER_BY,
}
_OF_TABLES = frozenset({"from", "using", "into", "on", "set", "values"})
_JOINING = frozenset({"join", "left", "right", "full", "inner", "outer", "cross", "natural"})
_OTHERS = ("create", "other")


class ClauseWalker:
    """Goes through the words of one level, and over groups in parentheses."""

    def __init__(self, statement: Statement, clause: Clause, block: Block | None = None) -> None:
        """Nothing is read yet.

        Args:
            statement: Whose words are read.
            clause: What the level begins with.
            block: What the level is a part of, for parentheses in FROM.
        """
        self.statement = statement
        self.clause = clause
        """At the word that comes next."""
        self.block = block or Block()
        """The command that the words belong to now."""
        self.blocks = [self.block]
        """All of the level, in the order of their first words."""
        self.named = False
        """Whether the last item still may get an alias."""

    def step(self, index: int) -> None:
        """Take up a word, or a whole group."""
        statement, low = self.statement, self.statement.low(index)
        if low == "(":
            self.group(index)
        elif low == "." or statement.low(index - 1) == ".":
            pass
        elif low == "," and self.clause in (Clause.FROM, Clause.ON) and self.block.verb != "insert":
            self.clause = Clause.TABLE
        elif statement.words[index].kind is Kind.NAME and self._keyword(index, low):
            pass
        elif statement.is_name(index):
            self._name(index, low)

    def group(self, index: int) -> None:
        """Take up what stands in parentheses."""

    def expression(self, index: int, low: str) -> None:
        """Take up a word of WITH that begins no query."""

    def begin(self, clause: Clause, verb: str) -> None:
        """A command begins."""
        self.block = Block(verb)
        self.blocks.append(self.block)
        self.clause, self.named = clause, False

    def add(self, item: FromItem) -> None:
        """A table was named, or what stands for one."""
        block = self.block
        block.items.append(item)
        if block.verb != "select" and block.target is None:
            block.target = item
        self.named = block.verb not in _OTHERS
        self.clause = Clause.FROM if self.named else Clause.OTHER

    def _keyword(self, index: int, low: str) -> bool:
        """Whether a word is a key word here."""
        if self.clause is Clause.TABLE and low not in NOT_A_TABLE:
            return False
        if self.clause is Clause.FROM and self.named and self.statement.low(index - 1) == "as":
            return low in NOT_A_TABLE
        if self.clause in (Clause.START, Clause.WITH) or low == "select":
            self._first(index, low)
        elif low in ("union", "intersect", "except"):
            self.clause = Clause.START
        elif low in _CLAUSES and self.block.verb not in ("", *_OTHERS) and low in NOT_A_TABLE:
            self.clause = _CLAUSES[low]
        elif low == "returning":
            self._back_to_target()
            self.clause, self.block.outputs = Clause.RETURNING, index + 1
        elif low == "with" and self.clause is Clause.FROM and self.block.verb == "insert":
            self.clause = Clause.WITH
        elif low in _OF_TABLES:
            return self._of_tables(index, low)
        elif low in _JOINING and self.clause in (Clause.FROM, Clause.ON):
            self.clause = Clause.TABLE if low == "join" else Clause.FROM
            self.named = False
        elif self.clause is Clause.FROM and low == "tablesample":
            self.named = False
        elif self.clause is Clause.OTHER:
            return self._of_others(low)
        else:
            return False
        return True

    def _first(self, index: int, low: str) -> None:
        """A word where a statement or query begins."""
        if low == "select":
            self.begin(Clause.SELECT, "select")
            self.block.outputs = index + 1
        elif low == "values":
            self.begin(Clause.VALUES, "select")
        elif low in ("table", "update"):
            self.begin(Clause.TABLE, "select" if low == "table" else low)
        elif low in ("insert", "delete", "merge"):
            self.begin(Clause.OTHER, low)
        elif self.clause is Clause.WITH:
            self.expression(index, low)
        elif low == "with":
            self.clause = Clause.WITH
        elif low in ("explain", "verbose", "all", "distinct"):
            pass
        elif low in _NAMES_A_TABLE and self.statement.low(index - 1) != "explain":
            self.begin(Clause.TABLE, "other")
        elif low not in _NAMES_A_TABLE:
            self.begin(Clause.OTHER, "create" if low == "create" else "other")

    def _of_tables(self, index: int, low: str) -> bool:
        """Whether a word after which tables are named, or columns of them, is one here."""
        verb, statement = self.block.verb, self.statement
        if low == "from" and verb in ("select", "delete", "update"):
            distinct = statement.low(index - 1) == "distinct" and statement.low(index - 2) in ("is", "not")
            self.clause = self.clause if distinct else Clause.TABLE
        elif low == "using":
            self.clause, self.named = (Clause.TABLE if verb in ("delete", "merge") else self.clause), False
        elif low == "into":
            self.clause = Clause.TABLE if verb in ("insert", "merge") else Clause.NAMES
        elif low == "on":
            self._on(index)
        elif low == "set" and verb in ("update", "insert", "merge"):
            self.clause = Clause.SET
        elif low == "values" and verb in ("insert", "merge"):
            self.clause = Clause.VALUES
        return True

    def _on(self, index: int) -> None:
        if self.statement.low(index + 1) == "conflict":
            self._back_to_target()
            self.clause = Clause.OTHER
        elif self.block.verb in _OTHERS:
            self.clause = Clause.TABLE
        elif self.clause in (Clause.FROM, Clause.ON, Clause.TABLE):
            self.clause, self.named = Clause.ON, False

    def _of_others(self, low: str) -> bool:
        created = self.block.verb == "create" and low in ("table", "view")
        if low == "as" and self.block.verb == "create":
            self.clause = Clause.START
        elif low == "column":
            self.clause = Clause.COLUMNS
        elif low in _NAMED_NEXT and self.block.verb in _OTHERS:
            self.clause = Clause.OTHER if created else Clause.TABLE
        return True

    def _back_to_target(self) -> None:
        """From the query of an INSERT to the INSERT."""
        changing = [block for block in self.blocks if block.target is not None]
        if self.block.target is None and changing:
            self.block = changing[-1]

    def _name(self, index: int, low: str) -> None:
        """A name that is no key word here: a table's, or an alias."""
        if self.clause is Clause.TABLE and low not in NOT_A_TABLE and low not in _BEFORE_A_TABLE:
            self._table(index)
        elif self.clause is Clause.FROM and self.named and self._is_alias(index, low):
            self.alias(self.statement.name(index))
        elif self.clause is Clause.WITH:
            self.expression(index, low)

    def _is_alias(self, index: int, low: str) -> bool:
        return low not in (NOT_A_TABLE if self.statement.low(index - 1) == "as" else NOT_AN_ALIAS)

    def alias(self, name: str) -> None:
        """The last item gets an alias."""

    def table(self, parts: tuple[str, ...], start: int, called: int) -> None:
        """A table is named, or a function, whose arguments' parenthesis is given, else -1."""

    def _table(self, index: int) -> None:
        statement, parts, last = self.statement, [self.statement.name(index)], index
        while statement.low(last + 1) == "." and statement.is_name(last + 2):
            last += 2
            parts.append(statement.name(last))
        calls = statement.low(last + 1) == "(" and self.block.verb in ("select", "update", "delete")
        self.table(tuple(parts[-3:]), statement.words[index].start, last + 1 if calls else -1)
