"""Expressions over measured values: `script.peak > 2 * script.text and script.seconds < 5 s`. Pure.

Numbers may have a unit: `B kB MB GB` (1 kB is 1024 bytes, as in PostgreSQL's settings), `ms s min`, and
`%`, a hundredth. Names are of steps and what they measured, `STEP.NAME`. There are `+ - * /`, comparisons
(chained, as in Python), `and or not`, `min max abs round`, texts in quotes of either kind, and nothing
else: no name leads to Python.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Value = float | str
"""What can be measured or computed: a truth is 1.0 or 0.0."""
Values = Mapping[str, Value]

MOST_TEXT = 400
"""Characters of an expression."""
MOST_DEPTH = 30
"""Parentheses, functions and signs inside each other."""

UNITS = {
    **{"B": 1, "kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30},
    **{"ms": 0.001, "s": 1, "min": 60, "%": 0.01},
}
"""What a number before it is multiplied by: to bytes, to seconds, to a share of one."""

_Compute = Callable[[Values], Value]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9][0-9_]*(?:\.[0-9]+)?)(?:\s*(?P<unit>kB|MB|GB|B|ms|min|s|%)(?![\w(]))?"
    r'|"(?P<string>[^"]*)"|\'(?P<quoted>[^\']*)\'|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)|(?P<sign><=|>=|==|!=|[-+*/()<>,]))',
    re.ASCII,
)
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    **{"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    **{"==": operator.eq, "!=": operator.ne},
}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    **{"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv},
}
_FUNCTIONS: dict[str, tuple[range, Callable[..., float]]] = {
    "min": (range(1, 9), min),
    "max": (range(1, 9), max),
    "abs": (range(1, 2), abs),
    "round": (range(1, 2), lambda n: float(round(n))),
}
_WORDS = {"and", "or", "not"}


class ExpressionError(ValueError):
    """An expression that cannot be read, or computed; the text says why."""


class NotMeasured(ExpressionError):
    """A value is missing: the run did not measure it."""


@dataclass(frozen=True)
class Expression:
    """An expression that was read."""

    text: str
    names: frozenset[str]
    """The values it needs, as `STEP.NAME`."""
    _compute: _Compute = field(repr=False, compare=False)

    def value(self, values: Values) -> Value:
        """Compute it.

        Raises:
            NotMeasured: A value is missing.
            ExpressionError: It divides by zero, takes a text for a number, or has no end.
        """
        try:
            return self._compute(values)
        except ZeroDivisionError:
            raise ExpressionError(f"{self.text} divides by zero") from None
        except ExpressionError:
            raise
        except (OverflowError, ValueError) as error:  # infinity and NaN cannot be rounded
            raise ExpressionError(f"{self.text}: {error}") from None

    def holds(self, values: Values) -> bool:
        """Whether it is true; raises as `value` does."""
        return bool(self.value(values))


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: It is none.
    """
    if len(text) > MOST_TEXT:
        raise ExpressionError(f"longer than {MOST_TEXT} characters")
    return _Parser(text).whole()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    value: Value = 0.0


