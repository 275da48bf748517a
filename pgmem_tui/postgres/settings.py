"""Connection settings: one frozen value, whatever they were read from."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ConnectionSettings:
    """What the user said about a connection; an empty string leaves it to libpq.

    libpq fills what is missing from PG* variables, the service file and its defaults
    (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS).
    """

    host: str = ""
    port: str = ""
    dbname: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    sslmode: str = ""
    service: str = ""
    application_name: str = "pgmem-tui"
    connect_timeout: int = 10
    """Seconds for each address tried."""
    other: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Any other libpq keyword (a secret may be among them, so it is never shown)."""

    def parameters(self) -> dict[str, str]:
        """The keywords to hand to libpq, without those left empty."""
        named = {
            "host": self.host,
            "port": self.port,
            "dbname": self.dbname,
            "user": self.user,
            "password": self.password,
            "sslmode": self.sslmode,
            "service": self.service,
            "application_name": self.application_name,
            "connect_timeout": str(self.connect_timeout),
        }
        return {key: value for key, value in (*self.other, *named.items()) if value}
