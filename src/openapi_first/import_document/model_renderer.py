"""A contract's schemas as API Gateway can hold requests to them.

A model is read as a Schema Object of OpenAPI 3.0 when it is imported, and validated as draft 4, so
it is written in what both know. What they have no words for is left out so that the model admits
more than the contract does, never less; the Lambda holds requests to all of it. So a schema that
loses something is not negated, and does not count among those of which one must hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from openapi_first.import_document.exactness import Exactness, counts, referred
from openapi_first.import_document.model_values import (
    NOTHING,
    any_of,
    enumerated,
    inclusive,
    typed,
    whole,
)

_SAME = frozenset(
    {
        *("pattern", "multipleOf", "uniqueItems", "maxLength", "minLength"),
        *("maxProperties", "minProperties"),
    }
)
_COMPOSED = ("anyOf", "oneOf")


@dataclass
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
    _exactness: Exactness = field(init=False)
    _quiet: Draft4 = field(init=False)
    _written_out: dict[str, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._exactness = Exactness(self.definitions)
        self._quiet = self if self.said is _nothing else replace(self, said=_nothing)

    def render(self, schema: Any, *, composed: bool = False) -> Any:
        """The schema as a model. `composed` is for one within a composition, which may hold no
        reference (AWS: api-gateway-known-issues)."""
        if isinstance(schema, bool):
            return {} if schema else NOTHING
        rendered: dict[str, Any] = {}
        every: list[Any] = []
        for key in sorted(_SAME & schema.keys()):
            rendered[key] = whole(schema[key])
            self.said(schema, key)
        if schema.get("required"):
            rendered["required"] = schema["required"]
            self.said(schema, "required")
        self._type(schema, rendered, every)
        self._values(schema, rendered, every)
        self._limits(schema, rendered)
        self._contains(schema, every)
        self._object(schema, rendered, every, composed)
        self._composed(schema, rendered, every)
        if schema.keys() == {"$ref"} and not composed:
            return self.reference(referred(schema))
        if "$ref" in schema:
            every.append(self._write_out(referred(schema)))
        every = [branch for branch in every if branch]
        self._items(schema, rendered, every, composed)
        return _assembled(rendered, every)

    def _write_out(self, name: str) -> Any:
        """What a reference stands for; of what has no end, or is too long, the Lambda sees to."""
        if not self._exactness.writable(name):
            return {}
        if name not in self._written_out:
            self._written_out[name] = self.render(self.definitions[name], composed=True)
        return self._written_out[name]

    def _type(self, schema: dict[str, Any], rendered: dict[str, Any], every: list[Any]) -> None:
        if "type" not in schema:
            return
        self.said(schema, "type")
        written = schema["type"]
        types = [written] if isinstance(written, str) else list(dict.fromkeys(written))
        if "number" in types:
            types = [each for each in types if each != "integer"]
        branches = [typed(each, integral=self.integral) for each in types]
        single = len(types) == 1 and types != ["null"]
        if single and not branches[0].keys() & rendered.keys():
            rendered.update(branches[0])
        elif not _says_types(schema, types):
            every.append(any_of(branches))

    def _values(self, schema: dict[str, Any], rendered: dict[str, Any], every: list[Any]) -> None:
        """`enum` and `const`; draft 4 §5.5.1 asks for one element at least, each once."""
        for key in ("enum", "const"):
            if key not in schema:
                continue
            values = schema[key] if key == "enum" else [schema[key]]
            group = any_of(enumerated(values, schema.get("type")))
            if group.keys() <= {"type", "enum"} and "enum" not in rendered:
                rendered.update({**group, "type": rendered.get("type", group["type"])})
            else:
                every.append(group)
            self.said(schema, key)

    def _limits(self, schema: dict[str, Any], rendered: dict[str, Any]) -> None:
        for key in ("minimum", "maximum"):
            limit, exact = inclusive(schema, key)
            if limit is not None:
                rendered[key] = whole(limit)
            if key in schema:
                self.said(schema, key)
            if exact and "exclusive" + key.capitalize() in schema:
                self.said(schema, "exclusive" + key.capitalize())

    def _contains(self, schema: dict[str, Any], every: list[Any]) -> None:
        if "contains" in schema and schema.get("minContains", 1) >= 1:
            # Some item keeps it: not every item breaks it.
            item = self.render(schema["contains"], composed=True)
            every.append({"not": {"type": "array", "items": {"not": item}}})
            if not counts(schema):
                self.said(schema, "contains")

    def _items(
        self, schema: dict[str, Any], rendered: dict[str, Any], every: list[Any], composed: bool
    ) -> None:
        # `items` after `prefixItems` are the others, of which neither reading has a notion.
        if "items" not in schema or "prefixItems" in schema:
            return
        alone = rendered.get("type") == "array" and not _composes(rendered, every)
        items = self.render(schema["items"], composed=composed or not alone)
        if rendered.get("type") == "array":
            rendered["items"] = items
        elif items:
            every.append(_where("array", {"items": items}))
        self.said(schema, "items")

    def _object(
        self, schema: dict[str, Any], rendered: dict[str, Any], every: list[Any], composed: bool
    ) -> None:
        typed_object = rendered.get("type") == "object"
        rest: Any = {}
        # Without the patterns, who the others are is not known.
        if "additionalProperties" in schema and "patternProperties" not in schema:
            others = schema["additionalProperties"]
            rest = others
            if others is not False:
                rest = self.render(others, composed=composed or not typed_object)
            self.said(schema, "additionalProperties")
        apart = rest != {} and not typed_object
        members: dict[str, Any] = {}
        if "properties" in schema:
            members["properties"] = {
                name: self.render(each, composed=composed or apart)
                for name, each in schema["properties"].items()
            }
            self.said(schema, "properties")
        if rest != {}:
            members["additionalProperties"] = rest
        if apart:
            every.append(_where("object", members))
        else:
            rendered.update(members)
        for name, names in schema.get("dependentRequired", {}).items():
            if names:
                every.append({"anyOf": [{"not": {"required": [name]}}, {"required": names}]})
            self.said(schema, "dependentRequired")
        for name, each in schema.get("dependentSchemas", {}).items():
            absent = {"not": {"type": "object", "required": [name]}}
            every.append({"anyOf": [absent, self.render(each, composed=True)]})
            self.said(schema, "dependentSchemas")

    def _composed(self, schema: dict[str, Any], rendered: dict[str, Any], every: list[Any]) -> None:
        if "allOf" in schema:
            every.extend(self.render(branch, composed=True) for branch in schema["allOf"])
            self.said(schema, "allOf")
        for key in _COMPOSED:
            if key not in schema:
                continue
            if all(map(self._exactness.exact, schema[key])):
                rendered[key] = [self.render(branch, composed=True) for branch in schema[key]]
                self.said(schema, key)
            else:
                # One branch that admits too much lets through what the others refuse.
                branches = [self._quiet.render(branch, composed=True) for branch in schema[key]]
                every.append({"anyOf": branches})
        if "not" in schema and self._exactness.exact(schema["not"]):
            rendered["not"] = self.render(schema["not"], composed=True)
            self.said(schema, "not")
        if "if" in schema and ("then" in schema or "else" in schema):
            self._conditional(schema, every)

    def _conditional(self, schema: dict[str, Any], every: list[Any]) -> None:
        known = self._exactness.exact(schema["if"]) and self._exactness.short(schema["if"])
        branches = self if known else self._quiet
        then = branches.render(schema.get("then", True), composed=True)
        otherwise = branches.render(schema.get("else", True), composed=True)
        if not known:
            every.append({"anyOf": [then, otherwise]})
            return
        condition = self.render(schema["if"], composed=True)
        every.append({"anyOf": [{"not": condition}, then]})
        every.append({"anyOf": [condition, otherwise]})
        for key in ("if", "then", "else"):
            if key in schema:
                self.said(schema, key)


def _nothing(schema: dict[str, Any], keyword: str) -> None:
    """Tells nobody."""


def _says_types(schema: dict[str, Any], types: list[str]) -> bool:
    """Whether the values of an `enum` or `const`, by their types, say the types too."""
    return "integer" not in types and ("enum" in schema or "const" in schema)


def _where(name: str, keywords: dict[str, Any]) -> dict[str, Any]:
    """Keywords that would make the importer add the type they are for, were it not written."""
    value = typed(name, integral=False)
    return {"anyOf": [{**value, **keywords}, {"not": value}]}


def _composes(rendered: dict[str, Any], every: list[Any]) -> bool:
    return bool(every or rendered.keys() & set(_COMPOSED))


def _assembled(rendered: dict[str, Any], every: list[Any]) -> dict[str, Any]:
    """One schema of what stands at a place and of all that must hold beside."""
    if "items" in rendered and _composes(rendered, every):
        # The importer forgets a composition beside `items`.
        choices = [{key: rendered.pop(key)} for key in _COMPOSED if key in rendered]
        every = [rendered, *choices, *every]
        rendered = {}
    if len(every) == 1 and not rendered:
        return dict(every[0])
    if len(every) == 1 and every[0].keys() == {"anyOf"} and "anyOf" not in rendered:
        return {**rendered, **every[0]}
    return {**rendered, "allOf": every} if every else rendered
