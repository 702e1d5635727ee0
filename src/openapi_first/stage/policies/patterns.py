"""Strings of a policy with wildcards and policy variables.

AWS: reference_policies_elements_resource, reference_policies_variables (IAM).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

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


def _pieces(pattern: _Expanded) -> list[tuple[_Expanded, int]]:
    """What is between two `*` of a pattern; each covers as many characters as the number."""
    parts: list[list[str | Wildcard]] = [[]]
    for part in pattern:
        if part is Wildcard.ANY:
            parts.append([])
        else:
            parts[-1].append(part)
    return [(tuple(each), sum(map(_length, each))) for each in parts]


def _length(part: str | Wildcard) -> int:
    return len(part) if isinstance(part, str) else 1


def _begins(piece: _Expanded, value: str, at: int) -> bool:
    """Whether a piece is at a place of a value that has enough characters."""
    for part in piece:
        if isinstance(part, str) and not value.startswith(part, at):
            return False
        at += _length(part)
    return True


def _found(piece: _Expanded, length: int, value: str, at: int, end: int) -> int:
    """Where a piece comes first, -1 if nowhere."""
    if len(piece) == 1 and isinstance(piece[0], str):
        return value.find(piece[0], at, end)
    starts = range(at, end - length + 1)
    return next((start for start in starts if _begins(piece, value, start)), -1)


def matches(pattern: _Expanded, value: str) -> bool:
    """Takes each piece where it comes first, so that no number of `*` needs backtracking."""
    (first, length), *others = _pieces(pattern)
    if length > len(value) or not _begins(first, value, 0):
        return False
    if not others:
        return length == len(value)
    *middle, (last, last_length) = others
    at, end = length, len(value) - last_length
    if at > end or not _begins(last, value, end):
        return False
    for each, length in middle:
        at = _found(each, length, value, at, end)
        if at < 0:
            return False
        at += length
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
