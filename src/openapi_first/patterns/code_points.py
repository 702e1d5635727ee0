"""The sets of code points of ECMA-262's classes, written for Rust's `regex`.

Every set is written out: the library's own `\\d`, `\\w`, `\\s` and `.` mean other sets, and its
classes have set operations (`&&`, `--`, `~~`, nested brackets) that ECMA-262 does not have.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openapi_first.patterns.unicode_properties import (
    BINARY_PROPERTIES,
    GENERAL_CATEGORIES,
    is_script,
)

_LAST = 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)
_SYNTAX = frozenset("\\^$.*+?()[]{}|")
_CLASS_SYNTAX = frozenset("\\]^[-&~")

Ranges = tuple[tuple[int, int], ...]


def _normalised(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Sorted, merged where they touch, and without surrogates, which no string here has."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(_without_surrogates(ranges)):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _without_surrogates(ranges: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    first, last = _SURROGATES
    for low, high in ranges:
        if low < first:
            yield low, min(high, first - 1)
        if high > last:
            yield max(low, last + 1), high


def _complement(ranges: Ranges) -> Ranges:
    inverse, start = [], 0
    for low, high in ranges:
        if low > start:
            inverse.append((start, low - 1))
        start = high + 1
    if start <= _LAST:
        inverse.append((start, _LAST))
    return _normalised(inverse)


def _literal(code: int, syntax: frozenset[str]) -> str:
    """One code point, in syntax that ECMA-262 has too: for draft 4 the library also checks the
    translated pattern against its own ECMA-262 syntax, which has no `\\x{…}`."""
    character = chr(code)
    if character in syntax:
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"


@dataclass(frozen=True, slots=True)
class CodePoints:
    """A set of code points: ranges, and properties in the library's syntax."""

    ranges: Ranges = ()
    properties: tuple[str, ...] = ()

    @classmethod
    def of(cls, *ranges: tuple[int, int]) -> CodePoints:
        """The code points of ranges, ends included."""
        return cls(_normalised(ranges))

    @classmethod
    def property(cls, expression: str) -> CodePoints | None:
        """The set of `\\p{…}` (ECMA-262 §22.2.1), from what is between the braces; None if unknown.

        Names are exact in ECMA-262, while the library accepts any case and spacing.
        """
        name, equals, value = expression.partition("=")
        if equals and name in ("Script", "sc", "Script_Extensions", "scx"):
            key = "sc" if name in ("Script", "sc") else "scx"
            return cls((), (f"\\p{{{key}={value}}}",)) if is_script(value) else None
        category = value if name in ("General_Category", "gc") else expression
        if category in GENERAL_CATEGORIES:
            # No string has surrogates, and the library does not have this category.
            surrogates = GENERAL_CATEGORIES[category] == "Cs"
            return NOTHING if surrogates else cls((), (f"\\p{{gc={category}}}",))
        if equals or expression not in BINARY_PROPERTIES:
            return None
        if expression == "Any":
            return ANY
        if expression == "ASCII":
            return cls.of((0, 0x7F))
        if expression == "Assigned":
            return cls((), ("\\P{gc=Cn}",))
        return cls((), (f"\\p{{{BINARY_PROPERTIES[expression]}}}",))

    @staticmethod
    def one(code: int) -> str:
        """One code point in the library's syntax, outside a class; surrogates never match."""
        first, last = _SURROGATES
        return NOTHING.to_rust() if first <= code <= last else _literal(code, _SYNTAX)

    def __or__(self, other: CodePoints) -> CodePoints:
        return CodePoints(
            _normalised(self.ranges + other.ranges),
            tuple(dict.fromkeys(self.properties + other.properties)),
        )

    def negated(self) -> CodePoints:
        """All other code points. The set must be one property, or ranges only."""
        if not self.properties:
            return CodePoints(_complement(self.ranges))
        assert not self.ranges
        (name,) = self.properties
        return CodePoints((), (("\\P" if name.startswith("\\p") else "\\p") + name[2:],))

    def to_rust(self, *, negated: bool = False) -> str:
        """The set, or all other code points, as one class."""
        if negated and not self.properties:
            # `^` before an empty or a full class would be an error.
            inverse = self.negated()
            if not inverse.ranges or inverse.ranges == ANY.ranges:
                return inverse.to_rust()
        if not self.ranges and not self.properties:
            return f"[^\\x00-\\u{{{_LAST:x}}}]"
        if self.ranges == ANY.ranges and not negated:
            return f"[\\x00-\\u{{{_LAST:x}}}]"
        pieces = [_range(low, high) for low, high in self.ranges]
        return f"[{'^' if negated else ''}{''.join(pieces)}{''.join(self.properties)}]"


def _range(low: int, high: int) -> str:
    first, last = _literal(low, _CLASS_SYNTAX), _literal(high, _CLASS_SYNTAX)
    if low == high:
        return first
    return first + last if high == low + 1 else f"{first}-{last}"


NOTHING = CodePoints()
ANY = CodePoints.of((0, _LAST))
_DIGITS = CodePoints.of((0x30, 0x39))
WORD = CodePoints.of((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
# §22.2.2.9: WhiteSpace (table 35: also U+FEFF and every Space_Separator) and LineTerminator.
_SPACE = CodePoints.of(
    *((code, code) for code in (0x20, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F)),
    *((0x09, 0x0D), (0x2000, 0x200A), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
# §22.2.2.7: all except the LineTerminators.
DOT = CodePoints.of((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)).negated()
CLASS_ESCAPES = {
    "d": _DIGITS,
    "D": _DIGITS.negated(),
    "w": WORD,
    "W": WORD.negated(),
    "s": _SPACE,
    "S": _SPACE.negated(),
}
