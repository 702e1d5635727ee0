"""JSON Schema 2020-12, as far as draft 4 can say it.

For API Gateway, whose models are draft 4. What draft 4 has no words for is left out, which makes
the model admit more than the contract does, never less; the Lambda holds requests to all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["as_draft_4"]

_LISTS = ("allOf", "anyOf", "oneOf")
_SAME = frozenset(
    {
        *("type", "enum", "required", "format", "pattern", "multipleOf", "uniqueItems"),
        *("maximum", "minimum", "maxLength", "minLength", "maxItems", "minItems"),
        *("maxProperties", "minProperties"),
    }
)


def as_draft_4(
    schema: Any, reference: Callable[[str], dict[str, str]], *, dropped: frozenset[str]
) -> Any:
    """The schema in draft 4, its references as `reference` gives them, without the keywords that
    are `dropped`. Draft 4 stays as it is."""

    def render(part: Any) -> Any:
        return as_draft_4(part, reference, dropped=dropped)

    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    rendered: dict[str, Any] = {
        key: value for key, value in schema.items() if key in _SAME and key not in dropped
    }
    for key in _LISTS:
        if key in schema:
            rendered[key] = [render(branch) for branch in schema[key]]
    for key in ("properties", "patternProperties"):
        if key in schema:
            rendered[key] = {name: render(each) for name, each in schema[key].items()}
    if "not" in schema:
        rendered["not"] = render(schema["not"])
    _exclusive(schema, rendered, "minimum", max)
    _exclusive(schema, rendered, "maximum", min)
    _array(schema, rendered, render)
    _object(schema, rendered, render)
    if "const" in schema:
        rendered["enum"] = [schema["const"]]
    if "if" in schema:
        condition = render(schema["if"])
        conditions = [
            {"anyOf": [{"not": condition}, render(schema.get("then", True))]},
            {"anyOf": [condition, render(schema.get("else", True))]},
        ]
        rendered["allOf"] = [*rendered.get("allOf", []), *conditions]
    if "$ref" not in schema:
        return rendered
    target = reference(schema["$ref"])
    # Draft 4 reads nothing beside a reference.
    return {"allOf": [target, rendered]} if rendered else target


def _exclusive(
    schema: dict[str, Any], rendered: dict[str, Any], key: str, narrower: Callable[..., float]
) -> None:
    name = "exclusive" + key.capitalize()
    if name not in schema:
        return
    limit = schema[name]
    if isinstance(limit, bool):
        rendered[name] = limit
    elif key not in schema or narrower(limit, schema[key]) == limit:
        rendered[key], rendered[name] = limit, True


def _array(schema: dict[str, Any], rendered: dict[str, Any], render: Callable[[Any], Any]) -> None:
    if "prefixItems" in schema:
        rendered["items"] = [render(item) for item in schema["prefixItems"]]
        if "items" in schema:
            rendered["additionalItems"] = _boolean_or(schema["items"], render)
    elif "items" in schema:
        rendered["items"] = render(schema["items"])
    if "contains" in schema and schema.get("minContains", 1) == 1:
        # Some item keeps it: not every item breaks it.
        rendered["allOf"] = [
            *rendered.get("allOf", []),
            {"not": {"type": "array", "items": {"not": render(schema["contains"])}}},
        ]


def _object(schema: dict[str, Any], rendered: dict[str, Any], render: Callable[[Any], Any]) -> None:
    if "additionalProperties" in schema:
        rendered["additionalProperties"] = _boolean_or(schema["additionalProperties"], render)
    dependencies: dict[str, Any] = {
        name: names for name, names in schema.get("dependentRequired", {}).items() if names
    }
    for name, each in schema.get("dependentSchemas", {}).items():
        asked = {"required": dependencies[name]} if name in dependencies else {}
        dependencies[name] = {"allOf": [asked, render(each)]}
    if dependencies:
        rendered["dependencies"] = dependencies


def _boolean_or(value: Any, render: Callable[[Any], Any]) -> Any:
    return value if isinstance(value, bool) else render(value)
