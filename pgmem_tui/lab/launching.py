"""Start the process that is measured, and hand it its job."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace

from pgmem_tui.lab.events import Job, ModeJob
from pgmem_tui.postgres import service_file, transaction
from pgmem_tui.postgres.settings import ConnectionSettings

COMMAND = (sys.executable, "-m", "pgmem_tui.lab.child")

VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "options": "PGOPTIONS",
    "application_name": "PGAPPNAME",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "client_encoding": "PGCLIENTENCODING",
    "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
    "sslcrldir": "PGSSLCRLDIR",
    "sslsni": "PGSSLSNI",
    "sslcertmode": "PGSSLCERTMODE",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
    "requirepeer": "PGREQUIREPEER",
    "require_auth": "PGREQUIREAUTH",
    "channel_binding": "PGCHANNELBINDING",
    "gssencmode": "PGGSSENCMODE",
    "gssdelegation": "PGGSSDELEGATION",
    "gsslib": "PGGSSLIB",
    "krbsrvname": "PGKRBSRVNAME",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "load_balance_hosts": "PGLOADBALANCEHOSTS",
}
"""The variable of each libpq keyword that has one
(https://www.postgresql.org/docs/current/libpq-envars.html)."""


def start(job: Job, name: str) -> subprocess.Popen[bytes]:
    """Start the process; its first line of input is the job.

    It finds modules where this process does, in a session of its own: a terminal's Ctrl-C is for us. Then it
    goes to the folder we are in: settings and variables may name files from here.

    Args:
        job: What to do.
        name: The application_name of its connections.

    Raises:
        OSError: The system refuses.
    """
    # Everything in JSON's ASCII: surrogates, too, arrive as they are.
    message = json.dumps(_message(job, name, os.environ) | {"folder": _folder()}).encode() + b"\n"
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    process = subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
        bufsize=0,
    )
    send(process, message)
    return process


def _folder() -> str:
    """Where this process is; the root if that is gone."""
    try:
        return os.getcwd()
    except OSError:
        return "/"


def send(process: subprocess.Popen[bytes], message: bytes) -> None:
    """Write to the process; if it is gone, its end will tell."""
    assert process.stdin is not None
    try:
        while message:
            message = message[process.stdin.write(message) or 0 :]
    except OSError:
        return


def keywords(settings: ConnectionSettings, environ: Mapping[str, str]) -> dict[str, str]:
    """The settings' keywords, with those of their service in place of its name: an empty connection
    string cannot overrule a service, but these do."""
    service = settings.service or environ.get("PGSERVICE", "")
    found = (service_file.read(service, environ) if service else None) or {}
    if found:
        settings = replace(settings, service="")
    return {**found, **settings.parameters()}


def with_options(settings: ConnectionSettings, *given: str) -> ConnectionSettings:
    """Settings with more of libpq's `options`, behind those of the settings, the service or PGOPTIONS."""
    said = keywords(settings, os.environ).get("options") or os.environ.get("PGOPTIONS", "")
    options = " ".join(filter(None, (said.strip(), *given)))
    return replace(settings, other=tuple((dict(settings.other) | {"options": options}).items()))


def _message(job: Job, name: str, environ: Mapping[str, str]) -> dict[str, object]:
    settings = replace(job.settings, application_name=name)
    if isinstance(job, ModeJob):
        return {
            "way": job.mode.way.__name__,
            "takes": job.mode.arguments(job.subject),
            "weigh": job.weigh,
            "same_rows": transaction.SAME_ROWS,  # jit stays as it is: what it costs is a way's own
            "parameters": settings.parameters(),
        }
    said = keywords(settings, environ)
    known = {VARIABLES[key]: value for key, value in said.items() if key in VARIABLES}
    if "service" in said:
        known["PGSERVICE"] = said["service"]
    return {
        "others": {key: value for key, value in said.items() if key not in VARIABLES and key != "service"},
        "source": job.source,
        "arguments": job.arguments,
        "environment": known,
        "unset": [] if "service" in said else ["PGSERVICE"],
    }
