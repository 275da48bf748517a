"""Which conditions are of rows and which of groups of rows: WHERE and HAVING. Pure.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-GROUP
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.query_spec import Condition, Group, flat

Parts = tuple[Condition | Group, ...]


def parted(parts: Iterable[Condition | Group], is_key: Callable[[Condition], bool]) -> tuple[Parts, Parts]:
    """The parts of WHERE and those of HAVING, which together say what all of these say.

    Args:
        parts: All must hold.
        is_key: Whether the column of a condition is one that the rows are grouped by: it is the same in all
            rows of a group.

    Raises:
        Refused: Of some conditions one is enough, and they are neither all of rows nor all of groups.
    """
    rows: list[Condition | Group] = []
    groups: list[Condition | Group] = []
    for part in parts:
        kinds = {bool(condition.aggregate) for condition in flat((part,))}
        if True not in kinds:
            rows.append(part)
        elif False not in kinds:
            groups.append(part)
        elif isinstance(part, Group) and not part.either:
            for found, into in zip(parted(part.parts, is_key), (rows, groups), strict=True):
                into += [Group(found, either=False)]
        else:
            _check(part, is_key)
            groups.append(part)
    return tuple(rows), tuple(groups)


def _check(part: Condition | Group, is_key: Callable[[Condition], bool]) -> None:
    listed = list(flat((part,)))
    of_rows = next((one for one in listed if not one.aggregate and not is_key(one)), None)
    if of_rows is not None:
        of_groups = next(one for one in listed if one.aggregate)
        raise Refused(
            f"any of: {of_rows.subject} is of rows, {of_groups.subject} of groups of them; "
            f"group by {of_rows.subject}, or need all of"
        )
