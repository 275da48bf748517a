"""What the lab's panes show of its state; only what changed is painted."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from pgmem_tui.display.text import one_line
from pgmem_tui.lab import report_text
from pgmem_tui.lab.modes import MODES
from pgmem_tui.ui import lab_words, way_lines, way_words
from pgmem_tui.ui.lab_desk import LabDesk, Phase
from pgmem_tui.ui.way_lines import Shown
from pgmem_tui.ui.widgets.code_view import CodeView
from pgmem_tui.ui.widgets.lab_chart_view import LabChartView
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.plan_detail import PlanDetail, Said
from pgmem_tui.ui.widgets.way_list import WayList

MEASURED, CURVES, NOTICED = "-measured", "-chart", "-noticed"
"""The screen's classes: there are figures, or will be; the curves have all the room; a problem has some."""


class LabShowing:
    """Writes into the widgets of a screen that is mounted."""

    def __init__(self, screen: Screen[Any], desk: LabDesk) -> None:
        """Nothing is shown.

        Args:
            screen: Has the widgets.
            desk: Knows what is to be seen.
        """
        self._screen, self._desk = screen, desk
        self.list, self.detail = screen.query_one(WayList), screen.query_one(PlanDetail)
        self._chart, self._code = screen.query_one(LabChartView), screen.query_one(CodeView)
        self._settings = screen.query_one("#lab-settings", OneLine)
        self._status = screen.query_one("#lab-status", OneLine)
        self._said: Said = ()
        self.note = ""
        """A word that takes the place of what comes next."""

    @property
    def curves_only(self) -> bool:
        """Whether the curves have all the room."""
        return self._screen.has_class(CURVES)

    def all(self) -> None:
        """Show everything."""
        desk, watched = self._desk, self._desk.watched
        runs = desk.phase is Phase.RUNNING
        self._screen.set_class(watched is not None or runs, MEASURED)
        self._screen.set_class(desk.problem is not None, NOTICED)
        subject = desk.known.plan.subject if desk.known is not None else None
        current = watched.mode if watched is not None and runs else ""
        self.list.show(Shown(desk.choice.left_out, subject, watched, current))
        cap = desk.report.asked.cap - watched.baseline if desk.report and watched else None
        legend = self.curves_only or not self.list.display
        self._chart.show(way_lines.traces(watched, runs), cap, legend)
        self._settings.show((lab_words.settings(desk), lab_words.ways(desk)))
        self.words()
        self.status()

    def words(self) -> None:
        """What follows from the figures; before there are all, what the way does that runs, or is bright."""
        desk, watched = self._desk, self._desk.watched
        mode = MODES[(watched.mode if watched is not None else "") or self.list.name_chosen]
        said: Said = [("", mode.sentence), ("", mode.page)]
        if desk.ended is not None and (report := desk.report) is not None:
            texts = [*report.conclusions, *report_text.remarks(report), *report_text.cautions(report)]
            texts.append(report_text.legend(report))
            said = [("", text) for text in texts]
        elif watched is None:
            self._code.show(way_words.program(mode))
        if said != self._said:
            self._said = said
            self.detail.show(said)

    def status(self) -> None:
        """The note, or what goes on and which key comes next."""
        self._status.show((one_line(self.note or lab_words.status(self._desk)), ""))

    def say(self, note: str) -> None:
        """Show a note, or take it away."""
        self.note = note
        self.status()

    def look_at(self, curves: bool) -> None:
        """Give the curves all the room, or only what else leaves them."""

        def shown() -> None:
            if not curves and self._screen.focused is None:
                self.list.focus()  # it lost the keys when it was hidden
            self.all()

        if self.curves_only != curves:
            self._screen.set_class(curves, CURVES)
            self._screen.call_after_refresh(shown)
