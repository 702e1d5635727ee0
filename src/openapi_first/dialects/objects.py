"""Every object of an OpenAPI or Swagger document, without maps of names and without values."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

from openapi_first.core.errors import UserError
from openapi_first.dialects.part import Part

SCHEMA = "schema"
"""The kind of a Schema Object."""
PATH_ITEM = "paths"
"""The kind of a Path Item Object."""

# Members that are maps of names, with the kind of their values.
_MAPS = {
    **{name: name for name in ("responses", "headers", "examples", "content", "encoding")},
    **{name: name for name in ("variables", "links", "callbacks", "parameters", "requestBodies")},
    **dict.fromkeys(("paths", "webhooks", "pathItems", "additionalOperations"), PATH_ITEM),
    **dict.fromkeys(("schemas", "definitions"), SCHEMA),
    **dict.fromkeys(("securitySchemes", "securityDefinitions"), "securitySchemes"),
    "mediaTypes": "content",
}
_SCHEMA_MAPS = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"}
)
_SCHEMA_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems", "items"})
_SCHEMA_SINGLE = frozenset(
    {
        *("items", "additionalProperties", "not", "if", "then", "else", "contains"),
        *("propertyNames", "unevaluatedItems", "unevaluatedProperties", "contentSchema"),
    }
)
# Members of other objects whose values are the API's own.
_VALUES = frozenset(
    {
        *("example", "value", "dataValue", "default", "enum", "mapping", "scopes", "security"),
        *("consumes", "produces", "schemes"),
    }
)


class Object(NamedTuple):
    """An object and its kind: `schema`, or the name of the member that has it or that is its map or
    list, such as `parameters` or `info`."""

    part: Part
    kind: str

    @property
    def value(self) -> dict[str, Any]:
        found: dict[str, Any] = self.part.value
        return found

    def member(self, key: str) -> Part:
        found = self.part.child(key)
        assert found is not None
        return found


def objects_of(root: Part) -> Iterator[Object]:
    """Each object once, in all files that references lead to. Extensions are not searched."""
    queue = [Object(root, "")]
    reached: set[Hashable] = set()
    while queue:
        found = queue.pop()
        yield found
        reference = found.value.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            try:
                target = found.part.resolve(reference)
            except UserError:  # the check of references reports it
                continue
            if target.identity not in reached and isinstance(target.value, dict):
                reached.add(target.identity)
                queue.append(Object(target, found.kind))
        queue.extend(inside(found))


def inside(owner: Object) -> Iterator[Object]:
    members = _in_schema if owner.kind == SCHEMA else _in_other
    for kind, part in members(owner):
        if isinstance(part.value, dict):
            yield Object(part, kind)


def _in_schema(owner: Object) -> Iterator[tuple[str, Part]]:
    for key, value in owner.value.items():
        if not isinstance(value, dict | list):
            continue
        if key in _SCHEMA_MAPS or (key in _SCHEMA_LISTS and isinstance(value, list)):
            yield from ((SCHEMA, each) for each in _below(owner.member(key)))
        elif key in _SCHEMA_SINGLE:
            yield SCHEMA, owner.member(key)
        elif key in ("discriminator", "xml", "externalDocs"):
            yield key, owner.member(key)


def _in_other(owner: Object) -> Iterator[tuple[str, Part]]:
    for key, value in owner.value.items():
        if not isinstance(value, dict | list):
            continue
        part = owner.member(key)
        if owner.kind == "callbacks":
            yield PATH_ITEM, part
        elif key in _VALUES or key.startswith("x-"):
            continue
        elif key in (SCHEMA, "itemSchema"):
            yield SCHEMA, part
        elif isinstance(value, list):
            yield from ((key, each) for each in _below(part))
        elif key in _MAPS and owner.kind != "links":
            yield from ((_MAPS[key], each) for each in _below(part))
        elif owner.kind != "links" or key == "server":
            yield key, part


def _below(part: Part) -> Iterator[Part]:
    for key in part.value if isinstance(part.value, dict) else range(len(part.value)):
        each = part.child(key)
        assert each is not None
        yield each
