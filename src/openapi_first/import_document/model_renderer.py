"""Renders lowered schemas as models, with which API Gateway validates requests.

A model is imported as a Schema Object of OpenAPI 3.0 and validated as draft 4, so it uses only what
both have. What they cannot express is left out: a model accepts more than the contract, never less,
and the Lambda validates everything. Therefore a schema that loses something is not rendered under
`not`, nor as a branch of `oneOf`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from openapi_first.decimals.numbers import as_integer
from openapi_first.import_document.model_limits import ModelLimits, referenced_name
from openapi_first.import_document.model_values import (
    NOTHING,
    any_of,
    enumerated,
    inclusive,
    typed,
    when_type,
)

_SAME = frozenset(
    {
        *("pattern", "multipleOf", "uniqueItems", "maxLength", "minLength"),
        *("maxProperties", "minProperties"),
    }
)
_COMPOSED = ("anyOf", "oneOf")
_Exact: TypeAlias = list[tuple[dict[str, Any], str]]


@dataclass
class ModelRenderer:
    """Renders lowered schemas; `definitions` are the targets of their references.

    `reference` returns the reference to the model of a definition. `on_exact(schema, keyword)` is
    called for each keyword that the model enforces exactly. `written(schema, keyword)` is the
    value of a keyword in the contract. With `integral`, 1.0 is an integer.
    """

    definitions: Mapping[str, Any]
    reference: Callable[[str], dict[str, str]]
    on_exact: Callable[[dict[str, Any], str], None]
    written: Callable[[dict[str, Any], str], Any]
    integral: bool
    _model_limits: ModelLimits = field(init=False)
    _silent: ModelRenderer = field(init=False)
    _inline: dict[str, tuple[Any, _Exact]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._model_limits = ModelLimits(self.definitions)
        self._silent = self if self.on_exact is _ignore else replace(self, on_exact=_ignore)

    def render(self, schema: Any, *, composed: bool = False) -> Any:
        """The schema as a model. `composed` is for a schema within a composition, where references
        are not supported (AWS: api-gateway-known-issues)."""
        if isinstance(schema, bool):
            return {} if schema else NOTHING
        rendered: dict[str, Any] = {}
        all_of: list[Any] = []
        for key in sorted(_SAME & schema.keys()):
            # A lowered pattern may be one of another dialect.
            rendered[key] = (
                self.written(schema, key) if key == "pattern" else as_integer(schema[key])
            )
            self.on_exact(schema, key)
        if schema.get("required"):
            rendered["required"] = schema["required"]
            self.on_exact(schema, "required")
        self._type(schema, rendered, all_of)
        self._values(schema, rendered, all_of)
        self._limits(schema, rendered)
        self._contains(schema, all_of)
        self._object(schema, rendered, all_of, composed)
        self._composed(schema, rendered, all_of)
        if schema.keys() == {"$ref"} and not composed:
            return self.reference(referenced_name(schema))
        if "$ref" in schema:
            all_of.append(self._inlined(referenced_name(schema)))
        all_of = [branch for branch in all_of if branch]
        self._items(schema, rendered, all_of, composed)
        return _assembled(rendered, all_of)

    def _inlined(self, name: str) -> Any:
        """The target of a reference, or {} for one that only the Lambda can validate."""
        if not self._model_limits.can_inline(name):
            return {}
        if name not in self._inline:
            exact: _Exact = []
            on_exact = self.on_exact
            self.on_exact = lambda schema, keyword: exact.append((schema, keyword))
            self._inline[name] = self.render(self.definitions[name], composed=True), exact
            self.on_exact = on_exact
        rendered, exact = self._inline[name]
        for schema, keyword in exact:
            self.on_exact(schema, keyword)
        return rendered

    def _type(self, schema: dict[str, Any], rendered: dict[str, Any], all_of: list[Any]) -> None:
        if "type" not in schema:
            return
        self.on_exact(schema, "type")
        written = schema["type"]
        types = [written] if isinstance(written, str) else list(dict.fromkeys(written))
        if "number" in types:
            types = [each for each in types if each != "integer"]
        branches = [typed(each, integral=self.integral) for each in types]
        single = len(types) == 1 and types != ["null"]
        if single and not branches[0].keys() & rendered.keys():
            rendered.update(branches[0])
        elif not _implies_types(schema, types):
            all_of.append(any_of(branches))

    def _values(self, schema: dict[str, Any], rendered: dict[str, Any], all_of: list[Any]) -> None:
        """`enum` and `const`; draft 4 §5.5.1 requires at least one element, and no duplicates."""
        for key in ("enum", "const"):
            if key not in schema:
                continue
            values = schema[key] if key == "enum" else [schema[key]]
            group = any_of(enumerated(values, schema.get("type")))
            if group.keys() <= {"type", "enum"} and "enum" not in rendered:
                rendered.update({**group, "type": rendered.get("type", group["type"])})
            else:
                all_of.append(group)
            self.on_exact(schema, key)

    def _limits(self, schema: dict[str, Any], rendered: dict[str, Any]) -> None:
        for key in ("minimum", "maximum"):
            limit, exact = inclusive(schema, key)
            if limit is not None:
                rendered[key] = as_integer(limit)
            if key in schema:
                self.on_exact(schema, key)
            if exact and "exclusive" + key.capitalize() in schema:
                self.on_exact(schema, "exclusive" + key.capitalize())

    def _contains(self, schema: dict[str, Any], all_of: list[Any]) -> None:
        if "contains" in schema and schema.get("minContains", 1) >= 1:
            # Some item matches: not every item fails to match.
            item = self.render(schema["contains"], composed=True)
            all_of.append({"not": {"type": "array", "items": {"not": item}}})
            if schema.get("minContains", 1) == 1:
                self.on_exact(schema, "contains")

    def _items(
        self, schema: dict[str, Any], rendered: dict[str, Any], all_of: list[Any], composed: bool
    ) -> None:
        # `items` beside `prefixItems` are the remaining items, which no model can express.
        if "items" not in schema or "prefixItems" in schema:
            return
        plain = rendered.get("type") == "array" and not _composes(rendered, all_of)
        items = self.render(schema["items"], composed=composed or not plain)
        if rendered.get("type") == "array":
            rendered["items"] = items
        elif items:
            all_of.append(when_type("array", {"items": items}))
        self.on_exact(schema, "items")

    def _object(
        self, schema: dict[str, Any], rendered: dict[str, Any], all_of: list[Any], composed: bool
    ) -> None:
        typed_object = rendered.get("type") == "object"
        rest: Any = {}
        # Models have no `patternProperties`, so they do not know which properties are additional.
        if "additionalProperties" in schema and "patternProperties" not in schema:
            others = schema["additionalProperties"]
            rest = others
            if others is not False:
                rest = self.render(others, composed=composed or not typed_object)
            self.on_exact(schema, "additionalProperties")
        conditional = rest != {} and not typed_object
        members: dict[str, Any] = {}
        if "properties" in schema:
            members["properties"] = {
                name: self.render(each, composed=composed or conditional)
                for name, each in schema["properties"].items()
            }
            self.on_exact(schema, "properties")
        if rest != {}:
            members["additionalProperties"] = rest
        if conditional:
            all_of.append(when_type("object", members))
        else:
            rendered.update(members)
        for name, names in schema.get("dependentRequired", {}).items():
            if names:
                all_of.append({"anyOf": [{"not": {"required": [name]}}, {"required": names}]})
            self.on_exact(schema, "dependentRequired")
        for name, each in schema.get("dependentSchemas", {}).items():
            absent = {"not": {"type": "object", "required": [name]}}
            all_of.append({"anyOf": [absent, self.render(each, composed=True)]})
            self.on_exact(schema, "dependentSchemas")

    def _composed(
        self, schema: dict[str, Any], rendered: dict[str, Any], all_of: list[Any]
    ) -> None:
        if "allOf" in schema:
            all_of.extend(self.render(branch, composed=True) for branch in schema["allOf"])
            self.on_exact(schema, "allOf")
        for key in _COMPOSED:
            if key not in schema:
                continue
            exact = [self._model_limits.is_exact(branch) for branch in schema[key]]
            # What breaks a branch is refused if no other branch accepts too much.
            branches = [
                (self if all(exact[:at] + exact[at + 1 :]) else self._silent).render(
                    branch, composed=True
                )
                for at, branch in enumerate(schema[key])
            ]
            if all(exact):
                rendered[key] = branches
                self.on_exact(schema, key)
            else:
                # A branch that accepts too much accepts what the other branches reject.
                all_of.append({"anyOf": branches})
        if "not" in schema and self._model_limits.is_exact(schema["not"]):
            rendered["not"] = self.render(schema["not"], composed=True)
            self.on_exact(schema, "not")
        if "if" in schema and ("then" in schema or "else" in schema):
            self._conditional(schema, all_of)

    def _conditional(self, schema: dict[str, Any], all_of: list[Any]) -> None:
        condition = schema["if"]
        exact = self._model_limits.is_exact(condition) and self._model_limits.is_short(condition)
        branches = self if exact else self._silent
        then = branches.render(schema.get("then", True), composed=True)
        else_ = branches.render(schema.get("else", True), composed=True)
        if not exact:
            all_of.append({"anyOf": [then, else_]})
            return
        if_ = self.render(condition, composed=True)
        all_of.append({"anyOf": [{"not": if_}, then]})
        all_of.append({"anyOf": [if_, else_]})
        for key in ("if", "then", "else"):
            if key in schema:
                self.on_exact(schema, key)


def _ignore(schema: dict[str, Any], keyword: str) -> None:
    pass


def _implies_types(schema: dict[str, Any], types: list[str]) -> bool:
    """Whether the values of `enum` or `const` make `type` redundant."""
    return "integer" not in types and ("enum" in schema or "const" in schema)


def _composes(rendered: dict[str, Any], all_of: list[Any]) -> bool:
    return bool(all_of or rendered.keys() & set(_COMPOSED))


def _assembled(rendered: dict[str, Any], all_of: list[Any]) -> dict[str, Any]:
    """One schema of the rendered keywords and the schemas that must match as well."""
    if "items" in rendered and _composes(rendered, all_of):
        # The importer drops a composition beside `items`.
        choices = [{key: rendered.pop(key)} for key in _COMPOSED if key in rendered]
        all_of = [rendered, *choices, *all_of]
        rendered = {}
    if len(all_of) == 1 and not rendered:
        return dict(all_of[0])
    if len(all_of) == 1 and all_of[0].keys() == {"anyOf"} and "anyOf" not in rendered:
        return {**rendered, **all_of[0]}
    return {**rendered, "allOf": all_of} if all_of else rendered
