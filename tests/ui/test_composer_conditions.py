"""Conditions in the composer: on aggregates, found by other words, with what becomes of NULLs."""

from __future__ import annotations

import pytest
from textual.binding import Binding

from pgmem_tui.paging import requests as rq
from pgmem_tui.postgres.operators import operators_for
from pgmem_tui.postgres.query_spec import Condition, Group
from pgmem_tui.postgres.relation import Column
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui import query_choices as choices
from pgmem_tui.ui.actions import key_help
from pgmem_tui.ui.query_draft import Place, Section
from pgmem_tui.ui.screens.choose import ChooseScreen
from pgmem_tui.ui.screens.composer import ComposerScreen
from pgmem_tui.ui.screens.help import HelpScreen
from pgmem_tui.ui.widgets.choice_list import ChoiceList
from pgmem_tui.ui.widgets.composer_list import ComposerList
from tests.ui.program import FIRST, program
from tests.ui.test_composer import back, composer, row, rows

TEXT = Column("note", "text", 25, category="S")
TAGS = Column("tags", "text[]", 1009, category="A")
NUMBER = Column("id", "bigint", 20, 8, category="N", not_null=True)


async def test_a_condition_on_an_aggregate(place: ConnectionSettings) -> None:
    expected = rows(
        place,
        "SELECT country, count(*) FROM users WHERE id > 13 GROUP BY 1 HAVING count(*) <= 109 ORDER BY 1",
    )
    every = rows(place, "SELECT country FROM users WHERE id > 13 GROUP BY country")
    assert 0 < len(expected) < len(every), "it leaves some out"
    many = Condition("", "109", operator="<=", aggregate="count")
    async with program(place, table="users") as shown:
        screen = await composer(shown)
        await shown.press("c", " ", *"country", "tab", *"count(", "enter", "w", " ", *"count(")
        await shown.shows("HAVING · bigint")
        await shown.press("enter", *"<=", "enter", *"109x")
        await shown.shows('invalid input syntax for type bigint: "109x"', "HAVING ")
        await shown.press("backspace")
        await shown.shows("bigint · ctrl+n NULL", "cost")
        await shown.press("enter", "a", *"id", "enter", ">", "enter", *"13", "enter")
        await shown.shows("count(*) <= 109", "WHERE ", "HAVING count(*) <= 109")
        where = many, Condition("id", "13", operator=">")
        await shown.until(lambda: screen.draft.spec.where == where)
        await shown.press("v", "v")
        await shown.shows("sql.SQL('HAVING pg_catalog.count(*)")
        await shown.press("v")
        await shown.shows("HAVING count(*) <= '109'")
        await shown.press("v", "u", "u")
        await shown.until(lambda: screen.draft.spec.where == () and "HAVING" not in shown.text)
        await shown.press("ctrl+y", "ctrl+y")
        await shown.shows("HAVING")
        await shown.press("c", "c", " ", "escape", "o", "enter", *"country", "enter", "r")
        await back(shown)
        await shown.shows("count(*) <= 109 ×", "id > 13 ×", FIRST)
        await shown.press("G")
        await shown.until(lambda: row(shown, len(expected) - 1) is not None)
        found = [row(shown, number) for number in range(len(expected))]
        assert found == [tuple(None if v is None else str(v) for v in line) for line in expected]
        await shown.press("c")
        await shown.shows("count(*) <= 109", "HAVING · bigint")
        await shown.press("c", "c", "x", "x", "r")
        await shown.shows("groups of rows have no columns but those chosen: choose some")


async def test_conditions_of_both_kinds_in_one_group(place: ConnectionSettings) -> None:
    async with program(place, table="users") as shown:
        screen = await composer(shown)
        await shown.press("c", " ", *"country", "tab", *"count(", "enter")
        await shown.press("w", " ", *"count(", "enter", ">", "enter", *"9", "enter")
        await shown.press("a", *"name", "enter", "enter", "x", "enter", ">")
        await shown.shows("any of: name is of rows, count(*) of groups of them")
        await shown.press("r")
        await shown.until(lambda: shown.app.screen is screen)
        await shown.press("|")
        await shown.shows("all of", "WHERE ", "HAVING ", "cost")
        (group,) = screen.draft.spec.where
        assert isinstance(group, Group) and not group.either


@pytest.mark.parametrize(
    ("column", "typed", "first"),
    [
        (TAGS, "any", "has the element  (array)"),
        (TAGS, "= any", "has the element  (array)"),
        (TAGS, "array", "has the element  (array)"),
        (TAGS, "contains", "@>  contains"),
        (TEXT, "any", "in"),
        (TEXT, "list", "in"),
        (TEXT, "in", "in"),
        (TEXT, "not in", "not in"),
        (TEXT, "like", "like"),
        (TEXT, "contains", "like"),
        (TEXT, "regex", "~"),
        (TEXT, "null", "is null"),
        (TEXT, "distinct", "is distinct from"),
        (NUMBER, "between", "between"),
        (NUMBER, "<", "<"),
        (NUMBER, "=", "="),
    ],
)
def test_an_operator_is_found_by_what_else_it_is_called(column: Column, typed: str, first: str) -> None:
    listed = ChoiceList(choices.operators(column).choices)
    listed.typed.insert(typed)
    assert first in [listed.choices.name(number) for number in listed._names.find(typed, 1)]


