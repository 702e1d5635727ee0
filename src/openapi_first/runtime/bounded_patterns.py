"""Validates values by schemas whose patterns need backtracking: look-around and back-references.

The library matches such a pattern with a limit for each string, so a body of many strings would
take minutes; what exceeds the limit, it reports as no match. Here each string is searched
separately, and all searches of a request share one allowance. The library still decides what
follows from a match, so `not`, `if` and `oneOf` keep their meaning.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from openapi_first.core.bounded_search import Allowance, SearchLimitError, bounded_search
from openapi_first.runtime.request import served

SECONDS = 0.1
"""Processor time for the searches of one request; without one, of one block of `shared_time` or of
one value."""
_NATIVE_STEPS = 1_000_000
"""More than any search takes that `BoundedSearch` finishes."""
_CALL_S = 2e-6
_FASTEST_S = 5e-8
_NAMING = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
"""Keywords of schemas by name."""
_DEPENDENT = frozenset(
    {
        *("anyOf", "oneOf", "not", "if", "then", "else", "contains", "minContains", "maxContains"),
        *("unevaluatedItems", "unevaluatedProperties", "propertyNames"),
    }
)
"""Keywords whose errors depend on whether other schemas match."""


@dataclass(slots=True)
class Searches:
    """The searches of one request: what is left of their time, and what they found."""

    allowance: Allowance
    found: dict[tuple[str, str], bool] = field(default_factory=dict)

    def finds(self, pattern: str, text: str) -> bool:
        """Whether the pattern matches anywhere in the text. Raises SearchLimitError."""
        search = bounded_search(pattern)
        if search.is_linear:
            return search.finds(text, self.allowance)
        known = self.found.get((pattern, text))
        if known is None:
            known = self.found[pattern, text] = search.finds(text, self.allowance)
        return known


@dataclass(slots=True)
class _Validation:
    """One validation of a value; `undecided` is the first pattern that was given up."""

    searches: Searches
    undecided: str | None = None
    interruption: BaseException | None = None


_validation: ContextVar[_Validation] = ContextVar("validation")
_shared: ContextVar[Searches | None] = ContextVar("shared", default=None)


@contextmanager
def shared_time(seconds: float = SECONDS) -> Iterator[None]:
    """All values that are validated in the block share the time of one request."""
    token = _shared.set(Searches(Allowance(seconds)))
    try:
        yield
    finally:
        _shared.reset(token)


class _Pattern:
    """The keyword `pattern`: the library makes an error of what `validate` raises."""

    def __init__(self, _: Any, pattern: str, __: Any) -> None:
        self._pattern = pattern
        bounded_search(pattern)  # raises ValueError for one that cannot be compiled

    def validate(self, instance: Any) -> None:
        if not isinstance(instance, str):
            return
        validation = _validation.get()
        if validation.undecided is not None:
            return
        try:
            matches = validation.searches.finds(self._pattern, instance)
        except SearchLimitError:
            validation.undecided = self._pattern
            raise ValueError(undecided_detail(self._pattern)) from None
        except BaseException as error:  # the library would take Ctrl-C for a violation
            validation.interruption = error
            raise
        if not matches:
            raise ValueError(f'the value does not match "{self._pattern}"')


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str = "pattern"


@dataclass(frozen=True, slots=True)
class UndecidedError:
    """An error as the library has them; `undecided` is a pattern that was not decided in time."""

    message: str
    instance_path: list[str | int]
    schema_path: list[str | int]
    undecided: str
    kind: _Kind = _Kind()


class BoundedValidator:
    """A validator of jsonschema_rs, except that patterns which backtrack are bounded.

    A value with a string that could not be checked is not valid, and has an error with `undecided`.
    """

    def __init__(self, kind: Any, schema: Any, options: Mapping[str, Any]) -> None:
        """Raises ValueError for a pattern that cannot be compiled."""
        own = {**options, "keywords": {"pattern": _Pattern}}
        self._names: tuple[str, ...] = ()
        try:
            self._validator = kind(schema, pattern_options=jsonschema_rs.RegexOptions(), **own)
        except jsonschema_rs.ValidationError:
            limit = jsonschema_rs.FancyRegexOptions(backtrack_limit=_NATIVE_STEPS)
            self._validator = kind(schema, pattern_options=limit, **own)
            self._names = tuple(dict.fromkeys(_backtracking_names(schema)))

    def is_valid(self, value: Any) -> bool:
        """False also for a value with a string that could not be checked."""
        searches = _searches()
        if self._undecided_name(value, searches) is not None:
            return False
        valid, validation = _run(searches, self._validator.is_valid, value)
        return bool(valid) and validation.undecided is None

    def iter_errors(self, value: Any) -> Iterator[Any]:
        """The errors of a value. If a string could not be checked: the place of the first one, and
        the errors that do not depend on it."""
        searches = _searches()
        name = self._undecided_name(value, searches)
        if name is not None:
            yield UndecidedError(undecided_detail(name), [], ["patternProperties"], name)
            return
        errors, validation = _run(
            searches, lambda each: list(self._validator.iter_errors(each)), value
        )
        pattern = validation.undecided
        if pattern is None:
            yield from errors
            return
        detail = undecided_detail(pattern)
        places = [(e.instance_path, e.schema_path) for e in errors if e.message == detail]
        path, schema_path = places[0] if places else ([], ["pattern"])
        yield UndecidedError(detail, path, schema_path, pattern)
        for error in errors:
            if error.message != detail and not _is_dependent(error.schema_path):
                yield error

    def _undecided_name(self, value: Any, searches: Searches) -> str | None:
        """The pattern for names of properties that takes too long for the names in the value.

        The library matches them itself, and this finds out before whether it may: names are few,
        and counted as often as they are written.
        """
        if not self._names:
            return None
        names = Counter(_names(value))
        for pattern in self._names:
            for name, count in names.items():
                try:
                    _check_name(pattern, name, 2 * count, searches)
                except SearchLimitError:
                    return pattern
        return None


def _is_dependent(schema_path: list[str | int]) -> bool:
    """Whether an error below these keywords depends on what a pattern matches."""
    previous: str | int = ""
    for step in schema_path:
        if previous in _NAMING:
            previous = ""
            continue
        if step in _DEPENDENT:
            return True
        previous = step
    return False


def undecided_detail(pattern: str) -> str:
    """What the client reads of a string that could not be checked."""
    return f'the string could not be checked in time against the pattern "{pattern}"'


def _searches() -> Searches:
    request = served.get()
    if request is None:
        return _shared.get() or Searches(Allowance(SECONDS))
    if request.searches is None:
        request.searches = Searches(Allowance(SECONDS))
    return request.searches


def _run(searches: Searches, judge: Callable[[Any], Any], value: Any) -> tuple[Any, _Validation]:
    validation = _Validation(searches)
    token = _validation.set(validation)
    try:
        result = judge(value)
    finally:
        _validation.reset(token)
    if validation.interruption is not None:
        raise validation.interruption
    return result, validation


def _check_name(pattern: str, name: str, times: int, searches: Searches) -> None:
    """Raises SearchLimitError if the time that is left is not enough to match the name `times`."""
    known = (pattern, name) in searches.found
    started = time.thread_time()
    searches.finds(pattern, name)
    if known:
        return
    each = max(_FASTEST_S, time.thread_time() - started - _CALL_S)
    if each * times > searches.allowance.seconds:
        # The first search of a pattern, and an interrupted one, take longer.
        started = time.thread_time()
        bounded_search(pattern).finds(name, searches.allowance)
        each = min(each, max(_FASTEST_S, time.thread_time() - started - _CALL_S))
    searches.allowance.seconds -= each * times
    if searches.allowance.seconds <= 0:
        del searches.found[pattern, name]
        raise SearchLimitError(pattern)


def _names(value: Any) -> Iterator[str]:
    """The names of all properties in a value."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield from (name for name in each if isinstance(name, str))
            waiting.extend(each.values())
        elif isinstance(each, list | tuple):
            waiting.extend(each)


def _backtracking_names(schema: Any) -> Iterator[str]:
    """The patterns for names of properties that need backtracking."""
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            waiting.extend(each.values())
            names = each.get("patternProperties")
            for pattern in names if isinstance(names, dict) else ():
                try:
                    if not bounded_search(pattern).is_linear:
                        yield pattern
                except ValueError:
                    continue  # a property has this name, and its schema has keywords
