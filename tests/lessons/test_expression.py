"""Expressions: what they compute, and all that they refuse."""

from __future__ import annotations

import pytest

from pgmem_tui.lessons import wording
from pgmem_tui.lessons.expression import MOST_DEPTH, ExpressionError, NotMeasured, Value, parse

VALUES: dict[str, Value] = {"a.n": 5, "a.mb": 3 << 20, "a.s": 0.25, "a.text": 'it said "no"', "b.zero": 0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("8 / 4 / 2", 1),
        ("-a.n + 10", 5),
        ("--a.n", 5),
        ("2 MB", 2 << 20),
        ("1.5kB", 1536),
        ("250 ms", 0.25),
        ("2 min", 120),
        ("50 %", 0.5),
        ("1_000", 1000),
        ("a.mb == 3 MB", 1),
        ("a.s <= 250 ms", 1),
        ("1 < a.n < 10", 1),
        ("1 < a.n < 3", 0),
        ("a.n != 5", 0),
        ("not a.n == 4 and a.n > 1", 1),
        ("a.n > 9 or a.n > 8 or a.n == 5", 1),
        ("1 or 0 and 0", 1),
        ("min(a.n, 3, 9)", 3),
        ("max(0, -a.n)", 0),
        ("abs(-2.5)", 2.5),
        ("round(2.6)", 3),
        ("""a.text == 'it said "no"'""", 1),
        ('a.text != "yes"', 1),
        ('"" == ""', 1),
    ],
)
def test_values(text: str, value: float) -> None:
    assert parse(text).value(VALUES) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "1 2",
        "(1",
        "1)",
        "n",
        "open('/etc/passwd')",
        "__import__('os')",
        "a.b.c",
        "a.n.real",
        "a.n ** 9",
        "a[0]",
        "lambda: 1",
        "a.n if a.n else 1",
        "8 TB",
        "8 MBx",
        "min()",
        "abs(1, 2)",
        "and",
        "1 and or 2",
        "a.n = 5",
        '"open',
        "١ + 1",
        "1;2",
        "1 " + "+ 1" * 200,
        "(" * (MOST_DEPTH + 1) + "1" + ")" * (MOST_DEPTH + 1),
        "not " * (MOST_DEPTH + 1) + "1",
        "-" * (MOST_DEPTH + 1) + "1",
    ],
)
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_names_are_known_before_values_are() -> None:
    assert parse("a.n > 1 and (b.m < max(2, c.k))").names == {"a.n", "b.m", "c.k"}


def test_what_was_not_measured_is_no_failure() -> None:
    with pytest.raises(NotMeasured, match=r"x\.y"):
        parse("x.y > 1").value(VALUES)


@pytest.mark.parametrize("text", ["1 / b.zero", "a.text + 1", "a.text < a.text", "max(a.text, 1)"])
def test_what_cannot_be_computed(text: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(text).value(VALUES)
    assert not isinstance(raised.value, NotMeasured)


NO_SIZES = [pytest.param(float(text), id=text) for text in ("inf", "-inf", "nan")]
HUGE = pytest.param(10**400, id="huge")


@pytest.mark.parametrize("value", [*NO_SIZES, HUGE])
@pytest.mark.parametrize("kind", wording.KINDS)
def test_a_number_that_is_no_size_can_be_written(value: float, kind: str) -> None:
    written = wording.write(value, kind)
    assert len(written) <= 200 and (isinstance(value, int) or str(value) in written)


@pytest.mark.parametrize("value", [*NO_SIZES, HUGE])
def test_what_has_no_end_cannot_be_computed(value: float) -> None:
    with pytest.raises(ExpressionError, match=r"round\(a\.n"):
        parse("round(a.n * 1.5)").value({"a.n": value})
