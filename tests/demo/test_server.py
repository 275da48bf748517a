import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from pgmem_tui.demo.binaries import Binaries
from pgmem_tui.demo.errors import DemoError
from pgmem_tui.demo.server import EmbeddedServer
from tests.conftest import connect
from tests.demo.servers import AVAILABLE, NAMES, alive, postmaster, running_in

each_server = pytest.mark.parametrize("programs", AVAILABLE, ids=NAMES)


def value(server: EmbeddedServer, query: str) -> object:
    connection = connect(server.settings)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
            return row[0] if row else None
    finally:
        connection.close()


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that the server's user can reach; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@each_server
def test_starts_as_promised_and_leaves_nothing(programs: Binaries, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGDATA", "PGPORT", "PGOPTIONS", "LC_ALL", "LANG", "TZ"):
        monkeypatch.setenv(name, "nonsense")
    server = EmbeddedServer(programs, database='odd "name"')
    said: list[str] = []
    server.start(said.append)
    monkeypatch.undo()
    assert server.directory and str(programs) in said[0] and str(server.directory) in said[0]
    assert server.version == programs.version == str(value(server, "SHOW server_version")).split()[0]
    assert value(server, "SELECT current_database()") == 'odd "name"'
    assert value(server, "SHOW server_encoding") == "UTF8"
    assert value(server, "SELECT upper('ä')") == "Ä"
    assert value(server, "SHOW timezone") == "UTC"
    assert value(server, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.data_directory.stat().st_mode) == 0o700
    assert not server.directory.stat().st_mode & 0o007
    process = postmaster(server.directory)
    assert process.uids().effective != 0
    assert process.uids().effective == server.data_directory.stat().st_uid
    server.stop()
    server.stop()
    assert not server.directory.exists()
    assert not alive(process) and not running_in(server.directory)


@each_server
def test_a_setting_that_the_server_refuses(programs: Binaries) -> None:
    server = EmbeddedServer(programs, settings={"shared_buffers": "a lot"})
    with pytest.raises(DemoError, match='invalid value for parameter "shared_buffers": "a lot"'):
        server.start()
    assert server.directory and not server.directory.exists() and not running_in(server.directory)


def test_a_failing_initdb(public_folder: Path) -> None:
    for name in ("initdb", "postgres"):
        program = public_folder / name
        program.write_text('#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "it went wrong"\nexit 1\n')
        program.chmod(0o755)
    server = EmbeddedServer(Binaries(public_folder, "18.0", "system"))
    with pytest.raises(DemoError, match=r"initdb failed(.|\n)*it went wrong"):
        server.start()
    assert server.directory and not server.directory.exists()


def test_password_over_tcp() -> None:
    secret = "it's a \\ secret ü"
    with EmbeddedServer(tcp=True, password=secret, database="other") as server:
        connection = connect(server.tcp_settings)
        assert connection.info.host == "127.0.0.1" and connection.info.dbname == "other"
        connection.close()
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            connect(replace(server.tcp_settings, password="wrong"))
        assert server.directory and not (server.directory / "password").exists()
        assert all(secret not in word for word in postmaster(server.directory).cmdline())


def test_lines_of_ones_own_in_pg_hba() -> None:
    with EmbeddedServer(tcp=True, hba=["host all all 127.0.0.1/32 reject"]) as server:
        with pytest.raises(psycopg2.OperationalError, match=r"pg_hba\.conf rejects connection"):
            connect(server.tcp_settings)
        connect(server.settings).close()


@each_server
def test_tls_where_the_server_has_it(programs: Binaries, tmp_path: Path) -> None:
    certificate, key = tmp_path / "crt", tmp_path / "key"
    openssl = shutil.which("openssl")
    if openssl:
        command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
        subprocess.run(
            [*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
        )
    server = EmbeddedServer(
        programs,
        tcp=True,
        settings={"ssl": "on", "ssl_cert_file": "../server.crt", "ssl_key_file": "../server.key"},
        files={"server.crt": certificate.read_bytes(), "server.key": key.read_bytes()} if openssl else {},
        hba=["hostssl all all 127.0.0.1/32 trust"],
    )
    try:
        server.start()
    except DemoError as error:
        # The wheel's server is built without TLS; and no certificate can be made without openssl.
        assert "SSL is not supported by this build" in str(error) or not openssl
        return
    try:
        connection = connect(server.tcp_settings)
        assert connection.info.ssl_in_use
        connection.close()
    finally:
        server.stop()


def test_the_pipe_is_not_inherited() -> None:
    with EmbeddedServer() as server:
        # A child that outlives us must not keep the server alive.
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
        try:
            server.stop()
            assert server.directory and not server.directory.exists()
        finally:
            child.communicate(b"\n")


def test_the_terminal_is_let_go() -> None:
    with EmbeddedServer() as server:
        assert server.directory
        process = postmaster(server.directory)
        keeper = process.parent()
        assert keeper
        assert os.getsid(keeper.pid) == keeper.pid
        assert process.terminal() is None and keeper.terminal() is None
