"""From the cell view's keys to questions about one value, and from their answers to its rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.display.values import forms
from pgmem_tui.display.values.byte_window import REACH, ByteWindow
from pgmem_tui.display.values.hex_lines import HexLines
from pgmem_tui.display.values.outline import NoOutline, Outline
from pgmem_tui.display.values.outline_lines import OutlineLines
from pgmem_tui.display.values.rows import Lines, NotHeld
from pgmem_tui.display.values.text_lines import TextLines
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import values as va
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.ui.widgets.value_view import MakeLines, ValueView

AHEAD = 2 * REACH
"""Bytes held behind the screen, so that a page down is there at once."""
BEHIND = REACH
AT_ONCE = 16 * 2**10
"""Bytes of a value whose outline is made while the screen waits."""
COUNTED = 64 * 2**20
"""Bytes of a value whose characters are counted unasked: a tenth of a second."""


@dataclass(frozen=True)
class Words:
    """Where the cell view says things."""

    title: Callable[[str], None]
    status: Callable[[str], None]
    problem: Callable[[Problem | None, str], None]
    """Shows a problem and the keys that help, or no longer."""
    exists: Callable[[str], None]
    """Asks whether a file that is there may be replaced."""


class Reading:
    """One value that is looked at, on the screen's thread."""

    def __init__(
        self,
        cell: Cell,
        generation: int,
        cell_limit: int,
        request: Callable[[ev.Request], None],
        view: ValueView,
        words: Words,
    ) -> None:
        """Nothing is asked yet.

        Args:
            cell: The value.
            generation: Of what is open.
            cell_limit: Characters that a cut value has.
            request: Asks the session.
            view: Shows rows.
            words: Says the rest.
        """
        self.cell = cell
        self.window = ByteWindow(0)
        self.form = ""
        self.task = ""
        """What someone waits for: the value, its lines, a search, a file, a count; empty for nothing."""
        self.lost = False
        self.characters: int | None = None
        self._generation, self._request, self._view, self._words = generation, request, view, words
        shown = cell.shown
        self._cut = shown is not None and cell.column.was_cut(shown, cell_limit)
        self._forms: tuple[str, ...] = ()
        self._outlines: dict[str, Outline] = {}
        self._folded: dict[str, set[int]] = {}
        self._asked = False
        """Whether bytes are on their way."""
        self._near = 0
        """The offset around which bytes are kept."""
        self._open = False
        """Whether the server holds the value for us."""
        self._began = 0.0
        self._since = 0.0
        self._found_at = -1
        """Where the last match is."""

    # -- what the user asks for ------------------------------------------------------------------

    def begin(self) -> None:
        """Show the value, or its beginning as soon as that is here."""
        shown = self.cell.shown
        if shown is None:
            self._view.say("NULL")
            self._titled("NULL")
        elif self._cut:
            self._titled("reading …")
            self._view.say("reading … esc cancels")
            self._start("the value")
            self._read(0, REACH)
        else:
            data = forms.from_cell(shown, self.cell.column.type_oid)
            self.window = ByteWindow(len(data), data)
            self._count_here(shown)
            self._ready()

    def next_form(self) -> None:
        """Show the value in the next form."""
        if self._forms:
            place = self._forms.index(self.form) if self.form in self._forms else -1
            self._choose(self._forms[(place + 1) % len(self._forms)])

    def need(self, missing: NotHeld | None) -> None:
        """Bring bytes that are missing, or those that soon will be."""
        if self._asked or self.lost or not self._cut or not self.window.size:
            return
        window, view = self.window, self._view
        kept, end = window.kept(view.top)
        if missing is not None and (view.waiting or kept <= missing.first < end):
            self._near = missing.first if view.waiting else view.top
            self._read(missing.first, missing.end)
        elif self.form in (forms.TEXT, forms.HEX):
            self._near = view.top
            if window.end < min(window.size, view.bottom + AHEAD, end):
                self._read(window.end, min(window.size, window.end + REACH))
            elif window.start > max(0, view.top - BEHIND):
                self._read(max(0, window.start - REACH), window.start)

    def find(self, text: str, backward: bool) -> None:
        """Go to the next place with a text, or the one before; small letters find capitals as well."""
        self._view.needle = text
        if self.form not in (forms.TEXT, forms.HEX) and (outline := self._outlines.get(self.form)):
            self._find_line(outline, text, backward)
            return
        ignore = text == text.lower()
        needle = text.encode("utf-8", "surrogateescape")
        again = self._view.top <= self._found_at <= max(self._view.top, self._view.bottom)
        start = self._found_at + (not backward) if again else self._view.top
        if self.window.whole:
            data = self.window.data.lower() if ignore else self.window.data
            self._found(data.rfind(needle, 0, start) if backward else data.find(needle, start))
        else:
            self._start("a search")
            self._request(va.FindInValue(self._generation, self.cell, needle, ignore, start, backward))

    def save(self, path: str, replace: bool) -> None:
        """Write the value into a file."""
        self._start("a file")
        data = bytes(self.window.data) if self.window.whole and not self._cut else None
        self._request(va.SaveValue(self._generation, self.cell, path, replace, data))

    def count(self) -> None:
        """Count the characters, if nobody has yet."""
        if self.characters is None and self._cut and not self.task and self.cell.column.type_oid != 17:
            self._start("a count")
            self._request(va.CountCharacters(self._generation, self.cell))

    def go_to(self, text: str) -> bool:
        """Go to a share (`50%`) or an offset in bytes; whether that is what the text says."""
        number = text.strip().replace(",", "").removesuffix("%")
        if not number.isdecimal() or self._view.lines is None:
            return False
        end = self._view.lines.end
        self._view.go(int(number) * end // 100 if text.strip().endswith("%") else int(number))
        return True

    def leave(self) -> None:
        """The value is not looked at any longer."""
        if self._open and not self.lost:
            self._request(va.CloseValue(self._generation))

    # -- what the session answers ----------------------------------------------------------------

    def take(self, event: ev.Event) -> bool:
        """Whether an event was about this value alone; others are taken note of."""
        if isinstance(event, ev.Answer):
            if event.generation == self._generation and getattr(event, "cell", None) == self.cell:
                self._answered(event)
            return True
        if isinstance(event, ev.Failed) and (self.task or self._asked):
            self._over()
            self._words.problem(event.problem, "esc goes back" if not self.form else "esc dismisses")
            return True
        if isinstance(event, ev.Cancelled):
            self._open = self._open and not event.lost_cursor
            self._over()
            self._note("cancelled")
        elif isinstance(event, ev.Released):
            self._open = False
        elif isinstance(event, ev.Lost):
            self._open, self.lost = False, True
            self._over()
            self._words.problem(event.problem, "r reconnects")
        elif isinstance(event, ev.Connected):
            self.lost = False
            self._words.problem(None, "")
            self._retry()
        return False

    def _answered(self, event: ev.Answer) -> None:
        if isinstance(event, va.ValueRead):
            self._bytes(event)
        elif isinstance(event, va.ValueCounted):
            self._end_task("a count")
            self.characters = event.characters
            self._titled()
        elif isinstance(event, va.ValueOutlined):
            self._end_task("its lines")
            self._outlined(event.form, event.outline, event.why)
        elif isinstance(event, va.ValuePassed):
            share = 100 * event.offset / max(1, self.window.size)
            waited = quantities.seconds(time.monotonic() - self._since)
            self._words.status(f"{self.task}: {share:.0f} %, {waited} … esc cancels")
        elif isinstance(event, va.ValueFound):
            self._end_task("a search")
            self._found(event.offset)
        elif isinstance(event, va.ValueFileExists):
            self._end_task("a file")
            self._words.exists(event.path)
        elif isinstance(event, va.ValueSaved):
            self._end_task("a file")
            self._note(f"saved {quantities.nbytes(event.nbytes)} to {one_line(event.path)}")

    def _bytes(self, event: va.ValueRead) -> None:
        self._asked, self._open = False, True
        first = not self.form
        if event.began != self._began:
            if self._began:
                self._note(f"snapshot refreshed ({event.refreshed})")
                self._outlines.clear()
            self._began = event.began
            self.window = ByteWindow(event.size, event.data, event.offset)
            if not first:
                self._view.renew(self._maker())
        else:
            self.window.add(event.offset, event.data, self._near)
        if first:
            self._end_task("the value")
            self._ready()
            if self.window.size <= COUNTED:
                self.count()
        else:
            self._view.bytes_arrived()

    def _outlined(self, form: str, outline: Outline | None, why: str = "") -> None:
        if outline is not None:
            self._outlines[form] = outline
            self.form = form
            self._show(0)
        else:
            self._forms = tuple(other for other in self._forms if other != form)
            self._choose(self._forms[0])
            self._note(f"as {self.form}: {why}")

    # -- forms -----------------------------------------------------------------------------------

    def _ready(self) -> None:
        window, column = self.window, self.cell.column
        beginning = window.read(0, min(window.end, AT_ONCE))
        self._forms = forms.forms(column.type_oid, column.category, beginning, window.size)
        if not window.size:
            self.form = forms.TEXT
            self._view.say("an empty string" if column.type_oid != 17 else "no bytes")
            self._titled()
            return
        self._choose(self._forms[0])
        if window.whole and (blank := forms.only_blank(bytes(window.data))):
            self._note(blank)

    def _choose(self, form: str) -> None:
        if form in (forms.TEXT, forms.HEX) or form in self._outlines:
            place = self._view.top if {form, self.form} <= {forms.TEXT, forms.HEX} else 0
            self.form = form
            self._show(place)
            return
        data = bytes(self.window.data) if self.window.whole else None
        if data is not None and len(data) <= AT_ONCE:
            try:
                self._outlined(form, forms.make_outline(form, data))
            except NoOutline as error:
                self._outlined(form, None, str(error))
            return
        if not self.form:
            self.form = forms.TEXT
            self._show(0)
        self._start("its lines")
        self._request(va.OutlineValue(self._generation, self.cell, form, data))

    def _show(self, place: int) -> None:
        self._titled()
        self._view.show(self._maker(), place)

    def _maker(self) -> MakeLines:
        window, form = self.window, self.form
        outline = self._outlines.get(form)
        folded = self._folded.setdefault(form, set())

        def make(width: int, wrap: bool) -> Lines:
            if outline is not None:
                return OutlineLines(outline, width, wrap, folded)
            return HexLines(window, width) if form == forms.HEX else TextLines(window, width, wrap)

        return make

    # -- the rest --------------------------------------------------------------------------------

    def _read(self, first: int, end: int) -> None:
        self._asked = True
        self._request(va.ReadValue(self._generation, self.cell, first, end - first))

    def _retry(self) -> None:
        if not self.form and self._cut:
            self.begin()
        else:
            self._view.bytes_arrived()

    def _start(self, task: str) -> None:
        self.task, self._since = task, time.monotonic()
        self._words.status(f"{task} … esc cancels")

    def _end_task(self, task: str) -> None:
        if self.task == task:
            self.task = ""
            self._words.status("")

    def _over(self) -> None:
        self.task, self._asked = "", False
        self._view.forget()
        self._words.status("")
        if not self.form and self._cut:
            self._view.say("not read")

    def _note(self, text: str) -> None:
        self._words.status(text)

    def _found(self, offset: int) -> None:
        if offset < 0:
            self._note("not found")
        else:
            self._note(f"found at byte {offset:,}")
            self._found_at = offset
            self._view.go(offset, top=False)

    def _find_line(self, outline: Outline, text: str, backward: bool) -> None:
        lines = self._view.lines
        assert isinstance(lines, OutlineLines)
        whole = outline.text.lower() if text == text.lower() else outline.text
        line = self._view.cursor // (lines.end // len(outline))
        begin, end = outline.begins[line], outline.ends[line]
        found = whole.rfind(text, 0, begin) if backward else whole.find(text, end)
        if found < 0:
            self._note("not found")
        else:
            self._note(f"found at character {found + 1:,}")
            self._view.go(lines.reveal(found), top=False)

    def _count_here(self, shown: str) -> None:
        if self.cell.column.type_oid != 17:
            self.characters = len(shown)

    def _titled(self, instead: str = "") -> None:
        column = self.cell.column
        parts = [instead] if instead else [quantities.nbytes(self.window.size)]
        if not instead:
            if self.window.size >= 1000:
                parts.append(f"{self.window.size:,} bytes")
            if self.characters is not None:
                parts.append(f"{self.characters:,} characters")
        row = f"row {'' if self.cell.exact else '≈'}{quantities.row_number(self.cell.number + 1)}"
        form = [self.form] if self.form else []
        about = " ─ ".join([" · ".join(parts), row, *form])
        self._words.title(f"{one_line(column.name)} {one_line(column.type_name)} ─ {about}")
