"""What to conclude from measurements: sentences that follow from the numbers, and none that does not.

They call ways by the names that the table has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pgmem_tui.display import quantities
from pgmem_tui.display.quantities import nbytes, seconds
from pgmem_tui.lab.measurement import Measurement
from pgmem_tui.lab.record import CASTING

ALIKE = 1.1
"""Ratio below which two figures are called the same."""
SMALL = 1 << 20
"""Bytes below which a difference in memory is not spoken of: an allocator's whims are as large."""
_LIST = 100 << 10
"""The same for a list of 1,000 rows, if all runs differ by that."""

Found = Mapping[str, Measurement]
_STEADY = "named-1000"


def conclude(measurements: Sequence[Measurement]) -> tuple[str, ...]:
    """Sentences, the most important first.

    Args:
        measurements: Of the same rows.
    """
    found = {each.mode: each for each in measurements if each.runs and not each.last.problem}
    failed = {each.mode: each for each in measurements if each.runs and each.last.problem}
    return (*_uncastable(found, failed), *(sentence for rule in _RULES for sentence in rule(found)))


def _uncastable(found: Found, failed: Found) -> Iterator[str]:
    """Rows that can be read as text, and not as Python's values."""
    text, typed = found.get("text"), failed.get(_STEADY)
    if text is not None and text.done and typed is not None and typed.last.problem.startswith(CASTING):
        yield (
            "Type casters failed on a value that Python has not; left as the text that the server sent, "
            "values were read to the end."
        )


def _whole_result(found: Found) -> Iterator[str]:
    """What holding everything costs, a row."""
    for name in ("fetchall", "iterate"):
        one = found.get(name)
        if one is None:
            continue
        if one.last.killed:
            yield (
                f"{one.mode}: killed after {seconds(one.seconds)}, {nbytes(one.rss)} above the baseline "
                f"and still growing; the program had {_seen(one)}."
            )
        elif one.done and one.rows and one.rss > SMALL:
            yield (
                f"{one.mode}: {nbytes(one.rss)} for {one.rows:,} rows, {nbytes(round(one.rss / one.rows))} "
                f"a row; ten times as many would take {nbytes(10 * one.rss)}."
            )


def _unnamed_iteration(found: Found) -> Iterator[str]:
    """Going row by row through a whole result."""
    one, steady = found.get("iterate"), found.get(_STEADY)
    if one is None or steady is None or not one.done or not steady.done:
        return
    if one.rss > steady.rss + SMALL:
        yield (
            f"Iterating an unnamed cursor is no way out: it held {nbytes(one.rss)} where a named one held "
            f"{nbytes(steady.rss)}, and its first row came after {_first(one)} instead of {_first(steady)}."
        )
    else:
        yield (
            f"So few rows hide the difference: the unnamed cursor held {nbytes(one.rss)}, the named one "
            f"{nbytes(steady.rss)}."
        )


def _constant(found: Found) -> Iterator[str]:
    """Whether memory follows itersize."""
    named = [found[name] for name in ("named-10", "named-100", "named-1000", "named-10000") if name in found]
    complete = [one for one in named if one.done and one.rows]
    if len(complete) < 2:
        return
    least, most = min(complete, key=lambda one: one.rss), max(complete, key=lambda one: one.rss)
    slow, fast = max(complete, key=lambda one: one.seconds), min(complete, key=lambda one: one.seconds)
    if most.rss > least.rss + SMALL:
        yield (
            f"Memory follows the batch: {least.mode} held {nbytes(least.rss)}, {most.mode} "
            f"{nbytes(most.rss)}."
        )
    else:
        yield f"Whatever itersize was, a named cursor held at most {nbytes(most.rss)} above the baseline."
    if _apart(slow, fast) and slow.last.round_trips > fast.last.round_trips:
        yield (
            f"Round trips cost time: {slow.mode} took {_times(slow.seconds, fast.seconds)} as long as "
            f"{fast.mode} ({slow.last.round_trips:,} statements against {fast.last.round_trips:,})."
        )


def _lists(found: Found) -> Iterator[str]:
    """Rows as a list against one at a time, of batches of the same size."""
    steady = found.get(_STEADY)
    if steady is None or not steady.done:
        return
    most = max(run.rss for run in steady.runs)
    whole = [found[name] for name in ("limit", "fetchmany") if name in found]
    lists = [one for one in whole if one.done and min(run.rss for run in one.runs) > most + _LIST]
    if lists:
        sizes = ", ".join(f"{one.mode}: {nbytes(one.rss)}" for one in lists)
        yield (
            "fetchall() and fetchmany() make Python objects of all their rows at once, iterating of one at a "
            f"time. {sizes}, {steady.mode}: {nbytes(steady.rss)}."
        )


