"""Whom the program is connected to, always in sight; and its memory."""

from __future__ import annotations

from pgmem_tui.display.text import one_line
from pgmem_tui.postgres.connection import ServerInfo
from pgmem_tui.ui.widgets.one_line import OneLine


class TopBar(OneLine):
    """One line: database, host, server version, TLS, read-only; memory at the right."""

    DEFAULT_CSS = """
    TopBar { background: $panel; color: $foreground; text-style: bold; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin unconnected."""
        super().__init__(id=id)
        self._left = " pgmem-tui"
        self._memory = ""

    def show_connecting(self, target: str) -> None:
        """Say whom the program is connecting to."""
        self._left = f" pgmem-tui  {target}  connecting …"
        self._paint()

    def show_server(self, server: ServerInfo) -> None:
        """Say what answered."""
        host = f"[{server.host}]" if ":" in server.host else server.host
        socket = not host or host.startswith(("/", "@"))
        where = "socket" if socket else f"{one_line(host)}:{server.port}"
        tls = server.tls.replace("TLSv", "TLS ") if server.tls else "no TLS"
        self._left = (
            f" pgmem-tui  {one_line(server.database)}@{where}  PG {server.version_text}  {tls}  READ ONLY"
        )
        self._paint()

    def show_lost(self, target: str) -> None:
        """Say that nothing answers any more."""
        self._left = f" pgmem-tui  {target}  DISCONNECTED"
        self._paint()

    def show_memory(self, text: str) -> None:
        """Show the memory of this process at the right."""
        self._memory = f"{text} "
        self._paint()

    def _paint(self) -> None:
        self.show((self._left, self._memory))
