"""What a lesson consists of. All frozen, all pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from pgmem_tui.lessons.expression import Expression


@dataclass(frozen=True)
class Needs:
    """What a lesson cannot do without."""

    own_server: bool = False
    """A server that nobody else uses: the demo's."""
    writes: bool = False
    """It writes, and so runs on a server of our own only."""
    superuser: bool = False
    local: bool = False
    """The server's process must be on this machine, to be measured."""
    version: int = 0
    """The oldest major version of PostgreSQL; 0 for any."""


@dataclass(frozen=True)
class Program:
    """A complete psycopg2 program, run in a process of its own.

    A line of it that begins with `TABLE = ` or `ROWS = ` is a setting: see `binding`.
    """

    name: str
    """What its values are called after: `NAME.peak`."""
    source: str
    intro: str = ""
    """The text before it, Markdown."""
    line: int = 0
    """Where its first line stands in the file, from 1."""


@dataclass(frozen=True)
class Statement:
    """SQL that one of several sessions sends; each session is a connection that lasts for the lesson.

    The columns of the first row it returns are values: `NAME.column`.
    """

    name: str
    session: str
    sql: str
    intro: str = ""
    line: int = 0
    cleanup: bool = False
    """Whether it is sent in any case in the end, though the lesson was cancelled, failed or left before."""


Step = Program | Statement


@dataclass(frozen=True)
class Choice:
    """One answer to the question, and when it is right."""

    text: str
    right_if: Expression


@dataclass(frozen=True)
class Prediction:
    """What to guess before the run."""

    text: str
    """Markdown before the choices."""
    choices: tuple[Choice, ...]
    """At least two; what is measured makes one of them right."""


@dataclass(frozen=True)
class Claim:
    """Something that has to be true of what was measured."""

    text: str
    """In words, Markdown."""
    expression: Expression
    line: int = 0
    condition: Expression | None = None
    """What must hold for the claim to be tested at all; None if it always is."""


@dataclass(frozen=True)
class Part:
    """A part of a text: texts, and between each two of them a place."""

    texts: tuple[str, ...]
    places: tuple[Place, ...] = ()
    optional: bool = False
    """Whether it is left out where one of its values was not measured."""


@dataclass(frozen=True)
class Template:
    """Markdown with places for values."""

    parts: tuple[Part, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """Those of every part."""
        return tuple(place for part in self.parts for place in part.places)


@dataclass(frozen=True)
class Place:
    """Where a value goes in a text."""

    expression: Expression
    kind: str
    """One of `wording.KINDS`."""


@dataclass(frozen=True)
class Reading:
    """A page to read on."""

    title: str
    url: str
    about: str = ""


@dataclass(frozen=True)
class Lesson:
    """One lesson."""

    name: str
    """The file's name without number and ending: `give-it-a-name`."""
    title: str
    minutes: int
    """Roughly how long it takes to read and run."""
    article: tuple[int, ...]
    """Rows of the article's table that it shows; empty if it is about what the article leaves out."""
    table: str
    """The demo's table that its programs read, or none."""
    any_table: bool
    """Whether another table serves as well: the programs name no column."""
    min_rows: int
    """Rows that another table must have to show the same."""
    min_row_bytes: int
    """Bytes that a row of it must have on average."""
    needs: Needs
    question: str
    prediction: Prediction
    steps: tuple[Step, ...]
    claims: tuple[Claim, ...]
    happened: Template
    why: Template
    code: str
    pitfall: str
    reading: tuple[Reading, ...]
    place: str = field(default="", compare=False)
    """The file it came from."""
    number: int = field(default=0, compare=False)
    """What that file's name begins with."""

    @property
    def programs(self) -> tuple[Program, ...]:
        """The steps that are programs."""
        return tuple(step for step in self.steps if isinstance(step, Program))
