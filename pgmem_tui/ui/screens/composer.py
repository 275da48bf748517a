"""Put a query together from what the database has, and see what it would send while one does."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.screen import ModalScreen
from textual.timer import Timer

from pgmem_tui.display.text import one_line
from pgmem_tui.postgres.errors import Refused as NotComposed
from pgmem_tui.postgres.query_spec import QuerySpec
from pgmem_tui.ui.actions import key_help
from pgmem_tui.ui.composer_choosing import Choosing, ComposerHands
from pgmem_tui.ui.composer_keys import always, first_keys
from pgmem_tui.ui.composer_questions import ComposerQuestions
from pgmem_tui.ui.copying import copy_text
from pgmem_tui.ui.preview_views import Shown, View, shown
from pgmem_tui.ui.query_changes import sources
from pgmem_tui.ui.query_draft import Place, QueryDraft, Section
from pgmem_tui.ui.query_lines import Notes
from pgmem_tui.ui.screens.choose import ChooseScreen
from pgmem_tui.ui.screens.help import HelpScreen
from pgmem_tui.ui.widgets.choice_list import Choices
from pgmem_tui.ui.widgets.composer_list import ComposerList
from pgmem_tui.ui.widgets.composer_preview import ComposerPreview
from pgmem_tui.ui.widgets.one_line import OneLine

PLAN_AFTER, CHECK_AFTER = 0.15, 0.1
"""Seconds without a key after which the plan is asked for, and what the server says of a value."""


class ComposerScreen(ModalScreen[None]):
    """A query's parts, and what they make."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f5", "run", "run: open the rows", show=False),
        Binding("r", "run(True)", "run, from any line", show=False),
        Binding("v", "view", "SQL, as it is sent, psycopg2, formatted as text", show=False),
        Binding("y", "copy", "copy what is shown", show=False),
        Binding("e", "edit", "edit as SQL", show=False),
        Binding("right_square_bracket", "turn(1)", "scroll what is shown down", show=False),
        Binding("left_square_bracket", "turn(-1)", "scroll it up", show=False),
        Binding("escape,q", "leave", "leave; the draft is kept", show=False),
        Binding("question_mark", "help", "these keys", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    # Without a glimpse of the rows: each of their ticks would paint all of this again.
    DEFAULT_CSS = """
    ComposerScreen {
        background: $background;
        & > #composer {
            width: 100%;
            height: 100%;
            border: round $accent;
            background: $background;
            border-title-color: $foreground;
            border-subtitle-color: $text-muted;
        }
        & #composer-parts { height: 1fr; layout: vertical; }
        & ComposerList { width: 1fr; height: 1fr; }
        & ComposerPreview { width: 1fr; height: 45%; }
        & #composer-keys { height: 2; color: $text-muted; }
        &.-wide {
            & #composer-parts { layout: horizontal; }
            & ComposerPreview { height: 1fr; border-left: solid $surface-lighten-2; }
        }
    }
    """

    def __init__(
        self, draft: QueryDraft, questions: ComposerQuestions, hands: ComposerHands, said: str = ""
    ) -> None:
        """Begin with a draft.

        Args:
            draft: Is changed.
            questions: Asks the server.
            hands: Does what the composer cannot.
            said: Is said until the first key.
        """
        super().__init__()
        self._began, self._questions, self._hands = draft, questions, hands
        self._notes = Notes(checked=questions.checked)
        self._view = View.SQL
        self._seen: tuple[QuerySpec, str, bool] | None = None
        """What the plan was asked for, or is about to be, and why not."""
        self._refused = ""
        """Why it cannot be composed as it is."""
        self._said = said
        self._title = "?"
        self._run_wanted = False
        """Whether it is to be run once the columns are known."""
        self._delays: dict[str, Timer] = {}

    def compose(self) -> ComposeResult:
        """The parts, the preview, the keys."""
        with Vertical(id="composer") as pane:
            pane.border_subtitle = "↵ runs · esc leaves and keeps the draft"
            with Container(id="composer-parts"):
                yield ComposerList(self._began, self._notes, self._choose)
                yield ComposerPreview(id="composer-preview")
            yield OneLine(id="composer-keys")

    def on_mount(self) -> None:
        """Show what there is, and ask for what is not known."""
        self.parts, self.preview = self.query_one(ComposerList), self.query_one(ComposerPreview)
        self.pane, self.keys = self.query_one("#composer"), self.query_one("#composer-keys", OneLine)
        self.choosing = Choosing(self.parts, self._questions, self._hands, self._ask, self._say)
        self._questions.told = self._told
        self.parts.focus()
        self._told()
        if not self.draft.spec.source.oid:
            self.choosing.table()

    @property
    def draft(self) -> QueryDraft:
        """What is composed now."""
        return self.parts.draft

    @property
    def _blank(self) -> bool:
        """Whether a value lacks that is just to be typed: what the server says of that helps nobody."""
        return self.parts.field is not None and self.parts.field.blank

    @property
    def _waits(self) -> bool:
        """Whether it is not known yet what the tables are made of."""
        known, read = self._questions.looked.relations, sources(self.draft.spec)
        return self._questions.trouble is None and any(one.oid and one.oid not in known for one in read)

    def on_resize(self) -> None:
        """List the keys that there is room for."""
        self._show_keys()

    def on_unmount(self) -> None:
        """Wait for nothing more."""
        self._questions.leave()

    def _close(self) -> None:
        self._questions.leave()
        self.dismiss()

    # -- what is shown -----------------------------------------------------------------------------

    def _told(self) -> None:
        """Something is known that was not."""
        for relation in self._questions.looked.relations.values():
            if self.draft.relations.get(relation.oid) is not relation:
                self.draft.know(relation)
        previewed = self._questions.previewed
        self._notes.order = previewed.order if previewed is not None and self.draft.spec.order else ""
        self.parts.renew()
        self._show()
        if self._run_wanted and not self._waits:
            self.action_run(anywhere=True)

    @on(ComposerList.Changed)
    def _changed(self, message: ComposerList.Changed) -> None:
        self._show()
        self._say(message.refused)
        if self.parts.field is not None:
            self._questions.forget_joins()
            self._after("check", CHECK_AFTER, self._check)

    @on(ComposerList.Moved)
    def _moved(self) -> None:
        self._say("")

    def _show(self) -> None:
        spec = self.draft.spec
        self._questions.look_up([source.oid for source in sources(spec) if source.oid])
        made, self._refused = self._composed()
        self.preview.show(made, self._view)
        seen = spec, self._refused, self._blank
        if seen != self._seen:
            self._seen = seen
            self._questions.forget_preview()
            self._notes.order = ""
            if not self._refused:
                self._after("plan", PLAN_AFTER, self._plan)
            self._after("check", CHECK_AFTER, self._check)
        self._show_foot(made)
        self._show_title()
        self._show_keys()

    def _composed(self, view: View | None = None) -> tuple[Shown, str]:
        """What is looked at, or why there is nothing."""
        try:
            return shown(view or self._view, self.draft.spec, self._questions.looked), ""
        except NotComposed as refused:
            return Shown(""), str(refused)

    def _show_title(self) -> None:
        relation = self.draft.relations.get(self.draft.spec.source.oid)
        name = f" ─ {relation.schema}.{relation.name}" if relation is not None else ""
        if name != self._title:  # another title paints all of the pane
            self._title = name
            self.pane.border_title = Text(one_line(f"Compose{name}"))

    def _show_foot(self, made: Shown) -> None:
        questions = self._questions
        previewed, problem = questions.previewed, questions.problem
        if self._view is not View.SQL:
            above = not made.bad and len(made.says) <= self.preview.size.width - 2
            self.preview.say(made.says if above else "", "" if above else made.says, made.bad)
        elif problem is not None:
            self.preview.say("no plan", ". ".join(filter(None, (problem.message, problem.hint))), bad=True)
        elif self._refused:
            trouble = questions.trouble
            self.preview.say("", trouble.message if trouble else self._refused, bad=not self._waits)
        elif self._blank:
            self.preview.say("no plan before there is a value")
        elif previewed is None or previewed.rows < 0:
            self.preview.say("asking for the plan …")
        else:
            self.preview.say(previewed.line, previewed.warning, bad=True)

    def _show_keys(self) -> None:
        typing = self.parts.field is not None
        first = self._said or first_keys(self.draft, self.parts.place, typing)
        self.keys.show((f" {first}", ""), (always(self.size.width - 2), ""))

    def _say(self, sentence: str) -> None:
        """Show a sentence until the next key that does something."""
        self._said, self._run_wanted = sentence, False
        self._show_keys()

    # -- asking ------------------------------------------------------------------------------------

    def _after(self, what: str, seconds: float, then: Callable[[], None]) -> None:
        """Do something unless it is to be done again by then."""
        if before := self._delays.pop(what, None):
            before.stop()
        self._delays[what] = self.set_timer(seconds, then)

    def _plan(self) -> None:
        if not self._refused and not self._blank:
            self._questions.preview(self.draft.spec)

    def _check(self) -> None:
        self._questions.forget_checks()
        lines, typed = self.parts.lines, self.parts.field
        if typed is not None:  # what comes behind it was not typed yet
            lines = lines[: self.parts.line + (0 if typed.blank else 1)]
        self._questions.check([line.checked for line in lines if line.checked is not None])

    def _choose(self, place: Place, turn: int) -> None:
        self.choosing.choose(place, turn)

    def _ask(self, choices: Choices, then: Callable[[list[int]], None]) -> None:
        self.app.push_screen(ChooseScreen(choices, then))

    # -- keys --------------------------------------------------------------------------------------

    def action_run(self, anywhere: bool = False) -> None:
        """Open the rows; on a line that adds something, add it."""
        place, draft = self.parts.place, self.draft
        if place.adds and not anywhere and (place.section is not Section.COLUMNS or draft.spec.outputs):
            self.choosing.choose(place)
            return
        made, refused = self._composed(View.SQL)
        wrong = [number for number, line in enumerate(self.parts.lines) if self.parts.wrong(line)]
        if wrong:
            self.parts.go(wrong[0])
            self._say("the server does not take this value")
        elif refused:
            self._say(refused)
            self._run_wanted = self._waits
        else:
            self._close()
            self._hands.run(draft, made.text)

    def action_view(self) -> None:
        """Show it otherwise."""
        views = list(View)
        self._view = views[(views.index(self._view) + 1) % len(views)]
        self._show()

    def action_turn(self, by: int) -> None:
        """Scroll what is shown."""
        self.preview.turn(by)

    def action_copy(self) -> None:
        """Copy what is shown."""
        if self.preview.shown.text:
            copy_text(self.app, self.preview.shown.text, f"the {self._view.value}", self._say)

    def action_edit(self) -> None:
        """Go on in the editor."""
        made, refused = self._composed(View.SQL)
        if refused:
            self._say(refused)
            return
        self._close()
        self._hands.left(self.draft)
        self._hands.edit(made.text)

    def action_leave(self) -> None:
        """Run nothing."""
        self._close()
        self._hands.left(self.draft)

    def action_help(self) -> None:
        """List the keys."""
        self.app.push_screen(HelpScreen(list(key_help(self.app, self))))
