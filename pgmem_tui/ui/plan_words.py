"""What is said around a plan: its title, a summary, a question, and all of it to copy or save."""

from __future__ import annotations

from collections.abc import Mapping

from pgmem_tui.display.text import one_line
from pgmem_tui.paging.explaining import Difference, Explanation, Wanted
from pgmem_tui.postgres import plan_text
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.ui.plan_lines import cost, milliseconds, rows_in_words

Plans = Mapping[Wanted, Explanation | Problem]

_TITLES = {
    Wanted.QUERY: "plan of the query",
    Wanted.CURSOR: "plan of the cursor",
    Wanted.BOTH: "the cursor's plan against the query's",
}
_MOST_SETTINGS = 200
"""Characters of settings in the summary."""


def title(view: Wanted, shown: Explanation | Problem | None) -> str:
    """Which plan it is, and whether it was run."""
    said = _TITLES[view]
    if isinstance(shown, Explanation):
        said += " ─ measured" if shown.plan.measured else " ─ estimated, nothing was run"
    return said


def summary(view: Wanted, shown: Explanation | Problem | None) -> str:
    """Times, and settings that are not as they come; safe text."""
    if view is Wanted.BOTH:
        return "+ only the cursor has it · - only the query"
    if not isinstance(shown, Explanation):
        return ""
    plan = shown.plan
    if plan.execution is not None:
        said = [f"executed in {milliseconds(plan.execution)}"]
    else:
        said = [f"cost {cost(plan.root.estimate.total_cost)}, ≈{rows_in_words(plan.root.estimate.rows)}"]
    said.append(f"planned in {milliseconds(plan.planning)}")
    settings = ", ".join(f"{name} = {value}" for name, value in plan.settings)
    said += [one_line(settings[:_MOST_SETTINGS])] if settings else []
    said += [one_line(f"{name}: {text}"[:_MOST_SETTINGS]) for name, text in plan.details]
    return " · ".join(said)


def question(view: Wanted, plans: Plans) -> str:
    """Whether to run what is shown."""
    shown = [plans.get(each) for each in (Wanted.QUERY, Wanted.CURSOR) if view in (each, Wanted.BOTH)]
    known = [each.plan.root.estimate for each in shown if isinstance(each, Explanation)]
    about = f", ≈{rows_in_words(known[0].rows)} at cost {cost(known[0].total_cost)}" if known else ""
    what = "both" if view is Wanted.BOTH else "it"
    return f"run {what} to the end{about}?"


def file_name(name: str, view: Wanted) -> str:
    """What a file of it may be called."""
    safe = "".join(character if character.isalnum() or character in "-_." else "_" for character in name)
    return f"{safe[:60]}.{view.value}.plan.txt"


def text(view: Wanted, plans: Plans, difference: Difference | None, as_json: bool) -> str:
    """All that is shown: JSON as the server wrote it, of both plans as a list."""
    wanted = [each for each in (Wanted.QUERY, Wanted.CURSOR) if view in (each, Wanted.BOTH)]
    shown = [found for each in wanted if isinstance(found := plans.get(each), Explanation)]
    if as_json:
        parts = [explanation.plan.json for explanation in shown]
        return parts[0] if len(parts) == 1 else f"[{','.join(parts)}]" if parts else ""
    blocks = [f"{explanation.sql}\n\n{plan_text.text(explanation.plan)}" for explanation in shown]
    if view is Wanted.BOTH and difference is not None:
        blocks.append("\n".join(difference.words))
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join(one_line(line) for line in lines)
