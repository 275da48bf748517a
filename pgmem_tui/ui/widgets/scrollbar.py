"""Where in all lines those on the screen are. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Scrollbar(NamedTuple):
    """A bar as high as the screen's part of a list."""

    extent: int
    """Lines of the list."""
    body: int
    """Those on the screen; one at least."""

    @property
    def highest(self) -> int:
        """The last line that the screen may begin with."""
        return max(0, self.extent - self.body)

    def thumb(self, top: int) -> tuple[int, int]:
        """The lines [first, end) of the bar that are bright when the screen begins with line `top`.

        None where everything is on the screen.
        """
        if self.extent <= self.body:
            return 0, 0
        length = max(1, self.body * self.body // self.extent)
        begin = round((self.body - length) * top / self.highest)
        return begin, begin + length

    def line_at(self, y: int) -> int:
        """The line to begin with when the bar is taken at line `y` of it."""
        share = min(max(0, y), self.body - 1) / max(1, self.body - 1)
        return round(share * self.highest)
