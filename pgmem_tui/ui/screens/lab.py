"""The lab: what is open in the grid, read in many ways, each measured in a process of its own."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from pgmem_tui.lab.modes import MODES
from pgmem_tui.lab.trial import Ended
from pgmem_tui.ui import bridge, lab_words, way_words
from pgmem_tui.ui.lab_asking import RUNS, LabAsking
from pgmem_tui.ui.lab_desk import Choice, LabDesk, Phase, Subject
from pgmem_tui.ui.lab_showing import MEASURED, LabShowing
from pgmem_tui.ui.messages import LabEvent
from pgmem_tui.ui.screens.help import show_keys
from pgmem_tui.ui.screens.way import WayScreen
from pgmem_tui.ui.text_saving import TextSaving
from pgmem_tui.ui.textual_quirks import begin_as_sized
from pgmem_tui.ui.widgets.code_view import CodeView
from pgmem_tui.ui.widgets.lab_chart_view import LabChartView
from pgmem_tui.ui.widgets.notice import Notice
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.plan_detail import PlanDetail
from pgmem_tui.ui.widgets.prompt import Prompt
from pgmem_tui.ui.widgets.way_list import WayList

_CANCELLING = "cancelling …"
_RUN = "run"


class LabScreen(Screen[None]):
    """Settings, ways and their figures, curves, and what follows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "cancel what runs, back", show=False),
        Binding("q", "leave", "back", show=False),
        Binding("space,a", "run", "run them; again", show=False),
        Binding("enter", "enter", "run them; then: a way's code", show=False),
        Binding("p", "code", "what the bright way does, its code and its figures", show=False),
        Binding("x", "turn", "run the bright way, or not", show=False),
        Binding("A", "all", "all ways, or none", show=False),
        Binding("r", "set('rows')", "rows to read", show=False),
        Binding("c", "set('cap')", "memory at which a run is killed", show=False),
        Binding("n", "set('repeat')", "runs of each way", show=False),
        Binding("t", "set('timeout')", "time after which a run is stopped", show=False),
        Binding("v", "view", "curves large, or the ways", show=False),
        Binding("S,E", "save", "save the report: .json, .md or .svg", show=False),
        Binding("w", "app.wire", "what is sent to the server, and why", show=False),
        Binding("tab", "app.focus_next", "other pane", show=False),
        Binding("shift+tab", "app.focus_previous", "other pane", show=False),
        Binding("question_mark", "help", "these keys", show=False),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-short"), (36, "-tall")]
    DEFAULT_CSS = """
    LabScreen {
        & #lab-pane { height: 1fr; border: round $accent; border-title-color: $foreground;
                      border-title-style: none; border-subtitle-color: $text-muted; }
        & #lab-settings { height: 1; color: $text-muted; padding: 0 1; }
        & #lab-ways { height: 16; }
        & #lab-chart { display: none; height: 1fr; }
        & #lab-code { display: none; height: 1fr; border-top: solid $surface-lighten-2; }
        & #lab-detail { height: 1fr; border-top: none; }
        & #lab-status { height: 1; background: $surface; color: $text-muted; padding: 0 1; }
        & #lab-keys { height: 1; background: $panel; }
        &.-tall {
            & #lab-code { display: block; }
            & #lab-detail { height: 3; }
            &.-measured {
                & #lab-code { display: none; }
                & #lab-chart { display: block; }
                & #lab-detail { height: 12; border-top: solid $surface-lighten-2; }
            }
        }
        &.-low #lab-ways, &.-short.-noticed #lab-ways { height: 1fr; }
        &.-low #lab-detail { height: 3; }
        &.-low.-noticed #lab-detail, &.-short.-noticed #lab-detail { display: none; }
        &.-short.-reading #lab-ways { height: 6; }
        &.-low.-reading #lab-ways { height: 2; }
        &.-low.-reading #lab-detail { height: 1fr; }
        &.-measured.-chart {
            & #lab-ways, & #lab-detail { display: none; }
            & #lab-chart { display: block; }
        }
    }
    """

    def __init__(self, desk: LabDesk, subject: Subject) -> None:
        """Nothing is asked yet.

        Args:
            desk: Knows what was measured.
            subject: What is read.
        """
        super().__init__()
        self.desk, self._subject = desk, subject

    def compose(self) -> ComposeResult:
        """Lay it out."""
        begin_as_sized(self)
        with Vertical(id="lab-pane"):
            yield Notice(id="lab-notice")
            yield OneLine(id="lab-settings")
            yield WayList(id="lab-ways")
            yield LabChartView(id="lab-chart")
            yield PlanDetail(id="lab-detail")
            yield CodeView(id="lab-code")
            yield OneLine(id="lab-status")
        yield Prompt(id="prompt")
        yield OneLine(id="lab-keys")

    def on_mount(self) -> None:
        """Find out what it would take."""
        self.showing = LabShowing(self, self.desk)
        self.list, self.detail = self.showing.list, self.showing.detail
        self.notice, self.prompt = self.query_one(Notice), self.query_one(Prompt)
        self.query_one(CodeView).can_focus = False
        self.asking = LabAsking(self, self.prompt, self.desk, self.showing.say)
        pane = self.query_one("#lab-pane")
        pane.border_title = Text(f"Lab: {self._subject.title}")
        self.desk.open(self._subject, bridge.lab_events(self))
        self.list.focus()
        self.showing.all()

    def on_unmount(self) -> None:
        """Stop what runs."""
        self.desk.leave()

    def on_resize(self) -> None:
        """List the keys that there is room for; draw what has its place now."""
        self.query_one("#lab-keys", OneLine).show_fitting(lab_words.KEYS, self.size.width)
        self.showing.all()

    # -- what happens ----------------------------------------------------------------------------

    @on(LabEvent)
    def _heard(self, message: LabEvent) -> None:
        desk = self.desk
        before = desk.phase
        if not desk.hear(message.trial, message.event):
            return
        if not desk.busy and self.showing.note in (_CANCELLING, RUNS):
            self.showing.note = ""
        if desk.problem is not None:
            self.notice.show(desk.problem, keys="space tries again, esc goes back")
        if desk.phase is Phase.ASKING and before is Phase.PREPARING:
            self.prompt.confirm(_RUN, lab_words.question(desk))
        elif desk.phase is Phase.RUNNING and before is Phase.PREPARING:
            self._begun()
        elif isinstance(message.event, Ended):
            self.showing.look_at(curves=False)
        self.showing.all()

    def _begun(self) -> None:
        """The curves are what is looked at now; where there is room, with the figures."""
        self.showing.look_at(curves=not self.has_class("-tall"))
        self.showing.all()

    @on(WayList.Moved)
    def _moved(self) -> None:
        self.showing.words()
        if not self.desk.busy:
            self.showing.say("")

    @on(WayList.Clicked)
    def _clicked(self) -> None:
        self.action_turn()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Give whom is read the room."""
        self.set_class(event.widget is self.query_one(PlanDetail), "-reading")

    # -- keys ------------------------------------------------------------------------------------

    def action_run(self) -> None:
        """Run the ways that are chosen."""
        if self.desk.busy:
            self.showing.say(RUNS)
            return
        self.showing.note = ""
        self.notice.hide()
        self.desk.run()
        self.showing.all()

    def action_enter(self) -> None:
        """Run, or show a way that was measured."""
        if self.desk.busy or self.desk.watched is not None:
            self.action_code()
        else:
            self.action_run()

    def action_code(self) -> None:
        """Show what the bright way does."""
        mode, desk = MODES[self.list.name_chosen], self.desk
        measurements = desk.report.measurements if desk.report is not None else ()
        found = next((each for each in measurements if each.mode == mode.name), None)
        subject = desk.known.plan.subject if desk.known is not None else None
        takes, mind = way_words.takes(mode, subject), way_words.caution(mode, subject)
        self.app.push_screen(WayScreen(mode, takes, found, mind))

    def action_turn(self) -> None:
        """Choose the bright way, or leave it out."""
        self._choose(self.desk.choice.turned(self.list.name_chosen))

    def action_all(self) -> None:
        """Choose all ways, or none."""
        self._choose(self.desk.choice.all_or_none())

    def _choose(self, choice: Choice) -> None:
        if self.desk.busy:
            self.showing.say(RUNS)
            return
        self.showing.note = ""
        self.desk.choose(choice)
        if self.desk.problem is None:
            self.notice.hide()
        self.showing.all()

    def action_set(self, what: str) -> None:
        """Ask for a setting."""
        self.asking.setting(what)

    def action_view(self) -> None:
        """Show the curves large, or the ways again."""
        if self.has_class(MEASURED):
            self.showing.look_at(curves=not self.showing.curves_only)

    def action_save(self) -> None:
        """Ask for a file's name."""
        self.asking.file(self._subject.title)

    @on(TextSaving.Ended)
    def _on_saved(self, message: TextSaving.Ended) -> None:
        self.asking.saving.ended(message)

    @on(Prompt.Given)
    def _given(self, message: Prompt.Given) -> None:
        if message.what == _RUN:
            self.desk.agree()
            self._begun()
        elif choice := self.asking.given(message.what, message.text.strip()):
            self._choose(choice)

    @on(Prompt.Left)
    def _left(self) -> None:
        if self.desk.phase is Phase.ASKING:
            self.desk.cancel()
        elif not self.desk.busy:
            self.showing.say("")  # why a value was refused

    def interrupt(self) -> bool:
        """Cancel what runs; False if nothing does."""
        if self.desk.phase is Phase.ASKING:
            self.prompt.action_leave()
        cancelled = self.desk.cancel()
        if cancelled:
            self.showing.say(_CANCELLING)
        return cancelled

    def action_back(self) -> None:
        """Cancel what runs, close the curves, or go back to the rows."""
        if self.interrupt():
            return
        if self.showing.curves_only:
            self.action_view()
        else:
            self.dismiss()

    def action_leave(self) -> None:
        """Stop what runs, and go back to the rows."""
        self.dismiss()

    def action_help(self) -> None:
        """List the keys."""
        show_keys(self)
