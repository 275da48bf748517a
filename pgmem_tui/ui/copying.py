"""The clipboard of the terminal, by OSC 52; what cannot be copied is said.

A terminal does not answer whether it took the text. Where something between this program and the
terminal is known to keep it, a sentence says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from textual.app import App

LIMIT = 2**20
"""Bytes of UTF-8 that are copied at most."""

_NEVER = (
    ("STY", "", "GNU screen keeps it from the terminal"),
    ("TERM", "linux", "the Linux console has no clipboard"),
    ("TERM", "dumb", "a dumb terminal has no clipboard"),
)
"""Variable, its value or any, and why nothing is sent at all: screen would print a long text."""
_PERHAPS = (
    ("TMUX", "", "if tmux has set-clipboard on"),
    ("TERM_PROGRAM", "Apple_Terminal", "but Terminal of macOS takes nothing"),
    ("XTERM_VERSION", "", "if xterm has allowWindowOps"),
    ("VTE_VERSION", "", "if this VTE terminal is a new one"),
)


def copy_text(app: App[Any], text: str, what: str, say: Callable[[str], None] | None = None) -> bool:
    """Copy a text, and say so or why not.

    Args:
        app: Which has the terminal.
        text: At most `LIMIT` bytes.
        what: In the sentence `copied <what>`; one safe line.
        say: Shows the sentence; without it, a notification does.

    Returns:
        Whether it was sent to the terminal.
    """
    sentence = refusal(text)
    sent = not sentence
    if sent:
        # Bytes of a database without an encoding are lone surrogates here, which have no UTF-8.
        app.copy_to_clipboard(text.encode("utf-8", "replace").decode("utf-8"))
        why = doubt(os.environ)
        sentence = f"copied {what}" + (f", {why}" if why else "")
    if say is not None:
        say(sentence)
    else:
        app.notify(sentence, markup=False, severity="information" if sent else "warning")
    return sent


def refusal(text: str, environ: Mapping[str, str] | None = None) -> str:
    """Why a text cannot be copied; empty if it can."""
    nbytes = len(text.encode("utf-8", "replace"))
    if nbytes > LIMIT:
        return f"not copied: {nbytes:,} bytes, and {LIMIT:,} are the most that a clipboard gets"
    why = _reason(_NEVER, os.environ if environ is None else environ)
    return f"not copied: {why}" if why else ""


def doubt(environ: Mapping[str, str]) -> str:
    """Why the terminal may not take a text; empty where nothing speaks against it."""
    return _reason(_PERHAPS, environ)


def _reason(reasons: tuple[tuple[str, str, str], ...], environ: Mapping[str, str]) -> str:
    for variable, value, why in reasons:
        if (found := environ.get(variable)) and value in ("", found):
            return why
    return ""
