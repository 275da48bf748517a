"""The lab: what is open in the grid, read in many ways, each measured in a process of its own."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from pgmem_tui.display.text import one_line
from pgmem_tui.lab import report_text
from pgmem_tui.lab.modes import MODES
from pgmem_tui.lab.trial import Ended
from pgmem_tui.ui import bridge, lab_words, way_lines, way_words
from pgmem_tui.ui.actions import key_help
from pgmem_tui.ui.lab_desk import Choice, LabDesk, Phase, Subject
from pgmem_tui.ui.messages import LabEvent
from pgmem_tui.ui.screens.help import HelpScreen
from pgmem_tui.ui.screens.way import WayScreen
from pgmem_tui.ui.text_saving import TextSaving
from pgmem_tui.ui.way_lines import Shown
from pgmem_tui.ui.widgets.code_view import CodeView
from pgmem_tui.ui.widgets.lab_chart_view import LabChartView
from pgmem_tui.ui.widgets.notice import Notice
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.plan_detail import PlanDetail, Said
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
        &.-low #lab-ways { height: 1fr; }
        &.-low #lab-detail { height: 3; }
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
        self._note = ""
        self._said: Said = ()

    def compose(self) -> ComposeResult:
        """Lay it out."""
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
        self.list, self.detail = self.query_one(WayList), self.query_one(PlanDetail)
        self.chart, self.code = self.query_one(LabChartView), self.query_one(CodeView)
        self.notice, self.prompt = self.query_one(Notice), self.query_one(Prompt)
        self.code.can_focus = False
        self.saving = TextSaving(self, self.prompt, self._say)
        pane = self.query_one("#lab-pane")
        pane.border_title = Text(f"Lab: {self._subject.title}")
        self.desk.open(self._subject, bridge.lab_events(self))
        self.list.focus()
        self._show()

    def on_unmount(self) -> None:
        """Stop what runs."""
        self.desk.leave()

    def on_resize(self) -> None:
        """List the keys that there is room for; draw what has its place now."""
        fitting = (keys for keys in lab_words.KEYS if len(keys) < self.size.width)
        self.query_one("#lab-keys", OneLine).show((next(fitting, lab_words.KEYS[-1]), ""))
        self._show()

    # -- showing ---------------------------------------------------------------------------------

    def _show(self) -> None:
        """Paint what changed."""
        desk, watched = self.desk, self.desk.watched
        runs = desk.phase is Phase.RUNNING
        self.set_class(watched is not None or runs, "-measured")
        subject = desk.known.plan.subject if desk.known is not None else None
        current = watched.mode if watched is not None and runs else ""
        self.list.show(Shown(desk.choice.left_out, subject, watched, current))
        cap = desk.report.asked.cap - watched.baseline if desk.report and watched else None
        legend = self.has_class("-chart") or not self.list.display
        self.chart.show(way_lines.traces(watched, runs), cap, legend)
        self.query_one("#lab-settings", OneLine).show((lab_words.settings(desk), lab_words.ways(desk)))
        self._show_detail()
        self._show_status()

    def _show_detail(self) -> None:
        """What follows from the figures; before there are all, what the way does that runs, or is bright."""
        desk = self.desk
        watched = desk.watched
        mode = MODES[(watched.mode if watched is not None else "") or self.list.name_chosen]
        said: Said = [("", mode.sentence), ("", mode.page)]
        if desk.ended is not None:
            report = desk.ended.watched.report
            texts = (*report.conclusions, *report_text.remarks(report), report_text.LEGEND)
            said = [("", text) for text in texts]
        elif watched is None:
            self.code.show(way_words.program(mode))
        if said != self._said:
            self._said = said
            self.detail.show(said)

    def _show_status(self) -> None:
        text = self._note or lab_words.status(self.desk)
        self.query_one("#lab-status", OneLine).show((one_line(text), ""))

    def _say(self, note: str) -> None:
        self._note = note
        self._show_status()

    @on(LabEvent)
    def _heard(self, message: LabEvent) -> None:
        desk = self.desk
        before = desk.phase
        if not desk.hear(message.trial, message.event):
            return
        if not desk.busy and self._note == _CANCELLING:
            self._note = ""
        if desk.problem is not None:
            self.notice.show(desk.problem, keys="space tries again, esc goes back")
        if desk.phase is Phase.ASKING and before is Phase.PREPARING:
            self.prompt.confirm(_RUN, lab_words.question(desk))
        elif desk.phase is Phase.RUNNING and before is Phase.PREPARING:
            self._begun()
        elif isinstance(message.event, Ended):
            self._look_at(curves=False)
        self._show()

    def _begun(self) -> None:
        """The curves are what is looked at now; where there is room, with the figures."""
        self._look_at(curves=not self.has_class("-tall"))
        self._show()

    def _look_at(self, curves: bool) -> None:
        """Show the curves alone, or the ways with what else there is room for."""

        def shown() -> None:
            if not curves and self.focused is None:
                self.list.focus()  # it lost the keys when it was hidden
            self._show()

        if self.has_class("-chart") != curves:
            self.set_class(curves, "-chart")
            self.call_after_refresh(shown)

    @on(WayList.Moved)
    def _moved(self) -> None:
        self._show_detail()
        if not self.desk.busy:
            self._say("")

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
            self._say("it runs: esc cancels it")
            return
        self._note = ""
        self.notice.hide()
        self.desk.run()
        self._show()

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
        self.app.push_screen(WayScreen(mode, way_words.takes(mode, subject), found))

    def action_turn(self) -> None:
        """Choose the bright way, or leave it out."""
        self._choose(self.desk.choice.turned(self.list.name_chosen))

    def action_all(self) -> None:
        """Choose all ways, or none."""
        self._choose(self.desk.choice.all_or_none())

    def _choose(self, choice: Choice) -> None:
        if self.desk.busy:
            self._say("it runs: esc cancels it")
            return
        self._note = ""
        self.desk.choose(choice)
        self._show()

    def action_set(self, what: str) -> None:
        """Ask for a setting."""
        if self.desk.busy:
            self._say("it runs: esc cancels it")
        else:
            self.prompt.ask(what, *lab_words.asked_for(what, self.desk.choice))

    def action_view(self) -> None:
        """Show the curves large, or the ways again."""
        if self.has_class("-measured"):
            self._look_at(curves=not self.has_class("-chart"))

    def action_save(self) -> None:
        """Ask for a file's name."""
        report = self.desk.report
        if report is None or self.desk.busy:
            self._say("there is no report yet" if report is None else "it runs: esc cancels it")
        else:
            name = lab_words.file_for(self._subject.title)
            self.saving.ask("the report", lambda path: lab_words.file_text(report, path), name)

    @on(TextSaving.Ended)
    def _on_saved(self, message: TextSaving.Ended) -> None:
        self.saving.ended(message.outcome)

    @on(Prompt.Given)
    def _given(self, message: Prompt.Given) -> None:
        what, text = message.what, message.text.strip()
        if what == _RUN:
            self.desk.agree()
            self._begun()
        elif what in lab_words.SETTINGS:
            try:
                self._choose(self.desk.choice.changed(what, lab_words.read(what, text)))
            except ValueError as error:
                self._say(str(error))
        else:
            self.saving.given(what, text)

    @on(Prompt.Left)
    def _left(self) -> None:
        if self.desk.phase is Phase.ASKING:
            self.desk.cancel()

    def interrupt(self) -> bool:
        """Cancel what runs; False if nothing does."""
        cancelled = self.desk.cancel()
        if cancelled:
            self._say(_CANCELLING)
        return cancelled

    def action_back(self) -> None:
        """Cancel what runs, close the curves, or go back to the rows."""
        if self.interrupt():
            return
        if self.has_class("-chart"):
            self.action_view()
        else:
            self.dismiss()

    def action_leave(self) -> None:
        """Stop what runs, and go back to the rows."""
        self.dismiss()

    def action_help(self) -> None:
        """List the keys."""
        self.app.push_screen(HelpScreen(list(key_help(self.app, self))))
