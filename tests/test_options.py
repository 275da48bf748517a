"""Numbers as people write them: what is taken, and that what is said of the others is true."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pgmem_tui import options
from pgmem_tui.lab import command_line
from pgmem_tui.options import MIB

CAP = command_line.CAP_BOUNDS
TIMEOUT = command_line.TIMEOUT_BOUNDS
Read = Callable[[str, tuple[int, int]], int]


@pytest.mark.parametrize(
    ("read", "bounds", "text", "value"),
    [
        (options.nbytes, CAP, "0.1GB", (1 << 30) // 10),
        (options.nbytes, CAP, "1TB", 1 << 40),
        (options.nbytes, CAP, "1,024 GiB", 1 << 40),
        (options.nbytes, CAP, "64 MB", 64 * MIB),
        (options.rows, (1, 10**12), "1,500", 1500),
        (options.rows, (1, 10**12), "1_000_000", 10**6),
        (options.rows, (1, 10**12), "1T", 10**12),
        (options.rows, (1, 10**12), "2.5k", 2500),
        (options.seconds, TIMEOUT, "86,400", 86_400),
        (options.seconds, TIMEOUT, "90 s", 90),
    ],
)
def test_what_is_taken(read: Read, bounds: tuple[int, int], text: str, value: int) -> None:
    assert read(text, bounds) == value


@pytest.mark.parametrize(
    ("read", "bounds", "text", "said"),
    [
        (options.rows, (1, 100), "2.5", "2.5 is not a whole number from 1 to 100"),
        (options.rows, (1, 100), "1,5", "'1,5' is not a whole number from 1 to 100"),
        (options.rows, (1, 10**12), "1,0000", "'1,0000' is not a whole number from 1 to 1,000,000,000,000"),
        (options.rows, (1, 10**12), "1_000,000", "'1_000,000' is not a whole number"),
        (options.rows, (1, 10**12), "5B", "'5B' is not a whole number"),
        (options.nbytes, CAP, "1.5", "1.5 is not a size from 64 MB to 1 TB"),
        (options.nbytes, CAP, "1,5GB", "'1,5GB' is not a size from 64 MB to 1 TB"),
        (options.nbytes, options.MEMORY_BUDGET_BOUNDS, "2GB", "2GB is not a size from 1 MB to 1 GB"),
        (options.seconds, TIMEOUT, "5m", "'5m' is not a number of whole seconds from 1 to 86,400"),
        (options.seconds, TIMEOUT, "1.5", "1.5 is not a number of whole seconds from 1 to 86,400"),
        (options.seconds, TIMEOUT, "5k", "'5k' is not a number of whole seconds"),
    ],
)
def test_what_is_refused(read: Read, bounds: tuple[int, int], text: str, said: str) -> None:
    with pytest.raises(ValueError) as refused:
        read(text, bounds)
    assert str(refused.value).startswith(said)
