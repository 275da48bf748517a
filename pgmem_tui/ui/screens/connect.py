"""The connection pane: a form, an attempt that can be given up, and libpq's own words when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Button, Static

from pgmem_tui.display.quantities import seconds
from pgmem_tui.display.text import one_line
from pgmem_tui.postgres.errors import Problem, explain
from pgmem_tui.postgres.settings import ConnectionSettings, target
from pgmem_tui.ui.attempt import Attempt, Connector, probe
from pgmem_tui.ui.widgets.connection_form import ConnectionForm
from pgmem_tui.ui.widgets.problem_view import ProblemView

if TYPE_CHECKING:
    from pgmem_tui.postgres.connection import ServerInfo

TEST = "test"
CONNECT = "connect"


class ConnectScreen(Screen[None]):
    """Asks where to connect, and tries it.

    It keeps no connection: whoever gets `Connected` opens one with the settings in it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Cancel, back", show=False),
        Binding("ctrl+t", "test", "Test", show=False),
        Binding("up", "app.focus_previous", "Field before", show=False),
        Binding("down", "app.focus_next", "Field after", show=False),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (20, "-short"), (36, "-tall")]
    CSS = """
    ConnectScreen {
        align: center top;
        & #pane {
            width: 100%;
            max-width: 84;
            height: 1fr;
            padding: 1 2 0 2;
            border: round $accent;
            border-title-color: $text-accent;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
        }
        & #outcome { height: auto; min-height: 2; margin-left: 2; }
        & #status { height: auto; }
        & #actions { height: 1; margin: 1 0 0 2; }
        &.-tiny #actions { margin-top: 0; }
        & #keys { dock: bottom; height: 1; padding: 0 1; color: $text-muted; }
        & Button { min-width: 11; margin-right: 2; text-style: none; }
        & #connect { color: $text-accent; text-style: bold; }
        & #connect:focus, & #test:focus, & #cancel:focus { text-style: bold reverse; }
        & #cancel { visibility: hidden; }
        & #cancel.-running { visibility: visible; }
        &.-tall #pane { height: 100%; max-height: 36; margin-top: 2; padding: 2 4 1 4; }
        &.-tall FormRow { margin-bottom: 1; }
    }
    """

    class Connected(Message):
        """A connection could be made."""

        def __init__(self, settings: ConnectionSettings, info: ServerInfo) -> None:
            super().__init__()
            self.settings = settings
            """What to connect with."""
            self.info = info
            """What answered."""

    class Left(Message):
        """The user wants to go back, or away."""

    class _Ended(Message):
        """From an attempt's thread."""

        def __init__(self, attempt: Attempt) -> None:
            super().__init__()
            self.attempt = attempt

    def __init__(
        self,
        settings: ConnectionSettings,
        problem: Problem | None = None,
        *,
        at_once: bool = False,
        connector: Connector = probe,
    ) -> None:
        """Make the screen.

        Args:
            settings: What the user has said so far.
            problem: Why an attempt with them failed, to be shown.
            at_once: Whether to try them without being asked.
            connector: What connects; called on a thread.
        """
        super().__init__()
        self._settings = settings
        self._problem = problem
        self._at_once = at_once
        self._connector = connector
        self._attempt: Attempt | None = None
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """The form, what came of the last attempt, the buttons, the keys."""
        with Vertical(id="pane"):
            yield ConnectionForm(self._settings, id="form")
            with Vertical(id="outcome"):
                yield Static(id="status", markup=False)
                yield ProblemView(id="problem")
            with Horizontal(id="actions"):
                yield Button("Connect", id=CONNECT, compact=True)
                yield Button("Test", id=TEST, compact=True)
                yield Button("Cancel", id="cancel", compact=True)
        yield Static(
            "enter connect   escape leave   ctrl+t test   tab ↑ ↓ fields   ← → change",
            id="keys",
            markup=False,
        )

    def on_mount(self) -> None:
        """Show what is known, and try it if that was asked for."""
        self.query_one("#pane").border_title = "Connect to PostgreSQL"
        self._clock = self.set_interval(0.2, self._tick, pause=True)
        self._show_target()
        if self._problem is not None:
            self._show_problem(self._problem)
        else:
            self.query_one("#form #host").focus()
            if self._at_once:
                self._start(CONNECT)

    @on(ConnectionForm.Edited)
    def _show_target(self) -> None:
        settings = self.query_one(ConnectionForm).settings
        self.query_one("#pane").border_subtitle = Text(one_line(target(settings)))

    @on(ConnectionForm.Submitted)
    @on(Button.Pressed, "#connect")
    def action_connect(self) -> None:
        """Connect, unless an attempt is running."""
        self._start(CONNECT)

    @on(Button.Pressed, "#test")
    def action_test(self) -> None:
        """Connect, say what answered, and stay."""
        self._start(TEST)

    @on(Button.Pressed, "#cancel")
    def action_back(self) -> None:
        """Give up the attempt; without one, leave."""
        attempt = self._give_up()
        if attempt is None:
            self.post_message(self.Left())
        else:
            self._say(f"Canceled after {seconds(attempt.seconds)}.")

    def _start(self, purpose: str) -> None:
        if self._attempt is not None:
            return
        self._show_problem(None)
        attempt = Attempt(self.query_one(ConnectionForm).settings, purpose, self._connector)
        self._attempt = attempt
        self.query_one("#cancel").add_class("-running")
        # post_message is safe on any thread, and refuses quietly once the screen is gone.
        attempt.start(lambda ended: self.post_message(self._Ended(ended)))
        if self._clock is not None:
            self._clock.resume()
        self._tick()

    def _give_up(self) -> Attempt | None:
        """Forget the running attempt; what it still says is not listened to."""
        attempt, self._attempt = self._attempt, None
        if self._clock is not None:
            self._clock.pause()
        self.query_one("#cancel").remove_class("-running")
        return attempt

    def _tick(self) -> None:
        attempt = self._attempt
        if attempt is None:
            return
        if attempt.overdue:
            self._give_up()
            waited = TimeoutError(f"no answer from {attempt.target} after {seconds(attempt.seconds)}")
            self._show_problem(explain(waited, attempt.settings))
            return
        limit = f" of {attempt.limit:.0f} s" if attempt.limit < float("inf") else ""
        self._say(f"Connecting to {attempt.target}  {attempt.seconds:.0f}{limit or ' s'}  escape cancels")

    @on(_Ended)
    def _on_ended(self, message: _Ended) -> None:
        message.stop()
        attempt = message.attempt
        if attempt is not self._attempt:
            return
        self._give_up()
        if attempt.info is None:
            self._show_problem(explain(attempt.error or TimeoutError(), attempt.settings))
        elif attempt.purpose == TEST:
            self._say(_answer(attempt, attempt.info))
        else:
            self._say(f"Connected to {attempt.target}.")
            self.post_message(self.Connected(attempt.settings, attempt.info))

    def _show_problem(self, problem: Problem | None) -> None:
        self._say("")
        concerns_field = self.query_one(ConnectionForm).show_problem(problem)
        self.query_one("#problem", ProblemView).show(None if concerns_field else problem)

    def _say(self, sentence: str) -> None:
        self.query_one("#status", Static).update(Text(one_line(sentence)))


def _answer(attempt: Attempt, info: ServerInfo) -> str:
    tls = info.tls or "no TLS"
    who = f"database {info.database} as {info.user}"
    return f"It works: PostgreSQL {info.version_text}, {tls}, {who}, in {seconds(attempt.ended)}."
