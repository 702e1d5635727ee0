"""Parses regular expressions by the grammar of ECMA-262 (§22.2.1 with the `u` flag).

Of annex B.1.2, which browsers add for the web, it reads what patterns in use need: a bare `]`, `{`
or `}`, escaped punctuation, `[\\w-.]`, and a quantifier after a lookahead.
"""

from __future__ import annotations

import re

from openapi_first.patterns.code_points import DOT, WORD, CodePoints
from openapi_first.patterns.escapes import Escapes
from openapi_first.patterns.syntax_tree import (
    Alternation,
    Assertion,
    Backreference,
    Characters,
    Group,
    Look,
    Node,
    PatternError,
    Repeat,
    Sequence,
)

_DEEPEST = 50  # the library's limit is 64, and some translations nest twice
_QUANTIFIER = re.compile(r"(?:([*+?])|\{([0-9]+)(?:(,)([0-9]*))?\})(\??)")
_BOUNDS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_NUMBER = re.compile(r"[1-9][0-9]*")
_NAME = re.compile(r"<([^>]*)>")
_DOT = DOT.negated().to_rust(negated=True)
_IN_WORD = WORD.to_rust()
# §22.2.2.4: ASCII only, while the library's own `\b` knows the letters of every script.
_BOUNDARY = f"(?:(?<={_IN_WORD})(?!{_IN_WORD})|(?<!{_IN_WORD})(?={_IN_WORD}))"
_NO_BOUNDARY = f"(?:(?<={_IN_WORD})(?={_IN_WORD})|(?<!{_IN_WORD})(?!{_IN_WORD}))"
_FOREIGN_GROUPS = {
    "P": "write (?<name>…) and \\k<name>",
    ">": "atomic groups are not ECMA-262; write (?:…)",
    "#": "comments are not ECMA-262; remove it",
    "|": "branch resets are not ECMA-262; write (?:…)",
    "R": "recursion is not ECMA-262",
}


