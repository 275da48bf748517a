"""What a query that is being composed makes, and what the server says of it a moment after the last key."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.query_spec import QuerySpec
from pgmem_tui.ui.composer_questions import ComposerQuestions
from pgmem_tui.ui.preview_views import Shown, View, shown
from pgmem_tui.ui.query_changes import sources
from pgmem_tui.ui.query_line import Notes
from pgmem_tui.ui.widgets.composer_list import ComposerList
from pgmem_tui.ui.widgets.composer_preview import ComposerPreview

PLAN_AFTER, CHECK_AFTER = 0.15, 0.1
"""Seconds without a key after which the plan is asked for, and what the server says of a value."""


class Previewing:
    """Composes, shows that in one of the views, asks for the plan and about the values."""

    def __init__(
        self,
        clock: Widget,
        parts: ComposerList,
        pane: ComposerPreview,
        questions: ComposerQuestions,
        notes: Notes,
    ) -> None:
        """Nothing is shown yet.

        Args:
            clock: Has the timers, and ends them when it is closed.
            parts: The query, and what is typed.
            pane: Shows what it makes.
            questions: Asks the server.
            notes: Is told how rows come in their order.
        """
        self._clock, self._parts, self._questions, self._notes = clock, parts, questions, notes
        self.pane = pane
        self.view = View.SQL
        self._seen: tuple[QuerySpec, str, bool] | None = None
        """What the plan was asked for, or is about to be, and why not."""
        self._refused = ""
        """Why it cannot be composed as it is."""
        self._delays: dict[str, Timer] = {}

    @property
    def _spec(self) -> QuerySpec:
        return self._parts.draft.spec

    @property
    def _blank(self) -> bool:
        """Whether a value lacks that is just to be typed: what the server says of that helps nobody."""
        return self._parts.field is not None and self._parts.field.blank

    @property
    def waits(self) -> bool:
        """Whether it is not known yet what the tables are made of."""
        known, read = self._questions.looked.relations, sources(self._spec)
        return self._questions.trouble is None and any(one.oid and one.oid not in known for one in read)

    def composed(self, view: View | None = None) -> tuple[Shown, str]:
        """What is looked at, or why there is nothing."""
        try:
            return shown(view or self.view, self._spec, self._questions.looked), ""
        except Refused as refused:
            return Shown(""), str(refused)

    # -- what is shown -----------------------------------------------------------------------------

    def told(self) -> None:
        """The server told something: of the order too, perhaps."""
        previewed = self._questions.previewed
        self._notes.order = previewed.order if previewed is not None and self._spec.order else ""

    def turn_view(self) -> None:
        """Show it otherwise."""
        views = list(View)
        self.view = views[(views.index(self.view) + 1) % len(views)]
        self.show()

    def show(self) -> None:
        """Show what it makes now; if it is another query, ask about it."""
        spec = self._spec
        self._questions.look_up([source.oid for source in sources(spec) if source.oid])
        made, self._refused = self.composed()
        self.pane.show(made, self.view)
        seen = spec, self._refused, self._blank
        if seen != self._seen:
            self._seen = seen
            self._questions.forget_preview()
            self._notes.order = ""
            if not self._refused:
                self._after("plan", PLAN_AFTER, self._plan)
            self.check_soon()
        self._show_foot(made)

    def _show_foot(self, made: Shown) -> None:
        questions, pane = self._questions, self.pane
        previewed, problem = questions.previewed, questions.problem
        if self.view is not View.SQL:
            above = not made.bad and len(made.says) <= pane.size.width - 2
            pane.say(made.says if above else "", "" if above else made.says, made.bad)
        elif problem is not None:
            pane.say("no plan", ". ".join(filter(None, (problem.message, problem.hint))), bad=True)
        elif self._refused:
            trouble = questions.trouble
            pane.say("", trouble.message if trouble else self._refused, bad=not self.waits)
        elif self._blank:
            pane.say("no plan before there is a value")
        elif previewed is None or previewed.rows < 0:
            pane.say("asking for the plan …")
        else:
            pane.say(previewed.line, previewed.warning, bad=True)

    # -- asking ------------------------------------------------------------------------------------

    def check_soon(self) -> None:
        """Ask about the values."""
        self._after("check", CHECK_AFTER, self._check)

    def _after(self, what: str, seconds: float, then: Callable[[], None]) -> None:
        """Do something unless it is to be done again by then."""
        if before := self._delays.pop(what, None):
            before.stop()
        self._delays[what] = self._clock.set_timer(seconds, then)

    def _plan(self) -> None:
        if not self._refused and not self._blank:
            self._questions.preview(self._spec)

    def _check(self) -> None:
        self._questions.forget_checks()
        lines, typed = self._parts.lines, self._parts.field
        if typed is not None:  # what comes behind it was not typed yet
            lines = lines[: self._parts.line + (0 if typed.blank else 1)]
        self._questions.check([line.checked for line in lines if line.checked is not None])
