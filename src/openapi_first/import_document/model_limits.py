"""What models cannot hold: which schemas they express exactly, which can be written inline, and
which are left out because an API has no room for them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from openapi_first.aws.quotas import DEFINITION_BYTES, MODEL_BYTES
from openapi_first.import_document.model_values import inclusive
from openapi_first.schemas.directions import Direction

if TYPE_CHECKING:
    from openapi_first.import_document.models import Models

_INEXPRESSIBLE = {
    "format": "string",
    **dict.fromkeys(("prefixItems", "minItems", "maxItems", "unevaluatedItems"), "array"),
    **dict.fromkeys(("propertyNames", "patternProperties", "unevaluatedProperties"), "object"),
}
"""The keywords that no model can have, with the type of the values that they apply to."""
_MOST_SCHEMAS = 5_000

_Use: TypeAlias = tuple[Direction, str]
"""A model as the methods of one direction name it."""


@dataclass(frozen=True)
class ModelLimits:
    """For lowered schemas; `definitions` are the targets of their references."""

    definitions: Mapping[str, Any]
    _recursive: dict[str, bool] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)

    def is_exact(self, schema: Any) -> bool:
        """Whether the model accepts only what the schema accepts."""
        queue, seen = [schema], set[str]()
        while queue:
            part = queue.pop()
            if isinstance(part, bool):
                continue
            if _loses(part) or counts_items(part):
                return False
            if not all(inclusive(part, key)[1] for key in ("minimum", "maximum")):
                return False
            queue.extend(_subschemas(part))
            if "$ref" in part:
                name = referenced_name(part)
                if not self.can_inline(name):
                    return False
                if name not in seen:
                    seen.add(name)
                    queue.append(self.definitions[name])
        return True

    def can_inline(self, name: str) -> bool:
        """Whether a definition can be written in place of a reference: it is neither recursive nor
        too large."""
        return not self.is_recursive(name) and self.is_short({"$ref": name})

    def is_short(self, schema: Any) -> bool:
        """Whether a schema may be written once more than in the contract."""
        return self._size(schema) <= _MOST_SCHEMAS

    def is_recursive(self, name: str) -> bool:
        """Whether a definition refers to itself, also indirectly."""
        if name not in self._recursive:
            self._recursive[name] = name in self._reached(name)
        return self._recursive[name]

    def _reached(self, name: str) -> set[str]:
        queue, found = [self.definitions[name]], set[str]()
        while queue:
            part = queue.pop()
            if isinstance(part, bool):
                continue
            if "$ref" in part and (other := referenced_name(part)) not in found:
                found.add(other)
                queue.append(self.definitions[other])
            queue.extend(_subschemas(part))
        return found

    def _size(self, schema: Any) -> int:
        """The number of schemas in a schema, including the targets of its references. A recursive
        target counts as one; the condition of an `if` counts twice, as it is written twice."""
        if isinstance(schema, bool):
            return 1
        condition = schema.get("if")
        below = sum(
            self._size(each) * (2 if each is condition else 1) for each in _subschemas(schema)
        )
        if "$ref" in schema:
            name = referenced_name(schema)
            if name not in self._sizes:
                self._sizes[name] = 1
                if not self.is_recursive(name):
                    self._sizes[name] = self._size(self.definitions[name])
            below += self._sizes[name]
        return 1 + below


def referenced_name(schema: Mapping[str, Any]) -> str:
    """The definition in a schema's reference."""
    return str(schema["$ref"]).rpartition("/")[2]


def _loses(schema: Mapping[str, Any]) -> bool:
    """Whether the schema has a keyword that no model can have, for values of the schema's type."""
    types = schema.get("type")
    return any(
        types is None or kind == types or (isinstance(types, list) and kind in types)
        for keyword, kind in _INEXPRESSIBLE.items()
        if keyword in schema
    )


def counts_items(schema: Mapping[str, Any]) -> bool:
    """Whether `contains` requires a count, which draft 4 cannot express unless it is one."""
    return "contains" in schema and ("maxContains" in schema or schema.get("minContains", 1) > 1)


def _subschemas(schema: Mapping[str, Any]) -> Iterator[Any]:
    for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        yield from schema.get(key, ())
    for key in ("properties", "patternProperties", "dependentSchemas"):
        yield from schema.get(key, {}).values()
    for key in ("not", "if", "then", "else", "items", "contains", "additionalProperties"):
        if key in schema:
            yield schema[key]


def size_of(value: object) -> int:
    """The bytes of a value as JSON. AWS does not document how it counts them."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def leave_out_largest(document: dict[str, Any], models: Models) -> None:
    """Removes models from the document until they fit the quotas of models and of the document.

    The largest go first: those of responses, which API Gateway does not validate, and then those of
    request bodies, which the Lambda validates anyway.
    """
    sizes = {name: size_of(schema) for name, schema in models.schemas.items()}
    excess = sum(sizes.values()) - MODEL_BYTES.limit
    # Only a large document can have models to leave out.
    excess = max(excess, size_of(document) - DEFINITION_BYTES.limit)
    if excess <= 0:
        return
    places = list(_places(document))
    reached = {use: models.reached(use[1]) for _, use in places}
    left_out = set(_largest(reached, sizes, excess))
    for place, use in places:
        if use in left_out:
            del place["schema"]
    kept = frozenset[str]().union(*(reached[use] for use in reached.keys() - left_out))
    models.leave_out(left_out, sizes.keys() - kept)


def _places(document: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], _Use]]:
    """The Media Type Objects with a model."""
    for item in document["paths"].values():
        for method in item.values():
            bodies = [(Direction.REQUEST, method.get("requestBody", {}))]
            responses = method.get("responses", {})
            bodies += [(Direction.RESPONSE, each) for each in responses.values()]
            for direction, body in bodies:
                for entry in body.get("content", {}).values():
                    if "schema" in entry:
                        yield entry, (direction, entry["schema"]["$ref"].rpartition("/")[2])


def _largest(
    reached: Mapping[_Use, Collection[str]], sizes: Mapping[str, int], excess: int
) -> Iterator[_Use]:
    """The uses to leave out, until the models that no other use reaches make up the excess."""
    users = Counter(model for models in reached.values() for model in models)
    whole = {use: sum(sizes[each] for each in models) for use, models in reached.items()}

    def saving(use: _Use) -> tuple[int, int]:
        return sum(sizes[each] for each in reached[use] if users[each] == 1), whole[use]

    for direction in (Direction.RESPONSE, Direction.REQUEST):
        left = [use for use in reached if use[0] is direction]
        while left and excess > 0:
            use = max(left, key=saving)
            excess -= saving(use)[0]
            users.subtract(reached[use])
            left.remove(use)
            yield use
