"""Whom the program is connected to, always in sight; and its memory."""

from __future__ import annotations

import time

from pgmem_tui.display import quantities
from pgmem_tui.display.text import cell_width, one_line, truncate
from pgmem_tui.postgres.connection import ServerInfo
from pgmem_tui.ui.widgets.one_line import OneLine

UNCOMMITTED, LONG = 60.0, 300.0
"""Seconds after which an open transaction is called uncommitted, and is said to hold locks."""
SHORTEST_NAME = 8
"""Cells of the names that are left before something else gives way."""


class TopBar(OneLine):
    """One line: database, host, server version, TLS, read-only; memory at the right."""

    DEFAULT_CSS = """
    TopBar {
        background: $panel;
        color: $foreground;
        text-style: bold;
        &.-writable { background: $warning; color: auto 100%; }
        &.-open { background: $error; color: auto 100%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin unconnected."""
        super().__init__(id=id)
        self._who, self._what, self._connected = "", "", False
        self._memory = ""
        self.writable = False
        """Whether statements may write."""
        self._began, self._statements = 0.0, 0
        self._settings = 0
        self._recording = False

    def show_connecting(self, target: str) -> None:
        """Say whom the program is connecting to."""
        self._who, self._what, self._connected = target, "connecting …", False
        self._paint()

    def show_server(self, server: ServerInfo) -> None:
        """Say what answered."""
        host = f"[{server.host}]" if ":" in server.host else server.host
        socket = not host or host.startswith(("/", "@"))
        where = "socket" if socket else f"{one_line(host)}:{server.port}"
        tls = server.tls.replace("TLSv", "TLS ") if server.tls else "no TLS"
        self._who = f"{one_line(server.database)}@{where}"
        standby = "STANDBY  " if server.standby else ""
        self._what = f"PG {server.version_text}  {tls}  {standby}"
        self._connected = True
        self._paint()

    def show_transaction(self, began: float, statements: int) -> None:
        """Say since when one that writes is open, epoch seconds, and how much was run in it; or none."""
        self._began, self._statements = began, statements
        self._paint()

    def show_settings(self, count: int) -> None:
        """Say how many settings the user has SET."""
        self._settings = count
        self._paint()

    def show_recording(self, recording: bool) -> None:
        """Say whether all that is shown goes into a file."""
        self._recording = recording
        self._paint()

    def tick(self) -> None:
        """Bring its age up to date."""
        if self._began:
            self._paint()

    def show_lost(self, target: str) -> None:
        """Say that nothing answers any more."""
        self._who, self._what, self._connected = target, "DISCONNECTED", False
        self._paint()

    def show_memory(self, text: str) -> None:
        """Show the memory of this process at the right."""
        self._memory = f"{text} "
        self._paint()

    def on_resize(self) -> None:
        """Give the names the room that there is now."""
        self._paint()

    def _paint(self) -> None:
        self.set_class(self.writable and self._connected and not self._began, "-writable")
        self.set_class(bool(self._began), "-open")
        # Names give way first, then the memory, which is told below too: what may be written must stay.
        program = " pgmem-tui  REC" if self._recording else " pgmem-tui"
        width = self.size.width - cell_width(f"{program}    ")
        badges = self._badges() if self._began else [self._mode()]
        badge = next((text for text in badges if cell_width(text) + SHORTEST_NAME < width), badges[-1])
        room = width - cell_width(badge)
        memory = self._memory if room - 1 - cell_width(self._memory) >= SHORTEST_NAME else ""
        who = truncate(self._who, max(0, room - 1 - cell_width(memory)))
        self.show((f"{program}  {who}  {badge}", memory))

    def _mode(self) -> str:
        if not self._connected:
            return self._what
        return self._what + self._set + ("WRITABLE" if self.writable else "READ ONLY")

    @property
    def _set(self) -> str:
        return f"SET {self._settings}  " if self._settings else ""

    def _badges(self) -> list[str]:
        """What is open, the most that can be said of it first."""
        seconds = time.time() - self._began
        age = quantities.clock(seconds)
        count = f"{self._statements:,} statement{'' if self._statements == 1 else 's'}"
        what = "OPEN TRANSACTION" if seconds < UNCOMMITTED else "UNCOMMITTED"
        said = f"{what}: {count}, {age}"
        keys = "W commit  Z roll back"
        if seconds >= LONG:
            said = f"UNCOMMITTED FOR {age}: {count}"
            return [
                f"{self._what}{self._set}{said}, HOLDS LOCKS  {keys}",
                f"{said}, HOLDS LOCKS  {keys}",
                f"{said}, HOLDS LOCKS  W Z",
                f"{said}  W Z",
            ]
        return [f"{self._what}{self._set}{said}  {keys}", f"{said}  {keys}", f"{said}  W Z"]
