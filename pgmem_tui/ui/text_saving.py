"""A text of a screen into a file: its name is asked for, and asked again before one is replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message
from textual.message_pump import MessagePump

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.files.target import FileExists
from pgmem_tui.files.writing import writing
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.ui.widgets.prompt import Prompt

SAVE = "save"
"""What its prompt asks for first."""
_REPLACE = "replace"


@dataclass(frozen=True)
class Saved:
    """How it ended."""

    path: str
    nbytes: int = 0
    exists: bool = False
    """Whether a file of that name is there already; nothing was written then."""
    why_not: str = ""
    """The system's words, if it could not be written."""


def save(path: str, make: Callable[[str], str], replace: bool, then: Callable[[Saved], object]) -> None:
    """Write a text, and say how that ended, on a thread: a disk may be slow, and the screen waits for nobody.

    Args:
        path: The file's name; `~` is the user's home.
        make: Makes the text for that name.
        replace: Whether a file of that name may go.
        then: Gets the outcome.
    """

    def run() -> None:
        try:
            data = make(path).encode("utf-8", "surrogateescape")
            with writing(path, replace) as write:
                write(data)
        except FileExists:
            then(Saved(path, exists=True))
        except Refused as error:
            then(Saved(path, why_not=str(error)))
        except Exception as error:  # whoever waits is told in any case
            then(Saved(path, why_not=f"{type(error).__name__}: {error}"))
        else:
            then(Saved(path, len(data)))

    threading.Thread(target=run, name="pgmem-save", daemon=True).start()


@dataclass(frozen=True)
class _Asked:
    """What a name was asked for."""

    make: Callable[[str], str]
    behind: str
    question: str = ""


class TextSaving:
    """Whoever has it hands on what the prompt and the thread say."""

    class Ended(Message):
        """It is saved, or not."""

        def __init__(self, outcome: Saved, asked: _Asked) -> None:
            """Say how it ended, and of what."""
            super().__init__()
            self.outcome, self.asked = outcome, asked

    def __init__(self, owner: MessagePump, prompt: Prompt, say: Callable[[str], None]) -> None:
        """Nothing is saved yet.

        Args:
            owner: Gets `Ended`.
            prompt: Asks.
            say: Shows a safe line.
        """
        self._owner, self._prompt, self._say = owner, prompt, say
        self._asked = _Asked(lambda path: "", "")
        self._path = ""
        """The file that is to be replaced, if that is what is asked."""

    def ask(self, what: str, text: str | Callable[[str], str], name: str, behind: str = "") -> None:
        """Ask for a file's name.

        Args:
            what: What is saved, in words.
            text: All of it; or what makes it for a file's name, on another thread, or raises Refused.
            name: What to offer.
            behind: What to say behind the name of what was saved; safe text.
        """
        make = (lambda path: text) if isinstance(text, str) else text
        self._asked = _Asked(make, behind, f"save {one_line(what)} to")
        self.ask_again(name)

    def ask_again(self, name: str) -> None:
        """Ask for another name for what was asked about last.

        Args:
            name: The one to mend.
        """
        self._prompt.ask(SAVE, self._asked.question, name)

    def given(self, what: str, text: str) -> None:
        """The prompt was answered."""
        if what == _REPLACE:
            self._save(self._path, True)
        elif what == SAVE and text.strip():
            self._save(text.strip(), False)

    def ended(self, message: Ended) -> None:
        """Say how it ended, or ask whether a file may go."""
        outcome = message.outcome
        path = one_line(outcome.path)
        if outcome.exists:
            self._asked, self._path = message.asked, outcome.path
            self._say("")
            self._prompt.confirm(_REPLACE, f"{path} is there already: replace it?")
        elif outcome.why_not:
            self._say(one_line(f"not saved: {outcome.why_not}"))
        else:
            self._say(f"saved {quantities.nbytes(outcome.nbytes)} to {path}{message.asked.behind}")

    def _save(self, path: str, replace: bool) -> None:
        asked = self._asked
        self._say("saving …")
        save(path, asked.make, replace, lambda outcome: self._owner.post_message(self.Ended(outcome, asked)))
