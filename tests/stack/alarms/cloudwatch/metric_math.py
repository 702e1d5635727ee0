"""CloudWatch's metric math, as far as the alarms of the template use it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html

What this module does not know is a `ValueError`, so that no alarm is tested by a guess.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Mapping, Sequence

Series = Sequence[float | None]
"""One value for each period, the oldest first; None where there is no data."""
Operand = Series | float

_TOKEN = re.compile(r"\s*(\d+\.?\d*|[A-Za-z_][A-Za-z0-9_]*|[<>=!]=|[-+*/(),<>])")
_ARITHMETIC: Mapping[str, Callable[[float, float], float | None]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    # Nothing can be drawn for a division by zero, so it is no data.
    "/": lambda left, right: left / right if right else None,
}
_COMPARISONS: Mapping[str, Callable[[float, float], float]] = {
    "<": lambda left, right: float(left < right),
    ">": lambda left, right: float(left > right),
    "<=": lambda left, right: float(left <= right),
    ">=": lambda left, right: float(left >= right),
    "==": lambda left, right: float(left == right),
    "!=": lambda left, right: float(left != right),
}
_LEVELS = (_COMPARISONS, {k: _ARITHMETIC[k] for k in "+-"}, {k: _ARITHMETIC[k] for k in "*/"})


def evaluate(expression: str, series: Mapping[str, Series]) -> Operand:
    """The value of an expression of metrics by their ids. All series have the same periods."""
    return _parsed(expression)(series)


_Expression = Callable[[Mapping[str, Series]], Operand]


@functools.cache
def _parsed(expression: str) -> _Expression:
    parser = _Parser(expression)
    found = parser.level(0)
    if parser.token is not None:
        raise ValueError(f"{expression!r}: {parser.token!r} is not expected")
    return found


class _Parser:
    def __init__(self, expression: str) -> None:
        self._text = expression
        self._tokens = self._split()
        self.token: str | None = None
        self._advance()

    def _split(self) -> list[str]:
        tokens, position = [], 0
        while position < len(self._text.rstrip()):
            found = _TOKEN.match(self._text, position)
            if found is None:
                raise ValueError(f"{self._text!r}: {self._text[position:]!r} is unknown")
            tokens.append(found[1])
            position = found.end()
        return tokens[::-1]

    def _advance(self) -> str | None:
        passed, self.token = self.token, self._tokens.pop() if self._tokens else None
        return passed

    def _expect(self, token: str) -> None:
        if self._advance() != token:
            raise ValueError(f"{self._text!r}: {token!r} is missing")

    def level(self, number: int) -> _Expression:
        """Operators of one precedence, and of those that bind more tightly."""
        if number == len(_LEVELS):
            return self._atom()
        found = self.level(number + 1)
        while self.token in _LEVELS[number]:
            function = _LEVELS[number][str(self._advance())]
            found = _operation(function, found, self.level(number + 1))
        return found

    def _atom(self) -> _Expression:
        token = self._advance()
        if token == "(":
            found = self.level(0)
            self._expect(")")
            return found
        if token is None or not (token[0].isalnum() or token[0] == "_"):
            raise ValueError(f"{self._text!r}: an operand is missing")
        if token[0].isdigit():
            number = float(token)
            return lambda _: number
        if self.token != "(":
            return functools.partial(_metric, token)
        if token not in _FUNCTIONS:
            raise ValueError(f"{self._text!r}: this evaluator does not know {token}")
        return _call(_FUNCTIONS[token], self._arguments())

    def _arguments(self) -> list[_Expression]:
        self._expect("(")
        found = [self.level(0)]
        while self.token == ",":
            self._advance()
            found.append(self.level(0))
        self._expect(")")
        return found


def _metric(name: str, series: Mapping[str, Series]) -> Operand:
    if name not in series:
        raise ValueError(f"this evaluator does not know {name}")
    return series[name]


def _operation(
    function: Callable[..., float | None], left: _Expression, right: _Expression
) -> _Expression:
    return lambda series: _each(function, left(series), right(series))


def _call(
    function: Callable[[list[Operand]], Operand], arguments: list[_Expression]
) -> _Expression:
    return lambda series: function([each(series) for each in arguments])


def _each(function: Callable[..., float | None], *operands: Operand) -> Operand:
    """For each period, from the operands' values in it; a scalar has its value in each. Where an
    operand has no data, neither has the result.
    """
    lengths = {len(each) for each in operands if not isinstance(each, float)}
    if not lengths:
        value = function(*operands)
        if value is None:
            raise ValueError("a constant has no value")
        return value
    (length,) = lengths
    columns = [[each] * length if isinstance(each, float) else each for each in operands]
    return [None if None in values else function(*values) for values in zip(*columns, strict=True)]


def _if(arguments: list[Operand]) -> Operand:
    """IF(condition, then, else): a condition is true unless it is 0. A period without data in the
    condition has none; the branch that is not taken need not have data.
    """
    condition, *branches = arguments
    then, otherwise = branches
    if isinstance(condition, float):
        raise ValueError("IF: the condition is no series")
    columns = [
        [each] * len(condition) if isinstance(each, float) else each for each in (then, otherwise)
    ]
    return [
        None if test is None else (yes if test else no)
        for test, yes, no in zip(condition, *columns, strict=True)
    ]


def _fill(arguments: list[Operand]) -> Operand:
    """FILL(series, value): the value for each period that has no data."""
    series, value = arguments
    if isinstance(series, float) or not isinstance(value, float):
        raise ValueError("FILL: this evaluator takes a series and a number")
    return [value if each is None else each for each in series]


def _extreme(choose: Callable[[list[float]], float]) -> Callable[[list[Operand]], Operand]:
    """Of one series, a scalar: its highest, or its lowest, value."""

    def function(arguments: list[Operand]) -> Operand:
        (series,) = arguments
        if isinstance(series, float):
            raise ValueError("MAX, MIN, SUM: this evaluator takes one series")
        # Without any data there is nothing to compare with it, either.
        return choose([each for each in series if each is not None] or [0.0])

    return function


_FUNCTIONS: Mapping[str, Callable[[list[Operand]], Operand]] = {
    "IF": _if,
    "FILL": _fill,
    "MAX": _extreme(max),
    "MIN": _extreme(min),
    "SUM": _extreme(sum),
}