class Parser(Escapes):
    """Reads one pattern; `parse` returns its tree."""

    def __init__(self, pattern: str) -> None:
        # A pair of surrogates in the pattern is one code point, as in JavaScript.
        super().__init__(
            pattern.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        )
        self._depth = 0
        self._groups = 0
        self._references: list[Backreference] = []
        self.names: dict[str, int] = {}

    def parse(self) -> Alternation:
        """The tree of the pattern. Raises PatternError."""
        tree = self._alternation()
        if self.at < len(self.pattern):
            raise PatternError("a ) closes nothing", self.at, "write \\) for the character")
        for reference in self._references:
            self._check(reference)
        self.refuse_mixture()
        return tree

    def _check(self, reference: Backreference) -> None:
        group, position = reference.group, reference.position
        if isinstance(group, str) and group not in self.names:
            raise PatternError(f"no group is named {group!r}", position, "name a group: (?<name>…)")
        if isinstance(group, int) and group > self._groups:
            raise PatternError(
                f"there is no group {group}",
                position,
                "count groups from 1; for a code point, write \\x and two hexadecimal digits",
            )

    def _alternation(self) -> Alternation:
        branches = [self._sequence()]
        while self.take("|"):
            branches.append(self._sequence())
        return Alternation(tuple(branches))

    def _sequence(self) -> Sequence:
        items: list[Node] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            items.append(self._term())
        return Sequence(tuple(items))

    def _term(self) -> Node:
        start = self.at
        atom = self._atom()
        quantifier = _QUANTIFIER.match(self.pattern, self.at)
        if quantifier is None:
            return atom
        if isinstance(atom, Assertion) or (isinstance(atom, Look) and atom.behind):
            text = self.pattern[start : self.at]
            raise PatternError(f"{text} cannot be repeated", self.at, "remove the quantifier")
        if isinstance(atom, Look):
            self.note_annex_b(start, "a quantifier after a lookahead")
        self.at = quantifier.end()
        sign, low, comma, high, lazy = quantifier.groups()
        bounds = _BOUNDS[sign] if sign else (int(low), _high(low, comma, high))
        if bounds[1] is not None and bounds[0] > bounds[1]:
            raise PatternError(
                f"the numbers in {quantifier[0]} are out of order", quantifier.start(), "swap them"
            )
        return Repeat(atom, *bounds, lazy=bool(lazy))

    def _atom(self) -> Node:
        start, character = self.at, self.pattern[self.at]
        if character == "(":
            return self._group()
        if character == "[":
            return Characters(self.character_class())
        if character == "\\":
            return self._escape()
        if _QUANTIFIER.match(self.pattern, start):
            raise PatternError(
                f"{character} repeats nothing",
                start,
                f"write \\{character} for the character; possessive quantifiers are not ECMA-262",
            )
        self.at += 1
        if character in "^$":
            return Assertion(character)
        if character == ".":
            return Characters(_DOT)
        if character in "]{}":
            self.note_annex_b(start, f"a bare {character}")
        return Characters(CodePoints.one(ord(character)))

    def _escape(self) -> Node:
        start = self.at
        follower = self.pattern[start + 1 : start + 2]
        if follower in ("b", "B"):
            self.at += 2
            return Assertion(_BOUNDARY if follower == "b" else _NO_BOUNDARY)
        if follower == "k":
            name = _NAME.match(self.pattern, start + 2)
            if name is None:
                raise PatternError("\\k names no group", start, "write \\k<name>, or k")
            self.at = name.end()
            return self._reference(name[1], start)
        digits = _NUMBER.match(self.pattern, start + 1)
        if digits is not None:
            self.at = digits.end()
            return self._reference(int(digits[0]), start)
        points = self.set_escape()
        if points is not None:
            return Characters(points.to_rust())
        return Characters(CodePoints.one(self.character_escape()))

    def _reference(self, group: int | str, position: int) -> Backreference:
        # A group may follow its references, so they are checked at the end.
        reference = Backreference(group, position)
        self._references.append(reference)
        return reference

    def _group(self) -> Node:
        start = self.at
        self._depth += 1
        if self._depth > _DEEPEST:
            raise PatternError(
                f"more than {_DEEPEST} nested groups", start, "split the pattern (allOf)"
            )
        self.at += 1
        for opening in ("?:", "?=", "?!", "?<=", "?<!"):
            if self.take(opening):
                body = self._body(start)
                return Group(body, None) if opening == "?:" else Look(body, "(" + opening, start)
        if self.pattern.startswith("?<", self.at):
            self._name(start)
        elif self.pattern.startswith("?", self.at):
            raise self._foreign_group(start)
        self._groups += 1
        number = self._groups
        return Group(self._body(start), number)

    def _body(self, start: int) -> Alternation:
        body = self._alternation()
        if not self.take(")"):
            raise PatternError(
                "a group is not closed", start, "close it, or write \\( for the character"
            )
        self._depth -= 1
        return body

    def _name(self, start: int) -> None:
        match = _NAME.match(self.pattern, self.at + 1)
        name = match[1] if match else ""
        if match is None or not name.replace("$", "_").isidentifier():
            raise PatternError("a group has no valid name", start, "write (?<name>…)")
        if name in self.names:
            raise PatternError(f"two groups are named {name!r}", start, "name them differently")
        self.names[name] = self._groups + 1
        self.at = match.end()

    def _foreign_group(self, start: int) -> PatternError:
        kind = self.pattern[start + 2 : start + 3]
        remedy = _FOREIGN_GROUPS.get(kind, "spell both cases out, as in [Aa]; . is never a newline")
        return PatternError(f"(?{kind} is not a group of ECMA-262", start, remedy)


def _high(low: str, comma: str | None, high: str | None) -> int | None:
    if not comma:
        return int(low)
    return int(high) if high else None
