"""However it ends, and whoever is killed first, no server and no directory stay."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from pgmem_tui.demo import directory
from pgmem_tui.demo.server import EmbeddedServer
from tests.demo.servers import alive, postmaster, running_in, wait_until

PROGRAM = """
import time
from pgmem_tui.demo.server import EmbeddedServer
server = EmbeddedServer()
server.start(lambda text: print(text, flush=True))
print("ready", flush=True)
time.sleep(600)
"""


@contextmanager
def other_process() -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A process that starts a server, and the directory that it announced."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        sentence = process.stdout.readline()
        yield process, Path(sentence.split(" in ")[1].split(";")[0])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def nothing_left(folder: Path) -> bool:
    return not folder.exists() and not running_in(folder)


@pytest.mark.parametrize(
    "moment", ["lock", "data/PG_VERSION", "data/global/pg_control", "data/postmaster.pid", "ready"]
)
def test_killed(moment: str) -> None:
    with other_process() as (process, folder):
        assert process.stdout
        if moment == "ready":
            assert process.stdout.readline() == "ready\n"
        else:
            wait_until((folder / moment).exists)
        family = psutil.Process(process.pid).children(recursive=True)
        assert family
        os.kill(process.pid, signal.SIGKILL)
        wait_until(lambda: not any(map(alive, family)))
        wait_until(lambda: nothing_left(folder))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_ended_by_a_signal(number: signal.Signals) -> None:
    with other_process() as (process, folder):
        wait_until((folder / "data" / "PG_VERSION").exists)
        process.send_signal(number)
        process.wait(20)
        wait_until(lambda: nothing_left(folder))


def keeper_of(server: EmbeddedServer) -> psutil.Process:
    assert server.directory
    keeper = postmaster(server.directory).parent()
    assert keeper
    return keeper


def test_the_keeper_outlives_what_a_terminal_sends() -> None:
    with EmbeddedServer() as server:
        keeper = keeper_of(server)
        for number in (signal.SIGHUP, signal.SIGINT):
            keeper.send_signal(number)
        # It answers to a signal that ends it only after those two.
        keeper.send_signal(signal.SIGCHLD)
        assert server.directory
        child = postmaster(server.directory)
        assert alive(keeper) and alive(child)
        keeper.send_signal(signal.SIGTERM)
        wait_until(lambda: not alive(child) and not alive(keeper))
        assert not server.directory.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends a child with its parent")
def test_the_keeper_is_killed() -> None:
    with EmbeddedServer() as server:
        assert server.directory
        child = postmaster(server.directory)
        keeper_of(server).kill()
        wait_until(lambda: not alive(child))
        assert server.directory.exists()
    assert not server.directory.exists()


def test_the_server_ends_by_itself() -> None:
    with EmbeddedServer() as server:
        assert server.directory
        # Not SIGKILL: it would leave a System V segment on the machine that runs the tests.
        postmaster(server.directory).send_signal(signal.SIGQUIT)
        wait_until(lambda: nothing_left(Path(str(server.directory))))


def test_all_killed_together_and_swept_by_the_next() -> None:
    with other_process() as (process, folder):
        assert process.stdout and process.stdout.readline() == "ready\n"
        keeper = postmaster(folder).parent()
        assert keeper
        keeper.suspend()
        process.kill()
        keeper.kill()
        wait_until(lambda: not alive(keeper))
        directory.sweep()
        assert folder.exists(), "too young to be told from one that is being made"
        an_hour_ago = time.time() - 3600
        os.utime(folder, (an_hour_ago, an_hour_ago))
        directory.sweep()
        assert not folder.exists()
        wait_until(lambda: nothing_left(folder))


def test_a_sweep_spares_what_is_in_use() -> None:
    with EmbeddedServer() as server:
        assert server.directory
        os.utime(server.directory, (0, 0))
        directory.sweep()
        assert server.data_directory.exists()
