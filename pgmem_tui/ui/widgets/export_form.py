"""The fields of an export: file, format, compression."""

from __future__ import annotations

import os

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from pgmem_tui.display.text import one_line
from pgmem_tui.export.names import FORMATS, file_name, format_of
from pgmem_tui.ui.widgets.choice import Choice
from pgmem_tui.ui.widgets.text_input import TextInput

_NO_CONTROLS = r"[^\x00-\x1f\x7f-\x9f]*"
"""What may be typed or pasted: a control character would reach the terminal."""
_PLAIN, _GZIP = "no", "gzip"
_COMPRESSION = {_PLAIN: "as it is", _GZIP: "a quarter of the size, half as fast"}


class ExportForm(Vertical):
    """The name follows the format until someone changes it; from then on the format follows the name."""

    DEFAULT_CSS = """
    ExportForm {
        height: auto;
        & .row { height: 1; }
        & .label { width: 10; color: $text-muted; }
        & Input { width: 1fr; padding: 0; }
        & #where { height: auto; min-height: 1; color: $text-muted; margin: 0 0 1 10; }
    }
    """

    class Submitted(Message):
        """Enter was pressed in a field."""

    class Edited(Message):
        """A field was changed."""

    def __init__(self, name: str, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Make the fields.

        Args:
            name: What is exported: the file's name without its suffix. May be any text.
            id: The widget's.
        """
        super().__init__(id=id)
        self._stem = name
        self._offered = ""
        """The name that stands in the field as long as nobody has changed it."""

    def compose(self) -> ComposeResult:
        """A row for each field, and the whole path below."""
        fields = {
            "File": TextInput(id="file", compact=True, restrict=_NO_CONTROLS),
            "Format": Choice(FORMATS, "csv", id="format"),
            "Compress": Choice(_COMPRESSION, _PLAIN, id="gzip"),
        }
        for label, field in fields.items():
            with Horizontal(classes="row"):
                yield Static(label, classes="label", markup=False)
                yield field
        yield Static(id="where", markup=False)

    def on_mount(self) -> None:
        """Offer a name."""
        self._offer()

    @property
    def file(self) -> str:
        """The file's name as it was typed."""
        return self.query_one("#file", Input).value

    @property
    def format(self) -> str:
        """A key of `FORMATS`."""
        return self.query_one("#format", Choice).value

    @property
    def compressed(self) -> bool:
        """Whether to compress."""
        return self.query_one("#gzip", Choice).value == _GZIP

    def focus_file(self) -> None:
        """Go to the file's name."""
        self.query_one("#file").focus()

    @on(Choice.Changed)
    def _chosen(self, event: Message) -> None:
        event.stop()
        if self.file == self._offered:
            self._offer()
        self._edited()

    @on(Input.Changed)
    def _typed(self, event: Message) -> None:
        event.stop()
        form, compressed = format_of(self.file)
        if self.file != self._offered and form:
            self.query_one("#format", Choice).value = form
            self.query_one("#gzip", Choice).value = _GZIP if compressed else _PLAIN
        self._edited()

    @on(Input.Submitted)
    @on(Choice.Submitted)
    def _submitted(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Submitted())

    def _offer(self) -> None:
        self._offered = file_name(self._stem, self.format, self.compressed)
        field = self.query_one("#file", Input)
        field.value = self._offered
        field.cursor_position = len(self._offered)

    def _edited(self) -> None:
        path = os.path.abspath(os.path.expanduser(self.file)) if self.file else ""
        self.query_one("#where", Static).update(Text(one_line(path)))
        self.post_message(self.Edited())
