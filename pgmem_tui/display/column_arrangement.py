"""Which columns someone wants to see, in what order and how wide; remembered by name. Pure."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

TABLES = 200
"""Tables of which an arrangement is remembered."""
COLUMNS = 20_000
"""Columns of all of them together, about 200 bytes each."""

_Key = tuple[str, int]
"""A column's name, and how many of that name stand before it: a query's need not differ."""


@dataclass(frozen=True)
class Arrangement:
    """Columns by their index in the result."""

    order: tuple[int, ...]
    """Every column once, the hidden ones too."""
    hidden: frozenset[int] = frozenset()
    frozen: int = 0
    """How many of `order` stay at the left while the others scroll."""
    widths: tuple[tuple[int, int], ...] = ()
    """Columns with a width set by hand, and that width in cells."""

    @property
    def shown(self) -> tuple[int, ...]:
        """The columns to be seen, in order; all, if all were hidden."""
        return tuple(column for column in self.order if column not in self.hidden) or self.order

    @property
    def frozen_shown(self) -> int:
        """How many of those stay."""
        return sum(column not in self.hidden for column in self.order[: self.frozen])


def natural(count: int) -> Arrangement:
    """The first `count` columns as the server has them."""
    return Arrangement(tuple(range(count)))


@dataclass(frozen=True)
class _Named:
    """An arrangement by names, which survive it that a table gets and loses columns."""

    order: tuple[_Key, ...]
    hidden: frozenset[_Key]
    frozen: frozenset[_Key]
    widths: tuple[tuple[_Key, int], ...]


class Arrangements:
    """Remembers the last ones, in memory."""

    def __init__(self) -> None:
        """Remember none."""
        self._named: OrderedDict[Hashable, _Named] = OrderedDict()
        self._columns = 0

    def __len__(self) -> int:
        return len(self._named)

    def keep(self, of: Hashable, names: Iterable[str], arrangement: Arrangement) -> None:
        """Remember how a table is shown; one that is shown as it comes needs no remembering.

        Args:
            of: Which table, on which server.
            names: Of all its columns.
            arrangement: Of these columns.
        """
        self._forget(of)
        keys = _keys(names)
        if arrangement == natural(len(keys)):
            return
        order = [keys[column] for column in arrangement.order]
        self._named[of] = _Named(
            tuple(order),
            frozenset(keys[column] for column in arrangement.hidden),
            frozenset(order[: arrangement.frozen]),
            tuple((keys[column], width) for column, width in arrangement.widths),
        )
        self._columns += len(order)
        while len(self._named) > TABLES or (self._columns > COLUMNS and len(self._named) > 1):
            self._forget(next(iter(self._named)))

    def find(self, of: Hashable, names: Iterable[str]) -> Arrangement | None:
        """How a table was shown, for the columns that it has now: new ones come last."""
        named = self._named.get(of)
        if named is None:
            return None
        self._named.move_to_end(of)
        keys = _keys(names)
        numbers = {key: column for column, key in enumerate(keys)}
        known = [key for key in named.order if key in numbers]
        new = numbers.keys() - set(known)
        return Arrangement(
            tuple(numbers[key] for key in (*known, *(key for key in keys if key in new))),
            frozenset(numbers[key] for key in named.hidden if key in numbers),
            len(list(takewhile(named.frozen.__contains__, known))),
            tuple((numbers[key], width) for key, width in named.widths if key in numbers),
        )

    def _forget(self, of: Hashable) -> None:
        if named := self._named.pop(of, None):
            self._columns -= len(named.order)


def _keys(names: Iterable[str]) -> Sequence[_Key]:
    seen: Counter[str] = Counter()
    keys: list[_Key] = []
    for name in names:
        keys.append((name, seen[name]))
        seen[name] += 1
    return keys
