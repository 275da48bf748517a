"""A report of the lab for people: its table, remarks and surroundings; and all of it as Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from pgmem_tui.display import quantities
from pgmem_tui.display.text import cell_width, fit, one_line
from pgmem_tui.lab.measurement import Measurement
from pgmem_tui.lab.report import Report

UNKNOWN = "–"

HEADINGS = (
    ("way", False),
    ("RSS", True),
    ("USS", True),
    ("first row", True),
    ("time", True),
    ("rows/s", True),
    ("bytes", True),
    ("trips", True),
    ("server", True),
    ("temp", True),
)
"""Headings of the table, and whether what stands below is set to the right."""

_LEGEND = (
    "RSS, USS and server are the most above what there was before (USS and server as sampled; – where a run "
    "was too short for that); temp is what the whole database wrote to temporary files; trips are statements "
    "sent. 1 MB is 1,024 kB, as in PostgreSQL."
)


def legend(report: Report) -> str:
    """What the figures are."""
    return f"{_LEGEND} Medians of the runs." if _repeated(report) else _LEGEND


def _repeated(report: Report) -> bool:
    """Whether a way was run more than once, or was to be and did not come to its end."""
    runs = max((len(found.runs) for found in report.measurements), default=0)
    return report.asked.repeat > 1 and (runs > 1 or not report.cancelled)


def rows(report: Report) -> list[tuple[str, ...]]:
    """The table's rows, a text a cell, in the order of `HEADINGS`."""
    return [_row(found) for found in report.measurements]


def _row(found: Measurement) -> tuple[str, ...]:
    if not found.runs:
        return (found.mode, *[UNKNOWN] * (len(HEADINGS) - 1))
    last = found.last
    size = ("≥ " if last.killed else "") + quantities.nbytes(found.rss)
    return (
        found.mode,
        size,
        _nbytes(found.uss),
        quantities.seconds(found.first_row) if found.first_row is not None else "never",
        quantities.seconds(found.seconds),
        quantities.rate(found.rate).removesuffix(" rows/s") if found.rows else UNKNOWN,
        ("" if last.counted else "≈") + quantities.nbytes(found.nbytes) if found.nbytes else UNKNOWN,
        f"{last.round_trips:,}" if last.round_trips else UNKNOWN,
        _nbytes(found.backend),
        _nbytes(found.temp_bytes),
    )


def _nbytes(value: int | None) -> str:
    return UNKNOWN if value is None else quantities.nbytes(value)


def remarks(report: Report) -> list[str]:
    """What is to be said of single ways: why they were not run, or did not come to their end."""
    return [f"{found.mode}: {text}" for found in report.measurements if (text := _fate(found, report))]


def key(report: Report) -> list[str]:
    """What the names of the ways stand for."""
    return [f"{found.mode}: {found.title}" for found in report.measurements if found.runs]


def cautions(report: Report) -> list[str]:
    """Why rows of single ways may not be those of the others."""
    return [f"{found.mode}: {found.caution}" for found in report.measurements if found.caution]


def _fate(found: Measurement, report: Report) -> str:
    if not found.runs:
        return found.skipped and f"not run: {found.skipped}"
    last = found.last
    seen = f"at least {last.rows:,} rows" if last.rows else "not one row"
    after = f"after {quantities.seconds(last.seconds)}, when the program had seen {seen}"
    if last.killed:
        return f"killed at the cap of {quantities.nbytes(report.asked.cap)} {after}"
    if last.timed_out:
        return f"stopped {after}"
    return f"failed: {one_line(last.problem)}" if last.problem else ""


