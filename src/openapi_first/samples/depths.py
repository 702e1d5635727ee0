"""How deep the flattest value of a schema is nested: where a recursive schema can end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ENDLESS = float("inf")


class Depths:
    """The depths of schemas that refer to `definitions`, each definition computed once."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._known: dict[str, float] = {}
        self._of_parts: dict[int, tuple[Any, float]] = {}
        """By the `id` of a schema: the schema, to keep the id in use, and its depth."""

    def of(self, schema: Any) -> float:
        """The fewest levels of arrays and objects that a value needs; infinite if it has no end.
        Keywords in other schemas for the same value are not considered, so it can be too low."""
        key = id(schema)
        if key in self._of_parts:
            return self._of_parts[key][1]
        unknown: dict[str, None] = {}
        found = self._depth(schema, unknown)
        while unknown:
            self._compute(unknown)
            unknown = {}
            found = self._depth(schema, unknown)
        self._of_parts[key] = schema, found
        return found

    def _compute(self, names: dict[str, None]) -> None:
        """Starts at infinity and lowers the depths until none changes."""
        queue = list(names)
        group: list[str] = []
        while queue:
            name = queue.pop()
            if name not in self._known:
                self._known[name] = _ENDLESS
                group.append(name)
                further: dict[str, None] = {}
                self._depth(self._definitions.get(name, True), further)
                queue.extend(further)
        changed = True
        while changed:
            changed = False
            for name in reversed(group):
                depth = self._depth(self._definitions.get(name, True), {})
                if depth < self._known[name]:
                    self._known[name], changed = depth, True

    def _depth(self, schema: Any, unknown: dict[str, None]) -> float:
        if schema is False:
            return _ENDLESS
        if not isinstance(schema, dict):
            return 0
        found = [0.0]
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name not in self._known:
                unknown[name] = None
            found.append(self._known.get(name, _ENDLESS))
        found.extend(self._depth(branch, unknown) for branch in schema.get("allOf", ()))
        found.extend(
            min(self._depth(branch, unknown) for branch in schema[key])
            for key in ("anyOf", "oneOf")
            if key in schema
        )
        if "const" not in schema and "enum" not in schema:
            found.append(self._nested(schema, unknown))
        return max(found)

    def _nested(self, schema: dict[str, Any], unknown: dict[str, None]) -> float:
        if schema.get("type") == "object":
            members = schema.get("properties", {})
            return 1 + max(
                (self._depth(members.get(name), unknown) for name in schema.get("required", ())),
                default=0,
            )
        if schema.get("type") == "array":
            if schema.get("minItems", 0) == 0:
                return 1
            first = schema.get("prefixItems", [schema.get("items")])
            return 1 + max(self._depth(each, unknown) for each in first)
        return 0
