"""Values of a document together with the file and JSON Pointer they were read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote

from openapi_first.core.json_pointer import escaped, unescaped
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.source import Source


class Node(NamedTuple):
    """A value of the document, its file and its JSON Pointer.

    A large contract has a million of them, and a tuple is made faster than a frozen dataclass.
    """

    source: Source
    value: Any
    pointer: str

    def get(self, key: str | int) -> Node | None:
        """The child under a key with its `$ref` followed; None when there is none."""
        child = self.child(key)
        if child is None or not isinstance(child.value, dict) or "$ref" not in child.value:
            return child
        return child.followed()

    def child(self, key: str | int) -> Node | None:
        """The child as it is written: a `$ref` is not followed."""
        source, value, pointer = self
        if isinstance(value, dict):
            if key not in value:
                return None
            found = value[key]
        elif isinstance(value, list) and key in range(len(value)):
            found = value[int(key)]
        else:
            return None
        # As Node(…), by a call less.
        return tuple.__new__(Node, (source, found, f"{pointer}/{escaped(key)}"))

    def items(self) -> Iterator[tuple[str, Node]]:
        """The members of an object with references followed; empty for any other value."""
        for key in self.value if isinstance(self.value, dict) else ():
            child = self.get(key)
            assert child is not None
            yield str(key), child

    def elements(self) -> Iterator[Node]:
        """The elements of an array with references followed; empty for any other value."""
        for index in range(len(self.value) if isinstance(self.value, list) else 0):
            child = self.get(index)
            assert child is not None
            yield child

    def followed(self) -> Node:
        """The target of the node's `$ref`, or the node itself. Raises ContractError."""
        if not self._refers:
            return self
        node, seen = self, set[tuple[object, str]]()
        while node._refers:
            if node.identity in seen:
                error = self.diagnostic("the reference is circular", "Let it refer to a value.")
                raise ContractError([error])
            seen.add(node.identity)
            node = node.resolve(node.value["$ref"])
        return node

    @property
    def _refers(self) -> bool:
        return isinstance(self.value, dict) and isinstance(self.value.get("$ref"), str)

    @property
    def identity(self) -> tuple[str, str]:
        """The file and the pointer; equal for equal places, however they were reached."""
        return self.source.resolved, self.pointer

    def resolve(self, reference: str) -> Node:
        """The target of a reference in this file or another one (RFC 3986 §5, RFC 6901 §6; `#name`
        is an `$anchor`). Raises ContractError."""
        found = self.source.targets.get(reference)
        if found is None:
            found = self.source.targets[reference] = self._target(reference)
        return found

    def _target(self, reference: str) -> Node:
        file, _, fragment = reference.partition("#")
        source = self.source if not file else self._other(file)
        node = Node(source, source.value, "")
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            return self._anchored(node, fragment, reference)
        for step in fragment.split("/")[1:]:
            name: str | int = unescaped(step)
            if isinstance(node.value, list) and str(name).isdecimal():
                name = int(name)
            following = node.child(name)
            if following is None:
                raise self._unresolved(reference)
            node = following
        return node

    def _other(self, file: str) -> Source:
        if "://" in file:
            error = self.diagnostic(
                f"the reference to {file} is remote",
                "Save the file beside the contract and refer to it by its path.",
            )
            raise ContractError([error])
        path = self.source.path.parent / unquote(file)
        if not path.is_file():
            raise self._unresolved(file)
        return self.source.files.read(path)

    def _anchored(self, root: Node, name: str, reference: str) -> Node:
        queue = [root]
        while queue:
            node = queue.pop()
            if isinstance(node.value, dict):
                if name in (node.value.get("$anchor"), node.value.get("$dynamicAnchor")):
                    return node
                keys: list[str | int] = list(node.value)
            elif isinstance(node.value, list):
                keys = list(range(len(node.value)))
            else:
                continue
            queue.extend(child for key in keys if (child := node.child(key)) is not None)
        raise self._unresolved(reference)

    def _unresolved(self, reference: str) -> ContractError:
        error = self.diagnostic(
            f"the reference {reference!r} has no target",
            "Add the target, or correct the reference.",
        )
        return ContractError([error])

    def diagnostic(self, detail: str, remedy: str) -> Diagnostic:
        place = Place.of(self)
        column = self.source.column(self.pointer)
        return Diagnostic(place.file, place.line, place.pointer, detail, remedy, column)


@dataclass(frozen=True, slots=True)
class Place:
    """A file, a line (from 1, None when unknown) and a JSON Pointer, for reports."""

    file: str
    line: int | None
    pointer: str

    @classmethod
    def of(cls, node: Node) -> Place:
        """Where a node was written, also if it was converted since."""
        source, pointer = node.source.origin(node.pointer)
        return cls(str(source.path), source.line(pointer), pointer)

    @property
    def in_full(self) -> str:
        """The place with its pointer, even when the line is known."""
        return f"{self}#{self.pointer}" if self.line else str(self)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else f"{self.file}#{self.pointer}"
