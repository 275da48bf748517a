"""A lesson as plain text: what `pgmem-tui lessons` prints. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from pgmem_tui.display.text import one_line
from pgmem_tui.lessons import wording
from pgmem_tui.lessons.claims import Judged, Verdict
from pgmem_tui.lessons.lesson import Lesson, Program, Step
from pgmem_tui.lessons.progress import Done
from pgmem_tui.lessons.running import LessonResult, StepResult

_MARKS = {
    Verdict.HOLDS: "holds",
    Verdict.FAILS: "FAILS",
    Verdict.UNTESTED: "not tested",
    Verdict.UNKNOWN: "not measured",
}
_COUNTED = {
    Verdict.HOLDS: ("holds", "hold"),
    Verdict.FAILS: ("fails", "fail"),
    Verdict.UNTESTED: ("not tested", "not tested"),
    Verdict.UNKNOWN: ("not measured", "not measured"),
}
"""Of one claim, and of several."""
_INDENT = "    "


def listed(lessons: Sequence[Lesson], done: Mapping[str, Done]) -> Iterator[str]:
    """One line for each lesson: its file's number, whether it was done, its name and title."""
    width = max((len(lesson.name) for lesson in lessons), default=0)
    for lesson in lessons:
        mark = "done" if lesson.name in done else ""
        more = f"{lesson.minutes} min, --demo only" if lesson.needs.own_server else f"{lesson.minutes} min"
        yield one_line(f"{lesson.number:3} {mark:4} {lesson.name:{width}}  {lesson.title} ({more})")


def before(lesson: Lesson, steps: Sequence[Step], about: str) -> Iterator[str]:
    """What is read before the run: the question, the programs as they run here, and the choices."""
    yield from ("", f"# {lesson.title}", "", lesson.question, "")
    for step in steps:
        if step.intro:
            yield from (step.intro, "")
        text = step.source if isinstance(step, Program) else step.sql
        session = "" if isinstance(step, Program) else f" in session {step.session}"
        yield f"-- {step.name}{session} --"
        yield from (f"{_INDENT}{one_line(line)}" if line.strip() else "" for line in text.splitlines())
        yield ""
    if about:
        yield from (f"(The lesson {one_line(about)}.)", "")
    yield from (lesson.prediction.text, "")
    for number, choice in enumerate(lesson.prediction.choices, start=1):
        yield f"{number}. {choice.text}"
    yield ""


def after(lesson: Lesson, result: LessonResult, chosen: int | None) -> Iterator[str]:
    """What is read after it: the answer, what was measured and why, and where to read on."""
    said = [line for step in result.steps for line in _step(step, step is result.failed)]
    yield from (*said, "") if said else ()
    if result.right is not None:
        answer = f"{result.right + 1}: {lesson.prediction.choices[result.right].text}"
        yours = (
            "" if chosen is None else " You were right." if chosen == result.right else " You chose another."
        )
        yield from (f"Right is {answer}.{yours}", "")
    if result.whole and result.failed is None:
        for title, text in (
            ("What happened", wording.fill(lesson.happened, result.values)),
            ("Why", wording.fill(lesson.why, result.values)),
            ("Code", lesson.code),
            ("Pitfall", lesson.pitfall),
        ):
            yield from (f"## {title}", "", text, "")
    yield from judged(result.claims)
    yield from ("", "## Further reading", "")
    for page in lesson.reading:
        yield from (f"- {page.title}", f"{_INDENT}{page.url}")


def checked(lesson: Lesson, result: LessonResult, about: str, seconds: float) -> Iterator[str]:
    """A line about a lesson that has run, and one for each reason why a claim is not known.

    Args:
        lesson: Which.
        result: What came of it.
        about: What its programs read, in words; empty if it is no table.
        seconds: That it took.
    """
    verdicts = [found.verdict for found in result.claims]
    counted = (
        f"{verdicts.count(verdict)} {words[verdicts.count(verdict) > 1]}"
        for verdict, words in _COUNTED.items()
        if verdict in verdicts
    )
    said = "passed" if result.passed else "FAILED"
    end = f" ({one_line(about)})" if about else ""
    yield f"{lesson.name}: {said}, claims: {', '.join(counted)}; {seconds:.1f} s{end}"
    if result.passed:
        unknown = (found.why for found in result.claims if found.verdict is Verdict.UNKNOWN)
        yield from (f"{_INDENT}not measured: {one_line(why)}" for why in dict.fromkeys(unknown))


def judged(claims: Sequence[Judged]) -> Iterator[str]:
    """A line for each claim, and a second one for one that does not hold."""
    yield from ("## Claims", "")
    for found in claims:
        yield f"[{_MARKS[found.verdict]}] {found.claim.text}"
        if found.verdict is not Verdict.HOLDS:
            yield f"{_INDENT}{found.claim.expression.text}: {one_line(found.why)}"


def _step(result: StepResult, failed: bool) -> Iterator[str]:
    if result.problem is not None:
        where = f"{one_line(result.where)}: " if failed and result.where else ""
        yield f"{where}{result.step.name}: {one_line(result.problem.message)}"
        if where and result.source:
            yield f"{_INDENT}{one_line(result.source)}"
        yield from (f"{_INDENT}{line}" for line in textwrap.wrap(one_line(result.problem.advice), 90))
    for line in result.outcome.printed if result.outcome else ():
        yield f"{result.step.name}: {one_line(line)}"
    if result.said is not None and result.said.columns:
        yield f"{result.step.name}: {one_line(' | '.join(result.said.columns))}"
        for row in result.said.rows:
            yield f"{result.step.name}: {one_line(' | '.join(row))}"
        if result.said.more:
            yield f"{result.step.name}: … {result.said.beyond}"
