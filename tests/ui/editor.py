"""What tests do with the editor and see of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual import events

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.widgets.editor_pane import EditorPane
from pgmem_tui.ui.widgets.sql_area import SqlArea
from tests.ui.program import Program, program


class Editor:
    """The editor of a program, focused."""

    def __init__(self, shown: Program) -> None:
        self.shown = shown
        self.pane: EditorPane = shown.browse.statements.editing.pane

    @property
    def area(self) -> SqlArea:
        return self.pane.area

    @property
    def text(self) -> str:
        return self.area.text

    @property
    def caret(self) -> tuple[int, int]:
        return self.area.selection.end

    async def type(self, text: str) -> None:
        """Type a text, letter by letter, as a terminal sends it."""
        names = {"\n": "enter", "\t": "tab"}
        await self.shown.press(*[names.get(character, character) for character in text])

    async def paste(self, text: str) -> None:
        """Paste a text, and wait until it is there."""
        wanted = self.area.sql.length + len(text) - len(self.area.selected_text)
        self.shown.app.post_message(events.Paste(text))
        await self.shown.until(lambda: self.area.sql.length == wanted)

    async def has(self, text: str, caret: tuple[int, int] | None = None) -> None:
        """Wait until the text is that, and the caret there."""
        await self.shown.until(lambda: self.text == text and caret in (None, self.caret))

    @property
    def choices(self) -> list[str]:
        """The labels in the list of completions; none while it is hidden."""
        popup = self.pane.popup
        return [item.label for item in popup.items] if popup.display else []


@asynccontextmanager
async def editor(
    settings: ConnectionSettings,
    *,
    command: str = "SELECT 1 AS one",
    size: tuple[int, int] = (100, 30),
    writable: bool = False,
    history: bool = False,
) -> AsyncIterator[Editor]:
    """The program with its editor open, and the focus in it."""
    async with program(settings, command=command, size=size, writable=writable, history=history) as shown:
        await shown.shows(" row 1 of ")
        await shown.press("e")
        opened = Editor(shown)
        await shown.until(lambda: opened.area.is_mounted and opened.area.has_focus)
        yield opened
