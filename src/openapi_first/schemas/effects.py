"""What lowering did with the keywords of a schema: which constrain a value, and why others do not.

Lowering records nothing for it: the schemas that it has made are compared with what is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_first.documents.node import Node
from openapi_first.schemas.discriminators import selects
from openapi_first.schemas.json_types import json_type
from openapi_first.schemas.lowering import SchemaLowering

_OF_TYPE = {
    **dict.fromkeys(("minLength", "maxLength", "pattern"), "string"),
    **dict.fromkeys(("multipleOf", "minimum", "maximum"), "number"),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), "number"),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems", "uniqueItems"), "array"),
    **dict.fromkeys(("contains", "minContains", "maxContains", "unevaluatedItems"), "array"),
    **dict.fromkeys(("properties", "patternProperties", "additionalProperties"), "object"),
    **dict.fromkeys(("required", "minProperties", "maxProperties", "propertyNames"), "object"),
    **dict.fromkeys(("dependentRequired", "dependentSchemas"), "object"),
    "unevaluatedProperties": "object",
}
_NEEDED = {
    "if": ("then", "else"),
    **dict.fromkeys(("then", "else"), ("if",)),
    **dict.fromkeys(("minContains", "maxContains"), ("contains",)),
}
_EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_COMPOSED = ("allOf", "anyOf", "oneOf", "not")
_KEYWORDS = frozenset(
    (*_OF_TYPE, *_NEEDED, *_COMPOSED, "type", "enum", "const", "format", "nullable", "default")
)
_ANY_OF = "write `anyOf` with a branch `{type: string, nullable: true, enum: [null]}`"
_TYPES = frozenset(("null", "boolean", "number", "string", "array", "object"))
_ARTICLES = {"null": "null", "array": "an array", "object": "an object"}


class Effects:
    """For the schemas that a lowering has lowered so far, of one direction."""

    def __init__(self, lowering: SchemaLowering) -> None:
        self.direction = lowering.direction
        self._definitions = lowering.definitions
        self._is_3_0 = lowering.openapi == "3.0"
        self._lowered: dict[object, dict[str, Any]] = {}
        for schema, node in lowering.written():
            self._lowered.setdefault(node.identity, schema)
        self._idle: dict[object, dict[str, str]] = {}

    def lowered(self, node: Node) -> dict[str, Any] | None:
        """The schema that was made from the node. None for a reference, which has none of its own,
        and for what is not sent in the direction."""
        return self._lowered.get(node.identity)

    def is_kept(self, node: Node, keyword: str) -> bool:
        """Whether a keyword of the schema constrains values that are sent in the direction."""
        lowered = self.lowered(node)
        if lowered is None or keyword in self.idle(node):
            return False
        if keyword == "discriminator":
            return selects(node)
        if keyword == "dependentRequired":
            return any(lowered[keyword].values())
        return keyword == "format" or keyword in lowered

    def is_replaced(self, node: Node, keyword: str) -> bool:
        """Whether lowering has written a keyword of the schema by others: a number format by its
        limits, `nullable` by a type, a discriminator by conditions."""
        lowered = self.lowered(node) or {}
        if keyword == "nullable":
            types = lowered.get("type")
            return isinstance(types, list) and "null" in types and keyword not in self.idle(node)
        return self.is_kept(node, keyword) and keyword not in lowered

    def idle(self, node: Node) -> Mapping[str, str]:
        """The keywords without effect, each with the reason and what to write instead."""
        place = node.identity
        found = self._idle.get(place)
        if found is None:
            found = self._idle[place] = self._found_idle(node)
        return found

    def _found_idle(self, node: Node) -> dict[str, str]:
        value, lowered = node.value, self.lowered(node)
        if lowered is None:
            return self._beside_reference(node) if self._is_3_0 and "$ref" in value else {}
        types = possible_types(lowered, self._definitions)
        reasons: dict[str, str] = {}
        for keyword in value:
            found = self._reason(keyword, value, lowered, types)
            if found is not None:
                reasons[keyword] = found
        return reasons

    def _beside_reference(self, node: Node) -> dict[str, str]:
        """In OpenAPI 3.0. What the target says as well is harmless."""
        reason = "OpenAPI 3.0 ignores what is beside `$ref`; write both under `allOf`"
        found = dict.fromkeys((key for key in node.value if key in _KEYWORDS), reason)
        target = self.lowered(node.followed())
        if target is None:
            return found
        if possible_types(target, self._definitions) == {found.get("type") and node.value["type"]}:
            del found["type"]
        if "nullable" in found:
            if node.value["nullable"] is not True or accepts_null(target, self._definitions):
                del found["nullable"]
            else:
                found["nullable"] = f"OpenAPI 3.0 ignores it beside `$ref`; {_ANY_OF}"
        return found

    def _reason(
        self, keyword: str, value: dict[str, Any], lowered: dict[str, Any], types: frozenset[str]
    ) -> str | None:
        if keyword == "nullable" and self._is_3_0:
            return self._nullable(value, lowered)
        needed = _NEEDED.get(keyword, ())
        if needed and not any(each in value for each in needed):
            return f"it needs {' or '.join(f'`{each}`' for each in needed)} beside it"
        if keyword in _EXCLUSIVE and value[keyword] is True and keyword not in lowered:
            if _EXCLUSIVE[keyword] in value:
                return "the format has a narrower limit; remove it"
            return f"it needs `{_EXCLUSIVE[keyword]}` beside it"
        if keyword == "contains" and value.get("minContains") == 0 and "maxContains" not in value:
            return "`minContains: 0` asks for no item; write `minContains: 1`"
        kind = _OF_TYPE.get(keyword)
        if keyword == "format":
            kind = "string" if keyword in lowered else "number"
        if kind is not None and types and kind not in types:
            named = " or ".join(_ARTICLES.get(each, f"a {each}") for each in sorted(types))
            return f"it concerns {kind}s, and the value is {named}; change `type`, or remove it"
        return None

    def _nullable(self, value: dict[str, Any], lowered: dict[str, Any]) -> str | None:
        if value["nullable"] is not True or accepts_null(lowered, self._definitions):
            return None
        if "enum" in value and None not in value["enum"]:
            return "`enum` has no null; add null to `enum`"
        if "type" not in value:
            return f"it adds null only to a `type` in the same schema; {_ANY_OF}"
        return "another keyword beside it refuses null; allow null there too"


def possible_types(
    schema: Any, definitions: Mapping[str, Any], seen: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The JSON types that a lowered schema allows, with `number` for integers."""
    if isinstance(schema, bool):
        return _TYPES if schema else frozenset()
    found = _TYPES
    if "type" in schema:
        written = schema["type"]
        named = [written] if isinstance(written, str) else written
        found &= {each.replace("integer", "number") for each in named}
    for values in (schema.get("enum"), [schema["const"]] if "const" in schema else None):
        if values is not None:
            found &= {json_type(each).replace("integer", "number") for each in values}
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        if name not in seen:
            found &= possible_types(definitions[name], definitions, seen | {name})
    for branch in schema.get("allOf", ()):
        found &= possible_types(branch, definitions, seen)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            branches = (possible_types(each, definitions, seen) for each in schema[key])
            found &= frozenset[str]().union(*branches)
    return found


def accepts_null(
    schema: Any, definitions: Mapping[str, Any], seen: frozenset[str] = frozenset()
) -> bool:
    """Whether null matches a lowered schema of OpenAPI 3.0."""
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        if name not in seen and not accepts_null(definitions[name], definitions, seen | {name}):
            return False
    types = schema.get("type", "null")
    if "null" not in ([types] if isinstance(types, str) else types):
        return False
    if "enum" in schema and not any(each is None for each in schema["enum"]):
        return False
    branches = {
        key: [accepts_null(each, definitions, seen) for each in schema[key]]
        for key in ("allOf", "anyOf", "oneOf")
        if key in schema
    }
    if not (all(branches.get("allOf", ())) and any(branches.get("anyOf", (True,)))):
        return False
    if sum(branches.get("oneOf", (True,))) != 1:
        return False
    return "not" not in schema or not accepts_null(schema["not"], definitions, seen)
