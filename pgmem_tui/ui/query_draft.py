"""A query while someone composes it: what the composer's keys do to the line that the cursor is on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import NamedTuple

from pgmem_tui.postgres.operators import MANY, operator
from pgmem_tui.postgres.query_spec import (
    Condition,
    Group,
    Join,
    Output,
    OutputOrder,
    QuerySpec,
    SortKey,
)
from pgmem_tui.postgres.relation import Relation
from pgmem_tui.ui import condition_tree as tree
from pgmem_tui.ui import query_changes as changes

UNDOABLE = 100
"""Changes that are remembered."""
KNOWN = 100
"""Relations whose columns are remembered."""


class Refused(Exception):
    """What was wanted cannot be; the message says why."""


class Section(Enum):
    """The parts of a query, as they are listed: the letter that goes there, and the title."""

    TABLE = "t", "TABLE"
    JOINS = "f", "JOIN"
    COLUMNS = "c", "COLUMNS"
    DISTINCT = "d", "DISTINCT"
    WHERE = "w", "WHERE"
    ORDER = "o", "ORDER BY"
    LIMIT = "l", "LIMIT"

    @property
    def letter(self) -> str:
        """The key."""
        return self.value[0]

    @property
    def title(self) -> str:
        """As shown."""
        return self.value[1]


class Place(NamedTuple):
    """Something that has a line of its own."""

    section: Section
    path: tuple[int, ...] = ()
    """Of a condition, its path; of others their number; empty: the section itself, or its `+` line."""
    value: int = -1
    """Which of a condition's values."""
    adds: bool = False
    """Whether it is the line that adds another."""


