"""Escapes and classes of ECMA-262 regular expressions (§22.2.1, CharacterEscape, ClassRanges)."""

from __future__ import annotations

import re

from openapi_first.patterns.code_points import CLASS_ESCAPES, CodePoints
from openapi_first.patterns.syntax_tree import PatternError

_CONTROLS = {"f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09, "v": 0x0B}
_SYNTAX = frozenset("^$\\.*+?()[]{}|/")
_HEX = re.compile(r"x([0-9A-Fa-f]{2})")
_UNIT = re.compile(r"u([0-9A-Fa-f]{4})")
_CODE = re.compile(r"u\{([0-9A-Fa-f]+)\}")
_TRAIL = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
_PROPERTY = re.compile(r"[pP]\{([^}]*)\}")
_REMEDIES = {
    "A": "write ^",
    "Z": "write $",
    "z": "write $",
    "a": "write \\x07",
    "e": "write \\x1b",
    "h": "write [ \\t]",
    "R": "write (?:\\r\\n|[\\n\\r])",
    "Q": "escape each character separately",
    "x": "write two hexadecimal digits after it",
    "u": "write four hexadecimal digits after it, or some in braces, up to 10ffff",
    "c": "write a letter from A to Z after it",
    "p": "write a property in braces, as in \\p{L} or \\p{Script=Greek}",
    "P": "write a property in braces, as in \\P{L} or \\P{Script=Greek}",
}


class Escapes:
    """Reads escapes and classes; `at` is the position in the pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self._annex_b: tuple[int, str] | None = None
        """The first syntax, with its position, that is only allowed without the `u` flag."""
        self._unicode: tuple[int, str] | None = None
        """The first syntax, with its position, that needs the `u` flag."""

    def take(self, text: str) -> bool:
        """Step over `text` if it comes next."""
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def note_annex_b(self, position: int, syntax: str) -> None:
        """Note syntax that only annex B allows."""
        self._annex_b = self._annex_b or (position, syntax)

    def refuse_mixture(self) -> None:
        """Raise PatternError for a pattern that mixes annex B and Unicode mode.

        Annex B is for patterns without the `u` flag, and there `\\p{L}` means "p{L}".
        """
        if self._annex_b and self._unicode:
            position, syntax = self._annex_b
            raise PatternError(
                f"{syntax} is only allowed outside Unicode mode, and {self._unicode[1]}"
                f" (position {self._unicode[0]}) only in it",
                position,
                "put a backslash before what is meant literally, and a - last in its class",
            )

    def set_escape(self) -> CodePoints | None:
        """The set of `\\d`, `\\p{…}` and similar escapes, if one comes next."""
        letter = self.pattern[self.at + 1 : self.at + 2]
        if letter in CLASS_ESCAPES:
            self.at += 2
            return CLASS_ESCAPES[letter]
        expression = _PROPERTY.match(self.pattern, self.at + 1)
        if expression is None:
            return None
        points = CodePoints.property(expression[1])
        if points is None:
            raise PatternError(
                f"{expression[1]!r} is not a property that ECMA-262 and the validator know",
                self.at,
                "names are exact, as in \\p{L}, \\p{Lowercase_Letter} or \\p{Script=Greek}",
            )
        self._unicode = self._unicode or (self.at, f"\\{letter}{{…}}")
        self.at = expression.end()
        return points if letter == "p" else points.negated()

    def character_escape(self, *, in_class: bool = False) -> int:
        """The code point of the escape that comes next; it may be a lone surrogate."""
        start = self.at
        self.at += 1
        letter = self.pattern[self.at : self.at + 1]
        if not letter:
            raise PatternError("a \\ escapes nothing", start, "write \\\\ for the character")
        if letter in _CONTROLS:
            self.at += 1
            return _CONTROLS[letter]
        if letter == "b" and in_class:
            self.at += 1
            return 0x08
        follower = self.pattern[self.at + 1 : self.at + 2]
        if letter == "c" and follower.isascii() and follower.isalpha():
            self.at += 2
            return ord(follower) % 32
        if letter == "0" and not (follower.isascii() and follower.isdigit()):
            self.at += 1
            return 0
        code = self._hexadecimal()
        return self._identity(start, in_class) if code is None else code

    def _hexadecimal(self) -> int | None:
        for form in (_HEX, _UNIT, _CODE):
            match = form.match(self.pattern, self.at)
            if match is None:
                continue
            code = int(match[1], 16)
            if code > 0x10FFFF:
                return None
            if form is _CODE:
                self._unicode = self._unicode or (self.at - 1, "\\u{…}")
            self.at = match.end()
            trail = _TRAIL.match(self.pattern, self.at)
            if form is _UNIT and 0xD800 <= code <= 0xDBFF and trail is not None:
                self.at = trail.end()
                return 0x10000 + ((code - 0xD800) << 10) + int(trail[1], 16) - 0xDC00
            return code
        return None

    def _identity(self, start: int, in_class: bool) -> int:
        character = self.pattern[self.at]
        if character.isalnum():
            octal = "write \\x and two hexadecimal digits for a code point"
            default = octal if character.isdigit() else f"write {character} without the \\"
            raise PatternError(
                f"\\{character} is not an escape of ECMA-262",
                start,
                _REMEDIES.get(character, default),
            )
        if character not in _SYNTAX and not (in_class and character == "-"):
            self.note_annex_b(start, f"\\{character}")
        self.at += 1
        return ord(character)

    def character_class(self) -> str:
        """The class that comes next, in the library's syntax."""
        start = self.at
        self.at += 1
        negated = self.take("^")
        points = CodePoints()
        while not self.take("]"):
            position = self.at
            low = self._class_atom(start)
            if not self.pattern.startswith("-", self.at) or self.pattern.startswith("-]", self.at):
                points |= _set(low)
                continue
            self.at += 1
            high = self._class_atom(start)
            if isinstance(low, int) and isinstance(high, int):
                if low > high:
                    text = self.pattern[position : self.at]
                    raise PatternError(f"the range {text} is empty", position, "swap its ends")
                points |= CodePoints.of((low, high))
            else:
                # B.1.2: next to a set, the - is a character.
                self.note_annex_b(position, f"{self.pattern[position : self.at]} in a class")
                points |= _set(low) | CodePoints.of((0x2D, 0x2D)) | _set(high)
        return points.to_rust(negated=negated)

    def _class_atom(self, start: int) -> int | CodePoints:
        if self.at >= len(self.pattern):
            raise PatternError(
                "a class is not closed", start, "close it, or write \\[ for the character"
            )
        if self.pattern[self.at] == "\\":
            points = self.set_escape()
            return self.character_escape(in_class=True) if points is None else points
        self.at += 1
        return ord(self.pattern[self.at - 1])


def _set(atom: int | CodePoints) -> CodePoints:
    return CodePoints.of((atom, atom)) if isinstance(atom, int) else atom
