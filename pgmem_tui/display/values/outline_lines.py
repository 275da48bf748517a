"""An outline as rows: indented, wrapped, folded. Pure but for what is folded."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate

from pgmem_tui.display.values.brackets import FIELDS, JSON
from pgmem_tui.display.values.outline import Outline
from pgmem_tui.display.values.rows import NotHeld, Row
from pgmem_tui.display.values.spans import KEY, MARK, Span, breaks, cut

INDENT = 2
DEEPEST_INDENT = 40
"""Cells; what is nested deeper stands there too."""
LINE_LIMIT = 4096
"""Characters shown of one line; the text form has the rest."""
_STEP = 2 * LINE_LIMIT
"""Places from a line to the next: more than a line has rows."""
_KEY = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")\s*:\s*', re.DOTALL)


class OutlineLines:
    """Rows of an outline; a place is the line's number and the index of the row's first character."""

    def __init__(self, outline: Outline, width: int, wrap: bool, folded: set[int] | None = None) -> None:
        """Show an outline.

        Args:
            outline: The lines.
            width: Cells of a row.
            wrap: Whether a long line goes on in the next row.
            folded: Lines whose content is not shown; kept and changed.
        """
        self.name = outline.form
        self.outline = outline
        self.folded = set() if folded is None else folded
        self._width, self._wrap = width, wrap
        self._hidden_from: list[int] = []
        self._hidden_to: list[int] = []
        self._hidden_before: list[int] = [0]
        self._fold()

    @property
    def end(self) -> int:
        """The place behind the last row."""
        return len(self.outline) * _STEP

    def line(self, place: int) -> int:
        """The line of the outline that a place is in."""
        return min(place // _STEP, len(self.outline) - 1)

    def place(self, line: int) -> int:
        """Where a line of the outline begins."""
        return min(max(0, line), len(self.outline) - 1) * _STEP

    def number(self, place: int) -> tuple[int, int]:
        """Which of the lines that are shown a place is in, from 0, and how many there are."""
        line = place // _STEP
        before = bisect_left(self._hidden_from, line)
        return line - self._hidden_before[before], len(self.outline) - self._hidden_before[-1]

    def rows(self, place: int, count: int) -> tuple[list[Row], NotHeld | None]:
        """Rows from a place on."""
        rows: list[Row] = []
        line, index = divmod(place, _STEP)
        while len(rows) < count and line < len(self.outline):
            label, text, mark = self._line(line)
            begins = self._begins(label, text)
            ends = [*begins[1:], len(text)]
            for number in range(bisect_right(begins, index) - 1, len(begins)):
                piece = text[begins[number] : ends[number]]
                last = number == len(begins) - 1
                rows.append(Row(line * _STEP + begins[number], piece, label, mark if last else ""))
            line, index = self._after(line), 0
        return rows[:count], None

    def back(self, place: int, count: int) -> int:
        """The place that many rows before."""
        line, index = divmod(place, _STEP)
        if line >= len(self.outline):
            line, index = len(self.outline), 0
        while count > 0:
            if index == 0:
                if line == 0:
                    return 0
                line, index = self._before(line), _STEP
            label, text, _ = self._line(line)
            begins = [begin for begin in self._begins(label, text) if begin < index]
            passed = min(count, len(begins))
            index = begins[-passed]
            count -= passed
        return line * _STEP + index

    def at(self, place: int) -> int:
        """Where the row begins that has a place in it."""
        if place >= self.end:
            return self.back(self.end, 1)
        line, index = divmod(max(0, place), _STEP)
        shown = self._shown(line)
        if shown != line:
            return shown * _STEP
        label, text, _ = self._line(line)
        begins = self._begins(label, text)
        return line * _STEP + begins[bisect_right(begins, index) - 1]

    def spans(self, row: Row, left: int, width: int) -> list[Span]:
        """What to paint of a row."""
        behind = Span(row.mark[: max(0, width)], MARK) if row.mark else None
        found = _KEY.match(row.text) if self.name == JSON and row.place % _STEP == 0 else None
        indent = row.label[left : left + width]
        room, left = max(0, width - len(indent)), max(0, left - len(row.label))
        spans = [Span(indent, MARK)] if indent else []
        if found is None:
            spans += cut(row.text, left, room)
        else:
            key = [Span(span.text, KEY) for span in cut(found[0], left, room)]
            used = sum(len(span.text) for span in key)
            spans += key + cut(row.text[found.end() :], max(0, left - len(found[0])), max(0, room - used))
        return [*spans, behind] if behind else spans

    # -- folding ---------------------------------------------------------------------------------

    def toggle(self, place: int) -> int:
        """Fold or unfold what a row opens, or what it is in. Returns the place of the line that opens it."""
        line = place // _STEP
        closes = self.outline.closes
        if closes[line] == line:
            line -= 1
            while line >= 0 and not line < place // _STEP <= closes[line]:
                line -= 1
        if line < 0:
            return place
        self.folded ^= {line}
        self._fold()
        return line * _STEP

    def toggle_all(self) -> None:
        """Fold everything inside the outermost brackets, or unfold all."""
        if self.folded:
            self.folded.clear()
        else:
            depths, closes = self.outline.depths, self.outline.closes
            self.folded |= {n for n in range(len(depths)) if depths[n] == 1 and closes[n] > n}
        self._fold()

    def reveal(self, index: int) -> int:
        """Unfold what hides a character of the text. Returns the place of its line."""
        line = max(0, bisect_right(self.outline.begins, index) - 1)
        self.folded -= {opened for opened in self.folded if opened < line <= self.outline.closes[opened]}
        self._fold()
        return self.at(line * _STEP + min(index - self.outline.begins[line], LINE_LIMIT - 1))

    def _fold(self) -> None:
        self._hidden_from, self._hidden_to = [], []
        for line in sorted(self.folded):
            if not self._hidden_to or line >= self._hidden_to[-1]:
                self._hidden_from.append(line + 1)
                self._hidden_to.append(self.outline.closes[line] + 1)
        lengths = [to - first for first, to in zip(self._hidden_from, self._hidden_to, strict=True)]
        self._hidden_before = [0, *accumulate(lengths)]

    def _shown(self, line: int) -> int:
        """The line itself, or the one that hides it."""
        before = bisect_right(self._hidden_from, line) - 1
        return self._hidden_from[before] - 1 if before >= 0 and line < self._hidden_to[before] else line

    def _after(self, line: int) -> int:
        return self.outline.closes[line] + 1 if line in self.folded else line + 1

    def _before(self, line: int) -> int:
        return self._shown(line - 1)

    # -- lines -----------------------------------------------------------------------------------

    def _line(self, line: int) -> tuple[str, str, str]:
        """Its indentation, its text, and what stands behind that."""
        what = self.outline
        begin, end = what.begins[line], what.ends[line]
        label = " " * min(what.depths[line] * INDENT, DEEPEST_INDENT, self._width // 2)
        text, mark = what.text[begin : min(end, begin + LINE_LIMIT)], ""
        if what.form == JSON and (key := _KEY.match(text)):
            text = f"{key[1]}: {text[key.end() :]}"
        if end - begin > LINE_LIMIT:
            mark = f"… {end - begin - LINE_LIMIT:,} more characters, t shows them"
        elif what.form == FIELDS and not text.strip(","):
            mark = "NULL"
        if line in self.folded:
            last = what.closes[line]
            mark = f" … {last - line - 1:,} lines … {what.text[what.begins[last] : what.ends[last]][:40]}"
        return label, text, mark

    def _begins(self, label: str, text: str) -> list[int]:
        # A line of JSON or XML may have line ends in its text: they are shown escaped here.
        return breaks(text, max(1, self._width - len(label))) if self._wrap else [0]
