"""What goes wrong aside from what is shown, as Textual messages: nothing is imported for them."""

from __future__ import annotations

from textual.message import Message


class HistoryTrouble(Message, bubble=False):
    """The thread of the history could not do what was asked."""

    def __init__(self, sentence: str) -> None:
        """Say why."""
        super().__init__()
        self.sentence = sentence


class RecordingStopped(Message, bubble=False):
    """The recorder's thread could not write."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__()
        self.why = why
