"""The way one came: what was open before, and where in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pgmem_tui.paging.requests import Target

MOST = 100
"""Steps kept."""


class Left(Enum):
    """How something was left."""

    FOLLOWED = "a key was followed"
    NARROWED = "other rows of the same relation were opened"
    OPENED = "something else was opened"


@dataclass(frozen=True)
class Step:
    """Something that was open."""

    target: Target
    title: str
    row: int
    column: int
    left: Left


class Trail:
    """Steps to go back."""

    def __init__(self) -> None:
        """Begin nowhere."""
        self._steps: list[Step] = []

    def add(self, step: Step) -> None:
        """Remember where one leaves from."""
        self._steps = [*self._steps[-MOST + 1 :], step]

    def back(self) -> Step | None:
        """The last step, which is taken off."""
        return self._steps.pop() if self._steps else None

    def __bool__(self) -> bool:
        """Whether there is a way back."""
        return bool(self._steps)

    @property
    def followed(self) -> str:
        """The tables whose keys were followed to get here, to be shown before its name."""
        names: list[str] = []
        for step in reversed(self._steps):
            if step.left is Left.OPENED:
                break
            if step.left is Left.FOLLOWED:
                names.insert(0, step.title)
        return "".join(f"{name} › " for name in names[-3:])
