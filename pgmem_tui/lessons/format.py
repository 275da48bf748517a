"""From a lesson's Markdown to a `Lesson`; what is wrong is said with the line it is in. Pure.

A lesson has its sections in the order of `SECTIONS`, each under a heading of level two. In them:

- Predict: a text, then choices: ``- WORDS (right if `EXPRESSION`)``; exactly one of them turns out right.
- Run: programs in fences ```` ```python NAME ````, and statements of sessions side by side in fences
  ```` ```sql SESSION NAME ````, each after an optional text. `cleanup` behind a statement's name has it sent
  in any case in the end, in a session of its own if the lesson did not come to it.
- Claims: ``- `EXPRESSION`: WORDS``, true of every run; ``- `EXPRESSION` if `CONDITION`: WORDS``, of every
  run in which the condition holds, and not tested in others.
- What happened, Why: texts with places for values, `{EXPRESSION|KIND}` (see `wording`).
- Code: what to take home. Pitfall. Further reading: `- [TITLE](https://…) WORDS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pgmem_tui.lessons import front_matter, value_names, wording
from pgmem_tui.lessons.errors import LessonError
from pgmem_tui.lessons.expression import Expression, ExpressionError
from pgmem_tui.lessons.expression import parse as parse_expression
from pgmem_tui.lessons.lesson import (
    Choice,
    Claim,
    Lesson,
    Prediction,
    Program,
    Reading,
    Statement,
    Step,
    Template,
)

SECTIONS = (
    *("Question", "Predict", "Run", "Claims", "What happened", "Why", "Code", "Pitfall"),
    "Further reading",
)
"""The headings, in their order; each must be there."""

MOST_BYTES = 64 << 10
"""Of a lesson's file."""

_OPEN = "the ``` that is opened here is never closed"
_CHOICE = re.compile(r"(.+) \(right if `([^`]+)`\)", re.DOTALL)
_CLAIM = re.compile(r"`([^`]+)`(?: if `([^`]+)`)?: (.+)", re.DOTALL)
_READING = re.compile(r"\[([^]]+)\]\((https://[^\s()]+)\)\s*(.*)", re.DOTALL)
_FENCE = re.compile(r"```(?:(python) ([a-z]\w*)|(sql) ([a-z]\w*) ([a-z]\w*)( cleanup)?)", re.ASCII)


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


def parse(text: str, name: str, place: str = "") -> Lesson:
    """Read a lesson.

    Args:
        text: The file's.
        name: What the lesson is called.
        place: The file, for errors.

    Raises:
        LessonError: Something is wrong; the text says in which line.
    """
    lines = text.splitlines()
    head, first = front_matter.parse(lines, place)
    sections = _sections([_Line(n + 1, line) for n, line in enumerate(lines)][first:], place)
    steps = _steps(sections["Run"], place)
    reader = _Reader(place, {step.name: step for step in steps})
    return Lesson(
        name=name,
        title=head.title,
        minutes=head.minutes,
        article=head.article,
        table=head.table,
        any_table=head.any_table,
        min_rows=head.rows,
        min_row_bytes=head.row_bytes,
        needs=head.needs,
        question=_joined(sections["Question"]),
        prediction=reader.prediction(sections["Predict"]),
        steps=steps,
        claims=reader.claims(sections["Claims"]),
        happened=reader.template(sections["What happened"]),
        why=reader.template(sections["Why"]),
        code=_joined(sections["Code"]),
        pitfall=_joined(sections["Pitfall"]),
        reading=reader.reading(sections["Further reading"]),
        place=place,
    )


class _Reader:
    """Reads what mentions values; knows the steps."""

    def __init__(self, place: str, steps: Mapping[str, Step]) -> None:
        self.place = place
        self.steps = steps

    def prediction(self, lines: Sequence[_Line]) -> Prediction:
        items = list(_items(lines))
        text = _joined(lines[: lines.index(items[0][0])] if items else lines)
        choices = []
        for line, item in items:
            match = self._match(_CHOICE, item, line, "- WORDS (right if `EXPRESSION`)")
            choices.append(Choice(match[1], self.expression(match[2], line)))
        if len(choices) < 2:
            raise LessonError("Predict needs at least two choices", self.place, lines[0].number)
        return Prediction(text, tuple(choices))

    def claims(self, lines: Sequence[_Line]) -> tuple[Claim, ...]:
        claims = []
        for line, item in self._only_items(lines):
            match = self._match(_CLAIM, item, line, "- `EXPRESSION`: WORDS")
            condition = self.expression(match[2], line) if match[2] else None
            claims.append(Claim(match[3], self.expression(match[1], line), line.number, condition))
        return tuple(claims)

    def reading(self, lines: Sequence[_Line]) -> tuple[Reading, ...]:
        pages = []
        for line, item in self._only_items(lines):
            match = self._match(_READING, item, line, "- [TITLE](https://…) WORDS")
            pages.append(Reading(match[1], match[2], match[3]))
        return tuple(pages)

    def template(self, lines: Sequence[_Line]) -> Template:
        number = lines[0].number
        try:
            template = wording.parse(_joined(lines))
        except ExpressionError as error:
            raise LessonError(f"in the section that begins here: {error}", self.place, number) from None
        for place in template.places:
            self._known(place.expression, number)
        return template

    def expression(self, text: str, line: _Line) -> Expression:
        try:
            found = parse_expression(" ".join(text.split()))
        except ExpressionError as error:
            raise LessonError(f"`{text}`: {error}", self.place, line.number) from None
        self._known(found, line.number)
        return found

    def _known(self, found: Expression, number: int) -> None:
        for name in sorted(found.names):
            step, _, value = name.partition(".")
            if step not in self.steps:
                known = ", ".join(sorted(self.steps))
                raise LessonError(f"{name}: no step has that name, only {known}", self.place, number)
            if wrong := value_names.unknown(self.steps[step], value):
                raise LessonError(wrong, self.place, number)

    def _match(self, pattern: re.Pattern[str], item: str, line: _Line, form: str) -> re.Match[str]:
        match = pattern.fullmatch(item)
        if match is None:
            raise LessonError(f"expected {form}", self.place, line.number)
        return match

    def _only_items(self, lines: Sequence[_Line]) -> list[tuple[_Line, str]]:
        items = list(_items(lines))
        if not items or lines[0] != items[0][0]:
            raise LessonError("expected a list, each item after `- `", self.place, lines[0].number)
        return items


