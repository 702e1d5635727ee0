"""Schemas, keyword by keyword: which keywords constrain a value that is sent in a direction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openapi_first.documents.node import Node
from openapi_first.runtime.formats import FORMATS_2020_12, FORMATS_DRAFT_4, OPEN_FORMATS
from openapi_first.schemas.directions import is_excluded
from openapi_first.schemas.effects import Effects

_CLOSING = (
    *("items", "additionalProperties", "propertyNames", "then", "else"),
    *("unevaluatedItems", "unevaluatedProperties"),
)
"""Constraints if they are `false`."""
CONSTRAINING = (
    *("type", "enum", "const", "required", "pattern", "multipleOf", "uniqueItems"),
    *("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "maxLength", "minLength"),
    *("maxItems", "minItems", "maxProperties", "minProperties", "format", "not", "anyOf", "oneOf"),
    *("contains", "minContains", "maxContains", "dependentRequired", "discriminator"),
    *_CLOSING,
)
"""Of a keyword with a schema, the keywords in that schema count, unless it depends on other values
whether they apply."""
# Values with which a keyword constrains nothing.
_IDLE = {
    **dict.fromkeys(("minLength", "minItems", "minProperties", "minContains"), 0),
    **dict.fromkeys(("uniqueItems", "exclusiveMaximum", "exclusiveMinimum"), False),
}
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLE = (
    *("not", "if", "then", "else", "items", "contains", "propertyNames"),
    *("additionalProperties", "unevaluatedItems", "unevaluatedProperties"),
)
MAPS = ("properties", "patternProperties", "dependentSchemas")
_BELOW = frozenset((*SINGLE, *LISTS, *MAPS))
_FORBIDDING = ("properties", "patternProperties", "prefixItems")
_NATIVE = frozenset({"date-time", "date", "time", "hostname", "ipv4", "ipv6", "uri", "regex"})
TEXT_TYPES = frozenset({"string", "array"})
"""Every text is a string, and an array of one item."""
CHECKED_FORMATS = _NATIVE | FORMATS_2020_12.keys() | FORMATS_DRAFT_4.keys()


class Visit(NamedTuple):
    """A schema, and the schema whose property it is. `tested` is true below `not` and `if`, where
    keywords are conditions and constrain no value by themselves."""

    node: Node
    owner: Node | None
    tested: bool


def constraints(
    visit: Visit, effects: Effects, always: frozenset[str] = frozenset()
) -> Iterator[str]:
    """The keywords of a schema that constrain a value that is sent in the direction. `always` are
    the types that every value can be read as."""
    node = visit.node
    for keyword in CONSTRAINING:
        if keyword not in node.value or not effects.is_kept(node, keyword):
            continue
        value = node.value[keyword]
        idle = _IDLE.get(keyword)
        if value == idle and isinstance(value, bool) == isinstance(idle, bool):
            continue
        if keyword in _CLOSING and value is not False:
            continue
        if keyword == "format" and value in OPEN_FORMATS:
            continue
        if keyword == "type" and not always.isdisjoint(
            [value] if isinstance(value, str) else value
        ):
            continue
        if visit.tested and (keyword != "format" or value in CHECKED_FORMATS):
            continue
        yield keyword


def forbidden(visit: Visit, effects: Effects) -> Iterator[tuple[Node, str]]:
    """The schemas `false` of members and items, each with the keyword that it stands under."""
    for keyword in _FORBIDDING:
        if keyword not in visit.node.value:
            continue
        below = visit.node.child(keyword)
        if below is None or visit.tested or not effects.is_kept(visit.node, keyword):
            continue
        for key in below.value if keyword != "prefixItems" else range(len(below.value)):
            child = below.child(key)
            if child is not None and child.value is False:
                yield child, keyword


def schemas(roots: Iterable[Node], effects: Effects) -> Iterator[Visit]:
    """Every schema that applies to a value sent in the direction, once for all roots. Properties
    that are not sent in the direction are not searched, nor is what has no effect."""
    queue = [Visit(root, None, False) for root in roots]
    seen: set[object] = set()
    searched: set[object] = set()
    while queue:
        visit = queue.pop()
        node, owner, tested = visit.node, visit.owner, visit.tested
        place = node.identity
        key = (place, None if owner is None else owner.identity, tested)
        if not isinstance(node.value, dict) or key in seen:
            continue
        seen.add(key)
        yield visit
        if "$ref" in node.value:
            queue.append(Visit(node.resolve(node.value["$ref"]), owner, tested))
            if effects.idle(node):
                continue
        if owner is not None and is_excluded(node, effects.direction):
            continue
        for name in ("allOf",) if owner is not None and "allOf" in node.value else ():
            queue += [Visit(each, owner, tested) for each in _children(node, name)]
        if (place, tested) in searched:
            continue
        searched.add((place, tested))
        for name in _BELOW & node.value.keys() - effects.idle(node).keys():
            if name == "allOf" and owner is not None:
                continue
            below = tested or name in ("not", "if")
            owns = node if name == "properties" else None
            queue += [Visit(each, owns, below) for each in _children(node, name)]


def _children(node: Node, name: str) -> Iterator[Node]:
    child = node.child(name)
    assert child is not None
    if name in SINGLE:
        yield child
        return
    for key in range(len(child.value)) if name in LISTS else child.value:
        each = child.child(key)
        assert each is not None
        yield each
