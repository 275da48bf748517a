"""Presenter mode: on every screen, the keys that are pressed, and what the server is asked for them."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from textual import events
from textual.app import App
from textual.screen import ModalScreen, Screen
from textual.timer import Timer

from pgmem_tui.postgres.under_way import RUNNING, UnderWay
from pgmem_tui.postgres.wire import OPENED, StatementReport
from pgmem_tui.postgres.wire_log import SENT, WireLog
from pgmem_tui.ui import pressed_keys
from pgmem_tui.ui.asked_lines import Asked, sentence
from pgmem_tui.ui.pressed_keys import Pressed
from pgmem_tui.ui.widgets.key_bar import KeyBar
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.presenter_strip import LOW, PresenterStrip, Told
from pgmem_tui.ui.widgets.table_tree import TableTree
from pgmem_tui.ui.wire_lines import is_catalog

KEPT = 3
"""Keys that are shown."""
SOON = 0.03
"""Seconds after which a key is shown: what it does comes first."""
INTERVAL = 0.2
"""Seconds between two looks at what was sent, and at which screen is shown."""
LONG = 0.5
"""Seconds after which a statement that still runs is spoken of instead of the last that was answered."""
ROOM = 70
"""Cells of a line that has room for `last statement`, and not for `before` only."""
WELCOME = Told(
    "",
    "Enlarge the terminal's font until the last row can read this.",
    "presenter mode · P ends it",
    "Here: each key, and what the server is asked for it. Typed text is not shown.",
    "",
)


class Presenter:
    """Owns the strips: one a screen, which stays there until presenter mode ends."""

    def __init__(self, app: App[Any], log: WireLog = SENT, running: UnderWay = RUNNING) -> None:
        """Off.

        Args:
            app: Whose keys and screens these are.
            log: What is sent to the server.
            running: What of it is not answered yet.
        """
        self.on = False
        self._app, self._log, self._running = app, log, running
        self._keys: deque[Pressed] = deque(maxlen=KEPT)
        self._asked, self._pressed_at = Asked(), 0.0
        self._seen = 0
        """The number of the last statement that was looked at."""
        self._last: StatementReport | None = None
        """The last one about rows that tells most: of FETCH and CLOSE the FETCH."""
        self._fresh = True
        """Whether nothing was sent since the last key."""
        self._timer: Timer | None = None

    def toggle(self) -> None:
        """Begin or end."""
        self.on = not self.on
        self._keys.clear()
        if self.on:
            self._timer = self._app.set_interval(INTERVAL, self._look)
            self._look()
            return
        if self._timer is not None:
            self._timer.stop()
        for screen in self._app.screen_stack:
            self._dress(screen, False)
            for strip in _strips(screen):
                strip.remove()

    # -- keys ------------------------------------------------------------------------------------

    def pressed(self, event: events.Key | events.Paste) -> None:
        """A key is about to be handled."""
        if not self.on:
            return
        self._take_in()
        key = pressed_keys.read(self._app, event)
        last = self._keys[-1] if self._keys else None
        if last is not None and last.name == key.name and (last.may, last.action) == (key.may, key.action):
            last.times += key.name != pressed_keys.TYPING  # nobody needs to know how long a password is
        else:
            self._keys.append(key)
        self._asked, self._fresh, self._pressed_at = Asked(), True, time.time()
        self._app.set_timer(SOON, self._look)

    def acted(self, action: object) -> None:
        """An action runs: the last key's, if it is the one that its binding names."""
        last = self._keys[-1] if self._keys else None
        if last is not None and last.action and last.action == action and not last.did:
            last.did = last.may

    # -- showing ---------------------------------------------------------------------------------

    def _look(self) -> None:
        """Bring the strip of the screen that is shown up to date."""
        stack = self._app.screen_stack  # empty when the program ends
        if not self.on or len(stack) < 2 or not (screen := stack[-1]).is_mounted:
            return
        self._take_in()
        strips = _strips(screen)
        strip = strips[0] if strips else self._place(screen)
        strip.set_class(screen.size.height < LOW, "-low")
        strip.show(self._told(strip))

    def _take_in(self) -> None:
        """Look at what was sent since, but for what the program asks for itself."""
        for statement in self._log.since(self._seen):
            self._seen = statement.number
            report = statement.report
            if report.housekeeping or report.kind == OPENED:
                continue
            of_rows = not is_catalog(report)
            since = report.started >= self._pressed_at  # else it is no doing of the last key's
            if not report.of_connection and since:
                self._asked.add(report, of_rows)
            if of_rows and (self._fresh or _telling(report) or not _telling(self._last)):
                self._last, self._fresh = report, self._fresh and not since

    def _told(self, strip: PresenterStrip) -> Told:
        running = self._running.newest(_of_rows)
        before_it = ("last statement: " if strip.room >= ROOM else "before: ") if self._fresh else ""
        spoken_of = self._last
        if running is not None and running.seconds >= LONG:
            before_it, spoken_of = "", running
        room = strip.room - 2 - len(before_it)
        statement = before_it + sentence(spoken_of, room) if spoken_of else ""
        if running is not None and running.started < self._pressed_at:
            running = None
        if not self._keys:
            return WELCOME._replace(statement=statement.removeprefix(before_it))
        *before, last = self._keys
        times = f" ×{last.times}" if last.times > 1 else ""
        return Told(
            last.cap + times,
            last.did,
            "   ".join(key.short for key in reversed(before)),
            self._asked.line(strip.beside, running),
            statement,
        )

    def _place(self, screen: Screen[Any]) -> PresenterStrip:
        strip = PresenterStrip()
        last = screen.children[-1] if screen.children else None
        modal = isinstance(screen, ModalScreen)
        if isinstance(last, OneLine) and not modal:
            screen.mount(strip, before=last)
        else:
            strip.set_class(True, "-over")
            strip.set_class(modal, "-above-bar")  # of the screen below, whose strip it covers
            screen.mount(strip)
        self._dress(screen, True)
        return strip

    def _dress(self, screen: Screen[Any], presenting: bool) -> None:
        """Hide what distracts, or show it again: the tree while nobody is in it, the long line of keys."""
        if presenting and isinstance(screen.focused, TableTree):
            screen.add_class("-drawer")
        screen.set_class(presenting, "-presenting")
        for bar in screen.children:
            if isinstance(bar, KeyBar):
                bar.present(presenting)


def _of_rows(report: StatementReport) -> bool:
    return not report.housekeeping and not is_catalog(report)


def _telling(report: StatementReport | None) -> bool:
    return report is not None and bool(report.rows or report.error)


def _strips(screen: Screen[Any]) -> list[PresenterStrip]:
    return [child for child in screen.children if isinstance(child, PresenterStrip)]
