"""A report of the lab: everything that was asked, found out and measured; as JSON, both ways."""

from __future__ import annotations

import json
import types
import typing
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass, replace
from typing import Any, cast

from pgmem_tui.display.quantities import counted
from pgmem_tui.lab.measurement import Measurement
from pgmem_tui.lab.surroundings import Machine, Server
from pgmem_tui.postgres.errors import Refused

FORMAT = 1
"""Of the JSON; another cannot be read."""
LARGEST = 64 << 20
"""Bytes of a report's JSON that are read."""


@dataclass(frozen=True)
class Asked:
    """What the experiment was about: enough to run it again, but for the connection."""

    table: str
    """As in SQL; empty for a query."""
    command: str
    """The query; empty for a table."""
    rows: int
    """At most; 0 for all."""
    modes: tuple[str, ...]
    repeat: int
    cap: int
    """Bytes."""
    timeout: float
    """Seconds."""
    key: tuple[str, ...] = ()
    """Columns of a query that pages of its rows can begin after; empty if none are known."""
    unsorted: str = ""
    """That query without its ORDER BY by this key; empty if it has none."""


@dataclass(frozen=True)
class Report:
    """An experiment that was carried out."""

    asked: Asked
    machine: Machine
    server: Server
    columns: int
    measurements: tuple[Measurement, ...]
    conclusions: tuple[str, ...] = ()
    format: int = FORMAT
    cancelled: str = ""
    """How far it came, in words, if it was cancelled; the ways that it did not come to are left out then."""


def ended(report: Report) -> Report:
    """What is left of a report when nothing more is run: the same if everything was.

    Args:
        report: Of what was measured until then, with every way that was asked for.
    """
    possible = [found for found in report.measurements if not found.skipped]
    ran = [found for found in possible if found.runs]
    runs = sum(len(found.runs) for found in ran)
    wanted = sum(report.asked.repeat if found.done else len(found.runs) for found in ran)
    if len(ran) < len(possible):
        cancelled = f"cancelled after {len(ran)} of {counted(len(possible), 'way')}"
    elif runs < wanted:
        cancelled = f"cancelled after {runs} of {counted(wanted, 'run')}"
    else:
        return report
    known = tuple(found for found in report.measurements if found.runs or found.skipped)
    return replace(report, measurements=known, cancelled=cancelled)


def to_json(report: Report) -> str:
    """The report as JSON."""
    return json.dumps(asdict(report), indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> Report:
    """Read a report.

    Raises:
        Refused: It is none, or of another version.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(f"it is no JSON: {error}") from None
    if not isinstance(found, dict) or "format" not in found:
        raise Refused("it is no report of the lab")
    if found["format"] != FORMAT:
        raise Refused(f"it is a report of format {found['format']!r}, and this program reads {FORMAT}")
    try:
        return cast(Report, _built(Report, found, "report"))
    except ValueError as error:
        raise Refused(f"it is no report of the lab: {error}") from None


def _built(wanted: Any, value: Any, where: str) -> Any:
    """A value of a type made of dataclasses, tuples and what JSON has.

    Raises:
        ValueError: It is of another type; the text says where.
    """
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if is_dataclass(wanted) and isinstance(value, dict):
        hints = typing.get_type_hints(wanted)
        names = {field.name for field in fields(wanted)}
        needed = {field.name for field in fields(wanted) if field.default is MISSING}
        if not needed <= set(value) <= names:
            raise ValueError(f"{where} has not exactly the fields it should have")
        made: Any = wanted
        return made(**{name: _built(hints[name], given, f"{where}.{name}") for name, given in value.items()})
    if origin is tuple and isinstance(value, list):
        types_of = inner[:1] * len(value) if inner[1:] == (...,) else inner
        if len(types_of) == len(value):
            return tuple(_built(kind, each, where) for kind, each in zip(types_of, value, strict=True))
    if origin in (types.UnionType, typing.Union) and (value is None or type(value) in (*inner, int)):
        return value
    if isinstance(wanted, type) and (type(value) is wanted or (wanted is float and type(value) is int)):
        return value
    raise ValueError(f"{where} is of another type")