def _trap(found: Found) -> Iterator[str]:
    """A named cursor with fetchall()."""
    trap, steady = found.get("named-fetchall"), found.get(_STEADY)
    if trap is None or steady is None:
        return
    if trap.last.killed:
        yield f"The name was of no use with fetchall(): killed at {nbytes(trap.rss)} above the baseline."
    elif trap.rss > steady.rss + SMALL:
        more = ""
        if trap.temp_bytes:
            more = f"; and the server wrote {nbytes(trap.temp_bytes)} to temporary files for its FETCH ALL"
        yield (
            f"fetchall() on a named cursor is the trap: {nbytes(trap.rss)}, where iterating it took "
            f"{nbytes(steady.rss)}{more}."
        )


def _hold(found: Found) -> Iterator[str]:
    """What WITH HOLD costs the server."""
    hold, steady = found.get("hold"), found.get(_STEADY)
    if hold is None or steady is None or not hold.done:
        return
    kept = [
        *([f"{nbytes(hold.backend)} of the server's memory"] if hold.backend else []),
        *([f"{nbytes(hold.temp_bytes)} in temporary files"] if hold.temp_bytes else []),
    ]
    if kept:
        yield (
            f"WITH HOLD moved the whole result, but on the server: {' and '.join(kept)}; "
            f"the first row came after {_first(hold)} (without: {_first(steady)})."
        )


def _pages(found: Found) -> Iterator[str]:
    """OFFSET against keys."""
    offset, keys = found.get("offset"), found.get("keyset")
    if offset is None:
        return
    if offset.last.timed_out:
        yield (
            f"OFFSET paging was stopped after {seconds(offset.seconds)} with {offset.rows:,} rows read: "
            "each page reads all rows before it again."
        )
    elif keys is not None and keys.done and offset.done and _apart(offset, keys):
        slow, fast = (offset, keys) if offset.seconds > keys.seconds else (keys, offset)
        yield f"{slow.mode} took {_times(slow.seconds, fast.seconds)} as long as {fast.mode}."


def _fastest(found: Found) -> Iterator[str]:
    """Who read the most rows a second, and who had the first row first."""
    whole = [one for one in found.values() if one.done and one.rows and one.mode not in ("limit", "clamped")]
    if len(whole) < 2:
        return
    best = max(whole, key=lambda one: one.rate)
    yield f"Fastest: {best.mode}, {quantities.rate(best.rate)} in {nbytes(best.rss)}."
    seen = [one for one in whole if one.first_row is not None]
    if not seen:
        return
    first, last = (pick(seen, key=lambda one: one.first_row or 0.0) for pick in (min, max))
    if (last.first_row or 0.0) > 2 * (first.first_row or 0.0):
        yield (
            f"A first row was in hand after {_first(first)} ({first.mode}) to {_first(last)} ({last.mode})."
        )


def _casters(found: Found) -> Iterator[str]:
    """Text against typed values."""
    text, typed = found.get("text"), found.get(_STEADY)
    if text is None or typed is None or not (text.done and typed.done and _apart(text, typed)):
        return
    if typed.seconds > text.seconds:
        yield (
            f"Type casters took their share: {seconds(typed.seconds)} with them, {seconds(text.seconds)} "
            f"with values left as text ({_times(typed.seconds, text.seconds)})."
        )


def _clamping(found: Found) -> Iterator[str]:
    """Rows of any width."""
    clamped, whole = found.get("clamped"), found.get(_STEADY)
    if clamped is None or whole is None or not clamped.done:
        return
    if whole.last.killed or whole.rss > clamped.rss + SMALL:
        yield (
            f"itersize counts rows, not bytes: {min(1000, clamped.rows):,} whole rows held "
            f"{nbytes(whole.rss)}, with wide values cut by the server {nbytes(clamped.rss)}."
        )
    elif whole.done:
        yield "Values here are short: cutting wide ones on the server saved no memory to speak of."


_RULES: tuple[Callable[[Found], Iterator[str]], ...] = (
    _whole_result,
    _unnamed_iteration,
    _constant,
    _lists,
    _trap,
    _hold,
    _clamping,
    _pages,
    _casters,
    _fastest,
)


def _apart(one: Measurement, other: Measurement) -> bool:
    """Whether the two differ by more than their runs do among themselves."""
    slow, fast = (one, other) if one.seconds > other.seconds else (other, one)
    return slow.seconds > ALIKE * fast.seconds and slow.spread()[0] > fast.spread()[1]


def _times(more: float, less: float) -> str:
    """As `2.6 times` or `180 times`."""
    ratio = more / max(less, 1e-9)
    return f"{ratio:.1f} times" if ratio < 10 else f"{ratio:,.0f} times"


def _first(one: Measurement) -> str:
    return seconds(one.first_row) if one.first_row is not None else "never"


def _seen(one: Measurement) -> str:
    return f"seen at least {one.rows:,} rows" if one.rows else "not seen one row"
