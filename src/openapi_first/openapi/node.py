"""Values of a document that know where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from openapi_first.openapi.errors import ContractError, ContractFault
from openapi_first.openapi.source import Source


@dataclass(frozen=True)
class Node:
    """A value of the document and the pointer it stands at. Children are given with their
    references followed, so that a pointer always says where the thing itself is written."""

    source: Source
    value: Any
    pointer: str

    def get(self, key: str | int) -> Node | None:
        """The child under a key, its `$ref` followed, None when there is none."""
        child = self.child(key)
        return child.followed() if child is not None else None

    def child(self, key: str | int) -> Node | None:
        """The child as it is written, a reference left standing."""
        found: Any = None
        if isinstance(self.value, dict) and key in self.value:
            found = self.value[key]
        elif isinstance(self.value, list) and key in range(len(self.value)):
            found = self.value[int(key)]
        else:
            return None
        step = str(key).replace("~", "~0").replace("/", "~1")
        return Node(self.source, found, f"{self.pointer}/{step}")

    def items(self) -> Iterator[tuple[str, Node]]:
        """The members of an object, references followed; none when it is no object."""
        for key in self.value if isinstance(self.value, dict) else ():
            child = self.get(key)
            assert child is not None
            yield str(key), child

    def elements(self) -> Iterator[Node]:
        """The elements of an array, references followed."""
        for index in range(len(self.value) if isinstance(self.value, list) else 0):
            child = self.get(index)
            assert child is not None
            yield child

    def followed(self) -> Node:
        """What the node's `$ref` leads to, or the node itself. Raises ContractError."""
        node, seen = self, set[tuple[object, str]]()
        while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            if node.place in seen:
                raise ContractError(
                    [self.fault("the reference leads back to itself", "Point it at a value.")]
                )
            seen.add(node.place)
            node = node.resolve(node.value["$ref"])
        return node

    @property
    def place(self) -> tuple[Path, str]:
        """What tells this node from all others: its file and its pointer."""
        return self.source.place, self.pointer

    def resolve(self, reference: str) -> Node:
        """The node a reference names, in this document or in another file beside it (RFC 3986 §5,
        RFC 6901 §6; `#name` is an `$anchor`). Raises ContractError."""
        place, _, fragment = reference.partition("#")
        source = self.source if not place else self._other(place)
        node = Node(source, source.value, "")
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            return self._anchored(node, fragment, reference)
        for step in fragment.split("/")[1:]:
            name: str | int = step.replace("~1", "/").replace("~0", "~")
            if isinstance(node.value, list) and str(name).isdecimal():
                name = int(name)
            following = node.child(name)
            if following is None:
                raise self._nowhere(reference)
            node = following
        return node

    def _other(self, place: str) -> Source:
        if "://" in place:
            raise ContractError(
                [
                    self.fault(
                        f"the reference to {place} leads out of this machine",
                        "Save the file beside the contract and name it by its path.",
                    )
                ]
            )
        path = self.source.path.parent / unquote(place)
        if not path.is_file():
            raise self._nowhere(place)
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
        raise self._nowhere(reference)

    def _nowhere(self, reference: str) -> ContractError:
        return ContractError(
            [
                self.fault(
                    f"the reference {reference!r} leads nowhere",
                    "Add what it names, or correct the name.",
                )
            ]
        )

    def fault(self, detail: str, remedy: str) -> ContractFault:
        """A fault that stands here."""
        return ContractFault(
            str(self.source.path), self.source.line(self.pointer), self.pointer, detail, remedy
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A file, the line (from 1) where it is known, and a JSON Pointer."""

    file: str
    line: int | None
    pointer: str

    @classmethod
    def of(cls, node: Node) -> Place:
        """The place of a node."""
        return cls(str(node.source.path), node.source.line(node.pointer), node.pointer)

    @property
    def in_full(self) -> str:
        """The place with its pointer, whether the line is known or not."""
        return f"{self}#{self.pointer}" if self.line else str(self)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else f"{self.file}#{self.pointer}"
