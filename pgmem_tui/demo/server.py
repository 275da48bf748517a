"""A PostgreSQL server of our own, gone without a trace when we are."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import make_dsn

from pgmem_tui.demo import account, binaries, cluster, directory, relocation
from pgmem_tui.demo.binaries import Binaries
from pgmem_tui.demo.cluster import ClusterOptions
from pgmem_tui.demo.errors import DemoError
from pgmem_tui.postgres.settings import ConnectionSettings

START_TIMEOUT = 120.0
"""Seconds that initdb and the server have together; a slow disk under load takes 20."""
STOP_TIMEOUT = 30.0
"""Seconds after which the keeper's own deadlines are long over."""
_KEEPER = Path(__file__).with_name("keeper.py")
# What PGOPTIONS and the like say is meant for another server. (An empty value would leave it to them.)
_UNDISTURBED = (("options", " "), ("target_session_attrs", "any"), ("gssencmode", "disable"))


class EmbeddedServer:
    """A server in a fresh directory, reached by a Unix socket in it, open to us alone.

    A keeper process (`keeper.py`) stops it and removes its directory when this process ends, in whatever
    way. As root the server runs as an unprivileged user. A child of this process that was forked without
    exec holds the keeper's pipe as well, and the server then waits for that child's end too.
    """

    def __init__(
        self,
        programs: Binaries | None = None,
        *,
        database: str = cluster.SUPERUSER,
        settings: Mapping[str, str] | None = None,
        tcp: bool = False,
        password: str = "",
        hba: Sequence[str] = (),
        files: Mapping[str, bytes] | None = None,
        room: int = 0,
    ) -> None:
        """Say what to start; nothing happens before `start`.

        Args:
            programs: Which server; by default what `binaries.find()` finds.
            database: The database that `settings` names, made when the server has started.
            settings: Server settings besides or instead of our own.
            tcp: Whether to listen on a free port of 127.0.0.1 as well.
            password: The superuser's, for `hba` lines that ask for one; the socket does not.
            hba: Lines of pg_hba.conf after the one for the socket; by default TCP asks for the password.
            files: Files that only the server can read; a setting finds one as `../NAME`.
            room: Bytes that have to be free on the disk.
        """
        self.programs = programs
        self.database = database
        self.room = room
        self.options = ClusterOptions(
            settings=dict(settings or {}),
            tcp_port=cluster.free_port() if tcp else 0,
            password=password,
            hba=tuple(hba) or (("host all all 127.0.0.1/32 scram-sha-256",) if tcp else ()),
            files=dict(files or {}),
        )
        self.directory: Path | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    def start(self, say: Callable[[str], None] = lambda text: None) -> None:
        """Start it, and return when it takes connections.

        Args:
            say: Called with one sentence about what is being started, and where.

        Raises:
            DemoError: with the end of the server's log.
        """
        directory.sweep()
        try:
            programs = self.programs or binaries.find()
        except binaries.BinariesNotFound as error:
            raise DemoError(str(error)) from None
        user = account.choose()
        self.directory = directory.choose(user, self.room)
        as_user = f" as user {user.name}" if user.switch else ""
        say(f"Starting {programs}{as_user} in {self.directory}; removed on exit")
        self.programs = relocation.runnable(programs, user)
        try:
            self._start_keeper(cluster.job(self.programs, user, self.directory, self.options))
            if self.database != cluster.SUPERUSER:
                self._create_database()
        except BaseException:
            # Ctrl-C as well.
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it and remove its directory; returns when both is done. Twice does no harm."""
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        assert keeper.stdin and keeper.stdout
        with contextlib.suppress(OSError):
            keeper.stdin.close()
        try:
            keeper.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            keeper.kill()
            keeper.wait()
        finally:
            keeper.stdout.close()
        if self.directory and self.directory.exists():
            # The keeper was killed.
            directory.discard(self.directory)

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def version(self) -> str:
        """Its version, as `18.6`."""
        return self.programs.version if self.programs else ""

    @property
    def data_directory(self) -> Path:
        """Where its data are, and its socket."""
        if self.directory is None:
            raise DemoError("The server has not been started.")
        return self.directory / cluster.DATA

    @property
    def settings(self) -> ConnectionSettings:
        """How to connect through its socket: no password, no encryption, nobody else."""
        return ConnectionSettings(
            host=str(self.data_directory),
            port=str(self.options.tcp_port or cluster.SOCKET_PORT),
            dbname=self.database,
            user=cluster.SUPERUSER,
            sslmode="disable",
            other=_UNDISTURBED,
        )

    @property
    def tcp_settings(self) -> ConnectionSettings:
        """How to connect over TCP, if it was asked to listen."""
        return ConnectionSettings(
            host="127.0.0.1",
            port=str(self.options.tcp_port),
            dbname=self.database,
            user=cluster.SUPERUSER,
            password=self.options.password,
            other=_UNDISTURBED,
        )

    @property
    def dsn(self) -> str:
        """`settings` as a key=value string."""
        return make_dsn(**self.settings.parameters())

    def _start_keeper(self, job: dict[str, Any]) -> None:
        # -I and -S: nothing of the user's environment or site-packages may stop it or slow it down.
        self._keeper = keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_KEEPER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
        assert keeper.stdin and keeper.stdout
        with contextlib.suppress(BrokenPipeError):
            keeper.stdin.write(json.dumps(job).encode() + b"\n")
            keeper.stdin.flush()
        output = _read_until_event(keeper.stdout.fileno(), time.monotonic() + START_TIMEOUT)
        event = _last_event(output)
        if event.get("event") != "ready":
            raise DemoError(_failure(event, output))

    def _create_database(self) -> None:
        connection = psycopg2.connect(make_dsn(self.dsn, dbname=cluster.SUPERUSER))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.database)))
        finally:
            connection.close()


def _read_until_event(descriptor: int, deadline: float) -> str:
    """What the keeper writes up to the end of its first report; empty if it says nothing in time."""
    output = b""
    while b'{"event"' not in output or not output.endswith(b"\n"):
        readable, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(descriptor, 65536) if readable else b""
        if not chunk:
            break
        output += chunk
    return output.decode(errors="replace")


def _last_event(output: str) -> dict[str, str]:
    lines = [line for line in output.splitlines() if line.startswith('{"event"')]
    event: dict[str, str] = json.loads(lines[-1]) if lines else {}
    return event


def _failure(event: dict[str, str], output: str) -> str:
    if not event:
        return f"The demo server did not start.\n{output.strip() or 'It said nothing in time.'}"
    log = event.get("log", "").strip()
    return f"The demo server did not start ({event.get('step', event['event'])} failed). Its log ends:\n{log}"
