"""What went wrong, above the rows: the server's words, the place in the SQL, and what to do."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.postgres.errors import Problem, mark

LONGEST = 2000
"""Characters of one part of a message that are shown."""
SQL_LINE = 100
"""Characters of the line of SQL around the place that is marked."""


class Notice(Static):
    """Hidden until there is something to say."""

    DEFAULT_CSS = """
    Notice {
        display: none;
        height: auto;
        max-height: 12;
        padding: 0 1;
        border-left: thick $error;
        background: $surface;
        color: $foreground;
        &.-told { border-left: thick $accent; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin hidden."""
        super().__init__("", id=id, markup=False)
        self.shown = ""
        """The text on the screen; empty while hidden."""

    def show(self, problem: Problem, sql: str = "", keys: str = "esc dismisses") -> None:
        """Show a problem.

        Args:
            problem: What happened.
            sql: The user's statement, which the problem's position points into.
            keys: What can be pressed now.
        """
        state = f"  (SQLSTATE {problem.sqlstate})" if problem.sqlstate else ""
        lines = [_safe(problem.message) + state]
        lines += [f"DETAIL: {_safe(problem.detail)}"] if problem.detail else []
        lines += _marked(sql, problem.position)
        lines += [f"HINT: {_safe(problem.hint)}"] if problem.hint else []
        lines += [_safe(problem.advice)] if problem.advice else []
        self.shown = "\n".join([*lines, keys])
        text = Text("\n".join(lines), no_wrap=False)
        text.stylize("bold", 0, len(lines[0]))
        text.append(f"\n{keys}", "dim")
        self.update(text)
        self.set_class(False, "-told")
        self.display = True

    def tell(self, text: str, keys: str = "esc dismisses") -> None:
        """Show what the server has to say, which is no problem."""
        self.shown = f"{_safe(text)}\n{keys}"
        shown = Text(_safe(text), no_wrap=False)
        shown.append(f"\n{keys}", "dim")
        self.update(shown)
        self.set_class(True, "-told")
        self.display = True

    def hide(self) -> None:
        """Make room."""
        if self.display:
            self.display, self.shown = False, ""


def _safe(text: str) -> str:
    return "\n".join(one_line(line.strip()) for line in text[:LONGEST].splitlines() if line.strip())


def _marked(sql: str, position: int) -> list[str]:
    number, column, line = mark(sql, position) if sql and position else (0, 0, "")
    if not number:
        return []
    start = max(0, column - 1 - SQL_LINE // 2)
    before, after = line[start : column - 1], line[column - 1 : start + SQL_LINE]
    head = f"LINE {number}: " + ("…" if start else "") + one_line(before)
    return [head + one_line(after), " " * cell_width(head) + "^"]
