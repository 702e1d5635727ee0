"""The parts of a schema that describe one place in a value each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from openapi_first.documents.node import Node

Path = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """The schema of the values at `path`, in which `*` is each element of an array. `required`:
    whether the object there must have it. `closed`: whether its object takes no other members."""

    path: Path
    schema: Node
    required: bool

    def __str__(self) -> str:
        return "/" + "/".join(self.path)

    def get(self, keyword: str) -> Any:
        return self.schema.value.get(keyword)

    @property
    def types(self) -> set[str]:
        named = self.get("type")
        return {*(named if isinstance(named, list) else [named])} - {None}

    @property
    def nullable(self) -> bool:
        return bool(self.get("nullable")) or "null" in self.types

    @property
    def closed(self) -> bool:
        return self.get("additionalProperties") is False or (
            self.get("unevaluatedProperties") is False
        )


def parts(schema: Node, path: Path = (), *, required: bool = True) -> Iterator[Part]:
    """All parts of a schema that hold of every value: not those in alternatives."""
    node = schema.followed()
    if not isinstance(node.value, dict) or len(path) > 6:
        return
    yield Part(path, node, required)
    names = set(node.value.get("required", ()))
    branches = node.get("allOf")
    for branch in branches.elements() if branches is not None else ():
        names |= set(branch.value.get("required", ()))
        for each in parts(branch, path, required=required):
            if each.path != path:
                yield each
    members = node.get("properties")
    for name, member in members.items() if members is not None else ():
        yield from parts(member, (*path, name), required=name in names)
    items = node.get("items")
    if items is not None and node.value.get("prefixItems") is None:
        yield from parts(items, (*path, "*"))


def everything(schema: Node) -> Iterator[tuple[Node, bool]]:
    """Every schema below one, also in alternatives, and whether its place is in the value itself
    rather than in an alternative."""
    seen: set[object] = set()
    queue = [(schema.followed(), True)]
    while queue:
        node, certain = queue.pop()
        if node.identity in seen or not isinstance(node.value, dict):
            continue
        seen.add(node.identity)
        yield node, certain
        for keyword in ("allOf", "oneOf", "anyOf", "prefixItems"):
            branches = node.get(keyword)
            for branch in branches.elements() if branches is not None else ():
                queue.append((branch, certain and keyword in ("allOf", "prefixItems")))
        for keyword in ("items", "additionalProperties"):
            child = node.get(keyword)
            if child is not None:
                queue.append((child, certain))
        members = node.get("properties")
        queue.extend((each, certain) for _, each in (members.items() if members else ()))


def edited(value: Any, path: Path, edit: Callable[[Any, Any], bool]) -> bool:
    """Calls `edit` with each container and key (or index) that the path leads to; whether one of
    them was changed. The empty path leads nowhere."""
    if not path:
        return False
    if path[0] == "*":
        if not isinstance(value, list):
            return False
        if len(path) == 1:
            found = [edit(value, index) for index in range(len(value))]
        else:
            found = [edited(each, path[1:], edit) for each in value]
        return True in found
    if not isinstance(value, dict) or path[0] not in value:
        return False
    if len(path) == 1:
        return edit(value, path[0])
    return edited(value[path[0]], path[1:], edit)


def objects(value: Any, path: Path) -> Iterator[dict[str, Any]]:
    """The objects at a path."""
    if not path:
        if isinstance(value, dict):
            yield value
    elif path[0] == "*":
        for each in value if isinstance(value, list) else ():
            yield from objects(each, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from objects(value[path[0]], path[1:])
