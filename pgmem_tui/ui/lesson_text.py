"""A lesson as lines: its sections unfold as one goes, and nothing is given away before. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pgmem_tui.lessons import value_words, wording
from pgmem_tui.lessons.attempt import Attempt, Phase
from pgmem_tui.lessons.claims import Judged, Verdict
from pgmem_tui.lessons.lesson import Lesson
from pgmem_tui.lessons.live_events import Wanted
from pgmem_tui.lessons.running import LessonResult
from pgmem_tui.lessons.value_words import Kinds
from pgmem_tui.ui import lesson_steps
from pgmem_tui.ui.markdown_lines import inline, markdown
from pgmem_tui.ui.text_lines import (
    BAD,
    CHOSEN,
    DIM,
    GOOD,
    HEADING,
    LINK,
    PLAIN,
    STRONG,
    Line,
    cut,
    flowed,
    indented,
    line,
    piece,
)

RESULT = "result"
"""The section that begins with what came of the prediction."""
_MARKS = {
    Verdict.HOLDS: ("holds", GOOD),
    Verdict.FAILS: ("FAILS", BAD),
    Verdict.UNTESTED: ("not tested", DIM),
    Verdict.UNKNOWN: ("unknown", DIM),
}


@dataclass(frozen=True)
class Document:
    """A lesson's lines, and where its parts begin."""

    lines: tuple[Line, ...]
    result: int
    """The line with which the result begins; behind the last where there is none."""

    def step(self, index: int) -> tuple[int, int]:
        """The lines [first, end) of a step."""
        found = [number for number, each in enumerate(self.lines) if each.step == index]
        return (found[0], found[-1] + 1) if found else (0, 0)

    def choice(self, index: int) -> tuple[int, int]:
        """The lines [first, end) of a choice."""
        found = [number for number, each in enumerate(self.lines) if each.choice == index]
        return (found[0], found[-1] + 1) if found else (0, 0)


def document(attempt: Attempt, width: int, bright: int = -1, missing: str = "") -> Document:
    """All that may be seen of a lesson now.

    Args:
        attempt: How far it has come.
        width: Cells of a line.
        bright: The index of the choice that the cursor is on; -1 for none.
        missing: What the lesson needs and the server is not, in words.
    """
    lesson = attempt.lesson
    lines = [*_head(attempt, width, missing), *_section("Question", markdown(lesson.question, width))]
    lines += _section("Predict", markdown(lesson.prediction.text, width))
    lines += _choices(attempt, width, bright)
    lines += [Line(), line(("Run", HEADING)), *lesson_steps.steps(attempt, width, here=not missing)]
    if attempt.problem is not None and not (attempt.result and attempt.result.failed):
        lines += lesson_steps.problem(attempt.problem, width)
    result = len(lines)
    if attempt.over and attempt.result is not None:
        lines += _result(attempt, attempt.result, width)
    return Document(tuple(lines), result)


def reads(lesson: Lesson, wanted: Wanted) -> str:
    """Which rows a lesson is to read, in words; safe only where the table's name is."""
    if not lesson.table:
        return "this lesson reads no table"
    if wanted.made_up:
        return "will read rows that the server makes up"
    if wanted.table and lesson.any_table:
        return f"will read {wanted.table}, if that will do"
    return f"will read {lesson.table} of the demo, or rows that the server makes up"


def _head(attempt: Attempt, width: int, missing: str) -> Iterator[Line]:
    minutes = f"{attempt.lesson.minutes} min · "
    about = attempt.about if attempt.bound and attempt.about else reads(attempt.lesson, attempt.wanted)
    yield from flowed([(minutes + about, DIM)], width)
    if missing:
        yield from flowed([(f"Cannot run here: it {missing}.", BAD)], width)
    yield Line()


def _section(title: str, lines: Iterable[Line]) -> Iterator[Line]:
    yield line((title, HEADING))
    yield from lines
    yield Line()


def _choices(attempt: Attempt, width: int, bright: int) -> Iterator[Line]:
    right = attempt.result.right if attempt.over and attempt.result is not None else None
    for index, choice in enumerate(attempt.lesson.prediction.choices):
        chosen = index == (bright if attempt.phase is Phase.PREDICT else attempt.chosen)
        words = inline(choice.text)
        if chosen and attempt.phase is Phase.PREDICT:
            words = [(text, CHOSEN) for text, _ in words]
        if right is not None and index == right:
            words += [("  ", PLAIN), ("← right", GOOD)]
        if attempt.predicted and index == attempt.chosen:
            words += [("  ", PLAIN), ("← yours", GOOD if index == right else DIM if right is None else BAD)]
        mark = piece(f"{'>' if chosen else ' '} {index + 1}  ", STRONG if chosen else DIM)
        for each in indented(flowed(words, max(1, width - mark.cells)), mark):
            yield each._replace(choice=index)


# -- after the run -------------------------------------------------------------------------------


def _result(attempt: Attempt, result: LessonResult, width: int) -> Iterator[Line]:
    lesson, kinds = attempt.lesson, value_words.kinds(attempt.lesson)
    yield from _section("Your prediction", _verdict(attempt, result, width, kinds))
    yield from _section("What happened", markdown(wording.fill(lesson.happened, result.values), width))
    yield from _section(
        "Claims", (each for found in result.claims for each in _claim(found, result, width, kinds))
    )
    yield from _section("Why", markdown(wording.fill(lesson.why, result.values), width))
    yield from _section("Code", markdown(lesson.code, width))
    yield from _section("Pitfall", markdown(lesson.pitfall, width))
    yield line(("Further reading", HEADING))
    for page in lesson.reading:
        about = f": {page.about}" if page.about else ""
        mark = piece("- ", DIM)
        yield from indented(flowed([(page.title, PLAIN), *inline(about)], max(1, width - 2)), mark)
        address = line((page.url, LINK))._replace(address=page.url)
        yield from indented(cut(address, max(1, width - 2)), piece("  "))


def _verdict(attempt: Attempt, result: LessonResult, width: int, kinds: Kinds) -> Iterator[Line]:
    if result.right is None:
        yield from flowed([("What was measured makes none of the answers right, or several.", PLAIN)], width)
        return
    right = attempt.lesson.prediction.choices[result.right]
    if attempt.chosen is None:
        said = (f"You made none. Right is {result.right + 1}:", STRONG)
    elif attempt.chosen == result.right:
        said = (f"You were right. It is {result.right + 1}:", GOOD)
    else:
        said = (f"You said {attempt.chosen + 1}; right is {result.right + 1}:", BAD)
    yield from flowed([said, (" ", PLAIN), *inline(right.text)], width)
    values = value_words.values(right.right_if, result.values, kinds)
    yield from flowed([(f"({values})", DIM)], width)


def _claim(found: Judged, result: LessonResult, width: int, kinds: Kinds) -> Iterator[Line]:
    word, kind = _MARKS[found.verdict]
    mark, room = piece(f"{word:7} ", kind), max(1, width - max(8, len(word) + 1))
    if found.verdict in (Verdict.UNTESTED, Verdict.UNKNOWN):
        yield from indented(flowed(inline(found.claim.text), room), mark)
        yield from indented(flowed([(found.why, DIM)], room), piece(" " * mark.cells))
        return
    values = value_words.values(found.claim.expression, result.values, kinds)
    expression = f"{found.claim.expression.text}: " if found.verdict is not Verdict.HOLDS else ""
    yield from indented(flowed(inline(found.claim.text), room), mark)
    yield from indented(flowed([(expression + values, DIM)], room), piece(" " * 8))
