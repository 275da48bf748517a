"""What goes wrong with the demo server."""

from __future__ import annotations


class DemoError(Exception):
    """The demo server could not be started or filled; the text says why, and shows the server's log."""
