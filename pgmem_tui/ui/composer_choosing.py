"""What is chosen from lists while one composes: tables, joins, columns, operators, aggregates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pgmem_tui.display.text import one_line
from pgmem_tui.display.tree_model import Entry
from pgmem_tui.paging.composing import JoinChoice
from pgmem_tui.postgres.operators import operator
from pgmem_tui.postgres.query_spec import Condition, Source
from pgmem_tui.ui import condition_tree as tree
from pgmem_tui.ui import query_changes as changes
from pgmem_tui.ui import query_choices as choices
from pgmem_tui.ui.composer_questions import ComposerQuestions
from pgmem_tui.ui.query_draft import Place, QueryDraft, Section
from pgmem_tui.ui.query_fields import next_value, takes_values, with_operator
from pgmem_tui.ui.widgets.choice_list import Choices
from pgmem_tui.ui.widgets.composer_list import ComposerList

Ask = Callable[[Choices, Callable[[list[int]], None]], None]
"""Shows choices; calls back with the numbers of those taken, if any were."""


@dataclass(frozen=True)
class ComposerHands:
    """What the composer needs of the program."""

    tables: Callable[[], Sequence[Entry]]
    """The relations that there are."""
    another: Callable[[Entry], QueryDraft]
    """What there is of a query over another relation."""
    run: Callable[[QueryDraft, str], None]
    """Opens the rows; is told the SQL."""
    left: Callable[[QueryDraft], None]
    """A draft was left without running."""
    edit: Callable[[str], None]
    """Edits a text as SQL."""
    no_tables: Callable[[], str] = lambda: "the list of tables is not there yet"
    """Why there are no relations, if there are none."""


class Choosing:
    """Offers what fits a line, and puts what is taken into the draft."""

    def __init__(
        self,
        parts: ComposerList,
        questions: ComposerQuestions,
        hands: ComposerHands,
        ask: Ask,
        say: Callable[[str], None],
    ) -> None:
        """Nothing is offered yet."""
        self._list, self._questions, self._hands, self._ask, self._say = parts, questions, hands, ask, say

    @property
    def _draft(self) -> QueryDraft:
        return self._list.draft

    def choose(self, place: Place, turn: int = 0) -> None:
        """Offer what fits a line; with `turn`, take the next of it or the one before."""
        self._questions.forget_joins()
        condition = self._draft.condition(place)
        if place.section is Section.TABLE:
            self.table()
        elif not self._known():
            self._say(self._why_unknown())
        elif place.section is Section.JOINS:
            self._say("asking for the foreign keys …")
            asked = changes.sources(self._draft.spec)
            self._questions.joins(asked, lambda found: self._joins(asked, found))
        elif place.section is Section.COLUMNS and place.path and not place.adds:
            self._aggregate(place, turn)
        elif place.section is Section.COLUMNS:
            self._add_outputs()
        elif place.section is Section.ORDER:
            self._add_order()
        elif condition is not None and not place.adds:
            self._operator(place, condition, turn)
        elif place.section is Section.WHERE:
            self._add_condition(place)

    def _known(self) -> bool:
        return bool(self._draft.spec.source.oid) and not self._draft.unknown

    def _why_unknown(self) -> str:
        if not self._draft.spec.source.oid:
            return "choose a table first (t)"
        trouble = self._questions.trouble
        return one_line(trouble.message) if trouble is not None else "the columns are on their way …"

    # -- tables and joins --------------------------------------------------------------------------

    def table(self) -> None:
        """Compose over another table."""
        entries = self._hands.tables()

        def taken(numbers: list[int]) -> None:
            entry = entries[numbers[0]]
            if entry.oid != self._draft.spec.source.oid:
                self._hands.left(self._draft)
                self._list.show(self._hands.another(entry), Place(Section.TABLE))

        self._ask(choices.tables(entries, self._hands.no_tables()), taken)

    def _joins(self, asked: tuple[Source, ...], found: tuple[JoinChoice, ...]) -> None:
        self._say("")
        parts = self._list
        here = parts.screen.is_current and parts.has_focus and parts.field is None
        if not here or parts.place.section is not Section.JOINS:
            return  # it would open over something else, and take its keys
        if asked != changes.sources(self._draft.spec):
            return
        offer = choices.joins(found, self._draft.spec.joins)
        self._ask(offer.choices, lambda numbers: self._go(self._draft.add_join(offer.taken(numbers)[0])))

    # -- columns and order -------------------------------------------------------------------------

    def _add_outputs(self) -> None:
        offer = choices.outputs(self._draft)
        self._ask(offer.choices, lambda numbers: self._go(self._draft.add_outputs(offer.taken(numbers))))

    def _aggregate(self, place: Place, turn: int) -> None:
        output = self._draft.spec.outputs[place.path[0]]
        offer = choices.aggregates(self._draft, output)
        if turn:
            self._go(self._draft.replace_output(place, choices.turned(offer, output, turn)))
            return
        self._ask(
            offer.choices,
            lambda numbers: self._go(self._draft.replace_output(place, offer.taken(numbers)[0])),
        )

    def _add_order(self) -> None:
        offer = choices.order(self._draft)
        self._ask(offer.choices, lambda numbers: self._go(self._draft.add_order(offer.taken(numbers))))

    # -- conditions --------------------------------------------------------------------------------

    def _add_condition(self, place: Place) -> None:
        path = self._draft.insertion(place._replace(adds=False))
        offer = choices.conditions(self._draft)

        def column_taken(numbers: list[int]) -> None:
            (fresh,) = offer.taken(numbers[:1])
            if operators := self._operators(fresh):
                self._ask(
                    operators.choices,
                    lambda places: self._compare(
                        fresh, operators.taken(places)[0], lambda condition: self._begin(path, condition)
                    ),
                )

        self._ask(offer.choices, column_taken)

    def _begin(self, path: tree.Path, condition: Condition) -> None:
        draft, mark = self._draft, self._draft.spec
        draft.spec = replace(mark, where=tree.inserted(mark.where, path, condition))
        place = Place(Section.WHERE, path)
        if takes_values(condition):
            self._list.begin(next_value(draft, place, mark))
        else:
            draft.changed_since(mark)
            self._go(place)

    def _operator(self, place: Place, condition: Condition, turn: int) -> None:
        offer = self._operators(condition, turn)
        if offer is None:
            self._say("there is no such column any longer")
            return

        def put(changed: Condition) -> None:
            self._go(self._draft.replace_part(place._replace(value=-1), changed))

        if turn:
            now = choices.How(
                operator("is null" if condition.is_null else condition.operator), condition.keep
            )
            self._compare(condition, choices.turned(offer, now, turn), put)
        else:
            self._ask(offer.choices, lambda numbers: self._compare(condition, offer.taken(numbers)[0], put))

    def _operators(self, condition: Condition, turn: int = 0) -> choices.Offer[choices.How] | None:
        column = changes.subject(self._draft.spec, self._draft.relations, condition)
        if column is None:
            return None
        others = not turn and choices.others(self._draft, condition).choices.count > 0
        return choices.operators(column, others, not turn and condition.other is not None)

    def _compare(self, condition: Condition, how: choices.How, then: Callable[[Condition], None]) -> None:
        """Compare otherwise; with a column once that is chosen too."""
        changed = with_operator(condition, how.operator, how.keep)
        if how.column:
            offer = choices.others(self._draft, condition)
            self._ask(
                offer.choices,
                lambda numbers: then(replace(changed, value=None, other=offer.taken(numbers)[0])),
            )
        else:
            then(changed if how.column is None else replace(changed, value="", other=None))

    def _go(self, place: Place) -> None:
        self._list.changed(place)
