"""Texts of the editor outlive it; statements come back from the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgmem_tui.history.drafts import Draft
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.draft_keeping import DraftKeeping
from pgmem_tui.ui.widgets.editor_tabs import MOST_TABS
from tests.ui.editor import editor


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The platform's folder for data, of this test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


async def test_tabs_are_there_again(place: ConnectionSettings) -> None:
    async with editor(place, history=True) as edited:
        await edited.type("SELECT 'kept'")
        await edited.shown.press("ctrl+t", *"two")
        await edited.has("two")
    async with editor(place, history=True) as edited:
        await edited.has("two", (0, 3))  # where one was
        await edited.shown.press("ctrl+n")
        await edited.has("SELECT 'kept'", (0, 13))
    async with editor(place, history=True) as edited:
        await edited.has("SELECT 'kept'", (0, 13))
        assert [tab.name for tab in edited.pane.tabs.listed] == ["query 1", "query 2"]


async def test_a_text_is_kept_that_was_left_before_older_ones_came(
    place: ConnectionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk may take longer than a person who types and leaves."""
    async with editor(place, history=True) as edited:
        await edited.type("-- old")
        await edited.has("-- old")
    with monkeypatch.context() as slow:
        slow.setattr(DraftKeeping, "_arrived", lambda keeping, drafts: None)
        async with editor(place, history=True) as edited:
            await edited.type("-- new")
            await edited.has("-- new")
    async with editor(place, history=True) as edited:
        await edited.has("-- new")
        await edited.shown.press("alt+1")
        await edited.has("-- old")


async def test_a_text_with_a_password_is_not_written_and_a_word_says_so(
    place: ConnectionSettings, data: Path
) -> None:
    async with editor(place, history=True) as edited:
        await edited.paste("SELECT 'harmless';\nALTER ROLE ann PASSWORD 'sesame'")
        await edited.shown.shows("it carries a password")
    files = [path.read_bytes() for path in data.rglob("*") if path.is_file()]
    assert any(b"harmless" in content for content in files)
    assert not any(b"sesame" in content for content in files)


async def test_a_statement_of_the_history_is_put_at_the_caret(place: ConnectionSettings) -> None:
    async with editor(place, history=True) as edited:
        shown = edited.shown
        await edited.paste("SELECT 'from before' AS a")
        await shown.press("ctrl+j")
        await shown.shows("  1 from before")
        await shown.press("ctrl+t", *"-- ", "ctrl+r")
        await shown.shows("this database")
        await shown.shows("SELECT 'from before' AS a")
        await shown.press("enter")
        await edited.has("-- SELECT 'from before' AS a")
        assert edited.area.has_focus


async def test_every_text_that_was_left_gets_a_tab_whatever_was_opened_meanwhile(
    place: ConnectionSettings,
) -> None:
    async with editor(place) as edited:
        await edited.type("typed meanwhile")
        await edited.has("typed meanwhile")
        left = [Draft(f"left {number}", f"SELECT {number}") for number in range(MOST_TABS)]
        edited.shown.browse.statements.editing._drafts._arrived(left)
        texts = [tab.buffer.document.text for tab in edited.pane.tabs.listed]
        assert texts == ["typed meanwhile", *(draft.text for draft in left)]
        await edited.shown.press("ctrl+t")
        await edited.shown.shows(f"there are {MOST_TABS} tabs already")


async def test_what_was_deleted_from_a_tab_can_be_undone_after_another_text_came(
    place: ConnectionSettings,
) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT 'precious'")
        await shown.press("ctrl+a", "delete")
        await edited.has("")
        shown.browse.statements.edit("SELECT 'composed'")
        await edited.has("SELECT 'composed'")
        await shown.press("alt+1", "ctrl+z")
        await edited.has("SELECT 'precious'")
