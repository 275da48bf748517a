"""What a run in the lab is asked to do, what it reports, and how it ended. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field

from pgmem_tui.lab.modes import Mode
from pgmem_tui.lab.notes import Value
from pgmem_tui.lab.subject import Subject
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import ConnectionSettings


@dataclass(frozen=True)
class ProgramJob:
    """A Python program to run, whose `psycopg2.connect("")` reaches the server."""

    settings: ConnectionSettings
    source: str = field(repr=False)
    """The whole text of the program. `print` and `pgmem_tui.lab.notes.note` become events."""
    arguments: tuple[str, ...] = ()
    """`sys.argv[1:]` of the program."""
    timeout: float | None = None
    """Seconds from its start after which it is killed; None lets it run."""


@dataclass(frozen=True)
class ModeJob:
    """One of the lab's ways to read rows (`pgmem_tui.lab.modes`)."""

    settings: ConnectionSettings
    mode: Mode
    subject: Subject
    timeout: float | None = None
    """Seconds from its start after which it is killed; None lets it run."""


Job = ProgramJob | ModeJob


@dataclass(frozen=True)
class Ready:
    """The process has imported psycopg2 and waits; from here on it is measured."""

    pid: int
    backend_pid: int | None
    """The server's process; None for a program, which has not connected yet."""
    baseline: int
    """RSS, in bytes, before it does anything."""


@dataclass(frozen=True)
class Connected:
    """A program has opened a connection."""

    backend_pid: int


@dataclass(frozen=True)
class Sampled:
    """The memory at one moment, in bytes."""

    seconds: float
    """Since the start."""
    rss: int
    uss: int | None
    """What the process alone holds, some tens of milliseconds old at most; None where that is not known."""
    backend: int | None
    """What the server's processes of its connections allocated; None where that is not known."""


@dataclass(frozen=True)
class Noted:
    """The program reported a value."""

    name: str
    value: Value


@dataclass(frozen=True)
class Printed:
    """The program printed a line (control characters and all: escape it for display)."""

    line: str


@dataclass(frozen=True)
class Progress:
    """How far a way of the lab is, about every twentieth of a second."""

    rows: int
    nbytes: int
    """Bytes that came over the connection, where the system tells (TCP on Linux), else 0."""
    round_trips: int


@dataclass(frozen=True)
class Outcome:
    """How a run ended. Sizes are bytes, times seconds."""

    peak_rss: int = 0
    """The most its RSS ever was: what the process says of itself, or, if it was killed, what was seen."""
    baseline: int = 0
    """RSS before it did anything."""
    peak_uss: int | None = None
    first_row_seconds: float | None = None
    """From its start until the program had a row in hand; None if it never did, or for a program."""
    seconds: float = 0.0
    """From its start to its end, as measured inside."""
    rows: int = 0
    nbytes: int = 0
    """Bytes that came over the connection, where the system tells (TCP on Linux), else 0."""
    round_trips: int = 0
    backend_peak: int | None = None
    """The most that the server's processes of its connections allocated."""
    temp_bytes: int | None = None
    """Temporary files of the whole database meanwhile; None where that is not known."""
    killed_at_cap: bool = False
    """Whether its RSS reached the cap, and it was killed for that."""
    problem: Problem | None = None
    """Why it failed."""
    notes: dict[str, Value] = field(default_factory=dict)
    printed: tuple[str, ...] = ()
    """The lines it printed, up to a bound."""
    cancelled: bool = False
    timed_out: bool = False
    """Whether it ran longer than its job allows, and was killed for that."""
    baseline_uss: int | None = None
    backend_baseline: int | None = None
    """What the server's process had allocated before; None for a program."""
    problem_line: int = 0
    """The line of the program that failed, from 1; 0 if none did."""

    @property
    def done(self) -> bool:
        """Whether it came to its own end."""
        return not (self.problem or self.killed_at_cap or self.cancelled or self.timed_out)


@dataclass(frozen=True)
class Ended:
    """The last event of every run."""

    outcome: Outcome


Event = Ready | Connected | Sampled | Noted | Printed | Progress | Ended
