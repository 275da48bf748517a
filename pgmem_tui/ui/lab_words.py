"""What the lab's screen says: its settings, what they would take, how far it is; a report as a file."""

from __future__ import annotations

from pgmem_tui import options
from pgmem_tui.display import quantities
from pgmem_tui.export.names import file_name
from pgmem_tui.lab import chart, command_line, report, report_text
from pgmem_tui.lab.modes import MODES
from pgmem_tui.lab.report import Report
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.ui.lab_desk import Choice, LabDesk, Phase
from pgmem_tui.ui.way_lines import letter

KEYS = (
    " esc back │ space run  x this way or not  A all, none  r rows  c cap  n repeat  t time limit"
    "  p what a way does  v curves, large  S report  tab pane  ? help",
    " esc back │ space run  x way or not  A all, none  p its code  v curves  S report  tab pane  ? help",
    " esc back │ space run  x way  A all  p code  v curves  S save  tab pane  ? help",
    " esc back │ space run  x way  p code  v curves  ? help",
)
_FILES = {
    ".json": report.to_json,
    ".md": report_text.to_markdown,
    ".svg": chart.draw,
}
ALL = command_line.ALL
SETTINGS = ("rows", "cap", "repeat", "timeout")
"""Those that are typed."""


def settings(desk: LabDesk) -> str:
    """The line of settings; the key of each stands before it."""
    choice, known = desk.choice, desk.known
    rows = f"{choice.rows:,}" if choice.rows else ALL
    cap = quantities.nbytes(choice.cap)
    if known is not None and known.plan.cap is not None and known.plan.cap < choice.cap:
        cap = f"{quantities.nbytes(known.plan.cap)} (no more to spare)"
    return f"r rows {rows}   c cap {cap}   n repeat {choice.repeat}   t limit {choice.timeout} s"


def ways(desk: LabDesk) -> str:
    """How many ways are run; of those chosen, some cannot be."""
    subject = desk.known.plan.subject if desk.known is not None else None
    runs = [mode for mode in desk.choice.modes if subject is None or not mode.missing(subject)]
    return f"{len(runs)} of {len(MODES)} ways"


def estimate(desk: LabDesk) -> str:
    """What the choice would take; empty as long as that is not known."""
    if desk.known is None:
        return ""
    rows = desk.known.plan.subject.estimated_rows
    moved, runs = desk.plan_moves
    ways = (runs - 1) // desk.choice.repeat
    size = "nobody knows how many bytes" if moved is None else f"≈{quantities.nbytes(moved)}"
    what = f"{runs} runs ({ways} × {desk.choice.repeat} + warm-up)"
    return f"≈{quantities.count(rows)} rows, {what}, {size} over the wire"


def question(desk: LabDesk) -> str:
    """What is asked before much is moved."""
    return f"{estimate(desk)}: run it?"


def status(desk: LabDesk) -> str:
    """What goes on, and which key comes next."""
    if desk.phase is Phase.LOOKING:
        return "looking what it would take …"
    if desk.phase is Phase.PREPARING:
        return "asking the server …  esc cancels"
    if desk.phase is Phase.RUNNING:
        return _running(desk)
    if not desk.choice.modes:
        return "no way is chosen: x takes one, A all"
    if desk.ended is not None and desk.ended.problem:
        return "no way could be run: it failed before the first of them"
    if desk.ended is not None and (made := desk.report) is not None:
        if not made.cancelled:
            return "done  enter a way's code  tab reads on  v curves  S report  a again"
        reads = "  enter code  tab reads  S report" if any(found.runs for found in made.measurements) else ""
        return f"{made.cancelled}{reads}  a again"
    if desk.problem is not None:
        return f"space tries again: {desk.problem.message.partition(chr(10))[0]}"
    return f"{estimate(desk)}  space runs" if desk.known is not None else "space tries again"


def _running(desk: LabDesk) -> str:
    seen = desk.watched
    if seen is None:
        return "it begins …  esc cancels"
    began = seen.began
    who = f"{letter(seen.mode)} {seen.mode}" if seen.mode else "warm-up, not counted"
    if not seen.seconds:
        return f"run {began.number} of {began.total}  {who}  begins  esc cancels"
    rows = f"{seen.rows:,} row{'' if seen.rows == 1 else 's'}"
    figures = f"{rows}  {quantities.seconds(seen.seconds)}  +{quantities.nbytes(seen.rss)}"
    return f"run {began.number} of {began.total}  {who}  {figures}  esc cancels"


# -- settings that are typed ---------------------------------------------------------------------


def asked_for(what: str, choice: Choice) -> tuple[str, str]:
    """The question about a setting, and the answer to begin with."""
    rows = f"{choice.rows:,}" if choice.rows else ALL
    return {
        "rows": (f"rows at most, or {ALL}", rows),
        "cap": ("RSS at which a run is killed", quantities.nbytes(choice.cap)),
        "repeat": ("runs of each way", str(choice.repeat)),
        "timeout": ("seconds after which a run is stopped", str(choice.timeout)),
    }[what]


def read(what: str, text: str) -> int:
    """The value of a setting.

    Raises:
        ValueError: It is none; the text says what would be.
    """
    if what == "rows":
        return command_line.rows(text)
    if what == "cap":
        return options.nbytes(text, command_line.CAP_BOUNDS)
    if what == "timeout":
        return options.seconds(text, command_line.TIMEOUT_BOUNDS)
    return options.rows(text, command_line.REPEAT_BOUNDS)


# -- the report as a file ------------------------------------------------------------------------


def file_for(title: str) -> str:
    """A name for a report's file."""
    return file_name(f"lab-{title}", "md", False)


def file_text(made: Report, path: str) -> str:
    """A report as the file's name wants it.

    Raises:
        Refused: The name ends otherwise.
    """
    return _FILES[ending(path)](made).encode("utf-8", "backslashreplace").decode()


def ending(path: str) -> str:
    """The end of a report's file name, which says its form.

    Raises:
        Refused: The name ends otherwise.
    """
    found = next((suffix for suffix in _FILES if path.lower().endswith(suffix)), "")
    if not found:
        raise Refused(f"a report's name ends in {', '.join(_FILES)}")
    return found