class _Parser:
    """Recursive descent, loosest first: or, and, not, comparison, sum, product, sign, atom."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0
        self.names: set[str] = set()

    def whole(self) -> Expression:
        compute = self.either()
        if self.peek().kind != "end":
            raise ExpressionError(f"{self.peek().text!r} is not expected there")
        return Expression(self.text.strip(), frozenset(self.names), compute)

    def peek(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def taken(self, *texts: str) -> str:
        """Take the next token if it is one of these signs or words; return it, or nothing."""
        token = self.peek()
        if token.kind in ("sign", "name") and token.text in texts:
            self.at += 1
            return token.text
        return ""

    def either(self) -> _Compute:
        left = self.both()
        while self.taken("or"):
            left = _or(left, self.both())
        return left

    def both(self) -> _Compute:
        left = self.negation()
        while self.taken("and"):
            left = _and(left, self.negation())
        return left

    def negation(self) -> _Compute:
        if self.taken("not"):
            return _not(self.nested(self.negation))
        return self.comparison()

    def comparison(self) -> _Compute:
        left = self.sum()
        pairs: list[_Compute] = []
        while sign := self.taken(*_COMPARISONS):
            right = self.sum()
            pairs.append(_compare(sign, left, right))
            left = right
        return _all(pairs) if pairs else left

    def sum(self) -> _Compute:
        left = self.product()
        while sign := self.taken("+", "-"):
            left = _arithmetic(sign, left, self.product())
        return left

    def product(self) -> _Compute:
        left = self.sign()
        while sign := self.taken("*", "/"):
            left = _arithmetic(sign, left, self.sign())
        return left

    def sign(self) -> _Compute:
        if self.taken("-"):
            return _arithmetic("-", _constant(0.0), self.nested(self.sign))
        return self.atom()

    def atom(self) -> _Compute:
        token = self.take()
        if token.kind in ("number", "string"):
            return _constant(token.value)
        if token.kind == "name" and token.text not in _WORDS:
            return self.call(token.text) if self.taken("(") else self.measured(token.text)
        if token.text == "(":
            inner = self.nested(self.either)
            self.close()
            return inner
        raise ExpressionError(
            "it ends too early" if token.kind == "end" else f"{token.text!r} is not expected"
        )

    def measured(self, name: str) -> _Compute:
        if "." not in name:
            raise ExpressionError(f"{name!r} is no value; a value is STEP.NAME")
        self.names.add(name)

        def compute(values: Values) -> Value:
            if name not in values:
                raise NotMeasured(f"{name} was not measured")
            return values[name]

        return compute

    def call(self, name: str) -> _Compute:
        if name not in _FUNCTIONS:
            raise ExpressionError(f"there is no function {name!r}")
        arguments = [self.nested(self.either)]
        while self.taken(","):
            arguments.append(self.nested(self.either))
        self.close()
        allowed, function = _FUNCTIONS[name]
        if len(arguments) not in allowed:
            raise ExpressionError(f"{name} does not take {len(arguments)} arguments")
        return lambda values: function(*(_number(argument(values)) for argument in arguments))

    def nested(self, part: Callable[[], _Compute]) -> _Compute:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ExpressionError(f"nested more than {MOST_DEPTH} deep")
        try:
            return part()
        finally:
            self.depth -= 1

    def close(self) -> None:
        if not self.taken(")"):
            raise ExpressionError("a ) is missing")


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(f"{text[at:].strip()[:20]!r} is not understood")
        kind = match.lastgroup or ""
        if match["number"]:
            number = float(match["number"].replace("_", "")) * UNITS.get(match["unit"] or "B", 1)
            tokens.append(_Token("number", match[0].strip(), number))
        else:
            text_kind = "string" if kind == "quoted" else kind
            tokens.append(_Token(text_kind, match[kind], match[kind]))
        at = match.end()
    return [*tokens, _Token("end", "")]


def _number(value: Value) -> float:
    if isinstance(value, str):
        raise ExpressionError(f"{value[:40]!r} is no number")
    return value


def _constant(value: Value) -> _Compute:
    return lambda values: value


def _arithmetic(sign: str, left: _Compute, right: _Compute) -> _Compute:
    function = _ARITHMETIC[sign]
    return lambda values: function(_number(left(values)), _number(right(values)))


def _compare(sign: str, left: _Compute, right: _Compute) -> _Compute:
    def compute(values: Values) -> Value:
        one, other = left(values), right(values)
        if isinstance(one, str) and isinstance(other, str) and sign in ("==", "!="):
            return float((one == other) == (sign == "=="))
        return float(_COMPARISONS[sign](_number(one), _number(other)))

    return compute


def _all(pairs: list[_Compute]) -> _Compute:
    return lambda values: float(all([bool(pair(values)) for pair in pairs]))


def _and(left: _Compute, right: _Compute) -> _Compute:
    return lambda values: float(bool(left(values)) and bool(right(values)))


def _or(left: _Compute, right: _Compute) -> _Compute:
    return lambda values: float(bool(left(values)) or bool(right(values)))


def _not(inner: _Compute) -> _Compute:
    return lambda values: float(not inner(values))
