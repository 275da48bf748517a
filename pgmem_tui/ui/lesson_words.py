"""What the lessons' screen says in its lines: what to do next, and which keys there are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.lessons.attempt import Attempt, Phase
from pgmem_tui.lessons.lesson import Program

_NOW = {
    Phase.PREDICT: ("1-9 ↵ predict  s skip", "1-9 predict  s skip"),
    Phase.READY: ("space run  a run all", "space run  a all"),
    Phase.OVER: ("r again", "r again"),
}
_RUNNING = " esc cancel  q back │ y copy program  S save it │ ? help"
_OTHERS = (
    "  t table │ n p lesson  tab pane  y copy program  S save it │ ? help",
    "  t table │ n p lesson  tab pane  y copy  S save │ ? help",
    "  t table │ n p lesson  y copy  ? help",
    " │ n p lesson  ? help",
)


def keys(attempt: Attempt | None, missing: str, width: int) -> str:
    """The keys that do something now, as many as there is room for.

    Args:
        attempt: How far the lesson has come; None if there is none.
        missing: What it needs and the server is not.
        width: Cells of the line.
    """
    phase = attempt.phase if attempt is not None else Phase.OVER
    if phase not in _NOW:
        return _RUNNING
    nothing = attempt is None or missing
    does = ("", "") if nothing else _NOW[phase]
    table = attempt is not None and attempt.lesson.table and not missing
    others = [each if table else each.replace("  t table", "") for each in _OTHERS]
    if attempt is not None and attempt.begun and does[0]:
        does = (f"{does[0]}  r again", does[1])
    lines = [f" esc back │ {f'{now}{other}'.lstrip(' │')}" for other in others for now in does]
    return next((line for line in lines if len(line) < width), lines[-1])


def advice(
    attempt: Attempt, missing: str, seconds: float = 0.0, below: bool = False, last: bool = False
) -> str:
    """What can be done now.

    Args:
        attempt: How far the lesson has come.
        missing: What it needs and the server is not.
        seconds: Since when something runs.
        below: Whether not all answers are in sight yet.
        last: Whether no lesson follows.
    """
    phase, count = attempt.phase, len(attempt.steps)
    if missing and phase is not Phase.RUNNING:
        return f"not here: {missing}"
    if phase is Phase.PREDICT:
        answers = len(attempt.lesson.prediction.choices)
        if below:
            return f"pgdn or ↓ to the answers, 1-{answers}; s goes on without"
        return f"what do you think? 1-{answers} predicts, s goes on without"
    if phase is Phase.BINDING:
        return "asking the server which table serves …  esc cancels"
    if phase is Phase.RUNNING:
        index = attempt.running or 0
        since = f" {quantities.clock(seconds)}" if seconds >= 1 else ""
        return f"{attempt.steps[index].name} runs, {index + 1} of {count}{since}  esc cancels"
    if phase is Phase.OVER:
        return "done  r runs it again" if last else "done  n next lesson  r runs it again"
    step = attempt.steps[attempt.next]
    what = "runs" if isinstance(step, Program) else f"sends, in session {step.session},"
    said = f"space {what} {step.name}, {attempt.next + 1} of {count}"
    if attempt.cancelled:
        return f"cancelled  {said}"
    if attempt.problem is not None:
        other = "  t another table" if attempt.lesson.table else ""
        return f"it failed  space tries again from the first step{other}"
    return said


def trouble(told: str | Sequence[str]) -> str:
    """What is wrong with lessons, or with what is kept, in one line: the first, and how many more."""
    lines = [told] if isinstance(told, str) else list(told)
    where, colon, what = lines[0].partition(": ")
    more = len(lines) - 1
    rest = f"  and {more} more: pgmem-tui lessons --folder tells" if more else ""
    return one_line(f"{PurePath(where).name}{colon}{what}{rest}")


def file_name(attempt: Attempt, index: int) -> str:
    """A name for a step's program."""
    step = attempt.steps[index]
    ending = "py" if isinstance(step, Program) else "sql"
    return f"{attempt.lesson.name}-{step.name}.{ending}"


def source(attempt: Attempt, index: int) -> str:
    """A step's program, as it runs here."""
    step = attempt.steps[index]
    text = step.source if isinstance(step, Program) else step.sql
    return text if text.endswith("\n") else f"{text}\n"
