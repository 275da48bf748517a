"""The format of lessons: what is read, and where it says that something is wrong."""

from __future__ import annotations

import pytest

from pgmem_tui.lessons import wording
from pgmem_tui.lessons.claims import Verdict, judge
from pgmem_tui.lessons.errors import LessonError
from pgmem_tui.lessons.expression import ExpressionError, Value
from pgmem_tui.lessons.format import parse
from pgmem_tui.lessons.lesson import Needs, Program, Statement
from tests.lessons.conftest import TEXT, made


def line_of(text: str) -> int:
    """The number of the first line that begins so."""
    return next(n for n, line in enumerate(TEXT.splitlines(), start=1) if line.startswith(text))


def test_a_lesson() -> None:
    lesson = parse(TEXT, "test", "01-test.md")
    assert (lesson.title, lesson.minutes, lesson.article, lesson.needs) == ("A test", 1, (1, 13), Needs())
    assert lesson.question == "What is it?"
    assert [choice.text for choice in lesson.prediction.choices] == ["one", "two, or more"]
    assert lesson.prediction.text == "It is"
    source = 'from pgmem_tui.lab.notes import note\n\nnote("n", 1)\n'
    assert lesson.steps == (Program("step", source, "First:", line_of("from pgmem")),)
    assert (lesson.claims[0].text, lesson.claims[0].line) == ("it is one", line_of("- `step"))
    assert wording.fill(lesson.happened, {"step.n": 1}) == "It was 1."
    assert "## no heading" in lesson.code
    assert (lesson.reading[0].title, lesson.reading[0].url) == ("A page", "https://example.org/page")


def test_sessions() -> None:
    steps = "```sql writer begin\nBEGIN;\n```\n\nand\n\n```sql reader step\nSELECT 1 AS n\n```"
    lesson = made(steps=steps)
    begin, look = lesson.steps
    assert isinstance(begin, Statement) and isinstance(look, Statement)
    assert (begin.session, begin.name, begin.sql) == ("writer", "begin", "BEGIN;\n")
    assert (look.session, look.name, look.intro) == ("reader", "step", "and")


def test_what_was_not_measured_can_be_left_out() -> None:
    template = wording.parse("a {x.n}{?, and {x.more|bytes} of {x.n}?}; {x.more}")
    assert wording.fill(template, {"x.n": 1, "x.more": 2048}) == "a 1, and 2.0 kB of 1; 2,048"
    assert wording.fill(template, {"x.n": 1}) == f"a 1; {wording.MISSING}"
    assert [place.kind for place in template.places] == ["number", "bytes", "number", "number"]
    for wrong in ("{? a", "a ?}", "{? a {? b ?} ?}"):
        with pytest.raises(ExpressionError):
            wording.parse(wrong)


def test_clean_up() -> None:
    (step,) = made(steps="```sql a step cleanup\nDROP TABLE IF EXISTS b\n```").steps
    assert isinstance(step, Statement) and step.cleanup and (step.session, step.name) == ("a", "step")


