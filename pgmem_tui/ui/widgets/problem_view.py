"""What went wrong, in the words of whoever said so, and what to try."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from pgmem_tui.display.text import one_line
from pgmem_tui.postgres.errors import Problem


class ProblemView(Static):
    """Takes no room until there is something to say; then as many lines as that needs."""

    COMPONENT_CLASSES = {"problem--sentence", "problem--advice"}
    DEFAULT_CSS = """
    ProblemView {
        display: none;
        height: auto;
        & > .problem--sentence { color: $text-error; }
        & > .problem--advice { color: $text-muted; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin with nothing to say."""
        super().__init__("", id=id, markup=False)

    def show(self, problem: Problem | None) -> None:
        """Show a problem, or nothing."""
        self.display = problem is not None
        text = Text()
        if problem is not None:
            said = "\n".join((problem.message, problem.detail, problem.hint))
            # An exclamation mark, because colour must not be the only sign.
            text.append("! " + _safe(said), self.get_component_rich_style("problem--sentence", partial=True))
            if problem.advice:
                style = self.get_component_rich_style("problem--advice", partial=True)
                text.append("\n" + _safe(problem.advice), style)
        self.update(text)


def _safe(text: str) -> str:
    return "\n".join(one_line(line.strip()) for line in text.splitlines() if line.strip())
