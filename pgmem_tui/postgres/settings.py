"""Connection settings: one frozen value, whatever they were read from.

libpq's rules hold throughout: what is said outright wins over the service file, that over PG*
variables, those over libpq's defaults
(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from pgmem_tui.postgres import service_file

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""libpq's values of sslmode, from no TLS to a verified server."""

SECRET_KEYWORDS = ("password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
"""libpq keywords whose values nobody may see."""

_URI_PREFIXES = ("postgresql://", "postgres://")

_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
}
# https://www.postgresql.org/docs/current/libpq-envars.html


class SettingsError(ValueError):
    """A connection string that cannot be read; says which field is meant, if one is."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


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

    def merged(self, host: str = "", port: str = "", user: str = "", dbname: str = "") -> ConnectionSettings:
        """The same settings with those given here in place of the old; an empty one changes nothing."""
        given = {"host": host, "port": port, "user": user, "dbname": dbname}
        return replace(self, **{key: value for key, value in given.items() if value})  # type: ignore[arg-type]

    def secrets(self) -> tuple[str, ...]:
        """The values that nobody may see."""
        values = (self.password, *(value for key, value in self.other if key in SECRET_KEYWORDS))
        return tuple(value for value in values if value)


def same_server(one: ConnectionSettings, other: ConnectionSettings) -> bool:
    """Whether two settings certainly lead to the same server, whoever connects to whichever database."""
    return all(each.host and not each.service for each in (one, other)) and (
        (one.host, one.port, one.other) == (other.host, other.port, other.other)
    )


def is_connection_string(text: str) -> bool:
    """Whether psql would take the text for a connection string and not for a database's name.

    Source: https://www.postgresql.org/docs/current/app-psql.html, `--dbname`.
    """
    return text.startswith(_URI_PREFIXES) or "=" in text


def from_text(text: str, environ: Mapping[str, str] | None = None) -> ConnectionSettings:
    """Read a URI, a key=value string, the name of a service or else that of a database.

    A bare word is a service if a service file on this machine defines it; else it is a database,
    as in psql. (`service=NAME` and `dbname=NAME` say which is meant.) No password is looked up.

    Args:
        text: As given on a command line; empty means nothing was said.
        environ: Variables to use instead of this process's.

    Raises:
        SettingsError: It cannot be read. Its text holds no secret.
    """
    variables = os.environ if environ is None else environ
    plain = _with_variables(variables)
    if not text.strip():
        return plain
    if is_connection_string(text):
        return _from_keywords(_parse(text), plain)
    if service_file.read(text, variables) is not None:
        return replace(plain, service=text)
    return replace(plain, dbname=text)


def expected(settings: ConnectionSettings, environ: Mapping[str, str] | None = None) -> ConnectionSettings:
    """What libpq will use for these settings: to fill a form in with, or to name the target.

    An empty host means the local socket. A password is there if the settings, the service file or
    PGPASSWORD have one; the password file is not read. A service that does not exist adds nothing.

    Args:
        settings: What the user said.
        environ: Variables to use instead of this process's.
    """
    variables = os.environ if environ is None else environ
    service = settings.service or variables.get("PGSERVICE", "")
    from_service = (service_file.read(service, variables) if service else None) or {}
    found = {"service": service}
    for name, variable in _VARIABLES.items():
        said: str = getattr(settings, name)
        found[name] = said or from_service.get(name, "") or variables.get(variable, "")
    found["port"] = found["port"] or "5432"
    found["user"] = found["user"] or _system_user()
    found["dbname"] = found["dbname"] or found["user"]
    root = dict(settings.other).get("sslrootcert") or from_service.get("sslrootcert")
    system_roots = (root or variables.get("PGSSLROOTCERT", "")) == "system"
    found["sslmode"] = found["sslmode"] or ("verify-full" if system_roots else "prefer")
    return replace(settings, **found)  # type: ignore[arg-type]


def target(settings: ConnectionSettings, environ: Mapping[str, str] | None = None) -> str:
    """Name what the settings lead to: `shop@db1:5432`, `shop@[local]` for the local socket.

    `[local]` is psql's word for it; a port other than 5432 follows, the socket's directory does not.
    Holds no secret. Names come as they are: escape them for display.
    """
    known = expected(settings, environ)
    hosts = (known.host or dict(known.other).get("hostaddr", "")).split(",")
    ports = known.port.split(",")
    if len(ports) != len(hosts):
        ports = ports[:1] * len(hosts)
    return f"{known.dbname}@" + ",".join(_place(*pair) for pair in zip(hosts, ports, strict=True))


def _place(host: str, port: str) -> str:
    if not host or host.startswith(("/", "@")):
        return "[local]" if port in ("", "5432") else f"[local]:{port}"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port or 5432}"


LONGEST_TEXT = 20_000
"""Characters of a text that are looked at and kept: a server's message can hold a whole value."""


