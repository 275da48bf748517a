"""The plan of what is open: of the query, of the cursor that reads it, and what is different."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from pgmem_tui.display.text import one_line
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.explaining import Explanation, Wanted
from pgmem_tui.paging.requests import Target
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.ui import plan_words
from pgmem_tui.ui.copying import copy_text
from pgmem_tui.ui.explaining import Explaining
from pgmem_tui.ui.messages import CatalogListeners
from pgmem_tui.ui.plan_lines import Line, PlanLines, details
from pgmem_tui.ui.screens.help import show_keys
from pgmem_tui.ui.text_saving import TextSaving
from pgmem_tui.ui.widgets.notice import Notice
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.plan_detail import PlanDetail
from pgmem_tui.ui.widgets.plan_view import PlanView
from pgmem_tui.ui.widgets.prompt import Prompt

KEYS = (
    " esc back │ c query, cursor, difference  a run and measure  z fold  n N marks  y copy  Y as JSON"
    "  E save  R again  tab pane  ? help",
    " esc back │ c query, cursor, both  a measure  z fold  n N marks  y copy  E save  tab pane  ? help",
    " esc back │ c cursor  a measure  z fold  n marks  y copy  E save  ? help",
    " esc back │ c cursor  a measure  z fold  y copy  ? help",
    " esc back │ a measure  ? help",
)
VIEWS = (Wanted.QUERY, Wanted.CURSOR, Wanted.BOTH)
_TICK = 0.25


class ExplainScreen(Screen[None]):
    """A tree above, what is known of its bright node below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "cancel, back", show=False),
        Binding("q,x", "leave", "back", show=False),
        Binding("c", "view", "plan of the query, of the cursor, the difference", show=False),
        Binding("a", "analyze", "run it and measure (ANALYZE), after a question", show=False),
        Binding("y", "copy(False)", "copy as text", show=False),
        Binding("Y", "copy(True)", "copy as JSON", show=False),
        Binding("E", "save", "save to a file; a name that ends in .json gets JSON", show=False),
        Binding("R", "again", "ask for the plans again", show=False),
        Binding("tab", "app.focus_next", "other pane", show=False),
        Binding("shift+tab", "app.focus_previous", "other pane", show=False),
        Binding("question_mark", "help", "these keys", show=False),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    DEFAULT_CSS = """
    ExplainScreen {
        & #plan-pane { height: 1fr; border: round $accent; border-title-color: $foreground;
                       border-title-style: none; }
        & #plan { height: 1fr; }
        & #plan-status { height: 1; background: $surface; color: $text-muted; padding: 0 1; }
        & #plan-detail { height: 7; }
        &.-tall #plan-detail { height: 12; }
        &.-difference #plan-detail { height: 40%; }
        &.-tall.-difference #plan-detail { height: 60%; }
        & #plan-keys { height: 1; background: $panel; }
    }
    """

    def __init__(
        self,
        target: Target,
        title: str,
        catalog: CatalogSession,
        listeners: CatalogListeners,
        cell_limit: int,
    ) -> None:
        """Nothing is asked yet.

        Args:
            target: What to explain.
            title: What it is called; safe text.
            catalog: Asks the server.
            listeners: Is added to while the plan is looked at.
            cell_limit: Characters after which the cursor's SELECT cuts a value.
        """
        super().__init__()
        self._called, self._listeners = title, listeners
        self._asking = Explaining(target, cell_limit, catalog, self._show, self._failed)
        self._view = Wanted.QUERY
        self._note = ""
        self._line: Line | None = None
        """What is told of."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical(id="plan-pane"):
            yield Notice(id="plan-notice")
            yield PlanView(id="plan")
            yield OneLine(id="plan-status")
            yield PlanDetail(id="plan-detail")
        yield Prompt(id="prompt")
        yield OneLine(id="plan-keys")

    def on_mount(self) -> None:
        """Ask for the plans."""
        self.plan, self.detail = self.query_one(PlanView), self.query_one(PlanDetail)
        self.notice, self.prompt = self.query_one(Notice), self.query_one(Prompt)
        self.saving = TextSaving(self, self.prompt, self._say)
        self._listeners.append(self._asking.hear)
        self.plan.focus()
        self.set_interval(_TICK, self._tick)
        self._ask(False, Wanted.BOTH)

    def on_unmount(self) -> None:
        """Nobody waits any longer."""
        self._listeners.remove(self._asking.hear)
        self._asking.cancel()

    def on_resize(self) -> None:
        """List the keys that there is room for."""
        self.query_one("#plan-keys", OneLine).show_fitting(KEYS, self.size.width)

    # -- asking ----------------------------------------------------------------------------------

    def _ask(self, analyze: bool, wanted: Wanted) -> None:
        self.notice.hide()
        self._asking.ask(analyze, wanted)
        if not self._asking.plans:
            self.plan.say("asking for the plan … esc cancels")
        self._say("")

    def _failed(self, problem: Problem) -> None:
        if problem.canceled:
            self._say("cancelled")
        else:
            self.notice.show(
                problem, keys="R tries again, esc goes back" if problem.lost else "esc dismisses"
            )
            self._show_status()
        if not self._asking.plans:
            self.plan.say("no plan")

    # -- showing ---------------------------------------------------------------------------------

    def _show(self) -> None:
        self.set_class(self._view is Wanted.BOTH, "-difference")
        shown = self._asking.plans.get(self._view)
        if self._view is Wanted.BOTH and self._asking.difference is not None:
            self.plan.show(PlanLines.of_both(self._asking.difference.lines))
            self.detail.show([("", word) for word in self._asking.difference.words])
        elif isinstance(shown, Explanation):
            self.plan.show(PlanLines.of_plan(shown.nodes))
        else:
            problem = shown if isinstance(shown, Problem) else None
            self.plan.say(one_line(problem.message) if problem else "there are no two plans to compare")
            self.detail.show(
                [("", text) for text in (problem.detail, problem.hint, problem.advice) if text]
                if problem
                else []
            )
        title = plan_words.title(self._view, shown)
        self.query_one("#plan-pane").border_title = Text(f"{self._called} ─ {title}")
        self._show_status()

    def _show_status(self) -> None:
        number, count = self.plan.position
        right = f"node {number:,} of {count:,}" if count else ""
        summary = plan_words.summary(self._view, self._asking.plans.get(self._view))
        left = self._asking.progress or self._note or summary
        self.query_one("#plan-status", OneLine).show((left, right))

    def _say(self, text: str) -> None:
        self._note = text
        self._show_status()

    def _tick(self) -> None:
        if self._asking:
            self._show_status()

    @on(PlanView.Moved)
    def _moved(self) -> None:
        line, before = self.plan.line, self._line
        if line is before:  # only the size is another one
            return
        self._line, self._note = line, ""
        if line is not None and self._view is not Wanted.BOTH:
            self.detail.show(details(line.weighed))
        self._show_status()

    # -- keys ------------------------------------------------------------------------------------

    def action_back(self) -> None:
        """Cancel what runs, dismiss what is shown, or go back."""
        if self._asking.cancel():
            self._say("cancelled")
            if not self._asking.plans:
                self.plan.say("no plan: esc goes back")
        elif self.notice.display:
            self.notice.hide()
        else:
            self.dismiss()

    def action_leave(self) -> None:
        """Go back to the rows."""
        self.dismiss()

    def action_view(self) -> None:
        """Show the next of the three."""
        if self._asking.plans:
            self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]
            self._show()

    def action_again(self) -> None:
        """Ask for the plans again, without running anything."""
        if not self._asking:
            self._ask(False, Wanted.BOTH)

    def action_analyze(self) -> None:
        """Ask whether to run it."""
        if not self._asking and self._asking.plans:
            self.prompt.confirm("analyze", plan_words.question(self._view, self._asking.plans))

    def action_copy(self, as_json: bool) -> None:
        """Put what is shown into the clipboard."""
        text = plan_words.text(self._view, self._asking.plans, self._asking.difference, as_json)
        if text:
            kind = "JSON" if as_json else "text"
            copy_text(self.app, text, f"the plan as {kind}, {len(text):,} characters", self._say)

    def action_save(self) -> None:
        """Ask for a file's name."""
        view, plans, difference = self._view, dict(self._asking.plans), self._asking.difference

        def text(path: str) -> str:
            return plan_words.text(view, plans, difference, path.lower().endswith(".json")) + "\n"

        if plans:
            self.saving.ask("the plan", text, plan_words.file_name(self._called, view))

    @on(TextSaving.Ended)
    def _on_saved(self, message: TextSaving.Ended) -> None:
        self.saving.ended(message)

    @on(Prompt.Given)
    def _given(self, message: Prompt.Given) -> None:
        if message.what == "analyze":
            self._ask(True, self._view)
        else:
            self.saving.given(message.what, message.text)

    def action_help(self) -> None:
        """List the keys."""
        show_keys(self)
