"""From the cell view's keys to questions about one value, and from their answers to its rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.display.values import forms
from pgmem_tui.display.values.byte_window import REACH, ByteWindow
from pgmem_tui.display.values.outline import NoOutline, Outline
from pgmem_tui.display.values.outline_lines import OutlineLines
from pgmem_tui.display.values.rows import NotHeld
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.paging import values as va
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.ui.value_bytes import ValueBytes
from pgmem_tui.ui.value_finding import ValueFinding
from pgmem_tui.ui.value_forms import ValueForms
from pgmem_tui.ui.widgets.value_view import ValueView

AT_ONCE = 16 * 2**10
"""Bytes of a value whose outline is made while the screen waits."""
LONGEST_NUMBER = 12
"""Digits that a place may have."""
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
        request: Callable[[rq.Request], None],
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
        self.held = ValueBytes(cell, generation, cell_limit, request)
        self.forms = ValueForms(cell)
        self.task = ""
        """What someone waits for: the value, its lines, a search, a file, a count; empty for nothing."""
        self.characters: int | None = None
        self._generation, self._request, self._view, self._words = generation, request, view, words
        self._finding = ValueFinding(view, words.status, self._search)
        self._since = 0.0

    @property
    def form(self) -> str:
        """The form that is shown; empty before the value is here."""
        return self.forms.current

    @property
    def whole(self) -> str | None:
        """The value as text, of bytes as the server writes them, if all of it is held."""
        window = self.held.window
        if not self.form or not window.whole:
            return None
        data = bytes(window.data)
        return f"\\x{data.hex()}" if self.forms.binary else data.decode("utf-8", "surrogateescape")

    # -- what the user asks for ------------------------------------------------------------------

    def begin(self) -> None:
        """Show the value, or its beginning as soon as that is here."""
        shown = self.cell.shown
        if shown is None:
            self._view.say("NULL")
            self._titled("NULL")
        elif self.held.cut:
            self._titled("reading …")
            self._view.say("reading … esc cancels")
            self._start("the value")
            self.held.read(0, REACH)
        else:
            data = forms.from_cell(shown, self.cell.column.type_oid)
            self.held.window = ByteWindow(len(data), data)
            self.characters = None if self.forms.binary else len(shown)
            self._ready()

    def next_form(self) -> None:
        """Show the value in the next form."""
        if self.form and self.held.window.size and not self.task:
            self._choose(self.forms.following())

    def need(self, missing: NotHeld | None) -> None:
        """Bring bytes that are missing, or those that soon will be."""
        self.held.need(self._view, missing, self.forms.by_bytes)

    def find(self, text: str, backward: bool) -> None:
        """Go to the next place with a text, or the one before; small letters find capitals as well."""
        self._finding.find(self.held.window, text, backward)

    def _search(self, needle: bytes, ignore_case: bool, start: int, backward: bool) -> None:
        self._start("a search")
        self._request(va.FindInValue(self._generation, self.cell, needle, ignore_case, start, backward))

    def save(self, path: str, replace: bool) -> None:
        """Write the value into a file."""
        self._start("a file")
        window = self.held.window
        data = bytes(window.data) if window.whole and not self.held.cut else None
        self._request(va.SaveValue(self._generation, self.cell, path, replace, data))

    def count(self) -> None:
        """Count the characters, if nobody has yet."""
        if self.characters is None and self.held.cut and not self.task and not self.forms.binary:
            self._start("a count")
            self._request(va.CountCharacters(self._generation, self.cell))

    def go_to(self, text: str) -> bool:
        """Go to a share (`50%`), an offset in bytes or a line's number; whether the text says one."""
        number = text.strip().replace(",", "").removesuffix("%")
        lines = self._view.lines
        if not (number.isascii() and number.isdecimal() and len(number) < LONGEST_NUMBER) or lines is None:
            return False
        place = int(number)
        if text.strip().endswith("%"):
            place = place * lines.end // 100
        elif isinstance(lines, OutlineLines):
            place = lines.place(place - 1)
        self._view.go(place)
        return True

    def leave(self) -> None:
        """The value is not looked at any longer."""
        self.held.leave()

    # -- what the session answers ----------------------------------------------------------------

    def take(self, event: ev.Event) -> bool:
        """Whether an event was about this value alone; others are taken note of."""
        if isinstance(event, ev.Answer) and isinstance(cell := getattr(event, "cell", None), Cell):
            if event.generation == self._generation and cell == self.cell:
                self._answered(event)
            return True
        if isinstance(event, ev.Failed) and (self.task or self.held.asked):
            self._over()
            self._words.problem(event.problem, "esc goes back" if not self.form else "esc dismisses")
            return True
        if isinstance(event, ev.Cancelled):
            if event.lost_cursor:
                self.held.closed()
            self._over()
            self._note("cancelled")
        elif isinstance(event, ev.Released):
            self.held.closed()
        elif isinstance(event, ev.Lost):
            self.held.closed()
            self.held.lost = True
            self._over()
            self._words.problem(event.problem, "r reconnects")
        elif isinstance(event, ev.Connected):
            self.held.lost = False
            self._words.problem(None, "")
            self._retry()
        return False

    def _answered(self, event: ev.Answer) -> None:
        if isinstance(event, va.ValueRead):
            self._read(event)
        elif isinstance(event, va.ValueCounted):
            self._end_task("a count")
            self.characters = event.characters
            self._titled()
        elif isinstance(event, va.ValueOutlined):
            self._end_task("its lines")
            self._outlined(event.form, event.outline, event.why)
        elif isinstance(event, va.ValuePassed):
            share = 100 * event.offset / max(1, self.held.window.size)
            waited = quantities.seconds(time.monotonic() - self._since)
            self._words.status(f"{self.task}: {share:.0f} %, {waited} … esc cancels")
        elif isinstance(event, va.ValueFound):
            self._end_task("a search")
            self._finding.found(event.offset)
        elif isinstance(event, va.ValueFileExists):
            self._end_task("a file")
            self._words.exists(event.path)
        elif isinstance(event, va.ValueSaved):
            self._end_task("a file")
            self._note(f"saved {quantities.nbytes(event.nbytes)} to {one_line(event.path)}")

    def _read(self, event: va.ValueRead) -> None:
        before = self.held.window
        if self.held.take(event):
            self._note(f"snapshot refreshed ({event.refreshed})")
            self.forms.forget_outlines()
        if self.form and self.held.window is not before:
            self._view.renew(self.forms.maker(self.held.window))
        if not self.form:
            self._end_task("the value")
            self._ready()
            if self.held.window.size <= COUNTED:
                self.count()
        else:
            self._view.bytes_arrived()

    def _outlined(self, form: str, outline: Outline | None, why: str = "") -> None:
        if outline is not None:
            self.forms.take(form, outline)
            self._choose(form)
        else:
            self._choose(self.forms.refuse(form))
            self._note(f"as {self.form}: {why}")

    # -- forms -----------------------------------------------------------------------------------

    def _ready(self) -> None:
        window = self.held.window
        best = self.forms.settle(window)
        if not window.size:
            self.forms.current = forms.TEXT
            self._view.say("no bytes" if self.forms.binary else "an empty string")
            self._titled()
            return
        self._choose(best)
        if window.whole and (blank := forms.only_blank(bytes(window.data))):
            self._note(blank)

    def _choose(self, form: str) -> None:
        if self.forms.ready(form):
            by_bytes = self.forms.by_bytes
            self.forms.current = form
            self._show(self._view.top if by_bytes and self.forms.by_bytes else 0)
            return
        window = self.held.window
        data = bytes(window.data) if window.whole else None
        if data is not None and len(data) <= AT_ONCE:
            try:
                self._outlined(form, forms.make_outline(form, data))
            except NoOutline as error:
                self._outlined(form, None, str(error))
            return
        if not self.form:
            self.forms.current = forms.TEXT
            self._show(0)
        self._start("its lines")
        self._request(va.OutlineValue(self._generation, self.cell, form, data))

    def _show(self, place: int) -> None:
        self._titled()
        self._view.show(self.forms.maker(self.held.window), place)

    # -- the rest --------------------------------------------------------------------------------

    def _retry(self) -> None:
        if not self.form and self.held.cut:
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
        self.task, self.held.asked = "", False
        self._view.forget()
        self._words.status("")
        if not self.form and self.held.cut:
            self._view.say("not read")

    def _note(self, text: str) -> None:
        self._words.status(text)

    def _titled(self, instead: str = "") -> None:
        self._words.title(self.forms.title(self.held.window, self.characters, instead))
