"""ECMA-262 regular expressions in the dialect of jsonschema_rs.

OpenAPI 3.0 (§4.7.24.1) and JSON Schema (2020-12 §6.4) give `pattern` the meaning ECMA-262 gives
it, Unicode mode where it can be had; jsonschema_rs runs patterns on Rust's fancy-regex, which
differs in a score of places. A translation uses only what both the library and its own
ECMA-262 adjustments leave alone: sets are spelt out, groups are numbered only if referred to.

Sections are those of ECMA-262's edition of 2023.
"""

from __future__ import annotations

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
_NUMBER_THEM = "repeat what the group says, or say the alternatives as separate branches"


def to_rust(pattern: str) -> str:
    """The same expression for jsonschema_rs, to be searched for anywhere in a text.

    Raises PatternError for what is not ECMA-262 or cannot be said exactly. Limits of size are the
    library's: what builds no validator is too large, or refers to a script it does not know.
    """
    parser = Parser(pattern)
    tree = parser.parse()
    return _Writer(tree, parser.names).text


class _Writer:
    """Writes a tree, once it is known which groups need a number."""

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
            _hold_lookbehind(node)
        if isinstance(node, Group) and node.number is not None:
            self._groups[node.number] = path
        for index, child in enumerate(_children(node)):
            self._survey(child, (*path, (node, index)))

    def _set_group(self, reference: Backreference, path: _Path) -> int | None:
        """The group that is certainly set where the reference stands; None if it certainly is not:
        then the reference matches the empty text (§22.2.2.7.2), where the library has it fail."""
        group = reference.group
        number = self._names[group] if isinstance(group, str) else group
        target = self._groups[number]
        if any(isinstance(node, Look) and node.behind for node, _ in (*path, *target)):
            raise PatternError(
                "a reference or its group in a lookbehind, which ECMA-262 reads backwards",
                reference.position,
                "say it with a lookahead, or without the reference",
            )
        shared = 0
        while shared < min(len(path), len(target)) and path[shared] == target[shared]:
            shared += 1
        if shared == len(target):
            return None  # the group is still open
        common, index = target[shared]
        if isinstance(common, Alternation) or path[shared][1] < index:
            return None  # another branch, or a group further on: each repetition unsets both
        inside = [node for node, _ in target[shared + 1 :]]
        if any(isinstance(node, Look) and node.negative for node in inside):
            return None
        for node in inside:
            self._certainly_set(node, number, reference.position)
        return number

    def _certainly_set(self, node: Node, number: int, position: int) -> None:
        if isinstance(node, Repeat) and (node.low, node.high) != (1, 1):
            detail = f"group {number} is in a repetition that a reference to it is not in"
            raise PatternError(detail, position, _NUMBER_THEM)
        if isinstance(node, Alternation) and len(node.branches) > 1:
            detail = f"group {number} is in one branch of several, so it may not be set here"
            raise PatternError(detail, position, _NUMBER_THEM)
        if isinstance(node, Look):
            # The library backtracks into lookaheads, where §22.2.2.4 does not.
            detail = f"group {number} is in a lookahead that a reference to it is not in"
            raise PatternError(detail, position, "take the reference into the lookahead")

    def _written(self, node: Node) -> str:
        match node:
            case Characters(text) | Assertion(text):
                return text
            case Backreference():
                number = self._needed.get(node)
                # In a group, lest a digit follow.
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
            # The library cannot repeat these. §22.2.2.3.1 drops repetitions of nothing beyond the
            # least number, and repeated or not, they hold at the same place.
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
        """Whether all that the node ever matches is the empty text."""
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


def _hold_lookbehind(node: Look) -> None:
    """The library steps back by a size or runs an automaton backwards, which asserts no more than
    `^` and `$`. For both at once it tries one size alone."""
    for branch in node.body.branches:
        if _size(branch) is None and _asserts(branch):
            raise PatternError(
                "a lookbehind with an assertion in it, and without one size",
                node.position,
                "leave out the assertion, or what is optional or repeated",
            )


def _size(node: Node) -> int | None:
    """How many code points the node always matches; None if that may differ."""
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