def redact(text: str, settings: ConnectionSettings | None, environ: Mapping[str, str] | None = None) -> str:
    """Take the passwords out of any text: those of the settings, PGPASSWORD, and what looks like one.

    A password that is also the shown name of the user, database, host or service stays where it stands
    alone: hiding it there would tell what it is. So would hiding one of under four characters inside words.
    """
    import re

    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]} …"
    text = re.sub(r"(?i)(postgres(?:ql)?://[^\s:/@]*:)[^\s/]*@", r"\1***@", text)
    assigned = rf"(?i)\b({'|'.join(SECRET_KEYWORDS)})(['\"]?\s*[=:]\s*)"
    text = re.sub(assigned + r"""('(?:[^'\\]|\\.)*'?|"[^"]*"?|[^\s&'"]+)""", r"\1\2***", text)
    variables = os.environ if environ is None else environ
    secrets = {*(settings.secrets() if settings else ()), variables.get("PGPASSWORD", "")} - {""}
    if settings:
        secrets -= {settings.host, settings.dbname, settings.user, settings.service}
    forms = {form for secret in secrets for form in _written(secret)}
    for form in sorted(forms, key=len, reverse=True):
        pattern = re.escape(form) if len(form) > 3 else rf"(?<!\w){re.escape(form)}(?!\w)"
        text = re.sub(pattern, "***", text)
    return text


def _written(secret: str) -> set[str]:
    """A secret as it stands in a URI, in a key=value string, and by itself."""
    from urllib.parse import quote, quote_plus

    octets = secret.encode("utf-8", "surrogateescape")
    escaped = secret.replace("\\", "\\\\").replace("'", "\\'")
    return {secret, escaped, quote(octets), quote(octets, safe=""), quote_plus(octets)}


def _with_variables(variables: Mapping[str, str]) -> ConnectionSettings:
    """Settings that say nothing, but do not stand in the way of two variables that libpq would read."""
    plain = ConnectionSettings()
    timeout = variables.get("PGCONNECT_TIMEOUT", "").strip()
    return replace(
        plain,
        application_name=variables.get("PGAPPNAME") or plain.application_name,
        connect_timeout=int(timeout) if timeout.isdecimal() else plain.connect_timeout,
    )


def _parse(text: str) -> dict[str, str]:
    # Takes 30 ms to import, which `--version` need not wait for.
    import psycopg2
    from psycopg2.extensions import parse_dsn

    try:
        return dict(parse_dsn(text))
    except psycopg2.Error as error:
        raise SettingsError(_without_secrets(str(error).strip(), text)) from None
    except ValueError:
        raise SettingsError("invalid dsn: it is not valid UTF-8") from None


def _without_secrets(sentence: str, text: str) -> str:
    """Cut off what libpq quotes of a string that it cannot read, if that may be a piece of a password."""
    import re

    if not re.search(r"(?i)password|secret|key|://[^/]*:[^/]*@", text):
        return sentence
    # libpq also quotes what it misses: "=" and "]".
    kept = re.match(r'(?:[^"]|"[=\]]")*', sentence)
    return sentence if kept is None or kept[0] == sentence else kept[0] + "…"


def _from_keywords(keywords: Mapping[str, str], plain: ConnectionSettings) -> ConnectionSettings:
    named = {f.name for f in fields(ConnectionSettings)} - {"other", "connect_timeout"}
    said = {key: value for key, value in keywords.items() if key in named}
    other = {key: value for key, value in keywords.items() if key not in named}
    timeout = plain.connect_timeout
    if "connect_timeout" in other:
        try:
            timeout = int(other.pop("connect_timeout"))
        except ValueError:
            raise SettingsError("connect_timeout must be a whole number of seconds") from None
    return replace(plain, **said, connect_timeout=timeout, other=tuple(other.items()))


def _system_user() -> str:
    """The user whom libpq takes: that of the process, whatever USER says."""
    try:
        import pwd
    except ImportError:  # Windows
        return os.environ.get("USERNAME", "")
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return ""
