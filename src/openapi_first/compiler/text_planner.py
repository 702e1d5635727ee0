"""Plans which types a string may be converted to, from the schema that describes it."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.openapi.node import Node
from openapi_first.runtime.plan import TextPlan
from openapi_first.schemas.json_types import BRANCHES, ORDER, children, json_types


def text_plan(node: Node, untyped: tuple[str, ...] = ()) -> TextPlan:
    """The types that the schema allows, and one level below those of items and members; `untyped`
    are those of a schema that names none."""
    types = json_types(node) or untyped
    if not {"array", "object"} & set(types):
        return TextPlan(types)
    items: list[Node] = []
    properties: dict[str, tuple[str, ...]] = {}
    others: tuple[str, ...] | None = ()
    for view in _views(node, set()):
        item = view.child("items")
        if item is not None:
            items.append(item)
        items.extend(children(view, ("prefixItems",)))
        members = view.child("properties")
        for name in members.value if members is not None else ():
            member = members.child(name) if members is not None else None
            if member is not None:
                properties[name] = _union(properties.get(name, ()), json_types(member))
        rest = view.child("additionalProperties")
        if rest is not None:
            closed = rest.value is False or others is None
            others = None if closed else _union(others or (), json_types(rest))
    return TextPlan(
        types,
        _union(*map(json_types, items)) if "array" in types else (),
        properties if "object" in types else {},
        others if "object" in types else None,
    )


def _union(*types: tuple[str, ...]) -> tuple[str, ...]:
    named = {name for each in types for name in each}
    return tuple(name for name in ORDER if name in named)


def _views(node: Node, seen: set[object]) -> Iterator[Node]:
    """The schema and every schema in its branches and references, for the same value."""
    if node.identity in seen or not isinstance(node.value, dict):
        return
    seen.add(node.identity)
    yield node
    if "$ref" in node.value:
        yield from _views(node.resolve(node.value["$ref"]), seen)
    for branch in children(node, BRANCHES):
        yield from _views(branch, seen)