def test_needs() -> None:
    assert made("pass", head="needs: writes, superuser, PostgreSQL 14\n").needs == Needs(
        own_server=True, writes=True, superuser=True, version=14
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("---\ntitle", "title", 1, "begins with a line ---"),
        ("title: A test\n", "", 4, "title: is missing"),
        ("title: A test", "titel: A test", 2, "expected `key: value`"),
        ("title: A test", "title:", 2, "expected `key: value`"),
        ("minutes: 1", "title: B", 3, "is there twice"),
        ("minutes: 1", "minutes: soon", 3, "no whole number"),
        ("article: 1, 13", "article: 14", 4, "from 1 to 13"),
        ("article: 1, 13", "needs: magic", 4, "'magic' is none of"),
        ("\n## Question", "text\n## Question", 6, "before any text"),
        ("## Predict", "## Run", line_of("## Predict"), "expected ## Predict, not ## Run"),
        ("## Why\n\nSo.\n", "", line_of("## Code") - 3, "expected ## Why, not ## Code"),
        ("So.\n", "\n", len(TEXT.splitlines()), "nothing stands under ## Why"),
        (
            "## Further reading\n\n- [A page](https://example.org/page) about it\n",
            "",
            len(TEXT.splitlines()) - 3,
            "## Further reading is missing",
        ),
        ("(right if `step.n == 1`)", "", line_of("- one"), "expected - WORDS (right if"),
        ("- one (right if `step.n == 1`)\n", "", line_of("It is"), "at least two choices"),
        ("(right if `step.n >= 2`)", "(right if `step.n >=`)", line_of("- two"), "ends too early"),
        (
            "- `step.n == 1`: it",
            "- `stop.n == 1`: it",
            line_of("- `step"),
            "no step has that name, only step",
        ),
        ("- `step.n == 1`: it", "- step.n == 1: it", line_of("- `step"), "expected - `EXPRESSION`: WORDS"),
        ("- `step.n == 1`: it", "Well: it", line_of("- `step"), "expected a list"),
        ("{step.n}", "{step.m}", line_of("It was"), "step has no value m; it notes n"),
        ("`step.n == 1`: it", "`step.m == 1`: it", line_of("- `step"), "step has no value m; it notes n"),
        ("(right if `step.n >= 2`)", "(right if `step.m >= 2`)", line_of("- two"), "step has no value m"),
        ("{step.n}", "{step.n|furlongs}", line_of("It was"), "'furlongs' is none of bytes"),
        ("{step.n}", "{step.n", line_of("It was"), "a { alone"),
        ("{step.n}", "{other.n}", line_of("It was"), "no step has that name"),
        ("```python step", "```python", line_of("```python step"), "expected ```python NAME"),
        ("```python step", "```sql step", line_of("```python step"), "expected ```python NAME"),
        ("(https://example", "(http://example", line_of("- [A page"), "expected - [TITLE](https://"),
        ('note("n", 1)\n```', 'note("n", 1)\n', line_of("```python step"), "is never closed"),
        ("## no heading\n```", "## no heading", line_of("## Code") + 2, "is never closed"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, line: int, said: str) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(LessonError) as raised:
        parse(TEXT.replace(old, new), "test", "01-test.md")
    assert str(raised.value).startswith(f"01-test.md:{line}: ") and said in str(raised.value)


@pytest.mark.parametrize("text", ["", "---", "---\n---", "\n" * 1000, "---\ntitle: x\nminutes: 1\n---\n"])
def test_what_is_no_lesson_at_all(text: str) -> None:
    with pytest.raises(LessonError):
        parse(text, "test", "01-test.md")


def test_a_text_with_values() -> None:
    template = wording.parse(
        "{{x}} {a.b|bytes}, {a.s|seconds}, {a.r|rows}, {a.p|percent}, {a.b / 2 MB|times}, {a.x}"
    )
    values = {"a.b": 3 << 20, "a.s": 0.0009, "a.r": 1234567, "a.p": 0.125}
    assert wording.fill(template, values) == f"{{x}} 3.0 MB, 0.9 ms, 1,234,567, 12 %, 1.5, {wording.MISSING}"


def test_a_text_from_the_server_is_one_safe_line() -> None:
    written = wording.fill(
        wording.parse("`{a.name}`"), {"a.name": "x`\n\x1b[2J[link](https://example.org)" + "y" * 9999}
    )
    assert "\n" not in written and "\x1b" not in written and written.count("`") == 2 and len(written) < 300


@pytest.mark.parametrize("text", ["{", "}", "{}", "{a.b", "a.b}", "{a.b|}", "{a.b|bytes|rows}", "{a{b}c}"])
def test_what_is_no_text_with_values(text: str) -> None:
    with pytest.raises(ExpressionError):
        wording.parse(text)


def test_a_claim_with_a_condition() -> None:
    (claim,) = made(
        "for name in 'nm': note(name, 1)", claims='- `step.n == 1` if `step.m == "none"`: it is one'
    ).claims
    cases: tuple[tuple[dict[str, Value], Verdict], ...] = (
        ({"step.n": 1.0, "step.m": "none"}, Verdict.HOLDS),
        ({"step.n": 2.0, "step.m": "none"}, Verdict.FAILS),
        ({"step.n": 1.0, "step.m": "psql"}, Verdict.UNTESTED),
        ({"step.n": 1.0}, Verdict.UNKNOWN),
    )
    for values, verdict in cases:
        assert judge(claim, values, {}).verdict is verdict
    assert judge(claim, {"step.n": 2.0, "step.m": "psql"}, {}).why == "because step.m = psql"


def test_a_claim_that_is_decided_before_all_is_measured() -> None:
    """As when a lesson is cancelled."""
    (claim,) = made("note('n', 1); note('m', 2)", claims="- `step.n == 1 and step.m == 2`: it is one").claims
    judged = judge(claim, {"step.n": 2.0}, {})
    assert (judged.verdict, judged.why) == (Verdict.FAILS, "step.m was not measured, step.n = 2")


def test_a_small_share_is_not_nothing() -> None:
    template = wording.parse("{a.p|percent}")
    written = [wording.fill(template, {"a.p": share}) for share in (0.0, 0.005, 0.0994, 0.1, 1.0)]
    assert written == ["0 %", "0.5 %", "9.9 %", "10 %", "100 %"]


@pytest.mark.parametrize(
    "program",
    [
        'note(f"{1}", 1)',
        "for name in 'mn': note(name, 1)",
        'list(map(note, "mn", "12"))',
        'from pgmem_tui.lab.notes import note as tell\ntell("m", 1)',
        "this is no Python",
    ],
)
def test_names_that_the_run_makes_are_allowed(program: str) -> None:
    assert made(program, claims="- `step.m == 1`: it is one").claims
    notes = made('note("n", 1)\nnote("m", step.peak)', claims="- `step.m < step.peak`: it is small")
    assert notes.claims


def test_what_a_step_brought_instead_is_said() -> None:
    (claim,) = made("for name in 'n': note(name, 1)", claims="- `step.gronw == 1`: it is one").claims
    why = judge(claim, {"step.grown": 1.0, "step.peak": 2.0, "other.x": 1.0}, {}).why
    assert why == "step.gronw was not measured; step brought grown"
