"""Walking an untrusted JSON document and collecting every problem with its JSON Pointer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openapi_first.core.json_pointer import escaped, unescaped


class Problems:
    """The problems found so far that keep the document from being used."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, pointer: str, message: str) -> None:
        """Add a problem at a JSON Pointer, once."""
        problem = f"#{pointer}: {message}"
        if problem not in self.found:
            self.found.append(problem)


@dataclass(frozen=True, slots=True)
class Node:
    """A value in the document and its JSON Pointer. A value of a wrong type is read as empty."""

    value: Any
    pointer: str
    problems: Problems

    def report(self, message: str) -> None:
        """Add a problem here."""
        self.problems.add(self.pointer, message)

    def has(self, key: str) -> bool:
        """Whether this is an object with the member."""
        return isinstance(self.value, dict) and key in self.value

    def get(self, key: str) -> Node:
        """A member of an object; null if there is none."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(value, f"{self.pointer}/{escaped(key)}", self.problems)

    def items(self) -> Iterator[tuple[str, Node]]:
        """The members of an object; nothing for null."""
        if isinstance(self.value, dict):
            for key in self.value:
                # YAML reads an unquoted response code as a number; AWS accepts those.
                yield str(key), self._member(key)
        elif self.value is not None:
            self.report("must be an object")

    def values(self) -> Iterator[Node]:
        """The values of an object's members; nothing for null."""
        return (node for _, node in self.items())

    def _member(self, key: Any) -> Node:
        return Node(self.value[key], self.get(str(key)).pointer, self.problems)

    def elements(self) -> Iterator[Node]:
        """The elements of an array; nothing for null."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Node(value, f"{self.pointer}/{index}", self.problems)
        elif self.value is not None:
            self.report("must be an array")

    def text(self, default: str = "") -> str:
        """A string, or the default for null."""
        if self.value is None:
            return default
        if isinstance(self.value, str):
            return self.value
        self.report("must be a string")
        return default

    def flag(self) -> bool:
        """A boolean; null is false."""
        if self.value is None or isinstance(self.value, bool):
            return bool(self.value)
        self.report("must be true or false")
        return False

    def status(self) -> int | None:
        """A status code, as a string or number; None when absent."""
        if self.value is None:
            return None
        digits = str(self.value)
        if len(digits) == 3 and digits.isascii() and digits.isdigit() and "200" <= digits <= "599":
            return int(digits)
        self.report(f"{self.value!r} is not a status code from 200 to 599")
        return None

    def resolved(self, root: Node) -> Node:
        """The node itself, or the target of its local `$ref`."""
        node = self
        for _ in range(16):
            if not node.has("$ref"):
                return node
            reference = node.get("$ref").text()
            if not reference.startswith("#/"):
                break
            target = root
            for part in reference[2:].split("/"):
                target = target.get(unescaped(part))
            if target.value is None:
                break
            node = target
        self.report(f"the reference {node.value.get('$ref')!r} does not resolve in this document")
        return Node({}, self.pointer, self.problems)
