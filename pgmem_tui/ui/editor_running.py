"""The editor's text, run: what is meant by it, and where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from textual.document._document import Selection

from pgmem_tui.display.text import one_line
from pgmem_tui.language.around import between_semicolons, word_at
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.ui.aside import aside
from pgmem_tui.ui.parameter_asking import Complain, Then
from pgmem_tui.ui.running import Finished
from pgmem_tui.ui.statement_outcomes import StatementOutcomes
from pgmem_tui.ui.widgets.editor_pane import EditorPane
from pgmem_tui.ui.widgets.editor_tabs import Tab
from pgmem_tui.ui.widgets.sql_area import SqlArea

_SHORT = 4096
"""Characters that are cut into statements at once: it takes microseconds for each."""
_HAS_BODY = re.compile(r"\b(?:atomic|rule)\b", re.IGNORECASE)
"""What statements with semicolons inside have."""


class Runs(Protocol):
    """Runs statements; `ui.running.Running` does."""

    on_finished: Callable[[Finished], None]

    def run(self, text: str, offset: int = 0, values: Sequence[BoundValue] = ()) -> None:
        """Run all statements of a text, each position told being counted from `offset`."""


@dataclass(frozen=True)
class _Sent:
    """What was given to be run."""

    tab: Tab
    text: str
    start: int
    """Where it stands in the tab's text."""
    selection: Selection
    """Where one was then."""

    def has(self, finished: Finished) -> bool:
        """Whether a statement is of this text: a run that was refused leaves another's going on."""
        start = finished.start - self.start
        return start >= 0 and self.text.startswith(finished.sql, start)


class EditorRunning:
    """Runs what is in the pane that is shown, and marks in it what is wrong."""

    def __init__(
        self,
        pane: EditorPane,
        runs: Runs,
        ask: Callable[[str, Then, Complain], None],
        complain: Callable[[Problem, str], None],
        begin: Callable[[], None],
    ) -> None:
        """Nothing runs.

        Args:
            pane: Has the text.
            runs: Runs it.
            ask: Asks for the values of a text's parameters.
            complain: Shows a problem, with the text that its position points into.
            begin: Called first of all.
        """
        self._pane, self._runs, self._ask, self._complain, self._begin = pane, runs, ask, complain, begin
        self._sent: _Sent | None = None
        """What runs; None once it has failed."""
        self._last: _Sent | None = None
        """What was run last."""
        self.outcomes = StatementOutcomes()
        """What became of that."""
        self._told_before, runs.on_finished = runs.on_finished, self.finished

    def run(self, everything: bool = False) -> None:
        """Run what is selected, or the statement at the caret, or all; ask for parameters first."""
        self._begin()
        self._pane.run_worker(self._run_piece(everything), group="run", exclusive=True)

    async def _run_piece(self, everything: bool) -> None:
        pane = self._pane
        tab, selection = pane.tab, pane.area.selection
        text, start = await piece(pane.area, everything)
        if tab is not pane.tab:
            return
        if not text.strip():
            pane.say("there is no statement here" if not everything else "there is no statement")
            return
        sent = _Sent(tab, text, start, selection)
        refused = partial(self._refused, sent)
        self._ask(text, lambda values: self._run(sent, values), refused)

    def _run(self, sent: _Sent, values: Sequence[BoundValue]) -> None:
        self._sent = self._last = sent
        self.outcomes.clear()
        self._pane.area.error = None
        self._pane.area.repaint()
        self._runs.run(sent.text, sent.start, values)

    def _refused(self, sent: _Sent, problem: Problem) -> None:
        """Nothing was run: the text is no statement to the server."""
        self._complain(problem, sent.text)
        if problem.position:
            problem = replace(problem, position=problem.position + sent.start)
        self._mark(sent, problem)

    def finished(self, finished: Finished) -> None:
        """A statement is through, or cannot be run: show where it is wrong."""
        self._told_before(finished)
        sent = self._sent
        if sent is None or not sent.has(finished):
            return
        self.outcomes.add(finished)
        if self.outcomes.words:
            self._pane.say(f"{self.outcomes.words} · alt+o what became of each")
        if finished.problem is not None:
            self._sent = None  # the first problem ends a run
            self._mark(sent, finished.problem)

    def go_to(self, number: int) -> None:
        """Put the caret on a statement that was run, by its place among the outcomes."""
        pane, sent, finished = self._pane, self._last, self.outcomes.listed[number]
        found = [place for place, tab in enumerate(pane.tabs.listed) if sent and tab is sent.tab]
        text = pane.tabs.listed[found[0]].buffer.document.text if found else ""
        if not found or not text.startswith(finished.sql, finished.start):
            pane.say("the text is another now")
            return
        pane.go(found[0])
        pane.area.move_cursor(pane.area.sql.get_location_from_index(finished.start))

    def forget(self) -> None:
        """Someone else's text is run: its errors have no place in the editor."""
        self._sent = None

    def _mark(self, sent: _Sent, problem: Problem) -> None:
        """Underline the place of a problem, which counts from 1 in the whole text.

        The caret goes there, unless one has gone on since.
        """
        area = self._pane.area
        text = area.text
        unchanged = text[sent.start : sent.start + len(sent.text)] == sent.text
        if sent.tab is not self._pane.tab or not problem.position or not unchanged:
            return
        start, end = word_at(text, min(problem.position - 1, len(text)))
        place = area.sql.get_location_from_index
        if area.selection == sent.selection:
            area.selection = Selection.cursor(place(start))
        area.error = (place(start), place(end))
        area.repaint()
        row, column = place(start)
        self._pane.say(f"Ln {row + 1:,}, Col {column + 1:,}: {one_line(problem.message)}")


async def piece(area: SqlArea, everything: bool = False) -> tuple[str, int]:
    """What is meant, and where it stands in the text."""
    from pgmem_tui.language.splitting import at

    sql, selection = area.sql, area.selection
    if everything:
        return area.text, 0
    if not selection.is_empty:
        return area.selected_text, sql.get_index_from_location(min(selection))
    text, start = area.text, 0
    if len(text) > _SHORT and not _HAS_BODY.search(text):
        around = between_semicolons(sql.lines, sql.opened.before, selection.end, 1, sql.line_count)
        text, start = sql.get_text_range(*around), sql.get_index_from_location(around[0])
    caret = sql.get_index_from_location(selection.end) - start
    found = await aside(partial(at, text, caret)) if len(text) > _SHORT else at(text, caret)
    return (found.text(text), start + found.start) if found else ("", 0)
