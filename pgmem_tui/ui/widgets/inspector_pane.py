"""The cursor inspector beside the rows: a bar to scale, a tree of facts, what may be done to the cursor."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from pgmem_tui.postgres.cursor_operation import completed
from pgmem_tui.ui.widgets.fold_list import FoldList
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.operation_bar import BUTTONS, Button, OperationBar
from pgmem_tui.ui.widgets.prompt import Prompt

_ASKED = "operation"


class InspectorPane(Vertical):
    """Shows what it is given, and says what is wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(button.key, f"operate('{button.text}')", f"{button.statement} and the like", show=False)
            for button in BUTTONS
        ),
        Binding("colon", "operate('')", "any FETCH, MOVE or CLOSE", show=False),
        Binding("R", "want('look')", "look again", show=False),
        Binding("escape", "want('close')", "cancel, close the inspector", show=False),
        Binding("i", "want('leave')", "close the inspector", show=False),
        Binding("p", "screen.want('code')", "the psycopg2 program in its place", show=False),
        Binding("3,tab", "want('rows')", "to the rows", show=False),
    ]
    KEYS: ClassVar[tuple[str, ...]] = (
        " esc closes │ f FETCH  b BACKWARD  m MOVE  r RELATIVE  a ABSOLUTE  L LAST  X CLOSE  : any │ z fold"
        "  R look again  tab rows  ? help",
        " esc closes │ f b FETCH  m MOVE  r a L X  : any │ z fold  tab rows  ? help",
        " esc closes │ f FETCH  : any  z fold  ? help",
    )
    HELP_TITLE = "Cursor inspector"
    DEFAULT_CSS = """
    InspectorPane {
        width: 74;
        border: round $surface-lighten-2;
        border-title-color: $foreground;
        border-title-style: none;
        &:focus-within { border: round $accent; }
        & #inspector-bar { height: 4; padding: 0 1; color: $text-muted; }
        & #inspector-lines { height: 1fr; }
        & #inspector-status { height: 1; background: $surface; color: $text-muted; padding: 0 1; }
    }
    """

    class Wanted(Message):
        """Something is wanted."""

        def __init__(self, what: str, text: str = "") -> None:
            """Say what: `operate` (with a statement), `look`, `page`, `close` or cancel what runs, `leave`,
            `rows`, `reconnect`.
            """
            super().__init__()
            self.what, self.text = what, text

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield OneLine(id="inspector-bar")
        yield FoldList(id="inspector-lines")
        yield OneLine(id="inspector-status")
        yield Prompt(id="inspector-prompt")
        yield OperationBar(id="inspector-operations")

    def on_mount(self) -> None:
        """Name it."""
        self.lost = False
        """Whether the connection is."""
        self._offered = ""
        """What the prompt began with."""
        self.border_title = "Cursor inspector"
        self.bar, self.status = (
            self.query_one("#inspector-bar", OneLine),
            self.query_one("#inspector-status", OneLine),
        )
        self.facts, self.prompt = self.query_one(FoldList), self.query_one(Prompt)

    # -- keys ------------------------------------------------------------------------------------

    def action_operate(self, text: str) -> None:
        """Ask for a statement, beginning with what a button says; without a connection `r` reconnects."""
        if self.lost and text == "RELATIVE":
            self.post_message(self.Wanted("reconnect"))
            return
        button = next((button for button in BUTTONS if button.text == text), None)
        self._ask(button.statement if button is not None else "FETCH ")

    def action_want(self, what: str) -> None:
        """Say so."""
        self.post_message(self.Wanted(what))

    def _ask(self, statement: str) -> None:
        self._offered = statement
        self.prompt.ask(_ASKED, "enter sends", statement)

    @on(FoldList.Moved)
    def _line_moved(self, message: FoldList.Moved) -> None:
        message.stop()
        self.post_message(self.Wanted("page"))

    @on(OperationBar.Pressed)
    def _pressed(self, message: OperationBar.Pressed) -> None:
        message.stop()
        button: Button = message.button
        self._ask(button.statement)

    @on(Prompt.Given)
    def _given(self, message: Prompt.Given) -> None:
        message.stop()
        self.facts.focus()
        if message.text.strip():
            self.post_message(self.Wanted("operate", completed(self._offered, message.text)))

    @on(Prompt.Left)
    def _left(self, message: Prompt.Left) -> None:
        message.stop()
        self.facts.focus()
