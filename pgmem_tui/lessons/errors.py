"""What can be wrong with lessons."""

from __future__ import annotations


class LessonError(Exception):
    """A lesson that cannot be read; the text says where and why."""

    def __init__(self, message: str, place: str = "", line: int = 0) -> None:
        """Say what is wrong.

        Args:
            message: In the words of whoever writes lessons.
            place: The file.
            line: From 1; 0 if it is about the whole.
        """
        where = f"{place}:{line}: " if line else f"{place}: " if place else ""
        super().__init__(f"{where}{message}")
        self.line = line


class CannotRun(Exception):
    """A lesson that cannot run here; the text says what it needs."""
