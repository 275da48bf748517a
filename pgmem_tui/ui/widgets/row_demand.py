"""Which rows a grid lacks, or soon will, so that each is asked for once. Pure."""

from __future__ import annotations

from typing import NamedTuple

from pgmem_tui.ui.widgets.grid_rows import Rows


class Wanted(NamedTuple):
    """Rows [first, end)."""

    first: int
    end: int
    backward: bool
    """Whether someone scrolls up, so that those before them are wanted next."""


class RowDemand:
    """What was asked for, and where the screen is going."""

    def __init__(self) -> None:
        """Nothing was asked for."""
        self.down = True
        """Whether the screen went down last."""
        self._asked: tuple[int, int] | None = None
        self._ahead: tuple[int, bool] | None = None
        """The place, and the direction, for which rows ahead were last asked for."""
        self._expecting = False
        """Whether rows are on their way without having been asked for."""
        self._home = False
        """Whether the first rows of all are wanted, not those before the ones known."""

    def opened(self) -> None:
        """Something else is shown: whatever is opened brings some rows."""
        self._asked, self._ahead, self._expecting = None, None, True

    def answered(self) -> None:
        """What was asked for is here, or will not come."""
        self._asked, self._expecting = None, False

    def renumbered(self) -> None:
        """What was asked for has other numbers now."""
        self._asked = None

    def go_home(self) -> None:
        """The first rows of all are wanted."""
        self._home = True

    def wanted(self, rows: Rows, top: int, body: int) -> Wanted | None:
        """What to ask for now, with rows [top, top + body) on the screen; None is nothing."""
        if self._expecting:
            return None
        end = top + body
        gap = rows.missing(top, end)
        if gap is None and self._ahead != (top, self.down):
            # Once a place: what is ahead may not fit the budget, and would be asked for again for ever.
            self._ahead = top, self.down
            gap = rows.missing(end, end + body) if self.down else rows.missing(top - body, top)
        if gap is None or gap == self._asked:
            return None
        self._asked = gap
        backward = not self.down and not self._home and gap[1] <= end
        self._home = False
        return Wanted(*gap, backward)
