"""Wrong settings end on the form with libpq's sentence; a password goes nowhere but to the server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from pgmem_tui.demo.cluster import free_port
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.terminal.program import ENTER, ESCAPE, FIRST_ROW, browse, pgmem_tui

PASSWORD = "Geheim-5ecret-påss"


@pytest.fixture(scope="module")
def guarded() -> Iterator[ConnectionSettings]:
    """A server that asks for a password."""
    with EmbeddedServer(tcp=True, password=PASSWORD) as server:
        yield server.tcp_settings


def test_without_arguments_a_form(place: ConnectionSettings) -> None:
    with pgmem_tui(env={"PGHOST": place.host, "PGUSER": place.user, "PGDATABASE": "somewhere"}) as terminal:
        terminal.wait_for(r"Database +somewhere")
        for label in ("Host", "Port", "User", "Password", "SSL mode", "Service", "Application"):
            terminal.wait_for(label)
        terminal.send(ESCAPE)
        assert terminal.wait_end() == 0


def test_a_wrong_port(place: ConnectionSettings) -> None:
    port = str(free_port())
    with browse(replace(place, host="127.0.0.1", port=port)) as terminal:
        terminal.wait_for("Connection refused")
        assert f"port {port} failed" in terminal.text
        assert "Host" in terminal.text


def test_a_wrong_database(place: ConnectionSettings) -> None:
    with browse(replace(place, dbname="no such database"), "-t", "events") as terminal:
        terminal.wait_for('database "no such database" does not exist')
        assert "Host" in terminal.text


def test_the_form_is_kept_and_corrected(place: ConnectionSettings) -> None:
    wrong = replace(place, dbname=place.dbname + "x")
    with browse(wrong, "-t", "events") as terminal:
        terminal.wait_for("does not exist")
        terminal.settle()
        terminal.send("\x05\x7f")
        terminal.wait_for(rf"Database +{place.dbname}$|Database +{place.dbname} ")
        terminal.send(ENTER)
        terminal.wait_for(FIRST_ROW)


def test_a_password_is_asked_for(guarded: ConnectionSettings, tmp_path: Path) -> None:
    with browse(replace(guarded, password="")) as terminal:
        terminal.wait_for("no password supplied")
        terminal.settle()
        terminal.send("wrong-" + PASSWORD + ENTER)
        terminal.wait_for("password authentication failed")
        terminal.settle()
        terminal.answer("\x15")
        terminal.send(PASSWORD)
        terminal.wait_for("•" * len(PASSWORD))
        terminal.send(ENTER)
        terminal.wait_for("READ ONLY")
        terminal.settle()
        process = psutil.Process(terminal.process.pid)
        assert not any(PASSWORD in part for part in process.cmdline())
        terminal.send("1")
        terminal.wait_for("Password")
        terminal.settle()
        assert PASSWORD not in terminal.display.title
        terminal.send(ESCAPE)
        terminal.wait_for("READ ONLY")
        terminal.send("q")
        assert terminal.wait_end() == 0
        assert PASSWORD.encode() not in terminal.raw
        assert b"5ecret" not in terminal.raw
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or b"5ecret" not in file.read_bytes()


def test_a_password_by_the_environment_stays_there(guarded: ConnectionSettings) -> None:
    with browse(guarded) as terminal:
        terminal.wait_for("READ ONLY")
        terminal.settle()
        assert b"5ecret" not in terminal.raw
        assert not any("5ecret" in part for part in psutil.Process(terminal.process.pid).cmdline())


def test_a_password_on_the_command_line_is_refused() -> None:
    with pgmem_tui(f"postgresql://user:{PASSWORD}@127.0.0.1/x") as terminal:
        assert terminal.wait_end() == 2
        assert b"5ecret" not in terminal.raw
        assert "no password on the command line" in terminal.text


def test_connecting_can_be_given_up() -> None:
    assert any(_given_up() < 0.5 for _ in range(3)), "a busy machine may be slow once, not thrice"


def _given_up() -> float:
    """Seconds until the form is there in place of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])
        with pgmem_tui("-h", "127.0.0.1", "-p", port, "-U", "someone", "-d", "x") as terminal:
            terminal.wait_for("connecting")
            terminal.send(ESCAPE)
            seconds = terminal.wait_for(r"Host +127\.0\.0\.1")
            terminal.settle()
            terminal.send(ESCAPE)
            assert terminal.wait_end(3.0) == 0
            return seconds


def test_connecting_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])
        with pgmem_tui(f"host=127.0.0.1 port={port} user=u dbname=x connect_timeout=2") as terminal:
            terminal.wait_for("timeout expired", 6)
            assert "Host" in terminal.text
