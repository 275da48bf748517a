"""The fields of a connection, filled in with what libpq would use."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from pgmem_tui.display.text import one_line
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import ConnectionSettings, expected
from pgmem_tui.ui.widgets.choice import Choice
from pgmem_tui.ui.widgets.problem_view import ProblemView
from pgmem_tui.ui.widgets.text_input import TextInput

LABELS = {
    "host": "Host",
    "port": "Port",
    "dbname": "Database",
    "user": "User",
    "password": "Password",
    "sslmode": "SSL mode",
    "service": "Service",
    "application_name": "Application",
}
"""The fields in their order: attributes of ConnectionSettings, and what they are called here."""

SSL_MEANINGS = {
    "disable": "no TLS",
    "allow": "TLS only if the server insists",
    "prefer": "TLS if the server has it",
    "require": "TLS, whoever answers",
    "verify-ca": "TLS, certificate checked",
    "verify-full": "TLS, certificate and host name checked",
}

_NO_CONTROLS = r"[^\x00-\x1f\x7f-\x9f]*"
"""What may be typed or pasted: a control character would reach the terminal."""


class FormRow(Vertical):
    """A label, its field, and below them what is wrong with it."""

    DEFAULT_CSS = """
    FormRow {
        height: auto;
        & > Horizontal { height: 1; }
        & .form--mark { width: 2; color: $text-accent; visibility: hidden; }
        & .form--label { width: 13; color: $text-muted; }
        &.-focused .form--mark { visibility: visible; }
        &.-focused .form--label { color: $foreground; text-style: bold; }
        & Input { width: 1fr; padding: 0; }
        & Input > .input--placeholder { color: $text-muted; }
        & ProblemView { margin-left: 15; }
    }
    """

    def __init__(self, name: str) -> None:
        """Make the row of one field of `LABELS`."""
        super().__init__(id=f"row-{name}")
        self._name_of_field = name

    def compose(self) -> ComposeResult:
        """A mark for the focused row, the label, the field."""
        name = self._name_of_field
        with Horizontal():
            yield Static("›", classes="form--mark", markup=False)
            yield Static(LABELS[name], classes="form--label", markup=False)
            if name == "sslmode":
                yield Choice(SSL_MEANINGS, id=name)
            else:
                yield TextInput(
                    id=name,
                    compact=True,
                    password=name == "password",
                    restrict=_NO_CONTROLS,
                )
        yield ProblemView()

    # Not :focus-within, which Textual 8.2 leaves as it was on what is inside.
    def on_descendant_focus(self) -> None:
        """Mark the row."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Take the mark away."""
        self.remove_class("-focused")

    def on_click(self) -> None:
        """A click on the label is one on the field."""
        self.query_one(f"#{self._name_of_field}").focus()


class _Shown(NamedTuple):
    """What stands in a field that nobody has changed."""

    text: str
    value: str
    """What the user had said; empty where libpq finds the text by itself."""


class ConnectionForm(VerticalScroll, can_focus=False):
    """Holds settings while they are edited.

    A field that nobody has changed goes on showing what libpq would use, given the others (the database
    follows the user, all follow the service), and is left to libpq when it connects.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "Field before", show=False),
        Binding("down", "app.focus_next", "Field after", show=False),
    ]
    DEFAULT_CSS = """
    ConnectionForm { height: 1fr; scrollbar-size-vertical: 1; }
    """

    class Submitted(Message):
        """Enter was pressed in a field."""

    class Edited(Message):
        """The user changed a field."""

    def __init__(self, settings: ConnectionSettings, id: str | None = None) -> None:  # noqa: A002
        """Make the form.

        Args:
            settings: What the user has said so far.
            id: The widget's.
        """
        super().__init__(id=id)
        self._settings = settings
        self._shown = {name: _Shown("", self._said(name)) for name in LABELS}

    def compose(self) -> ComposeResult:
        """A row for each field."""
        for name in LABELS:
            yield FormRow(name)

    def on_mount(self) -> None:
        """Fill the fields in."""
        self._follow()

    @property
    def settings(self) -> ConnectionSettings:
        """What the fields say; empty where they show only what libpq finds by itself."""
        said = {}
        for name, shown in self._shown.items():
            text = self._text(name)
            said[name] = shown.value if text == shown.text else text
        return replace(self._settings, **said)  # type: ignore[arg-type]

    def show_problem(self, problem: Problem | None) -> bool:
        """Show a problem under the field that it concerns and go there; None takes it away.

        Returns:
            Whether it concerns a field.
        """
        for name in LABELS:
            concerned = problem if problem is not None and problem.field == name else None
            self.query_one(f"#row-{name} ProblemView", ProblemView).show(concerned)
        if problem is None or problem.field not in LABELS:
            return False
        self.query_one(f"#{problem.field}").focus()
        row = self.query_one(f"#row-{problem.field}")
        # Once it has been laid out with the problem in it.
        self.call_after_refresh(row.scroll_visible, animate=False)
        return True

    @on(Input.Changed)
    @on(Choice.Changed)
    def _on_edit(self, event: Message) -> None:
        event.stop()
        self._follow()
        self.post_message(self.Edited())

    @on(Input.Submitted)
    @on(Choice.Submitted)
    def _on_submit(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Submitted())

    def _follow(self) -> None:
        """Let the fields that nobody has changed show what libpq would use now."""
        now = self.settings
        found = expected(now)
        with self.prevent(Input.Changed):
            for name, shown in self._shown.items():
                if name != "password" and self._text(name) == shown.text:
                    text = one_line(getattr(found, name))
                    self._shown[name] = shown._replace(text=text)
                    self._set_text(name, text)
        # What an empty field means.
        service = ConnectionSettings(service=now.service, application_name="")
        empty = expected(service)
        for name in ("host", "port", "dbname", "user"):
            self._field(name).placeholder = one_line(getattr(empty, name)) or "the local socket"
        kept = self._settings.password or found.password
        self._field("password").placeholder = (
            "known already; type another" if kept else "asked for, or ~/.pgpass"
        )
        self._field("service").placeholder = "none"
        self._field("application_name").placeholder = "none"

    def _said(self, name: str) -> str:
        said: str = getattr(self._settings, name)
        return said

    def _field(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)

    def _text(self, name: str) -> str:
        return self.query_one("#sslmode", Choice).value if name == "sslmode" else self._field(name).value

    def _set_text(self, name: str, text: str) -> None:
        if name == "sslmode":
            self.query_one("#sslmode", Choice).value = text
        elif self._field(name).value != text:
            self._field(name).value = text
            self._field(name).cursor_position = len(text)
