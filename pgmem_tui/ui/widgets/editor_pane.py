"""An editor above the rows: texts in tabs, a line to find things, and what its keys ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import TextArea

from pgmem_tui.display.text import one_line
from pgmem_tui.ui.textual_quirks import change_border_subtitle
from pgmem_tui.ui.widgets.completion_list import CompletionList
from pgmem_tui.ui.widgets.editor_tabs import MOST_TABS, Tab, TabPlace, Tabs, tab_line
from pgmem_tui.ui.widgets.find_bar import FindBar
from pgmem_tui.ui.widgets.prompt import Prompt
from pgmem_tui.ui.widgets.sql_area import SqlArea
from pgmem_tui.ui.widgets.sql_document import Buffer
from pgmem_tui.ui.widgets.text_finder import TextFinder

RENAME = "rename"


_TABS = range(1, 10)
"""Reached by alt and a digit, where the terminal has the kitty protocol: others send that as a letter."""
_BY_NUMBER = "tab 1, alt+2 tab 2 … in few terminals"


class EditorPane(Vertical):
    """Shows one of its tabs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+j,ctrl+enter,f5", "ask('run')", "run the statement here, or what is selected", show=False
        ),
        Binding("alt+j,alt+enter,f9", "ask('run all')", "run all statements", show=False),
        Binding("alt+o,f8", "ask('outcomes')", "what became of each statement that was run", show=False),
        Binding("ctrl+@,ctrl+space", "ask('complete')", "what could stand here", show=False),
        Binding("ctrl+f", "find", "find and replace", show=False),
        Binding("ctrl+l", "ask('format')", "lay the statement out", show=False),
        Binding("ctrl+r", "ask('history')", "what was run before", show=False),
        Binding("ctrl+t", "new_tab", "new tab", show=False),
        Binding("ctrl+n,ctrl+pagedown", "turn(1)", "next tab", show=False),
        Binding("ctrl+pageup", "turn(-1)", "tab before", show=False),
        Binding("alt+w,ctrl+f4", "close_tab", "close this tab", show=False),
        Binding("alt+t", "reopen_tab", "bring back the tab that was closed last", show=False),
        Binding("alt+r,f2", "rename", "name this tab", show=False),
        Binding("ctrl+g,f1", "ask('help')", "these keys", show=False),
        Binding("ctrl+o,f4", "ask('tabs')", "all tabs, to pick one by its name", show=False),
        *(Binding(f"alt+{n}", f"tab({n - 1})", _BY_NUMBER if n == 1 else "", show=False) for n in _TABS),
    ]
    HELP_TITLE = "SQL editor"
    KEYS = (
        " ctrl+j run  alt+j run all  tab complete  ctrl+f find, replace  ctrl+_ comment  ctrl+l lay out"
        "  ctrl+r history  ctrl+t new tab  ctrl+n next │ esc rows  ctrl+g keys  ctrl+q quit",
        " ctrl+j run  tab complete  ctrl+f find  ctrl+_ comment  ctrl+l lay out  ctrl+r history  ctrl+t tab"
        " │ esc rows  ctrl+g keys",
        " ctrl+j run  tab complete  ctrl+f find  ctrl+t tab │ esc rows  ctrl+g keys",
        " ctrl+j run  tab complete │ esc rows  ctrl+g keys",
    )
    """For the line at the foot of the screen."""
    DEFAULT_CSS = """
    EditorPane {
        height: 1fr;
        min-height: 6;
        border: round $surface-lighten-2;
        border-title-color: $foreground;
        border-title-style: none;
        border-subtitle-color: $text-muted;
        &:focus-within { border: round $accent; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin with one empty tab."""
        super().__init__(id=id)
        self.on_asked: Callable[[str], object] = lambda what: None
        """Does what is not the pane's own to do, by its name: `run`, `run all`, `complete`, `format`,
        `history`, `tabs`, `outcomes`, `help`, `leave`; hears that something was `typed`, `moved`, `edited`,
        `taken`, `copied`, and that one is `elsewhere`: what was listed for the caret is no longer wanted."""
        self.area = SqlArea(id="sql")
        self.popup = CompletionList(id="completion")
        self.find_bar = FindBar(id="find")
        self.tabs = Tabs(self.area.buffer)
        self._said = ""
        self._said_at = self.area.selection
        self._places: list[TabPlace] = []
        self._finder = TextFinder(self.area, self.find_bar)

    def compose(self) -> ComposeResult:
        """The text, the lines that are asked for below it, the list above all."""
        yield self.area
        yield self.find_bar
        yield Prompt(id="name")
        yield self.popup

    def on_mount(self) -> None:
        """Show where one is."""
        self._show_tabs()
        self._show_place()

    # -- tabs ------------------------------------------------------------------------------------

    @property
    def tab(self) -> Tab:
        """The one that is shown."""
        return self.tabs.shown

    def add(self, name: str, text: str, caret: int = 0, most: int = MOST_TABS) -> bool:
        """Add a tab and show it; False if there are `most`.

        One that is shown is taken first if it is empty and nothing can be undone in it.
        """
        return self._show_if(self.tabs.add(Tab(name, Buffer(text, caret)), most))

    def give(self, text: str) -> None:
        """Show a text that was made elsewhere: in the tab of the one before, if nobody has changed that."""
        self._show_if(self.tabs.give(text))

    def _show_if(self, done: bool) -> bool:
        if done:
            self._shown()
        else:
            self.say(f"there are {MOST_TABS} tabs already")
        return done

    def go(self, tab: int) -> None:
        """Show a tab."""
        if tab != self.tabs.current and 0 <= tab < len(self.tabs.listed):
            self.tabs.current = tab
            self._shown()

    def action_new_tab(self) -> None:
        """Add an empty tab."""
        self.add(self.tabs.free_name(), "")

    def action_turn(self, by: int) -> None:
        """Show the next tab, or the one before."""
        self.go((self.tabs.current + by) % len(self.tabs.listed))

    def action_tab(self, tab: int) -> None:
        """Show a tab by its number."""
        self.go(tab)

    def action_close_tab(self) -> None:
        """Close the tab that is shown; one is always left."""
        name = one_line(self.tab.name)
        kept = self.tabs.close()
        self._shown()
        if kept:
            self.say(f"closed {name} · alt+t brings it back")

    def action_reopen_tab(self) -> None:
        """Bring back the tab that was closed last."""
        if self.tabs.reopen():
            self._shown()

    def action_rename(self) -> None:
        """Ask for another name."""
        self.query_one(Prompt).ask(RENAME, "name", self.tab.name)

    @on(Prompt.Given)
    def _named(self, message: Prompt.Given) -> None:
        message.stop()
        if name := message.text.strip()[:200]:
            self.tab.name = name
        self._shown()

    @on(Prompt.Changed)
    def _naming(self, message: Prompt.Changed) -> None:
        message.stop()

    @on(Prompt.Left)
    def _not_named(self, message: Prompt.Left) -> None:
        message.stop()
        self.area.focus()

    def _shown(self) -> None:
        self.on_asked("elsewhere")
        self.area.show(self.tab.buffer)
        self.area.focus()
        self._show_tabs()
        self._show_place()
        self.on_asked("edited")

    # -- what is told ----------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Tell something in a word, until the text or the caret is another."""
        self._said, self._said_at = text, self.area.selection
        self._show_place()

    def _show_tabs(self) -> None:
        names = [tab.name for tab in self.tabs.listed]
        line, self._places = tab_line(names, self.tabs.current, max(10, self.size.width - 4))
        self.border_title = line

    def _show_place(self) -> None:
        row, column = self.area.selection.end
        place = f"Ln {row + 1:,}, Col {column + 1:,}"
        if not self.area.selection.is_empty:
            place += f" · {len(self.area.selected_text):,} selected"
        change_border_subtitle(self, f" {one_line(self._said) or place} ")

    def on_resize(self) -> None:
        """Show as many tabs as there is room for; the caret is in another place of the screen."""
        self._show_tabs()
        self.on_asked("elsewhere")

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """The keys go elsewhere."""
        if event.widget is self.area:
            self.on_asked("elsewhere")

    def on_click(self, event: events.Click) -> None:
        """Show the tab that was clicked on."""
        if event.widget is self and event.y == 0:
            for tab, start, end in self._places:
                if start <= event.x - 3 < end:
                    self.go(tab)

    @on(SqlArea.Said)
    def _area_said(self, message: SqlArea.Said) -> None:
        message.stop()
        self.say(message.text)

    @on(TextArea.Changed)
    def _changed(self, message: TextArea.Changed) -> None:
        message.stop()
        self.on_asked("edited")

    @on(TextArea.SelectionChanged)
    def _moved(self, message: TextArea.SelectionChanged) -> None:
        message.stop()
        if self.area.selection != self._said_at:
            self._said = ""
        self._show_place()
        self.on_asked("moved")

    @on(SqlArea.Typed)
    def _typed(self, message: SqlArea.Typed) -> None:
        message.stop()
        self.on_asked("typed")

    @on(SqlArea.Copied)
    def _copied(self, message: SqlArea.Copied) -> None:
        message.stop()
        self.on_asked("copied")

    @on(CompletionList.Clicked)
    def _clicked(self, message: CompletionList.Clicked) -> None:
        message.stop()
        self.on_asked("taken")

    # -- keys ------------------------------------------------------------------------------------

    def action_ask(self, what: str) -> None:
        """Ask for what is not the pane's own to do."""
        self.on_asked(what)

    @on(SqlArea.Left)
    def _left(self, message: SqlArea.Left) -> None:
        message.stop()
        self.on_asked("leave")

    def action_find(self) -> None:
        """Ask for what to find."""
        self.on_asked("elsewhere")
        self._finder.begin()

    @on(FindBar.Changed)
    def _find_changed(self, message: FindBar.Changed) -> None:
        message.stop()
        self._finder.changed()

    @on(FindBar.Go)
    def _find_go(self, message: FindBar.Go) -> None:
        message.stop()
        self._finder.go(message.forward)

    @on(FindBar.Replace)
    def _replace(self, message: FindBar.Replace) -> None:
        message.stop()
        self._finder.replace(message.everywhere)

    @on(FindBar.Left)
    def _find_left(self, message: FindBar.Left) -> None:
        message.stop()
        self._finder.end()
