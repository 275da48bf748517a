"""A text of a screen into a file: its name is asked for, and asked again before one is replaced."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message
from textual.message_pump import MessagePump

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.ui.plan_saving import Saved, save
from pgmem_tui.ui.widgets.prompt import Prompt

SAVE = "save"
"""What its prompt asks for first."""
_REPLACE = "replace "


class TextSaving:
    """One text at a time; the screen hands on what its prompt and the thread say."""

    class Ended(Message):
        """It is saved, or not."""

        def __init__(self, outcome: Saved) -> None:
            """Say how it ended."""
            super().__init__()
            self.outcome = outcome

    def __init__(self, screen: MessagePump, prompt: Prompt, say: Callable[[str], None]) -> None:
        """Nothing is saved yet.

        Args:
            screen: Gets `Ended`.
            prompt: Asks.
            say: Shows a safe line.
        """
        self._screen, self._prompt, self._say = screen, prompt, say
        self._make: Callable[[str], str] = lambda path: ""
        self._question = ""

    def ask(self, what: str, text: str | Callable[[str], str], name: str) -> None:
        """Ask for a file's name.

        Args:
            what: What is saved, in words.
            text: All of it; or what makes it for a file's name, on another thread, or raises Refused.
            name: What to offer.
        """
        self._make = (lambda path: text) if isinstance(text, str) else text
        self._question = f"save {one_line(what)} to"
        self.ask_again(name)

    def ask_again(self, name: str) -> None:
        """Ask for another name for what was asked about last.

        Args:
            name: The one to mend.
        """
        self._prompt.ask(SAVE, self._question, name)

    def given(self, what: str, text: str) -> None:
        """The prompt was answered."""
        if what.startswith(_REPLACE):
            if text.lower() in ("y", "yes"):
                self._save(what.removeprefix(_REPLACE), True)
        elif text:
            self._save(text, False)

    def ended(self, outcome: Saved) -> None:
        """Say how it ended, or ask whether a file may go."""
        path = one_line(outcome.path)
        if outcome.exists:
            self._prompt.ask(f"{_REPLACE}{outcome.path}", f"{path} is there already: replace it? y or n")
        elif outcome.why_not:
            self._say(one_line(f"not saved: {outcome.why_not}"))
        else:
            self._say(f"saved {quantities.nbytes(outcome.nbytes)} to {path}")

    def _save(self, path: str, replace: bool) -> None:
        make = self._make
        self._say("saving …")
        save(
            path, lambda: make(path), replace, lambda outcome: self._screen.post_message(self.Ended(outcome))
        )
