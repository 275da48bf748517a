"""Completion as one types, on the demo's tables."""

from __future__ import annotations

from pgmem_tui.paging.completing import Completed
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.ui.editor import editor


async def test_tables_after_from_as_one_types(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.type("SELECT * FROM us")
        await edited.shown.until(lambda: edited.choices[:1] == ["users"])
        await edited.shown.press("enter")
        await edited.has("SELECT * FROM users", (0, 19))
        assert not edited.choices


async def test_columns_after_a_dot_chosen_by_arrows(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.type("SELECT u. FROM users u")
        await edited.shown.press(*["left"] * len(" FROM users u"), "backspace", ".")
        await edited.shown.until(lambda: "email" in edited.choices)
        wanted = edited.choices.index("email")
        await edited.shown.press(*["down"] * wanted, "tab")
        await edited.has("SELECT u.email FROM users u", (0, 14))


async def test_names_are_quoted_where_they_must_be(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.type('SELECT * FROM "odd ""schema""".Mixed')
        await edited.shown.until(lambda: "MixedCase" in edited.choices)
        wanted = edited.choices.index("MixedCase")
        await edited.shown.press(*["down"] * wanted, "enter")
        await edited.has('SELECT * FROM "odd ""schema"""."MixedCase"')


async def test_escape_closes_the_list_and_leaves_the_editor_only_then(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.type("SELECT * FROM us")
        await shown.until(lambda: edited.choices)
        await shown.press("escape")
        await shown.until(lambda: not edited.choices)
        assert edited.area.has_focus
        await shown.press("escape")
        await shown.until(lambda: shown.browse.grid.has_focus)


async def test_more_letters_narrow_the_list_and_enter_is_a_new_line_behind_a_whole_name(
    place: ConnectionSettings,
) -> None:
    async with editor(place) as edited:
        await edited.type("SELECT * FROM us")
        await edited.shown.until(lambda: edited.choices)
        await edited.type("ers")
        await edited.shown.until(lambda: edited.choices[:1] == ["users"])
        await edited.shown.press("enter")
        await edited.has("SELECT * FROM users\n")
        assert not edited.choices


async def test_nothing_is_offered_in_strings_and_comments(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.type("SELECT 'us")
        await edited.shown.press("ctrl+space")
        await edited.shown.shows("nothing to complete inside a string or a comment")
        assert not edited.choices


async def test_tab_behind_a_letter_completes_and_indents_elsewhere(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.type("\tSELECT * FROM u\t")
        await edited.shown.until(lambda: "users" in edited.choices)
        assert edited.text == "    SELECT * FROM u"


async def test_an_answer_to_what_was_typed_elsewhere_is_dropped(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        completing = shown.browse.statements.editing._completing
        await edited.paste("SELECT * FROM us")
        await shown.press("ctrl+space")
        await shown.until(lambda: "users" in edited.choices)
        late = Completed(completing._asked, 14, 16, tuple(completing._all))
        await shown.press("ctrl+t")
        await edited.has("")
        assert not edited.choices
        await edited.paste("SELECT * FROM us")
        assert completing.handle(late)
        await shown.pilot.pause(0)
        assert not edited.choices
        await shown.press("ctrl+space")
        await shown.until(lambda: "users" in edited.choices)


async def test_the_list_goes_with_the_keys_and_with_the_room(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT * FROM us")
        await shown.press("ctrl+space")
        await shown.until(lambda: edited.choices)
        await shown.pilot.click(shown.browse.grid, offset=(30, 8))
        await shown.until(lambda: not edited.area.has_focus and not edited.choices)
        await shown.press("e", "ctrl+space")
        await shown.until(lambda: edited.choices)
        await shown.pilot.resize_terminal(50, 12)
        await shown.until(lambda: not edited.choices)
        await shown.pilot.resize_terminal(100, 30)
        await shown.shows("SELECT * FROM us")
        assert not edited.choices


async def test_a_caret_that_wanders_inside_the_word_closes_the_list(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("select * from eventsX where id=1")
        await shown.press("home", *["right"] * len("select * from e"), "ctrl+space")
        await shown.until(lambda: "events" in edited.choices)
        await shown.press("right")
        await shown.until(lambda: not edited.choices)
        await shown.press("left", "ctrl+space")
        await shown.until(lambda: "events" in edited.choices)
        await shown.press("left")
        await shown.until(lambda: not edited.choices)
        await shown.press("right", "ctrl+space")
        await shown.until(lambda: "events" in edited.choices)
        await shown.press(*["down"] * edited.choices.index("events"), "tab")
        await edited.has("select * from events where id=1")
