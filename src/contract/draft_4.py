"""JSON Schema 2020-12, as far as draft 4 can say it.

For API Gateway, whose models are draft 4. What draft 4 has no words for is left out so that the
model admits more than the contract does, never less; the Lambda holds requests to all of it. So a
schema that loses something is not negated, and does not count among those of which one must hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Draft4"]

_SAME = frozenset(
    {
        *("required", "pattern", "multipleOf", "uniqueItems", "maximum", "minimum"),
        *("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"),
    }
)
_UNSAYABLE = frozenset({"format", "propertyNames", "unevaluatedItems", "unevaluatedProperties"})


@dataclass(frozen=True)
class Draft4:
    """Renders lowered schemas; `definitions` are those that their references name.

    `reference` gives the reference to the model of a definition; `said` is told, for each keyword
    that the rendering says as the contract does, the schema that holds it and the keyword.
    Without `integral`, 1.0 is no integer, as draft 4 has it.
    """

    definitions: Mapping[str, Any]
    reference: Callable[[str], dict[str, str]]
    said: Callable[[dict[str, Any], str], None]
    integral: bool

    def render(self, schema: Any, *, inside: tuple[str, ...] | None = None) -> Any:
        """The schema in draft 4. `inside` a composition, which may hold no reference (AWS:
        api-gateway-known-issues), are the definitions written out so far; None outside."""
        if isinstance(schema, bool):
            return {} if schema else {"not": {}}
        rendered: dict[str, Any] = {}
        for key in sorted(_SAME & schema.keys()):
            rendered[key] = _whole(schema[key])
            self.said(schema, key)
        # Draft 4 reads nothing beside a reference, so `$ref` becomes a branch when it has company.
        every: list[Any] = []
        self._type(schema, rendered, every)
        self._values(schema, rendered, every)
        self._exclusive(schema, rendered, "minimum", max)
        self._exclusive(schema, rendered, "maximum", min)
        self._array(schema, rendered, every, inside)
        self._object(schema, rendered, inside)
        self._composed(schema, rendered, every, inside)
        if "$ref" in schema:
            return self._referring(schema, rendered, every, inside)
        if every:
            rendered["allOf"] = every
        return rendered

    def exact(self, schema: Any) -> bool:
        """Whether the rendering admits nothing that the schema refuses."""
        queue, seen = [schema], set[str]()
        while queue:
            part = queue.pop()
            if isinstance(part, bool):
                continue
            if _UNSAYABLE & part.keys() or _counts(part):
                return False
            queue.extend(_below(part))
            if "$ref" in part:
                name = _name(part)
                if self._recursive(name):
                    return False
                if name not in seen:
                    seen.add(name)
                    queue.append(self.definitions[name])
        return True

    def _recursive(self, name: str) -> bool:
        queue, seen = [self.definitions[name]], set[str]()
        while queue:
            part = queue.pop()
            if isinstance(part, bool):
                continue
            if "$ref" in part and (found := _name(part)) not in seen:
                if found == name:
                    return True
                seen.add(found)
                queue.append(self.definitions[found])
            queue.extend(_below(part))
        return False

    def _referring(
        self,
        schema: dict[str, Any],
        rendered: dict[str, Any],
        every: list[Any],
        inside: tuple[str, ...] | None,
    ) -> Any:
        alone = not rendered and not every
        name = _name(schema)
        if alone and inside is None:
            return self.reference(name)
        # In a circle there is no end to writing out: what recurs is left to the Lambda.
        inside = inside or ()
        target = (
            {}
            if name in inside or self._recursive(name)
            else self.render(self.definitions[name], inside=(*inside, name))
        )
        if alone:
            return target
        return {**rendered, "allOf": [*every, target]}

    def _type(self, schema: dict[str, Any], rendered: dict[str, Any], every: list[Any]) -> None:
        if "type" not in schema:
            return
        written = schema["type"]
        types = [written] if isinstance(written, str) else list(dict.fromkeys(written))
        if self.integral and "integer" in types:
            if "number" not in types:
                every.append({"multipleOf": 1})
            types = list(dict.fromkeys("number" if each == "integer" else each for each in types))
        rendered["type"] = types[0] if len(types) == 1 else types
        self.said(schema, "type")

    def _values(self, schema: dict[str, Any], rendered: dict[str, Any], every: list[Any]) -> None:
        """`enum` and `const`; draft 4 §5.5.1 asks for one element at least, each once."""
        for key in ("enum", "const"):
            if key not in schema:
                continue
            values = schema[key] if key == "enum" else [schema[key]]
            unique = list({_canonical(each): each for each in values}.values())
            if not unique:
                every.append({"not": {}})
            elif "enum" in rendered:
                every.append({"enum": unique})
            else:
                rendered["enum"] = unique
            self.said(schema, key)

    def _exclusive(
        self,
        schema: dict[str, Any],
        rendered: dict[str, Any],
        key: str,
        narrower: Callable[..., float],
    ) -> None:
        name = "exclusive" + key.capitalize()
        if name not in schema:
            return
        limit = schema[name]
        if isinstance(limit, bool):
            rendered[name] = limit
        elif key not in schema or narrower(limit, schema[key]) == limit:
            rendered[key], rendered[name] = limit, True
        self.said(schema, name)

    def _array(
        self,
        schema: dict[str, Any],
        rendered: dict[str, Any],
        every: list[Any],
        inside: tuple[str, ...] | None,
    ) -> None:
        if "prefixItems" in schema:
            rendered["items"] = [self.render(each, inside=inside) for each in schema["prefixItems"]]
            self.said(schema, "prefixItems")
        if "items" in schema:
            key = "additionalItems" if "prefixItems" in schema else "items"
            rendered[key] = self.render(schema["items"], inside=inside)
            self.said(schema, "items")
        least = schema.get("minContains", 1)
        if "contains" in schema and least >= 1:
            # Some item keeps it: not every item breaks it.
            item = self.render(schema["contains"], inside=inside or ())
            every.append({"not": {"type": "array", "items": {"not": item}}})
            if not _counts(schema):
                self.said(schema, "contains")

    def _object(
        self, schema: dict[str, Any], rendered: dict[str, Any], inside: tuple[str, ...] | None
    ) -> None:
        for key in ("properties", "patternProperties"):
            if key in schema:
                rendered[key] = {
                    name: self.render(each, inside=inside) for name, each in schema[key].items()
                }
                self.said(schema, key)
        if "additionalProperties" in schema:
            others = schema["additionalProperties"]
            rendered["additionalProperties"] = (
                others if isinstance(others, bool) else self.render(others, inside=inside)
            )
            self.said(schema, "additionalProperties")
        dependencies: dict[str, Any] = {
            name: names for name, names in schema.get("dependentRequired", {}).items() if names
        }
        for name, each in schema.get("dependentSchemas", {}).items():
            asked = {"required": dependencies[name]} if name in dependencies else {}
            dependencies[name] = {"allOf": [asked, self.render(each, inside=inside or ())]}
        if dependencies:
            rendered["dependencies"] = dependencies
        for key in ("dependentRequired", "dependentSchemas"):
            if key in schema:
                self.said(schema, key)

    def _composed(
        self,
        schema: dict[str, Any],
        rendered: dict[str, Any],
        every: list[Any],
        inside: tuple[str, ...] | None,
    ) -> None:
        within = inside or ()
        if "allOf" in schema:
            every.extend(self.render(branch, inside=within) for branch in schema["allOf"])
            self.said(schema, "allOf")
        for key in ("anyOf", "oneOf"):
            if key not in schema:
                continue
            if all(map(self.exact, schema[key])):
                rendered[key] = [self.render(branch, inside=within) for branch in schema[key]]
                self.said(schema, key)
            else:
                # One branch that admits too much lets through what the others refuse.
                quiet = replace(self, said=_nothing)
                branches = [quiet.render(branch, inside=within) for branch in schema[key]]
                every.append({"anyOf": branches})
        if "not" in schema and self.exact(schema["not"]):
            rendered["not"] = self.render(schema["not"], inside=within)
            self.said(schema, "not")
        if "if" in schema and ("then" in schema or "else" in schema):
            self._conditional(schema, every, within)

    def _conditional(
        self, schema: dict[str, Any], every: list[Any], within: tuple[str, ...]
    ) -> None:
        known = self.exact(schema["if"])
        branches = self if known else replace(self, said=_nothing)
        then = branches.render(schema.get("then", True), inside=within)
        otherwise = branches.render(schema.get("else", True), inside=within)
        if not known:
            every.append({"anyOf": [then, otherwise]})
            return
        condition = self.render(schema["if"], inside=within)
        every.append({"anyOf": [{"not": condition}, then]})
        every.append({"anyOf": [condition, otherwise]})
        for key in ("if", "then", "else"):
            if key in schema:
                self.said(schema, key)


def _nothing(schema: dict[str, Any], keyword: str) -> None:
    """Tells nobody."""


def _below(schema: dict[str, Any]) -> list[Any]:
    """The schemas that stand directly in a schema."""
    found: list[Any] = []
    for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        found += schema.get(key, [])
    for key in ("properties", "patternProperties", "dependentSchemas"):
        found += schema.get(key, {}).values()
    for key in ("not", "if", "then", "else", "items", "contains", "additionalProperties"):
        if key in schema:
            found.append(schema[key])
    return found


def _counts(schema: dict[str, Any]) -> bool:
    """Whether `contains` counts otherwise than draft 4 can: there, one item is all it can ask."""
    return "contains" in schema and ("maxContains" in schema or schema.get("minContains", 1) > 1)


def _whole(value: Any) -> Any:
    """Draft 4 §3.5 knows no integer with a fraction, were it zero."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _canonical(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, dict):
        members = sorted((json.dumps(key), _canonical(each)) for key, each in value.items())
        return "{" + ",".join(f"{key}:{each}" for key, each in members) + "}"
    return json.dumps(_whole(value))


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
