"""`y`, then what to copy: a prompt in the grid's status line, and a sentence there about what was copied."""

from __future__ import annotations

from enum import Enum

from textual import events
from textual.message import Message

from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.ui.widgets.grid_view import GridView


class Part(Enum):
    """What of the rows is copied."""

    CELL = "cell"
    ROW = "row"
    COLUMN = "column"


class Format(Enum):
    """How it is written."""

    TEXT = "text"
    CSV = "CSV"
    JSON = "JSON"
    INSERT = "INSERT"


_PARTS = {"y": Part.CELL, "c": Part.CELL, "r": Part.ROW, "o": Part.COLUMN}
_FORMATS = {"t": Format.TEXT, "v": Format.CSV, "j": Format.JSON, "i": Format.INSERT}
_PROMPTS = (
    "copy as {}: y cell  r row  o column so far │ t text  v CSV  j JSON  i INSERT │ esc",
    "copy as {}: y cell r row o column │ t text v CSV j JSON i INSERT",
    "as {}: y cell r row o column │ t text v CSV j JSON i INS",
)


class CopyKeys(GridView):
    """A grid that asks what to copy, in which format."""

    class CopyWanted(Message):
        """Someone wants a part of the rows in the clipboard."""

        def __init__(self, part: Part, form: Format) -> None:
            """Say which, and how."""
            super().__init__()
            self.part, self.form = part, form

    _form: Format | None = None
    """The format chosen so far; None unless the prompt is shown."""

    def action_copy(self) -> None:
        """Ask what to copy: a format may be chosen first, then a part is copied at once."""
        if self._rows is not None and self._rows.row(self.row) is not None and self._rows.columns:
            self._ask_what(Format.TEXT)

    def announce(self, sentence: str) -> None:
        """Show a sentence until the next key; one too long for the status line as a notification."""
        if cell_width(sentence) + 2 > self.size.width:
            self.app.notify(one_line(sentence), markup=False)
        else:
            self.told = sentence
            self._refresh_status()

    def on_key(self, event: events.Key) -> None:
        """Answer the prompt; any key takes a sentence away."""
        if self.told:
            self.told = ""
            self._refresh_status()
        if self._form is None:
            return
        event.stop()
        event.prevent_default()
        if part := _PARTS.get(event.key):
            self.post_message(self.CopyWanted(part, self._form))
        self._ask_what(_FORMATS.get(event.key))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Whoever takes the mouse wants something else."""
        self._end_copying()

    def on_blur(self) -> None:
        """The keys go elsewhere."""
        self._end_copying()

    def _end_copying(self) -> None:
        self.told = ""
        self._ask_what(None)

    def _ask_what(self, form: Format | None) -> None:
        self._form = form
        prompts = [prompt.format(form.value) for prompt in _PROMPTS] if form else [""]
        fitting = (prompt for prompt in prompts if len(prompt) + 2 <= self.size.width)
        self.prompt = next(fitting, prompts[-1])
        self._refresh_status()
