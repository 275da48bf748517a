"""Whom the program is connected to, always in sight; and its memory."""

from __future__ import annotations

from pgmem_tui.display.text import cell_width, one_line, truncate
from pgmem_tui.postgres.connection import ServerInfo
from pgmem_tui.ui.widgets.one_line import OneLine

SHORTEST_NAME = 8
"""Cells of the names that are left before something else gives way."""


class TopBar(OneLine):
    """One line: database, host, server version, TLS, read-only; memory at the right."""

    DEFAULT_CSS = """
    TopBar { background: $panel; color: $foreground; text-style: bold; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin unconnected."""
        super().__init__(id=id)
        self._who, self._what = "", ""
        self._memory = ""

    def show_connecting(self, target: str) -> None:
        """Say whom the program is connecting to."""
        self._who, self._what = target, "connecting …"
        self._paint()

    def show_server(self, server: ServerInfo) -> None:
        """Say what answered."""
        host = f"[{server.host}]" if ":" in server.host else server.host
        socket = not host or host.startswith(("/", "@"))
        where = "socket" if socket else f"{one_line(host)}:{server.port}"
        tls = server.tls.replace("TLSv", "TLS ") if server.tls else "no TLS"
        self._who = f"{one_line(server.database)}@{where}"
        standby = "STANDBY  " if server.standby else ""
        self._what = f"PG {server.version_text}  {tls}  {standby}READ ONLY"
        self._paint()

    def show_lost(self, target: str) -> None:
        """Say that nothing answers any more."""
        self._who, self._what = target, "DISCONNECTED"
        self._paint()

    def show_memory(self, text: str) -> None:
        """Show the memory of this process at the right."""
        self._memory = f"{text} "
        self._paint()

    def on_resize(self) -> None:
        """Give the names the room that there is now."""
        self._paint()

    def _paint(self) -> None:
        # Names give way first, then the memory, which is told below too: READ ONLY must stay.
        room = self.size.width - cell_width(f" pgmem-tui    {self._what}")
        memory = self._memory if room - 1 - cell_width(self._memory) >= SHORTEST_NAME else ""
        who = truncate(self._who, max(0, room - 1 - cell_width(memory)))
        self.show((f" pgmem-tui  {who}  {self._what}", memory))
