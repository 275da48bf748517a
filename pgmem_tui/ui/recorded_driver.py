"""Textual's driver with a recorder beside the terminal: all that the program sends passes its `write`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.driver import Driver

if TYPE_CHECKING:
    from pgmem_tui.cast.recorder import Recorder


def recorded(kind: type[Driver], recorder: Recorder) -> type[Driver]:
    """A driver that records what it sends.

    Args:
        kind: The driver that sends it.
        recorder: Takes each piece, and the size that the program has drawn it for.
    """

    class RecordedDriver(kind):  # type: ignore[misc,valid-type]
        def write(self, data: str) -> None:
            recorder.output(data, tuple(self._app.size))
            super().write(data)

    return RecordedDriver
