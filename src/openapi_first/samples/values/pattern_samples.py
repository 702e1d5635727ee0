"""Strings for a regular expression, written from its syntax tree; the same for the same seed.

No engine searches them here: a pattern that takes one exponential time takes none in writing.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import jsonschema_rs

from openapi_first.patterns.parser import Parser
from openapi_first.patterns.syntax_tree import (
    Alternation,
    Backreference,
    Characters,
    Group,
    Look,
    Node,
    PatternError,
    Repeat,
    Sequence,
)

_MORE = 3
"""Repetitions beyond the fewest."""
_STRETCHED = 0.7
"""How often a part is repeated as often as a length needs."""
_LONGEST = 20_000
_LETTERS = tuple(
    map(chr, (*range(ord("a"), ord("z") + 1), *range(0x20, 0x7F), 9, 10, 0xE9, 0x65E5))
)


class _TooLong(Exception):
    """The string has more than `_LONGEST` characters."""


def matching(
    pattern: str, rng: random.Random, least: int = 0, most: int | None = None
) -> Iterator[str]:
    """Strings that are likely to match an ECMA-262 pattern, of a few the short ones first; none for
    a pattern that cannot be read. The caller validates them: look-around is only guessed. Those of
    at least `least` and at most `most` characters are preferred."""
    try:
        tree, names = _parsed(pattern)
    except (PatternError, RecursionError):
        return
    for tries, more in ((4, _MORE), *_longer(least), (16, _MORE), (16, 0), (64, 2 * _MORE)):
        found: dict[str, None] = {}
        for _ in range(tries):
            with contextlib.suppress(_TooLong):
                found["".join(_Writer(rng, names, more).written(tree))] = None

        def rank(value: str) -> tuple[bool, bool, int, str]:
            fits = least <= len(value) and (most is None or len(value) <= most)
            return not fits, not value, len(value), value

        yield from sorted(found, key=rank)


def _longer(least: int) -> Iterator[tuple[int, int]]:
    """Numbers of tries, with repetitions beyond the fewest that may reach the length."""
    for share in (1, 2, 3, 4) if least > _MORE else ():
        yield 4, -(-least // share)


@lru_cache(maxsize=1000)
def _parsed(pattern: str) -> tuple[Alternation, dict[str, int]]:
    parser = Parser(pattern)
    return parser.parse(), parser.names


class _Writer:
    """Writes one string, by chance."""

    def __init__(self, rng: random.Random, names: dict[str, int], more: int = _MORE) -> None:
        self._rng = rng
        self._more = more
        self._names = names
        self._groups: dict[int, list[str]] = {}
        self._left = _LONGEST
        self._guesses = rng.random() < 0.5
        """Whether the text of a lookahead is written too, in the hope that it fits."""

    def written(self, node: Node) -> list[str]:
        """The parts of the string. Raises _TooLong."""
        if isinstance(node, Characters):
            return self._character(node.text)
        if isinstance(node, Alternation):
            return self.written(self._rng.choice(node.branches))
        if isinstance(node, Sequence):
            return [part for item in node.items for part in self.written(item)]
        if isinstance(node, Repeat):
            high = node.low + self._more
            high = high if node.high is None else min(node.high, high)
            low = high if self._more > _MORE and self._rng.random() < _STRETCHED else node.low
            count = self._rng.randint(low, high)
            self._spend(count)
            return [part for _ in range(count) for part in self.written(node.item)]
        if isinstance(node, Group):
            parts = self.written(node.body)
            if node.number is not None:
                self._groups[node.number] = parts
            return parts
        if isinstance(node, Backreference):
            number = node.group if isinstance(node.group, int) else self._names[node.group]
            parts = self._groups.get(number, [])
            self._spend(len(parts))
            return parts
        if isinstance(node, Look):
            return self.written(node.body) if self._guesses and not node.negative else []
        return []

    def _character(self, text: str) -> list[str]:
        self._spend(1)
        allowed = _allowed(text)
        return [self._rng.choice(allowed)] if allowed else []

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise _TooLong


@lru_cache(maxsize=1000)
def _allowed(text: str) -> tuple[str, ...]:
    """The characters of a set, in the library's syntax, among some that are usual."""
    schema: dict[str, Any] = {"pattern": f"^(?:{text})$"}
    try:
        one = jsonschema_rs.Draft4Validator(schema, pattern_options=jsonschema_rs.RegexOptions())
    except jsonschema_rs.ValidationError:
        return ()
    return tuple(letter for letter in dict.fromkeys(_LETTERS) if one.is_valid(letter))
