"""A plan's lines and columns: what is shown of a node, and which nodes are folded. No widget, no terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pgmem_tui.display import quantities
from pgmem_tui.paging.plan_difference import Merged
from pgmem_tui.postgres import plan_text
from pgmem_tui.postgres.plan import NO_BUFFERS, Node
from pgmem_tui.postgres.plan_shares import Weighed

NARROWEST_NODE = 30
"""Cells that a node's name has at least; columns go before it has less."""
INDENT = 2


@dataclass(frozen=True)
class Column:
    """One column right of the nodes."""

    title: str
    width: int
    text: Callable[[Weighed], str]
    rank: int
    """The one with the highest goes first where there is no room."""
    right: bool = True


def milliseconds(time: float) -> str:
    """A time in one short form: `0.02 ms`, `283 ms`, `1.4 s`."""
    return f"{time:.2f} ms" if time < 9.995 else quantities.seconds(time / 1000)


def cost(value: float) -> str:
    """A cost in one short form: `0.29`, `5.0k`."""
    return f"{value:.2f}" if value < 9.995 else quantities.count(round(value))


def rows(value: float) -> str:
    """Rows in one short form; a fraction only where there is nothing else."""
    return f"{value:.2f}" if 0 < value < 0.995 else quantities.count(round(value))


def rows_in_words(value: float) -> str:
    """The same with the word: `1 row`, `5.0k rows`."""
    number = rows(value)
    return f"{number} {'row' if number == '1' else 'rows'}"


def share(weighed: Weighed) -> str:
    """A node's own part of the whole."""
    return f"{100 * weighed.share:.0f} %"


def marks(weighed: Weighed) -> str:
    """Why to look at a node, in signs.

    `!62%` is slow or dear by itself, `×120` is so many rows for one estimated, `÷120` one for so many, `disk`
    temporary files, `w1/2` one worker of two.
    """
    node = weighed.node
    said = [f"!{100 * weighed.share:.0f}%"] if weighed.slow else []
    if weighed.misjudged:
        factor = weighed.factor
        said.append(f"{'÷' if weighed.fewer else '×'}{quantities.count(round(factor))}")
    if node.spilled:
        said.append("disk")
    planned, launched = node.workers
    if node.actual is not None and launched < planned:
        said.append(f"w{launched}/{planned}")
    return " ".join(said)


def marked(weighed: Weighed) -> bool:
    """Whether there is a reason to look at it."""
    return bool(marks(weighed))


def _loops(weighed: Weighed) -> float:
    actual = weighed.node.actual
    return max(1.0, actual.loops) if actual else 1.0


def _estimated(weighed: Weighed) -> str:
    return rows(weighed.node.estimate.rows * _loops(weighed))


def _real(weighed: Weighed) -> str:
    actual = weighed.node.actual
    if actual is None:
        return ""
    return rows(actual.rows * actual.loops) if actual.loops else "never"


def _time(weighed: Weighed) -> str:
    actual = weighed.node.actual
    return milliseconds(weighed.milliseconds) if actual and actual.loops else ""


def _blocks(weighed: Weighed) -> str:
    used = weighed.node.buffers
    return quantities.count(used.hit + used.read + used.local_hit + used.local_read)


_NODE_COST = Column("cost", 7, lambda weighed: cost(weighed.node.estimate.total_cost), 5)
_OWN = Column("own", 6, share, 4)
_MARKS = Column("marks", 16, marks, 0, right=False)
MEASURED = (
    _NODE_COST,
    Column("rows ≈", 7, _estimated, 3),
    Column("real", 7, _real, 2),
    Column("time", 8, _time, 1),
    _OWN,
    Column("blocks", 7, _blocks, 6),
    _MARKS,
)
"""Where it was run. Rows are those of all runs together."""
ESTIMATED = (
    Column("first", 7, lambda weighed: cost(weighed.node.estimate.startup_cost), 5),
    Column("cost", 7, lambda weighed: cost(weighed.node.estimate.total_cost), 1),
    Column("rows ≈", 7, lambda weighed: rows(weighed.node.estimate.rows), 2),
    Column("width", 6, lambda weighed: str(weighed.node.estimate.width), 6),
    _OWN,
    _MARKS,
)
"""Where it was not."""


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """Those that there is room for beside the nodes, in their order."""
    kept = sorted(columns, key=lambda column: column.rank)
    while kept and sum(column.width + 1 for column in kept) > width - NARROWEST_NODE:
        kept.pop()
    return [column for column in columns if column in kept]


@dataclass(frozen=True, eq=False)
class Line:
    """One node's."""

    weighed: Weighed
    depth: int
    sign: str = ""
    """`+` or `-` in a difference, a blank for what is the same; empty elsewhere."""

    @property
    def name(self) -> str:
        """What stands in the tree; the server's text."""
        node = self.weighed.node
        return f"{node.label}: {node.title}" if node.label else node.title


