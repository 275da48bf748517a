"""What was measured, beside what was to be reached."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version

from pgmem_tui import __version__

_FORMATS: dict[str, Callable[[float], str]] = {
    "ms": lambda value: f"{value * 1000:.1f} ms",
    "MiB": lambda value: f"{value / 2**20:.1f} MiB",
    "bytes": lambda value: f"{value:,.0f} B",
    "ratio": lambda value: f"{value:.2f}",
    "rows/s": lambda value: f"{value:,.0f} rows/s",
}
"""How each unit is written; the values themselves are seconds, bytes, ratios and rows a second."""


@dataclass(frozen=True)
class Finding:
    """One figure."""

    what: str
    value: float
    unit: str
    """A key of `_FORMATS`."""
    target: float | None = None
    """What it must not exceed, in the value's unit; None for a figure to compare with."""
    at_least: bool = False
    """Whether the target must be reached instead of not exceeded."""
    beside: str = ""
    """Where the figure comes from, and what it is to be compared with."""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


@dataclass
class Report:
    """All figures of one run."""

    server: str
    findings: list[Finding] = field(default_factory=list)

    def add(self, *findings: Finding) -> None:
        """Take figures, and print each at once."""
        for finding in findings:
            self.findings.append(finding)
            print(_line(finding), flush=True)

    def heading(self) -> str:
        """What was measured, on what."""
        parts = [
            f"pgmem-tui {__version__}",
            f"Python {platform.python_version()}",
            *(f"{name} {version(name)}" for name in ("textual", "psycopg2-binary")),
            self.server,
            f"{os.cpu_count()} cores",
        ]
        return ", ".join(parts) + "\n\n" + _columns("what", "measured", "target", "", "beside")

    def summary(self) -> str:
        """How many targets are met, and which are not."""
        judged = [finding for finding in self.findings if finding.met is not None]
        missed = [finding.what for finding in judged if not finding.met]
        count = f"{len(judged) - len(missed)} of {len(judged)} targets met"
        return f"{count}; not met: {', '.join(missed)}" if missed else count

    def json(self) -> str:
        """Everything, for a program to read."""
        about = {
            "pgmem_tui": __version__,
            "python": platform.python_version(),
            "textual": version("textual"),
            "psycopg2": version("psycopg2-binary"),
            "server": self.server,
            "cores": os.cpu_count(),
        }
        findings = [{**asdict(finding), "met": finding.met} for finding in self.findings]
        return json.dumps({"about": about, "findings": findings}, indent=2) + "\n"


def written(value: float, unit: str) -> str:
    """A value with its unit."""
    return _FORMATS[unit](value)


def _line(finding: Finding) -> str:
    target = ""
    if finding.target is not None:
        target = ("≥ " if finding.at_least else "≤ ") + written(finding.target, finding.unit)
    met = {True: "met", False: "NOT", None: ""}[finding.met]
    return _columns(finding.what, written(finding.value, finding.unit), target, met, finding.beside)


def _columns(what: str, measured: str, target: str, met: str, beside: str) -> str:
    return f"{what:<52} {measured:>18} {target:>14} {met:<4} {beside}".rstrip()
