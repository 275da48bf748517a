"""JSON, arrays and composites in lines: one value a line, opened and closed by brackets. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from pgmem_tui.display.values.outline import NoOutline, Outline, OutlineMaker

JSON, ELEMENTS, FIELDS = "JSON", "elements", "fields"
_MARKS = {JSON: "{}[]", ELEMENTS: "{}", FIELDS: "()"}
"""The brackets of each form (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO,
https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-IO-SYNTAX)."""
_PAIRS = {"}": "{", "]": "[", ")": "("}
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"[^"\\]*(?:(?:\\.|"")[^"\\]*)*")
        | (?P<mark>[{}\[\](),])
        | (?P<word>[^\s"{}\[\](),]+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_JSON_WORD = re.compile(r":?(?:true|false|null|-?\d[\d.eE+-]*)?")
_OPENED, _COMMA, _VALUE = "opened", "comma", "value"


def bracketed(form: str, text: str, given_up: Callable[[], bool] = lambda: False) -> Outline:
    """The outline of a text in brackets.

    Args:
        form: `JSON`, `ELEMENTS` or `FIELDS`.
        text: The value.
        given_up: Whether nobody waits any longer.

    Raises:
        NoOutline: Brackets or quotes do not fit together.
    """
    reading = _Reading(form, text, given_up)
    place, length = 0, len(text.rstrip())
    while place < length:
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise NoOutline(f"not {form} at character {place + 1:,}")
        place = reading.token(found.lastgroup, found.start(found.lastgroup), found.end())
    return reading.done()


class _Reading:
    """Where the reading of a text stands."""

    def __init__(self, form: str, text: str, given_up: Callable[[], bool]) -> None:
        self._form, self._text, self._marks = form, text, _MARKS[form]
        self._maker = OutlineMaker(form, text, given_up)
        self._begin = -1
        """Where the line begins that is being read; -1 between two."""
        self._end = 0
        """Behind the last token."""
        self._before = ""
        """What stood before this token, between two lines."""

    def token(self, kind: str, begin: int, end: int) -> int:
        """Take a token. Returns where the next one may begin."""
        self._maker.token()
        mark = self._text[begin:end] if kind == "mark" else ""
        if mark == ",":
            self._comma(begin, end)
        elif mark and mark in self._marks:
            end = self._close(mark, begin, end) if mark in _PAIRS else self._open(mark, begin, end)
        else:
            wrong = kind != "string" and not _JSON_WORD.fullmatch(self._text, begin, end)
            if self._form == JSON and wrong:
                raise NoOutline(f"not JSON at character {begin + 1:,}")
            self._begin = begin if self._begin < 0 else self._begin
        self._end = end
        return end

    def done(self) -> Outline:
        """The outline."""
        self._finish()
        return self._maker.done()

    def _finish(self) -> None:
        if self._begin >= 0:
            self._maker.line(self._begin, self._end)
            self._begin, self._before = -1, _VALUE

    def _comma(self, begin: int, end: int) -> None:
        self._finish()
        if self._before == _VALUE:
            self._maker.extend(end)
        elif self._form == FIELDS:
            self._maker.line(begin, end)  # nothing before a comma is NULL
        else:
            raise NoOutline(f"a comma without a value at character {begin + 1:,}")
        self._before = _COMMA

    def _open(self, mark: str, begin: int, end: int) -> int:
        start = begin if self._begin < 0 else self._begin
        after = end
        while after < len(self._text) and self._text[after].isspace():
            after += 1
        self._begin = -1
        if self._text[after : after + 1] in _PAIRS and _PAIRS[self._text[after]] == mark:
            self._maker.line(start, after + 1)
            self._before = _VALUE
            return after + 1
        self._maker.open(start, end)
        self._before = _OPENED
        return end

    def _close(self, mark: str, begin: int, end: int) -> int:
        self._finish()
        if self._before != _VALUE and self._form == FIELDS:
            self._maker.line(begin, begin)
        elif self._before == _COMMA:
            raise NoOutline(f"a comma without a value at character {begin:,}")
        opener = self._maker.close(begin, end)
        if self._text[opener] != _PAIRS[mark]:
            raise NoOutline(f"a bracket of another kind at character {begin + 1:,}")
        self._before = _VALUE
        return end
