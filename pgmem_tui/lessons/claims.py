"""What came of claims and predictions, once there are values. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from pgmem_tui.lessons import value_names, value_words
from pgmem_tui.lessons.expression import Expression, ExpressionError, NotMeasured, Values
from pgmem_tui.lessons.lesson import Claim, Lesson, Prediction
from pgmem_tui.lessons.value_words import Kinds

_FAILURES = frozenset(("problem", "sqlstate", "killed", "timed_out"))
"""Values that are about a step's failure: who speaks of one expects it."""


class Verdict(enum.Enum):
    """What came of a claim."""

    HOLDS = "holds"
    FAILS = "fails"
    UNTESTED = "not tested"
    """What it presupposes was not so in this run."""
    UNKNOWN = "unknown"
    """What it is about was not measured here."""


@dataclass(frozen=True)
class Judged:
    """A claim, and what came of it."""

    claim: Claim
    verdict: Verdict
    why: str = ""
    """Why it fails, or is not known or not tested, with the values."""


def judge(claim: Claim, values: Values, kinds: Kinds) -> Judged:
    """Decide a claim.

    Args:
        claim: Which.
        values: What was measured.
        kinds: How the lesson's own texts write that.
    """
    try:
        condition = claim.condition
        if condition is not None and not condition.holds(values):
            return Judged(claim, Verdict.UNTESTED, f"because {value_words.values(condition, values, kinds)}")
        holds = claim.expression.holds(values)
    except NotMeasured as error:
        return Judged(claim, Verdict.UNKNOWN, _why_not(claim, values) or _unknown(error, claim, values))
    except ExpressionError as error:
        return Judged(claim, Verdict.FAILS, str(error))
    if holds:
        return Judged(claim, Verdict.HOLDS)
    return Judged(claim, Verdict.FAILS, value_words.values(claim.expression, values, kinds))


def right_choice(prediction: Prediction, values: Values) -> int | None:
    """The index of the choice that the values make right; None if that is not known, or not one alone."""
    try:
        right = [index for index, choice in enumerate(prediction.choices) if choice.right_if.holds(values)]
    except ExpressionError:
        return None
    return right[0] if len(right) == 1 else None


def expects_failure(lesson: Lesson, step: str) -> bool:
    """Whether a claim of the lesson is about how a step fails, so that it may."""
    names = (name.split(".") for expression in _expressions(lesson) for name in expression.names)
    return any(parts[0] == step and parts[1] in _FAILURES for parts in names)


def _why_not(claim: Claim, values: Values) -> str:
    """What the steps say themselves whose value is missing; empty if they say nothing."""
    said = (values.get(f"{step}.{value_names.WHY_NOT}") for step in _lacking(claim, values))
    return "; ".join(dict.fromkeys(str(why) for why in said if why))


def _unknown(error: NotMeasured, claim: Claim, values: Values) -> str:
    return "; ".join((str(error), *_brought(claim, values)))


def _brought(claim: Claim, values: Values) -> Iterator[str]:
    """What the steps did note whose value is missing: one may be misspelt."""
    for step in _lacking(claim, values):
        if said := value_names.brought(step, values):
            yield said


def _lacking(claim: Claim, values: Values) -> list[str]:
    """The steps that did not bring a value which the claim is about."""
    names = claim.expression.names | (claim.condition.names if claim.condition else set())
    return sorted({name.partition(".")[0] for name in names if name not in values})


def _expressions(lesson: Lesson) -> Iterator[Expression]:
    return (claim.expression for claim in lesson.claims)