class PlanLines:
    """All lines of a plan, and which of them are visible."""

    def __init__(self, lines: Sequence[Line], measured: bool) -> None:
        """Everything is unfolded.

        Args:
            lines: Parents before their children.
            measured: Whether any was run.
        """
        self.lines = lines
        self.measured = measured
        self.visible: list[int] = []
        """Indexes of the lines that are shown, top down."""
        self._ends = _ends(lines)
        self._folded: set[int] = set()
        self._flatten()

    @classmethod
    def of_plan(cls, nodes: Sequence[Weighed]) -> PlanLines:
        """The lines of one plan."""
        return cls([Line(node, node.depth) for node in nodes], nodes[0].node.actual is not None)

    @classmethod
    def of_both(cls, merged: Sequence[Merged]) -> PlanLines:
        """The lines of two plans laid on each other."""
        lines = [Line(line.weighed, line.depth, line.sign) for line in merged]
        return cls(lines, all(line.weighed.node.actual is not None for line in lines))

    def folds(self, line: int) -> bool:
        """Whether there is anything below a line."""
        return self._ends[line] > line + 1

    def folded(self, line: int) -> bool:
        """Whether what is below it is hidden."""
        return line in self._folded

    def hidden(self, line: int) -> int:
        """How many lines are below it."""
        return self._ends[line] - line - 1

    def fold(self, line: int, fold: bool) -> None:
        """Hide what is below a line, or show it."""
        if self.folds(line) and fold != self.folded(line):
            (self._folded.add if fold else self._folded.discard)(line)
            self._flatten()

    def fold_all(self) -> None:
        """Fold everything below the first line, or unfold all if something is folded."""
        self._folded = set() if self._folded else {n for n in range(1, len(self.lines)) if self.folds(n)}
        self._flatten()

    def reveal(self, line: int) -> None:
        """Unfold what hides a line."""
        hiding = {n for n in self._folded if n < line < self._ends[n]}
        if hiding:
            self._folded -= hiding
            self._flatten()

    def parent(self, line: int) -> int:
        """The line above it in the tree; itself for the first."""
        depth = self.lines[line].depth
        return next((n for n in range(line - 1, -1, -1) if self.lines[n].depth < depth), line)

    def next_marked(self, line: int, step: int) -> int:
        """The next line with a mark, or -1."""
        return next(
            (n for n in range(line + step, len(self.lines) if step > 0 else -1, step) if self._marked(n)), -1
        )

    def _marked(self, line: int) -> bool:
        return self.lines[line].sign in ("+", "-") or marked(self.lines[line].weighed)

    def _flatten(self) -> None:
        visible, number = [], 0
        while number < len(self.lines):
            visible.append(number)
            number = self._ends[number] if number in self._folded else number + 1
        self.visible = visible


def _ends(lines: Sequence[Line]) -> list[int]:
    """For each line, the first behind it that is not below it."""
    ends = [len(lines)] * len(lines)
    above: list[int] = []
    for number, line in enumerate(lines):
        while above and lines[above[-1]].depth >= line.depth:
            ends[above.pop()] = number
        above.append(number)
    return ends


def details(weighed: Weighed) -> list[tuple[str, str]]:
    """All that is known of a node, in words; texts are the server's."""
    node = weighed.node
    said = [*_reasons(weighed), *node.details]
    said.append(("Estimated", _estimate(node)))
    if node.actual is not None:
        said.append(("Measured", _measured(weighed)))
    if node.buffers != NO_BUFFERS:
        said.append(("Buffers", f"{plan_text.buffers(node.buffers)} blocks, its children's among them"))
    return said


def _reasons(weighed: Weighed) -> list[tuple[str, str]]:
    said = []
    if weighed.slow:
        if weighed.milliseconds:
            what = f"{milliseconds(weighed.own_milliseconds)}, {share(weighed)} of the whole, are its own"
        else:
            what = f"{share(weighed)} of the whole plan's cost is its own"
        said.append(("! slow" if weighed.milliseconds else "! dear", what))
    if weighed.misjudged:
        factor = quantities.count(round(weighed.factor))
        how = f"1 row for {factor} estimated" if weighed.fewer else f"{factor} rows for 1 estimated"
        sign = "÷" if weighed.fewer else "×"
        scan = bool(weighed.node.reads) and not weighed.node.children
        why = ": statistics are old, or its conditions depend on each other" if scan else ""
        said.append((f"{sign} rows", f"{how}{why}"))
    if weighed.node.spilled > 1:
        written = quantities.nbytes(weighed.node.spilled)
        said.append(("disk", f"{written} went to temporary files: more than work_mem"))
    return said


def _estimate(node: Node) -> str:
    said = node.estimate
    return (
        f"{rows_in_words(said.rows)} of {said.width:,} bytes a run, the first at cost"
        f" {said.startup_cost:,.2f}, the last at {said.total_cost:,.2f}"
    )


def _measured(weighed: Weighed) -> str:
    actual = weighed.node.actual
    if actual is None or not actual.loops:
        return "never run"
    runs = f" a run, {actual.loops:,.0f} runs" if actual.loops > 1 else ""
    number = f"{actual.rows:,.{0 if actual.rows.is_integer() else 2}f}"
    number += " row" if number == "1" else " rows"
    if not actual.total:
        return f"{number}{runs}"
    return (
        f"{number}{runs}, the first after {milliseconds(actual.first)}, the last after"
        f" {milliseconds(actual.total)}; {milliseconds(weighed.own_milliseconds)} in all are its own"
    )
