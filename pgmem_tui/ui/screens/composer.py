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

from pgmem_tui.display.text import one_line
from pgmem_tui.ui.actions import key_help, typing_help
from pgmem_tui.ui.composer_choosing import Choosing, ComposerHands
from pgmem_tui.ui.composer_keys import always, first_keys
from pgmem_tui.ui.composer_previewing import Previewing
from pgmem_tui.ui.composer_questions import ComposerQuestions
from pgmem_tui.ui.copying import copy_text
from pgmem_tui.ui.preview_views import View
from pgmem_tui.ui.query_draft import Place, QueryDraft, Section
from pgmem_tui.ui.query_line import Notes
from pgmem_tui.ui.screens.choose import ChooseScreen
from pgmem_tui.ui.screens.help import HelpScreen
from pgmem_tui.ui.widgets.choice_list import Choices
from pgmem_tui.ui.widgets.composer_list import ComposerList
from pgmem_tui.ui.widgets.composer_preview import ComposerPreview
from pgmem_tui.ui.widgets.composer_typing import TYPING
from pgmem_tui.ui.widgets.one_line import OneLine


class ComposerScreen(ModalScreen[None]):
    """A query's parts, and what they make."""

    # What an action is called is nothing's that can have the focus here: ? lists each once.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f5", "run", "run: open the rows", show=False),
        Binding("r", "run(True)", "run, from any line", show=False),
        Binding("v", "view", "SQL, as it is sent, psycopg2, formatted as text", show=False),
        Binding("y", "copy", "copy what is shown", show=False),
        Binding("e", "edit_sql", "edit as SQL", show=False),
        Binding("right_square_bracket", "scroll_preview(1)", "scroll what is shown down", show=False),
        Binding("left_square_bracket", "scroll_preview(-1)", "scroll it up", show=False),
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
        self._said = said
        self._title = "?"
        self._run_wanted = False
        """Whether it is to be run once the columns are known."""

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
        self.parts, preview = self.query_one(ComposerList), self.query_one(ComposerPreview)
        self.preview = Previewing(self, self.parts, preview, self._questions, self._notes)
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
        self.preview.told()
        self.parts.renew()
        self._show()
        if self._run_wanted and not self.preview.waits:
            self.action_run(anywhere=True)

    @on(ComposerList.Changed)
    def _changed(self, message: ComposerList.Changed) -> None:
        self._show()
        self._say(message.refused)
        if self.parts.field is not None:
            self._questions.forget_joins()
            self.preview.check_soon()

    @on(ComposerList.Moved)
    def _moved(self) -> None:
        self._say("")

    def _show(self) -> None:
        self.preview.show()
        self._show_title()
        self._show_keys()

    def _show_title(self) -> None:
        relation = self.draft.relations.get(self.draft.spec.source.oid)
        name = f" ─ {relation.schema}.{relation.name}" if relation is not None else ""
        if name != self._title:  # another title paints all of the pane
            self._title = name
            self.pane.border_title = Text(one_line(f"Compose{name}"))

    def _show_keys(self) -> None:
        typing = self.parts.field is not None
        first = self._said or first_keys(self.draft, self.parts.place, typing)
        self.keys.show((f" {first}", ""), (always(self.size.width - 2), ""))

    def _say(self, sentence: str) -> None:
        """Show a sentence until the next key that does something."""
        self._said, self._run_wanted = sentence, False
        self._show_keys()

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
        made, refused = self.preview.composed(View.SQL)
        wrong = [number for number, line in enumerate(self.parts.lines) if self.parts.wrong(line)]
        if wrong:
            self.parts.go(wrong[0])
            self._say("the server does not take this value")
        elif refused:
            self._say(refused)
            self._run_wanted = self.preview.waits
        else:
            self._close()
            self._hands.run(draft, made.text)

    def action_view(self) -> None:
        """Show it otherwise."""
        self.preview.turn_view()

    def action_scroll_preview(self, by: int) -> None:
        """Scroll what is shown."""
        self.preview.pane.turn(by)

    def action_copy(self) -> None:
        """Copy what is shown."""
        if text := self.preview.pane.shown.text:
            copy_text(self.app, text, f"the {self.preview.view.value}", self._say)

    def action_edit_sql(self) -> None:
        """Go on in the editor."""
        made, refused = self.preview.composed(View.SQL)
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
        parts, *others = key_help(self.app, self)
        self.app.push_screen(HelpScreen([parts, typing_help("While one types", TYPING), *others]))