def test_what_becomes_of_nulls_is_said() -> None:
    offer = choices.operators(TEXT).choices
    notes = {offer.name(number): offer.note(number) for number in range(offer.count)}
    assert "NULLs left out" in notes["<>"] and "NULLs kept" in notes["is distinct from"]
    assert all("NULLs kept" in notes[name] for name in ("not in", "not like", "not between"))
    assert "NULL" not in notes["="] + notes["is not null"]
    sure = choices.operators(NUMBER).choices
    assert not any("NULL" in sure.note(number) for number in range(sure.count)), "it has none"
    assert len(operators_for(TEXT)) < offer.count


async def test_unlike_with_and_without_nulls(place: ConnectionSettings) -> None:
    ((without, all_others),) = rows(
        place,
        "SELECT count(*) FILTER (WHERE country <> 'DE'),"
        " count(*) FILTER (WHERE country IS DISTINCT FROM 'DE') FROM events",
    )
    assert without != all_others
    async with program(place, table="events") as shown:
        await composer(shown)
        await shown.press("w", " ", *"country", "enter", *"<>")
        await shown.shows("not equal · NULLs left out", "<> · NULLs kept")
        await shown.press("enter", *"DE", "enter")
        await shown.shows("country <> 'DE'", "NULLs left out")
        await shown.press("right")
        await shown.shows("country is distinct from 'DE'", "NULLs kept")
        await shown.press("r")
        await back(shown)
        await shown.shows("country IS NOT DE ×", FIRST)
        target = shown.browse.browsing.target
        assert isinstance(target, rq.KnownRelation)
        assert target.conditions == (Condition("country", "DE", keep=False),)
        await shown.press("G")
        await shown.shows(f"row {all_others:,} of {all_others:,}")


async def test_a_column_against_a_column(place: ConnectionSettings) -> None:
    ((fewer,),) = rows(
        place, "SELECT count(*) FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id < u.id"
    )
    async with program(place, table="orders") as shown:
        screen = await composer(shown)
        await shown.press("f", "enter")
        await shown.shows("users on orders.user_id = users.id")
        await shown.press("enter")
        await shown.until(lambda: screen.draft.spec.joins and not screen.draft.unknown)
        await shown.press("w", " ", *"orders.id", "enter", *"column")
        await shown.shows("of this or another table")
        await shown.press("enter")
        await shown.shows("id compared with")
        await shown.press(*"users.id", "enter")
        await shown.shows("orders.id = users.id")
        await shown.press("=", "<", "enter")
        await shown.shows("orders.id < users.id")
        assert screen.parts.place == Place(Section.WHERE, (0,))
        await shown.press("!")
        await shown.shows("NOT orders.id < users.id")
        await shown.press("u", "r")
        await back(shown)
        await shown.shows("id < users.id ×", FIRST)
        await shown.press("G")
        await shown.shows(f"of {fewer:,}")
        await shown.press("c")
        await shown.shows("orders.id < users.id")
        await shown.press("w", "w", " ", *"a value", "enter", " ", "7", "enter")
        await shown.shows("orders.id = 7")
        await shown.press("u", "u", "f", "f", "x")
        await shown.until(lambda: "orders.id" not in shown.text and "users" not in shown.text)


async def test_another_condition_is_added_and_stands_under_the_cursor(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        screen = await composer(shown)
        await shown.press("w", " ", *"kind", "enter", "enter", *"buy", "enter", "t", "w", " ")
        await shown.until(lambda: isinstance(shown.app.screen, ChooseScreen))
        await shown.press(*"country", "enter", *"in", "enter", *"DE", "enter", *"FR", "enter", "enter")
        await shown.until(lambda: len(screen.draft.spec.where) == 2)
        await shown.until(lambda: screen.parts.field is None)
        assert screen.parts.place == Place(Section.WHERE, (1,))
        await shown.press(">", "a", *"id", "enter", *"in", "enter", "1", "enter", "enter")
        await shown.until(lambda: screen.parts.place == Place(Section.WHERE, (0, 2)))
        await shown.press("w", "w")
        await shown.until(lambda: screen.parts.place == Place(Section.WHERE, (0,)))
        await shown.press("w")
        await shown.until(lambda: screen.parts.place == Place(Section.WHERE, adds=True))


async def test_every_key_of_the_composer_is_in_its_help_and_works(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        screen = await composer(shown)
        groups = [(title, keys) for title, keys in key_help(shown.app, screen) if title != "Program"]
        told = {(key, entry.action) for _, keys in groups for entry in keys for key in entry.keys.split(", ")}
        own = Binding.make_bindings([*ComposerList.BINDINGS, *ComposerScreen.BINDINGS])
        assert {(shown.app.get_key_display(one), one.action) for one in own} <= told
        reached: dict[str, Binding] = {}
        for _, bindings in screen._modal_binding_chain:
            for key, several in bindings.key_to_bindings.items():
                reached.setdefault(key, several[0])
        assert told <= {(shown.app.get_key_display(one), one.action) for one in reached.values()}
        (program_keys,) = [keys for title, keys in key_help(shown.app, screen) if title == "Program"]
        working = [one.action for one in shown.app.BINDINGS if isinstance(one, Binding) and one.priority]
        assert [entry.action for entry in program_keys if entry.keys] == working
        await shown.press("?")
        await shown.until(lambda: isinstance(shown.app.screen, HelpScreen))
        help_screen = shown.app.screen
        assert isinstance(help_screen, HelpScreen)
        told_there = {title for title, _ in help_screen._groups}
        told_there |= {entry.description for _, keys in help_screen._groups for entry in keys}
        assert told_there >= {"edit as SQL", "While one types", "leave what was there"}