def _sections(lines: Sequence[_Line], place: str) -> dict[str, list[_Line]]:
    """The lines under each heading, blank ones at both ends taken away."""
    sections: dict[str, list[_Line]] = {}
    inside, fence, never_closed = "", 0, 0
    for line in lines:
        expected = SECTIONS[len(sections) : len(sections) + 1]
        if line.text.startswith("```"):
            never_closed = never_closed or (fence if line.text.strip("` ") else 0)
            fence = 0 if fence else line.number
        elif fence and (line.text[3:].strip(),) == expected and line.text.startswith("## "):
            never_closed = never_closed or fence
        if line.text.startswith("## ") and not fence:
            inside = line.text[3:].strip()
            if (inside,) != expected and never_closed:
                raise LessonError(_OPEN, place, never_closed)
            if (inside,) != expected:
                wanted = f"## {expected[0]}" if expected else "nothing more"
                raise LessonError(f"expected {wanted}, not ## {inside}", place, line.number)
            sections[inside] = []
        elif inside:
            sections[inside].append(line)
        elif line.text.strip():
            raise LessonError(f"expected ## {SECTIONS[0]} before any text", place, line.number)
    last = lines[-1].number if lines else 0
    if fence or (never_closed and len(sections) < len(SECTIONS)):
        raise LessonError(_OPEN, place, never_closed or fence)
    if len(sections) < len(SECTIONS):
        raise LessonError(f"## {SECTIONS[len(sections)]} is missing", place, last)
    for name, held in sections.items():
        while held and not held[-1].text.strip():
            held.pop()
        while held and not held[0].text.strip():
            held.pop(0)
        if not held:
            raise LessonError(f"nothing stands under ## {name}", place, last)
    return sections


def _steps(lines: Sequence[_Line], place: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    intro: list[_Line] = []
    rest = iter(lines)
    for line in rest:
        if not line.text.startswith("```"):
            intro.append(line)
            continue
        match = _FENCE.fullmatch(line.text.rstrip())
        if match is None:
            expected = "```python NAME, ```sql SESSION NAME or ```sql SESSION NAME cleanup"
            raise LessonError(f"expected {expected}", place, line.number)
        source = "".join(f"{inner.text}\n" for inner in _until_fence(rest))
        if match[1]:
            steps.append(Program(match[2], source, _joined(intro), line.number + 1))
        else:
            cleanup = match[6] is not None
            steps.append(Statement(match[5], match[4], source, _joined(intro), line.number + 1, cleanup))
        if steps[-1].name in {step.name for step in steps[:-1]}:
            raise LessonError(f"a second step of the name {steps[-1].name}", place, line.number)
        intro = []
    if not steps:
        raise LessonError("Run needs at least one step in ``` fences", place, lines[0].number)
    if any(line.text.strip() for line in intro):
        raise LessonError("text after the last step belongs under another heading", place, intro[0].number)
    return tuple(steps)


def _until_fence(rest: Iterator[_Line]) -> Iterator[_Line]:
    for line in rest:
        if line.text.startswith("```"):
            return
        yield line


def _items(lines: Sequence[_Line]) -> Iterator[tuple[_Line, str]]:
    """Each item of a list, its indented lines joined to it, with the line it begins in."""
    first: _Line | None = None
    words: list[str] = []
    for line in lines:
        if line.text.startswith("- "):
            if first is not None:
                yield first, " ".join(words)
            first, words = line, [line.text[2:].strip()]
        elif first is not None and line.text.strip():
            words.append(line.text.strip())
    if first is not None:
        yield first, " ".join(words)


def _joined(lines: Sequence[_Line]) -> str:
    return "\n".join(line.text.rstrip() for line in lines).strip()
