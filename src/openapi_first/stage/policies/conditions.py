"""The `Condition` of a statement.

AWS: reference_policies_elements_condition, reference_policies_condition-logic-multiple-context-
keys-or-values, reference_policies_condition-single-vs-multi-valued-context-keys (IAM).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from openapi_first.core.json_pointer import escaped
from openapi_first.stage.policies.errors import Report, nearest, quoted
from openapi_first.stage.policies.operators import OPERATORS, Test
from openapi_first.stage.policies.patterns import Keys
from openapi_first.stage.policies.values import boolean

_IF_EXISTS, _NULL = "IfExists", "Null"
_Set = Literal["ForAllValues", "ForAnyValue", ""]
_SETS: tuple[_Set, ...] = ("ForAllValues", "ForAnyValue")


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator. `key` is in lower case; any of `expected` may be the value."""

    key: str
    expected: tuple[Test, ...]
    negated: bool
    if_exists: bool
    of_set: _Set

    def holds(self, keys: Keys) -> bool:
        """Whether it holds for a request with these keys."""
        actual = keys.get(self.key, ())
        if not actual:
            if self.if_exists or self.of_set == "ForAllValues":
                return True
            return self.negated and not self.of_set
        hits = (any(test(value, keys) for test in self.expected) for value in actual)
        if self.of_set == "ForAllValues":
            return all(hit != self.negated for hit in hits)
        if self.of_set == "ForAnyValue":
            return any(hit != self.negated for hit in hits)
        return any(hits) != self.negated


@dataclass(frozen=True, slots=True)
class NullCondition:
    """Whether a key is absent, or with `absent` false that it is there."""

    key: str
    absent: frozenset[bool]

    def holds(self, keys: Keys) -> bool:
        """Whether it holds for a request with these keys."""
        return (not keys.get(self.key)) in self.absent


def read_conditions(
    value: object, pointer: str, report: Report, *, variables: bool
) -> tuple[Condition | NullCondition, ...]:
    """All of them must hold. What is wrong with the value is reported."""
    if value is None:
        return ()
    if not isinstance(value, dict):
        report(pointer, "must be an object of operators")
        return ()
    found: list[Condition | NullCondition] = []
    for name, keys in value.items():
        below = f"{pointer}/{escaped(str(name))}"
        if not isinstance(keys, dict):
            report(below, "must be an object of condition keys")
            continue
        for key, expected in keys.items():
            where = f"{below}/{escaped(str(key))}"
            texts = list(_texts(expected, where, report))
            read = _condition(str(name), str(key).lower(), texts, variables, report)
            if read is None:
                report(below, _unknown(str(name)))
                break
            found.append(read)
    return tuple(found)


def _condition(
    name: str, key: str, texts: list[tuple[str, str]], variables: bool, report: Report
) -> Condition | NullCondition | None:
    if name == _NULL:
        return NullCondition(key, frozenset(_flags(texts, report)))
    prefix, _, rest = name.rpartition(":")
    of_set: _Set = next((each for each in _SETS if each == prefix), "")
    operator = OPERATORS.get(rest.removesuffix(_IF_EXISTS))
    if operator is None or prefix != of_set:
        return None
    tests: list[Test] = []
    for where, text in texts:
        try:
            tests.append(operator.read(text, variables))
        except ValueError as error:
            report(where, f"{quoted(text)} {error}")
    return Condition(key, tuple(tests), operator.negated, rest.endswith(_IF_EXISTS), of_set)


def _flags(texts: list[tuple[str, str]], report: Report) -> Iterator[bool]:
    for where, text in texts:
        try:
            yield boolean(text)
        except ValueError as error:
            report(where, f"{quoted(text)} {error}")


def _texts(value: object, pointer: str, report: Report) -> Iterator[tuple[str, str]]:
    """Each expected value as a string, with its place."""
    listed = isinstance(value, list)
    for index, each in enumerate(value if isinstance(value, list) else [value]):
        where = f"{pointer}/{index}" if listed else pointer
        if isinstance(each, bool):
            yield where, str(each).lower()
        elif isinstance(each, (str, int, float)):
            yield where, str(each)
        else:
            report(where, f"{quoted(each)} is not a string, number or boolean")


def _unknown(name: str) -> str:
    known = [*OPERATORS, *(f"{each}{_IF_EXISTS}" for each in OPERATORS), _NULL]
    known += [f"{each}:{name}" for each in _SETS for name in OPERATORS]
    return f"{quoted(name)} is not a condition operator of IAM{nearest(name, known)}"
