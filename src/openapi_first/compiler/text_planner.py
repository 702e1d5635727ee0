"""Plans which types strings may be converted to, from the schema that describes them."""

from __future__ import annotations

from openapi_first.documents.errors import ContractError
from openapi_first.documents.node import Node
from openapi_first.runtime.plan import NestedText, TextPlan
from openapi_first.schemas.json_types import ORDER, children, json_types, views

_MOST_PLACES = 2_000


def text_plan(node: Node, untyped: tuple[str, ...] = ()) -> TextPlan:
    """The types that the schema allows, and one level below those of items and members; `untyped`
    are those of a schema that names none."""
    types = json_types(node) or untyped
    if not {"array", "object"} & set(types):
        return TextPlan(types)
    items: list[Node] = []
    properties: dict[str, tuple[str, ...]] = {}
    others: tuple[str, ...] | None = ()
    for view in views(node):
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


def nested_plan(schema: Node) -> tuple[NestedText, ...]:
    """The types at each place of a value in the style `deepObject`. Several schemas may apply to a
    place; schemas that refer to themselves share places. Raises ContractError for more than
    _MOST_PLACES.
    """
    found: list[NestedText] = []
    numbers: dict[frozenset[object], int] = {}
    queue: list[list[Node]] = []

    def place(nodes: list[Node]) -> int:
        key = frozenset(node.identity for node in nodes)
        if key not in numbers:
            numbers[key] = len(numbers)
            queue.append(nodes)
        return numbers[key]

    place([schema])
    for nodes in queue:  # which grows
        if len(queue) > _MOST_PLACES:
            detail = f"the schema has more than {_MOST_PLACES} places in the style deepObject"
            remedy = "Describe it by `content` with application/json."
            raise ContractError([schema.diagnostic(detail, remedy)])
        seen: set[object] = set()
        parts = [view for node in nodes for view in views(node, seen)]
        members: dict[str, list[Node]] = {}
        for part in parts:
            named = part.child("properties")
            for name in named.value if named is not None else ():
                member = named.child(name) if named is not None else None
                if member is not None:
                    members.setdefault(name, []).append(member)
        items = [item for part in parts if (item := part.child("items")) is not None]
        items += [item for part in parts for item in children(part, ("prefixItems",))]
        rest = [each for part in parts if (each := part.child("additionalProperties")) is not None]
        types = _union(*map(json_types, nodes))
        if not types and (members or rest):
            types = ("object",)
        elif not types and items:
            types = ("array",)
        properties = {name: place(each) for name, each in members.items()}
        found.append(
            NestedText(
                types, place(items) if items else None, properties, place(rest) if rest else None
            )
        )
    return tuple(found)
