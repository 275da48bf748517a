"""What went wrong, in the words of whoever said so, and what to try."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from pgmem_tui.display.text import one_line
from pgmem_tui.postgres.errors import Problem


class ProblemView(Vertical):
    """Takes no room until there is something to say; then as many lines as that needs."""

    DEFAULT_CSS = """
    ProblemView {
        display: none;
        height: auto;
        & > Static { height: auto; }
        & > .problem--sentence { color: $text-error; }
        & > .problem--advice { color: $text-muted; }
    }
    """

    def compose(self) -> ComposeResult:
        """The sentence, and the advice below it."""
        yield Static(classes="problem--sentence", markup=False)
        yield Static(classes="problem--advice", markup=False)

    def show(self, problem: Problem | None) -> None:
        """Show a problem, or nothing."""
        self.display = problem is not None
        said = (problem.message, problem.detail, problem.hint) if problem else ()
        # An exclamation mark, because colour must not be the only sign.
        self._fill(".problem--sentence", "\n".join(said), "! ")
        self._fill(".problem--advice", problem.advice if problem else "")

    def _fill(self, selector: str, text: str, mark: str = "") -> None:
        lines = [one_line(line.strip()) for line in text.splitlines() if line.strip()]
        part = self.query_one(selector, Static)
        part.display = bool(lines)
        part.update(Text(mark + "\n".join(lines)))
