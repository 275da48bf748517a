"""Whether a text holds what someone types to find it: every word, or nearly. Pure.

Takes time for the length of the text, whatever is typed: no pattern is compiled from it.
"""

from __future__ import annotations

FUZZY_FROM = 3
"""Letters of a word from which on they need not stand side by side."""
FUZZY_WITHIN = 2
"""Times the length of a word, and `FUZZY_MORE`: characters in which all its letters have to stand."""
FUZZY_MORE = 8
FUZZY_HEAD = 2000
"""Characters of a text, from its beginning, that are looked at for letters apart."""

EXACT, NEARLY = 0, 1


class Matcher:
    """Looks for the same words in many texts; case does not matter."""

    def __init__(self, typed: str) -> None:
        """Split it at blanks."""
        self.words = tuple(dict.fromkeys(typed.casefold().split()))

    def rank(self, text: str) -> int | None:
        """`EXACT` if it holds every word, `NEARLY` if some only by their letters in order; else None."""
        folded = text.casefold()
        missing = [word for word in self.words if word not in folded]
        if not missing:
            return EXACT
        head = folded[:FUZZY_HEAD]
        return NEARLY if all(_letters(word, head) for word in missing) else None


def _letters(word: str, text: str) -> bool:
    """Whether its letters stand in the text in this order, close together."""
    if len(word) < FUZZY_FROM:
        return False
    within = FUZZY_WITHIN * len(word) + FUZZY_MORE
    start = text.find(word[0])
    while start >= 0:
        place, end = start, start + within
        for letter in word[1:]:
            place = text.find(letter, place + 1, end)
            if place < 0:
                break
        else:
            return True
        start = text.find(word[0], start + 1)
    return False
