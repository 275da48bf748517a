"""Conditions in groups, and what is done to one of them: each change makes a new tree. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from pgmem_tui.postgres.query_spec import Condition, Group

Part = Condition | Group
Parts = tuple[Part, ...]
Path = tuple[int, ...]
"""The number of a part in its group, behind that of its group in the one around it, and so on; not empty."""


def part_at(parts: Parts, path: Path) -> Part:
    """What stands at a place.

    Raises:
        IndexError: Nothing does.
    """
    part = parts[path[0]]
    for number in path[1:]:
        if not isinstance(part, Group):
            raise IndexError(path)
        part = part.parts[number]
    return part


def siblings(parts: Parts, path: Path) -> Parts:
    """The parts of the group that a place is in."""
    if len(path) == 1:
        return parts
    around = part_at(parts, path[:-1])
    assert isinstance(around, Group)
    return around.parts


def walk(parts: Parts, above: Path = ()) -> Iterator[tuple[Path, Part]]:
    """Every part with its place, a group before what is in it."""
    for number, part in enumerate(parts):
        path = (*above, number)
        yield path, part
        if isinstance(part, Group):
            yield from walk(part.parts, path)


def replaced(parts: Parts, path: Path, part: Part) -> Parts:
    """Another part at a place."""
    number = path[-1]
    return _within(parts, path[:-1], lambda group: (*group[:number], part, *group[number + 1 :]))


def inserted(parts: Parts, path: Path, part: Part) -> Parts:
    """One part more, at a place."""
    number = path[-1]
    return _within(parts, path[:-1], lambda group: (*group[:number], part, *group[number:]))


def removed(parts: Parts, path: Path) -> Parts:
    """Without the part at a place; a group that has none left goes too."""
    if len(path) > 1 and len(siblings(parts, path)) == 1:
        return removed(parts, path[:-1])
    return _without(parts, path)


def moved(parts: Parts, path: Path, by: int) -> tuple[Parts, Path]:
    """The part at a place past its neighbour; at the edge of its group, out of that."""
    step = 1 if by > 0 else -1
    there = path[-1] + step
    if 0 <= there < len(siblings(parts, path)):
        part, neighbour = part_at(parts, path), part_at(parts, (*path[:-1], there))
        swapped = replaced(replaced(parts, path, neighbour), (*path[:-1], there), part)
        return swapped, (*path[:-1], there)
    return outdented(parts, path, before=step < 0)


def indented(parts: Parts, path: Path) -> tuple[Parts, Path]:
    """The part at a place in a group with the one above it, its own or a new one of which either will do.

    The first goes into a group of its own.
    """
    part, number = part_at(parts, path), path[-1]
    if not number:
        return replaced(parts, path, Group((part,))), (*path, 0)
    above_path = (*path[:-1], number - 1)
    above = part_at(parts, above_path)
    group = replace(above, parts=(*above.parts, part)) if isinstance(above, Group) else Group((above, part))
    joined = replaced(removed(parts, path), above_path, group)
    return joined, (*above_path, len(group.parts) - 1)


def outdented(parts: Parts, path: Path, before: bool = False) -> tuple[Parts, Path]:
    """The part at a place out of its group, behind it or before it; it stays if there is none around it."""
    if len(path) < 2:
        return parts, path
    part, around = part_at(parts, path), path[:-1]
    alone = len(siblings(parts, path)) == 1
    rest = removed(parts, path) if not alone else _without(parts, around)
    there = (*around[:-1], around[-1] + (0 if before or alone else 1))
    return inserted(rest, there, part), there


def negated(part: Part) -> Part:
    """What holds where that does not, or is unknown.

    A condition that is left out holds for the rows for which it is unknown too, so the laws of De Morgan hold
    for groups of them.
    """
    if isinstance(part, Condition):
        return replace(part, keep=not part.keep)
    return replace(part, parts=tuple(map(negated, part.parts)), either=not part.either)


def filtered(parts: Parts, wanted: Callable[[Condition], bool]) -> Parts:
    """Only the conditions that are wanted, and the groups that have any."""
    kept: list[Part] = []
    for part in parts:
        if isinstance(part, Condition):
            kept += [part] if wanted(part) else []
        elif inner := filtered(part.parts, wanted):
            kept.append(replace(part, parts=inner))
    return tuple(kept)


def _without(parts: Parts, path: Path) -> Parts:
    number = path[-1]
    return _within(parts, path[:-1], lambda group: (*group[:number], *group[number + 1 :]))


def _within(parts: Parts, around: Path, change: Callable[[Parts], Parts]) -> Parts:
    """With the parts of one group changed; the empty path is of all."""
    if not around:
        return change(parts)
    number, rest = around[0], around[1:]
    group = parts[number]
    assert isinstance(group, Group)
    inner = replace(group, parts=_within(group.parts, rest, change))
    return (*parts[:number], inner, *parts[number + 1 :])