def to_markdown(report: Report) -> str:
    """The report as Markdown. Names and texts from the server are escaped."""
    asked = report.asked
    what = asked.table or asked.command
    ways = sum(not each.skipped for each in report.measurements)
    came = f": {_escaped(report.cancelled)}" if report.cancelled else f", read in {ways} ways"
    lines = [
        f"# {_code(what)}{came}",
        "",
        _amount(report),
        "",
        "| " + " | ".join(name for name, _ in HEADINGS) + " |",
        "|" + "|".join("---:" if right else "---" for _, right in HEADINGS) + "|",
        *("| " + " | ".join(row) + " |" for row in rows(report)),
        "",
        legend(report),
        "",
        *_listed("Not to the end", remarks(report)),
        *_listed("Not surely the same rows", cautions(report)),
        *_listed("What to conclude", report.conclusions),
        *_listed("Ways", key(report)),
        *_listed("Where", surroundings(report)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _amount(report: Report) -> str:
    asked = report.asked
    rows = f"the first {asked.rows:,} rows" if asked.rows else "all rows"
    times = f"{asked.repeat} times" if _repeated(report) else "once"
    times = f"at most {times}" if report.cancelled and _repeated(report) else times
    return (
        f"{rows[0].upper()}{rows[1:]}, {report.columns} columns; each way {times} in a process of its own, "
        f"in turn, after a run that warmed the caches; killed at {quantities.nbytes(asked.cap)} of RSS "
        f"or after {quantities.seconds(asked.timeout)}."
    )


def surroundings(report: Report) -> list[str]:
    """The machine, the versions and the settings, a line each."""
    machine, server = report.machine, report.server
    where = "on this machine" if server.local else "on another machine"
    programs = f"{machine.python}, psycopg2 {machine.psycopg2}, libpq {machine.libpq}"
    return [
        f"{machine.processor}, {machine.cores} cores, {quantities.nbytes(machine.memory)}; {machine.system}",
        f"{programs}, pgmem-tui {machine.pgmem_tui}",
        f"PostgreSQL {server.version} {where}, {server.tls or 'no TLS'}, "
        f"round trip {1e6 * server.round_trip:,.0f} µs",
        ", ".join(f"{name} = {value}" for name, value in server.settings if name != "server_version"),
        machine.when,
    ]


def _listed(title: str, lines: list[str] | tuple[str, ...]) -> list[str]:
    return [f"## {title}", "", *(f"- {_escaped(line)}" for line in lines), ""] if lines else []


def _escaped(text: str) -> str:
    shown = one_line(text)
    for character in "\\`*_{}[]<>#|":
        shown = shown.replace(character, "\\" + character)
    return shown


def _code(text: str) -> str:
    """A text as code, whatever backticks are in it (https://spec.commonmark.org/0.31.2/#code-spans)."""
    shown = one_line(text)
    fence = "`"
    while fence in shown:
        fence += "`"
    return f"{fence} {shown} {fence}" if len(fence) > 1 else f"`{shown}`"


WIDTH = 100
"""Columns of plain text, at most."""


def plain(report: Report, width: int = WIDTH) -> str:
    """The report as text for a terminal: table, remarks, conclusions and surroundings.

    Args:
        report: The report.
        width: Columns of the terminal; 80 are enough for the table.
    """
    width = min(width, WIDTH)
    table = [tuple(name for name, _ in HEADINGS), *rows(report)]
    widths = [max(map(cell_width, column)) for column in zip(*table, strict=True)]
    gap = "  " if sum(widths) + 2 * len(widths) <= width else " "
    lines = [gap.join(_set(row, widths)).rstrip() for row in table]
    said = [*filter(None, [report.cancelled]), *remarks(report), *cautions(report)]
    above = [legend(report), "; ".join(key(report))]
    parts: list[Sequence[str]] = [above, said, report.conclusions, surroundings(report)]
    for part in filter(None, parts):
        lines += ["", *(line for text in part for line in _wrapped(one_line(text), width))]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(20, width), subsequent_indent="  ", break_on_hyphens=False)


def _set(row: tuple[str, ...], widths: list[int]) -> list[str]:
    columns = zip(row, widths, HEADINGS, strict=True)
    return [fit(cell, width, right=right) for cell, width, (_, right) in columns]
