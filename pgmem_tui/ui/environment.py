"""What Textual reads from the environment when it is imported. Imports nothing of Textual itself."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

FRAMES_PER_SECOND = 120
"""A change waits for the next frame: 60 would add up to 16 ms to each key."""

ESCAPE_DELAY = 50
"""Milliseconds after which an escape is a key and not the start of a sequence; as vim users set it."""


def prepare(environ: MutableMapping[str, str] | None = None) -> None:
    """Set Textual's variables; must run before `textual` is imported.

    What the user set stays, but for animations: a scroll that is animated sends each line many times.

    Args:
        environ: Variables to change instead of this process's.
    """
    variables = os.environ if environ is None else environ
    variables.setdefault("TEXTUAL_FPS", str(FRAMES_PER_SECOND))
    variables.setdefault("ESCDELAY", str(ESCAPE_DELAY))
    variables["TEXTUAL_ANIMATIONS"] = "none"
    variables.pop("UNICODE_VERSION", None)  # widths are measured for one version of Unicode
