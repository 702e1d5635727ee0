"""ECMA-262 regular expressions in the dialect of jsonschema_rs.

In OpenAPI 3.0 (§4.7.24.1) and JSON Schema (2020-12 §6.4), a `pattern` is an ECMA-262 regular
expression, in Unicode mode if possible. jsonschema_rs runs patterns with Rust's fancy-regex, which
differs in about twenty ways. A translation uses only syntax that means the same in both, and that
the library's own ECMA-262 adjustments do not change: sets are written out, and groups are numbered
only if a reference needs them.

Sections are those of ECMA-262, edition of 2023.
"""

from __future__ import annotations

from functools import lru_cache

from openapi_first.patterns.parser import Parser
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

_Path = tuple[tuple[Node, int], ...]
_SIGNS = {(0, None): "*", (1, None): "+", (0, 1): "?"}
_REPEAT_GROUP = "write the group again in place of the reference, or each alternative separately"


@lru_cache(maxsize=1024)  # a contract repeats its patterns
def to_rust(pattern: str) -> str:
    """The same expression for jsonschema_rs, to be searched for anywhere in a string.

    Raises PatternError for a pattern that is not ECMA-262 or cannot be translated exactly. Building
    a validator can still fail: the pattern is then too large, or names a script that the library
    does not know.
    """
    parser = Parser(pattern)
    tree = parser.parse()
    return _Writer(tree, parser.names).text


class _Writer:
    """Writes a tree in the library's syntax; only groups that are referred to get a number."""

    def __init__(self, tree: Alternation, names: dict[str, int]) -> None:
        self._names = names
        self._groups: dict[int, _Path] = {}
        self._references: list[tuple[Backreference, _Path]] = []
        self._survey(tree, ())
        self._needed = {
            reference: number
            for reference, path in self._references
            if (number := self._set_group(reference, path)) is not None
        }
        self._numbers: dict[int, int] = {}
        self.text = self._written(tree)

    def _survey(self, node: Node, path: _Path) -> None:
        if isinstance(node, Backreference):
            self._references.append((node, path))
        if isinstance(node, Look) and node.behind:
            _check_lookbehind(node)
        if isinstance(node, Group) and node.number is not None:
            self._groups[node.number] = path
        for index, child in enumerate(_children(node)):
            self._survey(child, (*path, (node, index)))

    def _set_group(self, reference: Backreference, path: _Path) -> int | None:
        """The group of a reference if it is always set there, None if it never is.

        In the second case the reference matches the empty string (§22.2.2.7.2), but fails in the
        library. Raises PatternError if the group is only sometimes set.
        """
        group = reference.group
        number = self._names[group] if isinstance(group, str) else group
        target = self._groups[number]
        if any(isinstance(node, Look) and node.behind for node, _ in (*path, *target)):
            raise PatternError(
                "a reference or its group is in a lookbehind, which ECMA-262 matches backwards",
                reference.position,
                "use a lookahead, or no reference",
            )
        shared = 0
        while shared < min(len(path), len(target)) and path[shared] == target[shared]:
            shared += 1
        if shared == len(target):
            return None  # the group is still open
        common, index = target[shared]
        if isinstance(common, Alternation) or path[shared][1] < index:
            return None  # in another branch, or further on: each repetition unsets both
        inside = [node for node, _ in target[shared + 1 :]]
        if any(isinstance(node, Look) and node.negative for node in inside):
            return None
        for node in inside:
            self._certainly_set(node, number, reference.position)
        return number

    def _certainly_set(self, node: Node, number: int, position: int) -> None:
        if isinstance(node, Repeat) and (node.low, node.high) != (1, 1):
            detail = f"group {number} is in a repetition, and a reference to it is not"
            raise PatternError(detail, position, _REPEAT_GROUP)
        if isinstance(node, Alternation) and len(node.branches) > 1:
            detail = f"group {number} is in one of several branches, so it may not be set here"
            raise PatternError(detail, position, _REPEAT_GROUP)
        if isinstance(node, Look):
            # The library backtracks into lookaheads, where §22.2.2.4 does not.
            detail = f"group {number} is in a lookahead, and a reference to it is not"
            raise PatternError(detail, position, "move the reference into the lookahead")

    def _written(self, node: Node) -> str:
        match node:
            case Characters(text) | Assertion(text):
                return text
            case Backreference():
                number = self._needed.get(node)
                # In a group, because a digit may follow.
                return "(?:)" if number is None else f"(?:\\{self._numbers[number]})"
            case Group(body, number) if number in self._needed.values():
                assert number is not None
                self._numbers[number] = len(self._numbers) + 1
                return f"({self._written(body)})"
            case Group(body):
                return f"(?:{self._written(body)})"
            case Look(body, opening):
                return f"{opening}{self._written(body)})"
            case Sequence(items):
                return "".join(map(self._written, items))
            case Alternation(branches):
                return "|".join(map(self._written, branches))
            case Repeat():
                return self._repeated(node)

    def _repeated(self, node: Repeat) -> str:
        if node.high == 0:
            return "(?:)"
        if self._is_empty(node.item):
            # The library cannot repeat these. By §22.2.2.3.1 an empty repetition beyond the lower
            # bound is dropped, and repeated or not, they match at the same place.
            return self._written(node.item) if node.low else "(?:)"
        bounds = (node.low, node.high)
        if bounds in _SIGNS:
            sign = _SIGNS[bounds]
        elif node.low == node.high:
            sign = f"{{{node.low}}}"
        else:
            sign = f"{{{node.low},{'' if node.high is None else node.high}}}"
        return self._written(node.item) + sign + ("?" if node.lazy else "")

    def _is_empty(self, node: Node) -> bool:
        """Whether the node only ever matches the empty string."""
        match node:
            case Characters():
                return False
            case Backreference():
                return node not in self._needed
            case Assertion() | Look():
                return True
            case Repeat(high=0):
                return True
        return all(map(self._is_empty, _children(node)))


def _check_lookbehind(node: Look) -> None:
    """Raise PatternError for a lookbehind that the library cannot run.

    It steps back by a fixed size, or runs an automaton backwards, which has no assertions except
    `^` and `$`; with other assertions and no fixed size, it would try only one size.
    """
    for branch in node.body.branches:
        if _size(branch) is None and _asserts(branch):
            raise PatternError(
                "a lookbehind has an assertion, and no fixed length",
                node.position,
                "remove the assertion, or what is optional or repeated",
            )


def _size(node: Node) -> int | None:
    """The number of code points the node matches; None if it is not fixed."""
    match node:
        case Characters():
            return 1
        case Assertion() | Look():
            return 0
        case Repeat(item, low, high):
            size = _size(item)
            return low * size if size is not None and (low == high or size == 0) else None
        case Sequence(items):
            sizes = list(map(_size, items))
            return None if None in sizes else sum(size or 0 for size in sizes)
        case Group(Alternation(branches)) | Alternation(branches):
            alternatives = set(map(_size, branches))
            return alternatives.pop() if len(alternatives) == 1 else None
    return None


def _asserts(node: Node) -> bool:
    if isinstance(node, Look) or (isinstance(node, Assertion) and node.text not in "^$"):
        return True
    return any(map(_asserts, _children(node)))


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Sequence(items):
            return items
        case Alternation(branches):
            return branches
        case Group(body) | Look(body):
            return (body,)
        case Repeat(item):
            return (item,)
    return ()
