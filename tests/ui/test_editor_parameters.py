"""Parameters of what is run from the editor: asked for, typed, bound."""

from __future__ import annotations

import threading

import pytest
from textual import events
from textual.widgets import Input

from pgmem_tui.language.parameters import names
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.parameter_asking import AT_ONCE
from pgmem_tui.ui.screens.help import HelpScreen
from pgmem_tui.ui.screens.parameters import ParametersScreen
from tests.ui.editor import Editor, editor


async def asked(edited: Editor) -> ParametersScreen:
    """Wait until values are asked for."""
    screen = await edited.shown.screen(ParametersScreen)
    await edited.shown.until(lambda: screen.focused)
    return screen


async def test_values_are_asked_for_with_their_types_and_remembered(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT id, :'word' AS said FROM users WHERE id = :id AND name <> :other")
        await shown.press("ctrl+j")
        await asked(edited)
        await shown.shows("word", "text", "id", "integer", "other")
        await shown.press(*"it's; --", "enter", *"7", "enter", *"x", "enter")
        await shown.until(lambda: edited.area.has_focus)
        await shown.shows("row 1 of 1", "7  it's; --")
        await shown.press("ctrl+j")
        screen = await asked(edited)
        assert [box.value for box in screen.query(Input)] == ["it's; --", "7", "x"]
        await shown.press("escape")
        await shown.until(lambda: edited.area.has_focus)


async def test_null_is_a_value(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT :a::text IS NULL AS nothing, :b::text IS NULL AS empty")
        await shown.press("ctrl+j")
        await asked(edited)
        await shown.press("ctrl+n")
        await shown.shows("NULL")
        await shown.press("ctrl+j")
        await shown.until(lambda: edited.area.has_focus)
        await shown.shows("  1 t        f")


async def test_a_name_is_a_parameter_too(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste('SELECT count(*) AS found FROM :"table"')
        await shown.press("ctrl+j")
        await asked(edited)
        await shown.press(*"users", "enter")
        await shown.shows("  1     1000")


async def test_a_value_of_another_type_is_the_server_s_to_refuse(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT 1;\nSELECT id FROM users WHERE id = :id")
        await shown.press("ctrl+j")
        await asked(edited)
        await shown.press(*"seven", "enter")
        await shown.shows("invalid input syntax for type integer", "Ln 2, Col 33")
        assert edited.caret == (1, 32)


async def test_no_values_are_asked_for_what_means_nothing(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.paste("SELECT 1;\nSELECT nope FROM users WHERE id = :id")
        await edited.shown.press("ctrl+j")
        await edited.shown.shows('column "nope" does not exist', "Ln 2, Col 8")
        assert edited.caret == (1, 7)


async def test_a_long_text_is_looked_through_beside_the_screen(
    place: ConnectionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def noted(text: str) -> tuple[str, ...]:
        if len(text) > AT_ONCE:
            threads.append(threading.current_thread())
        return names(text)

    monkeypatch.setattr("pgmem_tui.language.parameters.names", noted)
    async with editor(place) as edited:
        await edited.paste(f"SELECT :one /*{'x' * AT_ONCE}*/ AS a")
        await edited.shown.press("ctrl+j")
        await asked(edited)
        await edited.shown.press(*"uno", "enter")
        await edited.shown.shows("  1 uno")
        assert threads[0] is not threading.main_thread()
        assert threads[0].daemon


async def test_the_form_does_not_come_over_another_screen(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        statements = shown.browse.statements
        refused: list[str] = []
        statements.asking.ask("SELECT :one AS a", print, lambda problem: refused.append(problem.message))
        await shown.app.push_screen(HelpScreen([]))
        await shown.until(lambda: refused)
        assert refused == ["not run: something else was opened meanwhile"]
        assert isinstance(shown.app.screen, HelpScreen)


async def test_the_lines_are_all_that_has_the_keys(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT :a::text AS a, :b::text AS b")
        await shown.press("ctrl+j")
        screen = await asked(edited)
        await shown.press("up", *"last", "down", *"first", "enter")
        await shown.until(lambda: [box.value for box in screen.query(Input)] == ["first", "last"])
        assert shown.app.screen is screen
        await shown.press("enter")
        await shown.shows("  1 first  last")


async def test_several_lines_are_no_value_and_alt_keys_no_letters(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT :a::text AS a")
        await shown.press("ctrl+j")
        screen = await asked(edited)
        shown.app.post_message(events.Paste("one\ntwo"))
        await shown.shows("not pasted: a value has one line here")
        assert screen.query_one(Input).value == ""
        shown.app.post_message(events.Paste("one\n"))
        await shown.until(lambda: screen.query_one(Input).value == "one")
        shown.app.post_message(events.Key("alt+1", "¡"))
        await shown.press("enter")
        await shown.shows("  1 one")
