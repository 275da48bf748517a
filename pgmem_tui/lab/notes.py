"""What a program that runs in the lab can say of itself: values by name, and its own memory.

Run by hand, outside the lab, the same program prints its notes. Imports next to nothing: what is imported
here is in the baseline of everything that is measured.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

Value = float | int | str
"""What can be noted."""

Taker = Callable[[str, Value], None]


def note(name: str, value: object) -> None:
    """Report a value under a name; the last one of a name counts.

    Args:
        name: As claims about it will call it.
        value: A number or a text; anything else becomes the text that `str` makes of it.
    """
    _taker(name, value if isinstance(value, int | float | str) else str(value))


def rss() -> int:
    """Resident set size of this process, now, in bytes."""
    if sys.platform == "linux":
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import psutil

    return psutil.Process().memory_info().rss


def uss() -> int:
    """What this process alone holds (its unique set size), now, in bytes; a walk of its page tables."""
    if sys.platform == "linux":
        with open("/proc/self/smaps_rollup", "rb") as file:
            private = (line.split()[1] for line in file if line.startswith(b"Private_"))
            return 1024 * sum(map(int, private))
    import psutil

    return int(psutil.Process().memory_full_info().uss)


def peak_rss() -> int:
    """The most that the resident set size of this process ever was, in bytes.

    On Linux VmHWM (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html): unlike `ru_maxrss` it has
    nothing of the process that this one was forked from.
    """
    if sys.platform == "linux":
        with open("/proc/self/status", "rb") as file:
            return peak_in(file.read())
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def peak_in(status: bytes) -> int:
    """The peak, in bytes, that the text of a /proc/PID/status names; 0 if it names none."""
    _, found, rest = status.partition(b"VmHWM:")
    return 1024 * int(rest.split()[0]) if found else 0


def report_to(taker: Taker) -> None:
    """Send notes there from now on."""
    global _taker
    _taker = taker


def _print(name: str, value: Value) -> None:
    print(f"{name} = {value}")


_taker: Taker = _print
