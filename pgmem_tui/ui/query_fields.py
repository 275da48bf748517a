"""A value, another name or a number while it is typed into a query that is being composed. Pure."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from pgmem_tui.display.line_edit import LineEdit
from pgmem_tui.postgres.column_pairs import OPERATORS
from pgmem_tui.postgres.operators import MANY, Operator, operator
from pgmem_tui.postgres.query_spec import Condition, QuerySpec
from pgmem_tui.ui import condition_tree as tree
from pgmem_tui.ui.query_changes import with_output
from pgmem_tui.ui.query_draft import Place, QueryDraft, Section

LONGEST_NAME = 63
"""Bytes of an identifier (https://www.postgresql.org/docs/current/sql-syntax-lexical.html)."""
MOST_ROWS = (1 << 63) - 1


class Kind(Enum):
    """What is typed."""

    VALUE = "value"
    NAME = "name"
    ROWS = "rows"


def with_operator(condition: Condition, meant: Operator, keep: bool = True) -> Condition:
    """The same column compared otherwise, with as many of the values as that takes."""
    values = condition.values or (() if condition.value is None else (condition.value,))
    one: str | None = None
    several: tuple[str, ...] = ()
    if meant.takes == 1:
        one = values[0] if values else ""
    elif meant.takes == 2:
        several = (*values, "", "")[:2]
    elif meant.takes == MANY:
        several = values
    other = condition.other if meant.name in OPERATORS else None
    if other is not None:
        one, several = None, ()
    return replace(condition, operator=meant.name, keep=keep, value=one, values=several, other=other)


class Field:
    """What is typed on one line; the draft has it with every keystroke."""

    def __init__(self, draft: QueryDraft, kind: Kind, place: Place, mark: QuerySpec | None = None) -> None:
        """Begin with what the draft has there.

        Args:
            draft: Is changed.
            kind: What is typed.
            place: Where.
            mark: What the query was before, if something was added to it to be typed into.
        """
        self.draft, self.kind, self.place = draft, kind, place
        self.mark = draft.spec if mark is None else mark
        """What `cancel` brings back."""
        self.wrong = ""
        """Why what is typed cannot be."""
        self.edit = LineEdit(self._begin())
        self._touched = False

    def _begin(self) -> str:
        if self.kind is Kind.NAME:
            return self.draft.spec.outputs[self.place.path[0]].alias
        if self.kind is Kind.ROWS:
            return str(self.draft.spec.limit or "")
        condition = self.condition
        if self.place.value >= 0:
            return condition.values[self.place.value]
        return condition.value or ""

    @property
    def condition(self) -> Condition:
        """The condition whose value is typed."""
        condition = self.draft.condition(self.place)
        assert condition is not None, "a value is typed into one"
        return condition

    @property
    def blank(self) -> bool:
        """Whether a value is to be typed and nothing was: nothing can be said against that yet."""
        return self.kind is Kind.VALUE and not self._touched and not self.edit.text

    def typed(self) -> None:
        """Have the draft say what is typed by now."""
        text, spec = self.edit.text, self.draft.spec
        self.wrong, self._touched = "", True
        if self.kind is Kind.NAME:
            if len(text.encode("utf-8", "surrogatepass")) > LONGEST_NAME:
                self.wrong = f"a name has {LONGEST_NAME} bytes at most"
            else:
                number = self.place.path[0]
                self.draft.spec = with_output(spec, number, replace(spec.outputs[number], alias=text))
        elif self.kind is Kind.ROWS:
            digits = text.replace(",", "").replace("_", "").strip()
            if not digits:
                self.draft.spec = replace(spec, limit=0)
            elif not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(MOST_ROWS))):
                self.wrong = "a number of rows; nothing is all of them"
            elif int(digits) > MOST_ROWS:
                self.wrong = f"{MOST_ROWS:,} rows at most; nothing is all of them"
            elif not int(digits):
                self.wrong = "at least one row; nothing is all of them"
            else:
                self.draft.spec = replace(spec, limit=int(digits))
        elif self.place.value >= 0:
            values = list(self.condition.values)
            values[self.place.value] = text
            self._put(replace(self.condition, values=tuple(values)))
        else:
            self._put(replace(self.condition, value=text))

    def _put(self, condition: Condition) -> None:
        where = tree.replaced(self.draft.spec.where, self.place.path, condition)
        self.draft.spec = replace(self.draft.spec, where=where)

    def cancel(self) -> None:
        """Have the draft as it was before."""
        self.draft.spec = self.mark

    def null(self) -> bool:
        """Ask for NULL instead of any value; False where there is no such thing."""
        if self.kind is not Kind.VALUE or self.place.value >= 0:
            return False
        condition = self.condition
        keep = condition.keep == (condition.operator != "<>")
        self._put(replace(condition, value=None, keep=keep, operator="is null", values=()))
        self.draft.changed_since(self.mark)
        return True

    def accept(self, empty: bool = False) -> Field | None:
        """Keep what was typed; returns what is to be typed next.

        Args:
            empty: Whether the empty string is meant, where nothing typed would end the list of values.
        """
        place, more = self.place, None
        if self.kind is Kind.VALUE and place.value >= 0:
            condition = self.condition
            last = place.value == len(condition.values) - 1
            if operator(condition.operator).takes == MANY:
                if not self.edit.text and not empty:
                    values = condition.values[: place.value] + condition.values[place.value + 1 :]
                    self._put(replace(condition, values=values))
                else:
                    more = last
            else:
                more = not last
        self.draft.changed_since(self.mark)
        if not more:
            return None
        return next_value(self.draft, place._replace(value=place.value + 1))


def next_value(draft: QueryDraft, place: Place, mark: QuerySpec | None = None) -> Field:
    """Begin to type a value, one more if there are not so many.

    Args:
        draft: Is changed.
        place: Of the value; of the condition itself (-1), the value that it has, or the first that it lacks.
        mark: As of `Field`.
    """
    condition = draft.condition(place)
    assert condition is not None, "a value is typed into a condition"
    takes = operator(condition.operator).takes
    before = draft.spec if mark is None else mark
    if takes == 1:
        return Field(draft, Kind.VALUE, place._replace(value=-1), before)
    number = place.value if place.value >= 0 else 0 if takes == 2 else len(condition.values)
    if number >= len(condition.values):
        padded = (*condition.values, "")
        where = tree.replaced(draft.spec.where, place.path, replace(condition, values=padded))
        draft.spec = replace(draft.spec, where=where)
        number = len(padded) - 1
    return Field(draft, Kind.VALUE, place._replace(value=number), before)


def field_at(draft: QueryDraft, place: Place) -> Field | None:
    """What a line lets one type, besides another name; None for nothing."""
    if place.section is Section.LIMIT:
        return Field(draft, Kind.ROWS, place)
    condition = draft.condition(place)
    if condition is None or not takes_values(condition):
        return None
    return next_value(draft, place)


def takes_values(condition: Condition) -> bool:
    """Whether there is anything to type."""
    return not condition.is_null and condition.other is None
