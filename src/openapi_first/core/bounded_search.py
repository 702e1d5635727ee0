"""Searches strings by patterns in the dialect of jsonschema_rs, in bounded time."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs

_REPEATING = frozenset("*+{")
_TOKEN = re.compile(
    r"""\\[kg1-9](?P<reference>) | \(\?<?[=!](?P<around>) | \((?:\?[^:>)]*[:>])? | \)
        | \\[pPx]\{[^}]*\} | \\. | \[\^?\]?(?:[^\\\]\[]|\\.)*\] | .""",
    re.VERBOSE | re.DOTALL,
)
# A step takes some 50 ns. One that the linear engine repeats something in can look at every
# character that is left, at about 2 ns each. One search takes some 20 ms.
_STEPS = 250_000
_MOST_ROUNDS = 100_000  # those that lead to a match are not counted, and take some 100 ns
_STEPS_TIMES_CHARACTERS = 10_000_000
_MOST_STEPS = 10_000
_FEWEST_STEPS = 10
_NO_MATCH = jsonschema_rs.ValidationErrorKind.Pattern


class SearchLimitError(Exception):
    """A search was given up: whether the pattern matches is not known."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        super().__init__(f"the pattern {pattern!r} takes too many steps")


@dataclass(slots=True)
class Allowance:
    """The processor time left for several searches, in seconds; only backtracking uses it."""

    seconds: float


class BoundedSearch:
    """A compiled pattern.

    A search takes linear time. Look-around and back-references need backtracking, which is limited:
    no other thread of Python runs during a search.
    """

    def __init__(self, pattern: str) -> None:
        """Raises ValueError for a pattern that cannot be compiled."""
        self.pattern = pattern
        self._schema = {"pattern": pattern}
        self._linear: jsonschema_rs.Draft4Validator | None = None
        try:
            self._linear = _built(self._schema, jsonschema_rs.RegexOptions())
        except jsonschema_rs.ValidationError:
            self._backtracking = lru_cache(self._with_limit)
            self._long_steps, self._rounds = _repetitions(pattern)
            self._backtracking(self._steps(0))

    @property
    def is_linear(self) -> bool:
        """Whether every search takes linear time."""
        return self._linear is not None

    def finds(self, text: str, allowance: Allowance) -> bool:
        """Whether the pattern matches anywhere in `text`. Raises SearchLimitError."""
        if self._linear is not None:
            return self._linear.is_valid(text)
        if allowance.seconds <= 0 or (self._rounds and len(text) > _MOST_ROUNDS):
            raise SearchLimitError(self.pattern)
        started = time.thread_time()
        try:
            validator = self._backtracking(self._steps(len(text)))
            if validator.is_valid(text):
                return True
            error = next(validator.iter_errors(text))
        finally:
            allowance.seconds -= time.thread_time() - started
        if not isinstance(error.kind, _NO_MATCH):
            raise SearchLimitError(self.pattern)
        return False

    def _with_limit(self, steps: int) -> jsonschema_rs.Draft4Validator:
        return _built(self._schema, jsonschema_rs.FancyRegexOptions(backtrack_limit=steps))

    def _steps(self, length: int) -> int:
        """The limit for a string; one of a few, so that few engines are built."""
        if not self._long_steps:
            return _STEPS
        steps = _MOST_STEPS
        while steps > _FEWEST_STEPS and steps * length > _STEPS_TIMES_CHARACTERS:
            steps //= 2
        return steps


def _repetitions(pattern: str) -> tuple[bool, bool]:
    """Whether a step can look at many characters, and whether look-around is repeated.

    In `(?:(?!<script).)*` each round is a separate step, which looks at few characters. The
    linear engine repeats what has no look-around, within one step. Within look-around, rounds are
    not counted, and a back-reference can be as long as the string.
    """
    long_steps = rounds = False
    around: list[bool] = [False]  # whether each open group has look-around
    within: list[bool] = [False]  # whether it is in one
    repeatable = False  # whether the last token ends a group that has look-around
    for token in _TOKEN.finditer(pattern):
        text = token[0]
        ends = text == ")" and len(around) > 1
        if ends:
            repeatable = around.pop()
            within.pop()
            around[-1] = around[-1] or repeatable
        elif text[0] in _REPEATING:
            long_steps = long_steps or not repeatable or within[-1]
            rounds = rounds or repeatable
        elif text[0] == "(":
            around.append(token["around"] is not None)
            within.append(within[-1] or around[-1])
        elif token["reference"] is not None or text == "[":  # or a class that is not understood
            long_steps = True
        repeatable = ends and repeatable
    return long_steps, rounds


def _built(schema: dict[str, Any], options: Any) -> jsonschema_rs.Draft4Validator:
    return jsonschema_rs.Draft4Validator(schema, pattern_options=options)


bounded_search = lru_cache(maxsize=1024)(BoundedSearch)
"""The pattern, compiled once."""
