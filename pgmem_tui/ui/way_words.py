"""What is said of one way to read rows. Pure."""

from __future__ import annotations

import textwrap

from pgmem_tui.display import quantities
from pgmem_tui.lab.measurement import Figures, Measurement
from pgmem_tui.lab.modes import Mode
from pgmem_tui.lab.subject import Subject

LONGEST = 500
"""Characters of what a function is given."""


def program(mode: Mode) -> str:
    """Its code, as the process that is measured runs it."""
    return textwrap.dedent(mode.source)


def takes(mode: Mode, subject: Subject | None) -> dict[str, str]:
    """What its function is given for these rows, by name; empty where that is not known, or it cannot be."""
    if subject is None or mode.missing(subject):
        return {}
    return {name: _shown(value) for name, value in mode.arguments(subject).items()}


def _shown(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def caution(mode: Mode, subject: Subject | None) -> str:
    """Why its rows may not be those of the other ways; empty where that is not known, or they are."""
    return "" if subject is None or mode.missing(subject) else mode.caution(subject)


def about(
    mode: Mode, given: dict[str, str], found: Measurement | None, mind: str = ""
) -> list[tuple[str, str]]:
    """Names and texts.

    Args:
        mode: The way.
        given: What its function is given.
        found: What was measured; None if nothing was.
        mind: Why its rows may not be those of the other ways; empty if they are.
    """
    said = [("", mode.sentence), ("", mode.page), *([("mind", mind)] if mind else [])]
    if found is not None and found.skipped:
        said.append(("not run", found.skipped))
    elif found is not None:
        said += [(f"run {number}", _run(run)) for number, run in enumerate(found.runs, start=1)]
    return said + [line for name, text in given.items() for line in _in_lines(name, text)]


def _in_lines(name: str, text: str) -> list[tuple[str, str]]:
    """A text of several lines as they are, the name beside the first."""
    lines = [each.removesuffix("\r").expandtabs(4) for each in text.split("\n")]
    return [(" " if number else name, each) for number, each in enumerate(lines)]


def _run(run: Figures) -> str:
    parts = [
        f"RSS {'≥ ' if run.killed else '+'}{quantities.nbytes(run.rss)}",
        f"USS +{quantities.nbytes(run.uss)}" if run.uss is not None else "",
        "no first row" if run.first_row is None else f"first row {quantities.seconds(run.first_row)}",
        f"{run.rows:,} rows in {quantities.seconds(run.seconds)}",
        f"{'' if run.counted else '≈'}{quantities.nbytes(run.nbytes)} came" if run.nbytes else "",
        f"{run.round_trips:,} statement{'' if run.round_trips == 1 else 's'}" if run.round_trips else "",
        f"server +{quantities.nbytes(run.backend)}" if run.backend is not None else "",
        f"temp {quantities.nbytes(run.temp_bytes)}" if run.temp_bytes is not None else "",
        "killed at the cap" if run.killed else "stopped" if run.timed_out else run.problem,
    ]
    return ", ".join(filter(None, parts))
