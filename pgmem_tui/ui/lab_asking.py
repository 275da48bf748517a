"""What the lab's screen asks in a line: settings, and the file of a report."""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump

from pgmem_tui.postgres.errors import Refused
from pgmem_tui.ui import lab_words
from pgmem_tui.ui.lab_desk import Choice, LabDesk
from pgmem_tui.ui.text_saving import SAVE, TextSaving
from pgmem_tui.ui.widgets.prompt import Prompt

RUNS = "it runs: esc cancels it"


class LabAsking:
    """The screen hands on what its prompt and the saving thread say."""

    def __init__(
        self, screen: MessagePump, prompt: Prompt, desk: LabDesk, say: Callable[[str], None]
    ) -> None:
        """Nothing is asked.

        Args:
            screen: Gets `TextSaving.Ended`.
            prompt: Asks.
            desk: Has the settings and the report.
            say: Shows a safe line.
        """
        self._prompt, self._desk, self._say = prompt, desk, say
        self.saving = TextSaving(screen, prompt, say)

    def setting(self, what: str) -> None:
        """Ask for a setting."""
        if self._desk.busy:
            self._say(RUNS)
        else:
            self._prompt.ask(what, *lab_words.asked_for(what, self._desk.choice))

    def file(self, title: str) -> None:
        """Ask for the name of a report's file; its end says which form it has.

        Args:
            title: What was read; safe text.
        """
        report = self._desk.report
        if self._desk.busy:
            self._say(RUNS)
        elif report is None or not any(found.runs for found in report.measurements):
            self._say(
                "there is no report yet" if report is None else "nothing was measured: there is no report"
            )
        else:
            name = lab_words.file_for(title)
            self.saving.ask("the report", lambda path: lab_words.file_text(report, path), name)

    def given(self, what: str, text: str) -> Choice | None:
        """The prompt was answered; returns the choice with a new setting in it, if that is what was asked.

        What is refused is asked for again, as it was typed.
        """
        if what not in lab_words.SETTINGS:
            self._save(what, text)
            return None
        try:
            return self._desk.choice.changed(what, lab_words.read(what, text))
        except ValueError as error:
            self._say(str(error))
            question, _ = lab_words.asked_for(what, self._desk.choice)
            self._prompt.ask(what, question, text)
            return None

    def _save(self, what: str, text: str) -> None:
        try:
            if what == SAVE and text:
                lab_words.ending(text)
        except Refused as error:
            self._say(str(error))
            self.saving.ask_again(text)
        else:
            self.saving.given(what, text)
