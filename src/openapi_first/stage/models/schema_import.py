"""What an import keeps of a schema.

An import reads a schema as a Schema Object of OpenAPI 3.0 before it becomes a model: other keywords
of draft 4 are lost, some keywords set a type, and a composition beside `items` is dropped. The
models that AWS made of imported documents have their keywords in the order of swagger-core, so this
follows that library's parser. What AWS says it does not support is left out too
(api-gateway-known-issues).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Warn = Callable[[str, str], None]
"""Called for each part that is left out, with its pointer and the reason."""

_COMPOSITIONS = ("allOf", "anyOf", "oneOf")
_SUPPORTED: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("title", "description", "pattern", "format", "type"), str),
    **dict.fromkeys(("multipleOf", "maximum", "minimum"), (int, float)),
    **dict.fromkeys(("maxLength", "minLength", "maxProperties", "minProperties"), (int, float)),
    **dict.fromkeys((*_COMPOSITIONS, "required", "enum"), list),
    **dict.fromkeys(("not", "items", "properties"), dict),
    **dict.fromkeys(("exclusiveMaximum", "uniqueItems"), bool),
    "additionalProperties": (bool, dict),
}
_ANNOTATIONS = frozenset({"default", "deprecated", "example", "externalDocs", "xml", "writeOnly"})
_UNSUPPORTED = {
    "discriminator": "the discriminator is not supported in any schema",
    "exclusiveMinimum": "exclusiveMinimum is not supported",
    "maxItems": "maxItems is not part of request validation after an import",
    "minItems": "minItems is not part of request validation after an import",
    "nullable": "nullable is not supported",
    "readOnly": "readOnly is not supported",
}
_NUMBER_FORMATS = frozenset({"int32", "int64", "decimal"})


def import_schema(value: Any, pointer: str, warn: Warn) -> Any:
    """The schema of the model; what is not an object is returned as it is."""
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        for key in value.keys() - {"$ref"} - _ANNOTATIONS - {"description", "title"}:
            warn(f"{pointer}/{key}", "keywords beside a $ref are ignored")
        return {"$ref": value["$ref"]}
    kept = {key: each for key, each in value.items() if _is_kept(key, each, pointer, warn)}
    for key in ("not", "items", "additionalProperties"):
        if key in kept:
            kept[key] = import_schema(kept[key], f"{pointer}/{key}", warn)
    for key in _COMPOSITIONS:
        if key in kept:
            kept[key] = [
                _branch(each, f"{pointer}/{key}/{index}", warn)
                for index, each in enumerate(kept[key])
            ]
    if "properties" in kept:
        kept["properties"] = {
            name: import_schema(each, f"{pointer}/properties/{name}", warn)
            for name, each in kept["properties"].items()
        }
    _set_types(kept, pointer, warn)
    return kept


def _branch(value: Any, pointer: str, warn: Warn) -> Any:
    if isinstance(value, dict) and "$ref" in value:
        warn(pointer, "a $ref within oneOf, anyOf or allOf is not supported")
    return import_schema(value, pointer, warn)


def _is_kept(key: str, value: Any, pointer: str, warn: Warn) -> bool:
    if key in _ANNOTATIONS or key.startswith("x-"):
        return False
    if key in _UNSUPPORTED:
        if value is not False:
            warn(f"{pointer}/{key}", _UNSUPPORTED[key])
        return False
    if key not in _SUPPORTED:
        warn(f"{pointer}/{key}", f"{key} is not a keyword of OpenAPI 3.0")
        return False
    if key == "format" and value in _NUMBER_FORMATS:
        warn(f"{pointer}/{key}", f"the format {value} is not supported")
        return False
    wanted = _SUPPORTED[key]
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted == (int, float)):
        warn(f"{pointer}/{key}", f"{key} does not have the type that OpenAPI 3.0 gives it")
        return False
    return value != []


def _set_types(kept: dict[str, Any], pointer: str, warn: Warn) -> None:
    composed = [key for key in _COMPOSITIONS if key in kept]
    if "items" in kept:
        for key in composed:
            warn(f"{pointer}/{key}", f"{key} beside items is dropped")
            del kept[key]
        _set_type(kept, "array", "items", pointer, warn)
    elif "additionalProperties" in kept and not composed:
        _set_type(kept, "object", "additionalProperties", pointer, warn)
    if "enum" in kept and "type" not in kept:
        first = kept["enum"][0]
        number = isinstance(first, int | float)
        name = "boolean" if isinstance(first, bool) else "number" if number else "string"
        _set_type(kept, name, "enum", pointer, warn)


def _set_type(kept: dict[str, Any], name: str, key: str, pointer: str, warn: Warn) -> None:
    if kept.get("type") != name:
        warn(f"{pointer}/type", f"{key} sets the type {name}")
        kept["type"] = name
