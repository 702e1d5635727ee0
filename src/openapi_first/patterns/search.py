"""Searches strings for ECMA-262 patterns, in bounded time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs

from openapi_first.patterns.syntax_tree import PatternError
from openapi_first.patterns.to_rust import to_rust

# A step can look at every character that is left, at about 2 ns each: one search takes some 20 ms.
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


class Search:
    """A compiled pattern.

    A search takes linear time. Look-around and back-references need backtracking, which is limited:
    no other thread of Python runs during a search.
    """

    def __init__(self, pattern: str) -> None:
        """Raises PatternError for a pattern that cannot be compiled."""
        self._pattern = pattern
        self._schema = {"pattern": to_rust(pattern)}
        self._linear: jsonschema_rs.Draft4Validator | None = None
        try:
            self._linear = _built(self._schema, jsonschema_rs.RegexOptions())
        except jsonschema_rs.ValidationError:
            self._backtracking = lru_cache(self._with_limit)
            try:
                self._backtracking(_MOST_STEPS)
            except jsonschema_rs.ValidationError as error:
                detail = "it is too large, or names an unknown script"
                raise PatternError(detail, 0, "make it smaller, or correct the name") from error

    def finds(self, text: str, allowance: Allowance) -> bool:
        """Whether the pattern matches anywhere in `text`. Raises SearchLimitError."""
        if self._linear is not None:
            return self._linear.is_valid(text)
        if allowance.seconds <= 0:
            raise SearchLimitError(self._pattern)
        started = time.thread_time()
        try:
            error = next(self._backtracking(_steps(len(text))).iter_errors(text), None)
        finally:
            allowance.seconds -= time.thread_time() - started
        if error is not None and not isinstance(error.kind, _NO_MATCH):
            raise SearchLimitError(self._pattern)
        return error is None

    def _with_limit(self, steps: int) -> jsonschema_rs.Draft4Validator:
        return _built(self._schema, jsonschema_rs.FancyRegexOptions(backtrack_limit=steps))


def _built(schema: dict[str, Any], options: Any) -> jsonschema_rs.Draft4Validator:
    return jsonschema_rs.Draft4Validator(schema, pattern_options=options)


def _steps(length: int) -> int:
    """The limit for a string, a power of ten so that few engines are built."""
    steps = _MOST_STEPS
    while steps > _FEWEST_STEPS and steps * length > _STEPS_TIMES_CHARACTERS:
        steps //= 10
    return steps


search_for = lru_cache(maxsize=1024)(Search)
"""The pattern, compiled once."""
