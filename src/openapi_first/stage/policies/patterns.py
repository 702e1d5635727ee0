"""Strings of a policy with wildcards and policy variables.

AWS: reference_policies_elements_resource, reference_policies_variables (IAM).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

Keys = Mapping[str, tuple[str, ...]]
"""The values of a request's condition keys, by the key's name in lower case."""

_VARIABLE = re.compile(
    r"\$\{(?:(?P<special>[*?$])|(?P<key>[\w+=,.@:/-]+)\s*(?:,\s*'(?P<default>[^']*)')?)\}"
)


class Wildcard(Enum):
    ANY = auto()
    """`*`, any number of characters."""
    ONE = auto()
    """`?`, one character."""


@dataclass(frozen=True, slots=True)
class Variable:
    """`${key}`; `default` is what it stands for without a value."""

    key: str
    default: str | None = None


_Expanded = tuple[str | Wildcard, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A string of a policy. `parts` are literals, wildcards and variables."""

    parts: tuple[str | Wildcard | Variable, ...]

    @property
    def has_variables(self) -> bool:
        return any(isinstance(part, Variable) for part in self.parts)

    def expanded(self, keys: Keys) -> _Expanded | None:
        """The pattern for one request; None if a variable has no single value."""
        out: list[str | Wildcard] = []
        for part in self.parts:
            if isinstance(part, Variable):
                values = keys.get(part.key, ())
                value = values[0] if len(values) == 1 else part.default
                if len(values) > 1 or value is None:
                    return None
                out.append(value)
            else:
                out.append(part)
        return tuple(out)

    def matches(self, value: str, keys: Keys) -> bool:
        """Whether it covers a value. Without a value for a variable it covers none."""
        expanded = self.expanded(keys)
        return expanded is not None and matches(expanded, value)

    def equals(self, value: str, keys: Keys, *, ignore_case: bool = False) -> bool:
        """The same for operators in which a wildcard is a character like others."""
        expanded = self.expanded(keys)
        if expanded is None:
            return False
        text = "".join(_SIGNS[part] if isinstance(part, Wildcard) else part for part in expanded)
        return text.casefold() == value.casefold() if ignore_case else text == value


_WILDCARDS = {"*": Wildcard.ANY, "?": Wildcard.ONE}
_SIGNS = {wildcard: sign for sign, wildcard in _WILDCARDS.items()}


def read_pattern(text: str, *, variables: bool) -> Pattern:
    """The pattern that a policy writes as `text`; `variables` are of the version 2012-10-17."""
    parts: list[str | Wildcard | Variable] = []
    position = 0
    for found in _VARIABLE.finditer(text) if variables else ():
        parts += _literals(text[position : found.start()])
        position = found.end()
        special = found["special"]
        parts.append(special if special else Variable(found["key"].lower(), found["default"]))
    parts += _literals(text[position:])
    return Pattern(tuple(parts))


def _literals(text: str) -> list[str | Wildcard]:
    pieces = (piece for piece in re.split(r"([*?])", text) if piece)
    return [_WILDCARDS.get(piece, piece) for piece in pieces]


@lru_cache(1024)
def _pieces(pattern: _Expanded) -> tuple[tuple[re.Pattern[str], int], ...]:
    """What is between two `*` of a pattern; each match has as many characters as the number."""
    found: list[tuple[list[str], int]] = [([], 0)]
    for part in pattern:
        if part is Wildcard.ANY:
            found.append(([], 0))
            continue
        sources, length = found[-1]
        literal = part if isinstance(part, str) else "."
        sources.append(re.escape(literal) if isinstance(part, str) else ".")
        found[-1] = (sources, length + len(literal))
    return tuple((re.compile("".join(sources), re.DOTALL), length) for sources, length in found)


def matches(pattern: _Expanded, value: str) -> bool:
    """Takes each piece where it comes first, so that no number of `*` needs backtracking."""
    (first, length), *others = _pieces(pattern)
    if not others:
        return first.fullmatch(value) is not None
    *middle, (last, last_length) = others
    at, end = length, len(value) - last_length
    if at > end or not (first.match(value) and last.match(value, end)):
        return False
    for each, _ in middle:
        found = each.search(value, at, end)
        if found is None:
            return False
        at = found.end()
    return True


def parts_of_arn(pattern: _Expanded) -> list[_Expanded]:
    """A pattern split at its first five colons: the six parts of an ARN."""
    parts: list[list[str | Wildcard]] = [[]]
    for part in pattern:
        if isinstance(part, Wildcard):
            parts[-1].append(part)
            continue
        first, *others = part.split(":", 6 - len(parts))
        parts[-1].append(first)
        parts += [[other] for other in others]
    return [tuple(part) for part in parts]