class QueryDraft:
    """A query, and what it was before."""

    def __init__(self, spec: QuerySpec, relations: dict[int, Relation] | None = None) -> None:
        """Begin with a query.

        Args:
            spec: The query.
            relations: What is known of relations, by oid; is added to.
        """
        self.spec = spec
        self.relations: dict[int, Relation] = {} if relations is None else relations
        self._before: list[QuerySpec] = []
        self._after: list[QuerySpec] = []

    # -- as a whole --------------------------------------------------------------------------------

    def know(self, relation: Relation) -> None:
        """Take note of what a relation is made of."""
        self.relations.pop(relation.oid, None)
        self.relations[relation.oid] = relation
        while len(self.relations) > KNOWN:
            self.relations.pop(next(iter(self.relations)))

    def change(self, spec: QuerySpec) -> None:
        """Make it another query, to be undone as one change."""
        mark, self.spec = self.spec, spec
        self.changed_since(mark)

    def changed_since(self, mark: QuerySpec) -> None:
        """All that was done to `spec` since it was that is one change."""
        if mark != self.spec:
            self._before = [*self._before[-UNDOABLE + 1 :], mark]
            self._after = []

    def undo(self) -> bool:
        """Take the last change back; False if there is none."""
        if self._before:
            self._after.append(self.spec)
            self.spec = self._before.pop()
            return True
        return False

    def redo(self) -> bool:
        """Take an undo back; False if there is none."""
        if self._after:
            self._before.append(self.spec)
            self.spec = self._after.pop()
            return True
        return False

    @property
    def unknown(self) -> list[int]:
        """The relations whose columns have to be asked for."""
        return [source.oid for source in changes.sources(self.spec) if source.oid not in self.relations]

    # -- what keys do ------------------------------------------------------------------------------

    def part(self, place: Place) -> Condition | Group | None:
        """The condition or group of a line."""
        if place.section is not Section.WHERE or not place.path:
            return None
        try:
            return tree.part_at(self.spec.where, place.path)
        except IndexError:
            return None

    def condition(self, place: Place) -> Condition | None:
        """The condition of a line."""
        part = self.part(place)
        return part if isinstance(part, Condition) else None

    def add_outputs(self, outputs: Sequence[Output]) -> Place:
        """Add these behind the others, each unless it is there already."""
        fresh = [output for output in outputs if output not in self.spec.outputs]
        self.change(changes.with_outputs(self.spec, (*self.spec.outputs, *fresh)))
        return Place(Section.COLUMNS, (max(0, len(self.spec.outputs) - 1),))

    def add_join(self, join: Join) -> Place:
        """Read another relation too."""
        self.change(changes.settled(replace(self.spec, joins=(*self.spec.joins, join))))
        return Place(Section.JOINS, (len(self.spec.joins) - 1,))

    def add_order(self, keys: Sequence[SortKey | OutputOrder]) -> Place:
        """Sort by these too, behind the others, each unless that is done already."""
        self.change(changes.sorted_too(self.spec, keys))
        return Place(Section.ORDER, (changes.place_of_key(self.spec, keys[-1]),))

    def replace_output(self, place: Place, output: Output) -> Place:
        """Put another output there."""
        self.change(changes.with_output(self.spec, place.path[0], output))
        return place

    def replace_part(self, place: Place, part: Condition | Group) -> Place:
        """Put another condition there."""
        self.change(changes.with_where(self.spec, tree.replaced(self.spec.where, place.path, part)))
        return place

    def insertion(self, place: Place) -> tuple[int, ...]:
        """Where a condition is to go that is added on a line: behind it, in a group at its end."""
        part = self.part(place)
        if isinstance(part, Group):
            return (*place.path, len(part.parts))
        if part is not None:
            return (*place.path[:-1], place.path[-1] + 1)
        return (len(self.spec.where),)

    def toggle(self, place: Place) -> Place:
        """Change what there is a choice of two about.

        Raises:
            Refused: There is none.
        """
        spec, number = self.spec, place.path[0] if place.path else -1
        if place.section is Section.DISTINCT:
            self.change(changes.settled(replace(spec, distinct=not spec.distinct)))
        elif place.section is Section.JOINS and number >= 0:
            join = replace(spec.joins[number], outer=not spec.joins[number].outer)
            self.change(replace(spec, joins=(*spec.joins[:number], join, *spec.joins[number + 1 :])))
        elif place.section is Section.ORDER and number >= 0:
            self._replace_order(
                number, replace(spec.order[number], descending=not spec.order[number].descending)
            )
        elif isinstance(group := self.part(place), Group):
            self.replace_part(place, replace(group, either=not group.either))
        else:
            raise Refused("there is nothing to change about this line")
        return place

    def either(self, place: Place) -> Place:
        """Have any of a group's conditions be enough, or need all; on a condition, of its group's.

        Raises:
            Refused: There is no group.
        """
        around = place if isinstance(self.part(place), Group) else place._replace(path=place.path[:-1])
        if self.part(around) is None:
            raise Refused("all of these must hold: > puts one into a group with the one above")
        self.toggle(around._replace(value=-1))
        return place

    def nulls(self, place: Place) -> Place:
        """Have NULLs where they come by themselves, first, last."""
        if place.section is not Section.ORDER or not place.path:
            raise Refused("only an order has NULLs first or last")
        key = self.spec.order[place.path[0]]
        following = {None: True, True: False, False: None}
        self._replace_order(place.path[0], replace(key, nulls_first=following[key.nulls_first]))
        return place

    def _replace_order(self, number: int, key: SortKey | OutputOrder) -> None:
        order = self.spec.order
        self.change(replace(self.spec, order=(*order[:number], key, *order[number + 1 :])))

    def negate(self, place: Place) -> Place:
        """Have a condition or a group hold where it did not.

        Raises:
            Refused: It is none.
        """
        part = self.part(place)
        if part is None:
            raise Refused("only a condition can be turned round")
        return self.replace_part(place, tree.negated(part))._replace(value=-1)

    def indent(self, place: Place, inward: bool) -> Place:
        """Put a condition into a group with the one above it, or out of its group.

        Raises:
            Refused: It is none, or in no group.
        """
        if self.part(place) is None:
            raise Refused("only conditions go into groups")
        if not inward and len(place.path) < 2:
            raise Refused("it is in no group")
        where, path = (tree.indented if inward else tree.outdented)(self.spec.where, place.path)
        self.change(replace(self.spec, where=where))
        return Place(Section.WHERE, path)

    def move(self, place: Place, by: int) -> Place:
        """Take an output, a sort key or a condition past its neighbour.

        Raises:
            Refused: It has no place among others.
        """
        spec = self.spec
        if self.part(place) is not None:
            where, path = tree.moved(spec.where, place.path, by)
            self.change(replace(spec, where=where))
            return Place(Section.WHERE, path)
        if place.section not in (Section.COLUMNS, Section.ORDER) or not place.path:
            raise Refused("only columns, conditions and sort keys have an order")
        number, there = place.path[0], place.path[0] + (1 if by > 0 else -1)
        listed: list[object] = list(spec.outputs if place.section is Section.COLUMNS else spec.order)
        if not 0 <= there < len(listed):
            return place
        listed[number], listed[there] = listed[there], listed[number]
        if place.section is Section.COLUMNS:
            self.change(changes.with_outputs(spec, tuple(listed)))  # type: ignore[arg-type]
        else:
            self.change(replace(spec, order=tuple(listed)))  # type: ignore[arg-type]
        return place._replace(path=(there,))

    def remove(self, place: Place) -> Place:
        """Take away what a line shows; the cursor goes to what comes in its place.

        Raises:
            Refused: A query has to have it.
        """
        spec, number = self.spec, place.path[0] if place.path else -1
        part = self.part(place)
        if isinstance(part, Condition) and place.value >= 0:
            if operator(part.operator).takes != MANY:
                raise Refused(f"{part.operator} takes two values: x on its own line takes all of it away")
            values = part.values[: place.value] + part.values[place.value + 1 :]
            self.replace_part(place, replace(part, values=values))
        elif part is not None:
            self.change(changes.with_where(spec, tree.removed(spec.where, place.path)))
        elif place.section is Section.COLUMNS and number >= 0:
            self.change(changes.with_outputs(spec, spec.outputs[:number] + spec.outputs[number + 1 :]))
        elif place.section is Section.JOINS and number >= 0:
            self.change(changes.without_source(spec, spec.joins[number].source.alias))
        elif place.section is Section.ORDER and number >= 0:
            self.change(replace(spec, order=spec.order[:number] + spec.order[number + 1 :]))
        elif place.section is Section.LIMIT and spec.limit:
            self.change(replace(spec, limit=0))
        elif place.section is Section.DISTINCT and spec.distinct:
            return self.toggle(place)
        else:
            raise Refused("there is nothing to take away here")
        return place
