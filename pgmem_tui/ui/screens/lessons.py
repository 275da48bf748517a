"""Lessons: a question, a prediction, programs that run on the server at hand, and what they measured."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from pgmem_tui.lessons.attempt import Phase
from pgmem_tui.lessons.live_events import Loaded, Remembered, StepEnded, Unbound
from pgmem_tui.ui import bridge, lesson_words
from pgmem_tui.ui.lesson_desk import LessonDesk
from pgmem_tui.ui.lesson_showing import LessonShowing
from pgmem_tui.ui.messages import LessonEvent
from pgmem_tui.ui.program_taking import ProgramTaking
from pgmem_tui.ui.screens.help import show_keys
from pgmem_tui.ui.text_saving import TextSaving
from pgmem_tui.ui.textual_quirks import begin_as_sized
from pgmem_tui.ui.widgets.lesson_list import LessonList
from pgmem_tui.ui.widgets.lesson_view import LessonView
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.prompt import Prompt
from pgmem_tui.ui.widgets.run_memory import RunMemory

_TICK = 0.5
_CANCELLING = "cancelling …"
_DROPS = "t again reads another table, and drops what this run has brought"


class LessonsScreen(Screen[None]):
    """The list, the lesson, and the memory of its programs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "cancel what runs, back", show=False),
        Binding("q", "leave", "back", show=False),
        *(
            Binding(str(n), f"predict({n - 1})", "predict this answer" if n == 1 else "", show=False)
            for n in range(1, 10)
        ),
        Binding("s", "skip", "go on without a prediction", show=False),
        Binding("space,enter", "go_on", "run the next step; predict the bright answer", show=False),
        Binding("a", "run_all", "run all that is left", show=False),
        Binding("r", "again", "run it again", show=False),
        Binding("t", "table", "read another table", show=False),
        Binding("n,right", "go(1)", "next lesson", show=False),
        Binding("p,left", "go(-1)", "lesson before", show=False),
        Binding("y", "copy", "copy the program in sight", show=False),
        Binding("S", "save", "save the program in sight to a file", show=False),
        Binding("w", "app.wire", "what is sent to the server, and why", show=False),
        Binding("tab", "app.focus_next", "other pane", show=False),
        Binding("shift+tab", "app.focus_previous", "other pane", show=False),
        Binding("question_mark", "help", "these keys", show=False),
    ]
    AUTO_FOCUS = "#lesson"  # the list is higher while it has the keys
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]
    DEFAULT_CSS = """
    LessonsScreen {
        & #lessons-main { height: 1fr; }
        & #lesson-list, & #lesson-pane, & #memory-run {
            border: round $surface-lighten-2;
            border-title-color: $foreground;
            border-title-style: none;
            border-subtitle-color: $text-muted;
        }
        & #lesson-list { width: 50; }
        & #lesson-pane { width: 1fr; }
        & #lesson-list:focus, & #lesson-pane:focus-within { border: round $accent; }
        & #lesson { height: 1fr; }
        & #lesson-status { height: 1; background: $surface; color: $text-muted; padding: 0 1; }
        & #memory-run { width: 34; padding: 0 1; }
        & #lessons-keys { height: 1; background: $panel; }
        &.-no-programs #memory-run { display: none; }
        &.-narrow {
            & #lessons-main { layout: vertical; }
            & #lesson-list { width: 1fr; height: 3; border: none; background: $surface; }
            & #lesson-list:focus { height: 8; border: none; }
            & #lesson-pane { height: 1fr; }
            & #memory-run { width: 1fr; height: 2; border: none; }
        }
    }
    """

    def __init__(self, desk: LessonDesk, table: str = "") -> None:
        """Nothing is read yet.

        Args:
            desk: Knows the lessons and what came of them.
            table: What is open in the grid, written as in SQL; empty for no table.
        """
        super().__init__()
        self.desk, self._table = desk, table
        self._all = False
        """Whether the steps that are left follow by themselves."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        begin_as_sized(self)
        with Horizontal(id="lessons-main"):
            yield LessonList(id="lesson-list")
            with Vertical(id="lesson-pane"):
                yield LessonView(id="lesson")
                yield OneLine(id="lesson-status")
            yield RunMemory(id="memory-run")
        yield Prompt(id="prompt")
        yield OneLine(id="lessons-keys")

    def on_mount(self) -> None:
        """Begin, or go on."""
        self.showing = LessonShowing(self, self.desk)
        self.list, self.view = self.showing.list, self.showing.view
        self.taking = ProgramTaking(self, self.query_one(Prompt), self.showing.say)
        self.desk.open(self._table, bridge.lesson_events(self))
        self.view.focus()
        self.set_interval(_TICK, self._tick)
        self.showing.all()

    def on_unmount(self) -> None:
        """Stop what runs."""
        self.desk.leave()

    def on_resize(self) -> None:
        """List the keys that there is room for."""
        self.showing.keys()

    # -- what happens ----------------------------------------------------------------------------

    def _tick(self) -> None:
        if self.desk.busy:
            self.showing.status()

    @on(LessonView.Scrolled)
    def _scrolled(self) -> None:
        self.showing.status()

    @on(LessonEvent)
    def _heard(self, message: LessonEvent) -> None:
        before, event = self.desk.attempt, message.event
        self.desk.hear(event)
        attempt = self.desk.attempt
        if isinstance(event, Loaded | Remembered) and event.trouble:
            # Where it covers nothing, until a key is pressed.
            self.showing.note = lesson_words.trouble(event.trouble)
        if not self.desk.busy and self.showing.note == _CANCELLING:
            self.showing.note = ""
        self.showing.all()
        asked = attempt is not None and attempt.predicted and attempt.problem is not None
        if isinstance(event, Unbound) and event.number and asked:
            self.view.action_edge(True)  # where it is told
        if attempt is None or not isinstance(event, StepEnded) or attempt is before:
            return
        if attempt.over:
            self.view.go_to_result()
        if self._all and attempt.phase is Phase.READY and not (attempt.problem or attempt.cancelled):
            self._run()

    # -- from the widgets ------------------------------------------------------------------------

    @on(LessonList.Moved)
    def _moved(self) -> None:
        if self.list.cursor != self.desk.index and self.desk.lessons:
            self._go(self.list.cursor)

    @on(LessonList.Taken)
    def _taken(self) -> None:
        self.view.focus()

    @on(LessonView.Picked)
    def _picked(self, message: LessonView.Picked) -> None:
        self.action_predict(message.choice)

    # -- keys ------------------------------------------------------------------------------------

    def _go(self, index: int) -> None:
        if self.desk.busy:
            self.showing.say("a step runs: esc cancels it")
            self.list.place(self.desk.index)
            return
        self.showing.note, self._all = "", False
        self.desk.go(index)
        self.showing.all()
        self.view.begin()

    def action_go(self, by: int) -> None:
        """Open the next lesson, or the one before."""
        index = self.desk.index + by
        if index in range(len(self.desk.lessons)):
            self._go(index)
        else:
            self.showing.say(f"this is the {'last' if by > 0 else 'first'} lesson")

    def action_predict(self, choice: int) -> None:
        """Predict an answer."""
        attempt = self.desk.attempt
        if attempt is not None and choice < len(attempt.lesson.prediction.choices):
            self._predict(choice)

    def action_skip(self) -> None:
        """Go on without a prediction."""
        self._predict(None)

    def _predict(self, choice: int | None) -> None:
        self.showing.note = ""
        self.desk.predict(choice)
        self.showing.all()
        attempt = self.desk.attempt
        if attempt is not None and attempt.predicted and not attempt.ran:
            self.view.reveal(attempt.next)

    def action_go_on(self) -> None:
        """Predict the bright answer, or run the next step."""
        attempt = self.desk.attempt
        if attempt is None:
            return
        if attempt.phase is Phase.PREDICT and not self.desk.missing:
            if self.view.bright >= 0:
                self._predict(self.view.bright)
        elif attempt.phase is not Phase.OVER:
            self._run()

    def action_run_all(self) -> None:
        """Run what is left, step by step."""
        attempt = self.desk.attempt
        if attempt is not None and attempt.phase in (Phase.READY, Phase.BINDING):
            self._all = not self.desk.missing
            self._run()

    def _run(self) -> None:
        self.showing.begin()
        self.desk.run()
        self.showing.all()
        attempt = self.desk.attempt
        if attempt is not None and attempt.running is not None:
            self.view.follow(attempt.running)

    def action_again(self) -> None:
        """Run it again from the first step."""
        self.showing.note, self._all = "", False
        self.desk.again()
        self.showing.all()

    def action_table(self) -> None:
        """Read other rows; after a second press, if something has run."""
        attempt = self.desk.attempt
        if attempt is not None and attempt.lesson.table and attempt.stands and self.showing.note != _DROPS:
            self.showing.say(_DROPS)
            return
        self.showing.note = "" if attempt is None or attempt.lesson.table else "this lesson reads no table"
        self.desk.change_table()
        self.showing.all()
        self.view.begin()

    def interrupt(self) -> bool:
        """Cancel what runs; False if nothing does."""
        self._all = False
        busy = self.desk.cancel()
        if busy:
            self.showing.say(_CANCELLING)
        return busy

    def action_back(self) -> None:
        """Cancel what runs, close the sessions of what has begun, or go back to the rows."""
        if self.showing.note != _CANCELLING and self.interrupt():
            return
        if self.desk.give_up():
            self.showing.say("cancelled: its sessions are closed, what was open in them is undone")
            self.showing.all()
        else:
            self.dismiss()

    def action_leave(self) -> None:
        """Stop what runs, and go back to the rows."""
        self.dismiss()

    def action_help(self) -> None:
        """List the keys."""
        show_keys(self)

    # -- programs to take along ------------------------------------------------------------------

    def action_copy(self) -> None:
        """Put a step's program into the clipboard."""
        if self.desk.attempt is not None:
            self.taking.copy(self.desk.attempt, self.view.step_in_sight)

    def action_save(self) -> None:
        """Ask for a file's name."""
        if self.desk.attempt is not None:
            self.taking.save(self.desk.attempt, self.view.step_in_sight)

    @on(TextSaving.Ended)
    def _on_saved(self, message: TextSaving.Ended) -> None:
        self.taking.saving.ended(message)

    @on(Prompt.Given)
    def _given(self, message: Prompt.Given) -> None:
        self.view.focus()
        self.taking.saving.given(message.what, message.text)
