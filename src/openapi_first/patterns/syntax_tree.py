"""The syntax tree of an ECMA-262 regular expression (§22.2.1)."""

from __future__ import annotations

from dataclasses import dataclass


class PatternError(ValueError):
    """A pattern that is not ECMA-262, or that cannot be written in the validator's dialect.

    `position` counts code points from 0; `remedy` says what to write instead.
    """

    def __init__(self, detail: str, position: int, remedy: str) -> None:
        self.detail, self.position, self.remedy = detail, position, remedy
        super().__init__(f"{detail} at position {position}: {remedy}")


@dataclass(frozen=True, slots=True)
class Characters:
    """One code point of a set; `text` is already in the library's syntax."""

    text: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """`^`, `$`, `\\b` or `\\B`; `text` is already in the library's syntax."""

    text: str


@dataclass(frozen=True, slots=True)
class Backreference:
    """`\\1` or `\\k<name>`; `position` is where it is in the pattern."""

    group: int | str
    position: int


@dataclass(frozen=True, slots=True)
class Group:
    """`(…)` with its number, `(?:…)` without."""

    body: Alternation
    number: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """A lookahead or lookbehind; `opening` is `(?=`, `(?!`, `(?<=` or `(?<!`."""

    body: Alternation
    opening: str
    position: int

    @property
    def behind(self) -> bool:
        return "<" in self.opening

    @property
    def negative(self) -> bool:
        """Groups in a negative one are never set after it."""
        return "!" in self.opening


@dataclass(frozen=True, slots=True)
class Repeat:
    """A quantified part; `high` is None without an upper bound."""

    item: Node
    low: int
    high: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts that follow each other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    """Branches, tried from left to right."""

    branches: tuple[Sequence, ...]


Node = Characters | Assertion | Backreference | Group | Look | Repeat | Sequence | Alternation
