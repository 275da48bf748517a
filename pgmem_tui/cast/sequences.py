"""What of a program's output a replay needs: what is shown, and nothing that speaks to the terminal."""

from __future__ import annotations

import re

_FOR_THE_TERMINAL = re.compile(
    r"\x1b(?:"
    # Mouse, focus, bracketed paste, reports of the size: a replay that is stopped would leave them on.
    r"\[\?(?:9|100[0-6]|101[56]|2004|2031|2048)[hl]"
    r"|\[[<>=?][0-9;]*u"  # the keyboard's protocol: the same
    r"|\[\?[0-9;]+\$p|\[[>=?]?[0-9;]*[cn]"  # queries: the answers would go to the player, or to a shell
    r"|\](?:22|52);[^\x07\x1b]*(?:\x07|\x1b\\)"  # the pointer's shape; the clipboard, with what was copied
    r")"
)
"""Names as in https://invisible-island.net/xterm/ctlseqs/ctlseqs.html and
https://sw.kovidgoyal.net/kitty/keyboard-protocol/."""


def shown(output: str) -> str:
    """Take out of some output, cut at no sequence, what changes nothing on the screen."""
    return _FOR_THE_TERMINAL.sub("", output)
