"""How the importer reads a Schema Object, written down.

AWS names no parser, but the models it made of imported documents have their keywords in the order
in which swagger-core writes them (`required, type, properties, description`; `minItems, type,
description, items`), so it reads as that library's parser does.
`tests/stack/test_swagger_parser.py` holds this model to the parser itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_NUMBERS = ("multipleOf", "maximum", "minimum")
_COUNTS = ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties")
_FLAGS = (
    *("exclusiveMaximum", "exclusiveMinimum", "uniqueItems", "nullable", "readOnly", "writeOnly"),
    "deprecated",
)
_TEXTS = ("title", "pattern", "description", "format", "type")
_LISTS = ("allOf", "anyOf", "oneOf")
_ANYTHING = ("enum", "default", "discriminator", "xml", "externalDocs", "example")
ATTRIBUTES = frozenset(
    {*_NUMBERS, *_COUNTS, *_FLAGS, *_TEXTS, *_LISTS, *_ANYTHING}
    | {"required", "not", "items", "properties", "additionalProperties", "$ref"}
)
"""The fixed fields of a Schema Object (OpenAPI 3.0.3 §4.7.24), and `$ref`."""


@dataclass(frozen=True)
class Loss:
    """What was dropped or changed, and what is thereby another schema."""

    pointer: str
    detail: str


def read_schema(value: Any, pointer: str = "") -> tuple[dict[str, Any], tuple[Loss, ...]]:
    """What is left of a schema, and what was lost on the way."""
    losses: list[Loss] = []
    return _read(value, pointer, losses), tuple(losses)


def _read(value: Any, pointer: str, losses: list[Loss]) -> dict[str, Any]:
    if not isinstance(value, dict):
        losses.append(Loss(pointer, "not an object"))
        return {}
    if "$ref" in value:
        losses += (Loss(f"{pointer}/{key}", "beside $ref") for key in value.keys() - {"$ref"})
        return {"$ref": value["$ref"]}
    kept = dict(_kept(value, pointer, losses))
    losses += (
        Loss(f"{pointer}/{key}", "no such attribute, or not as it must be")
        for key in sorted(value.keys() - kept.keys())
    )
    for key in ("not", "items"):
        if key in kept:
            kept[key] = _read(kept[key], f"{pointer}/{key}", losses)
    for key in _LISTS:
        if key in kept:
            kept[key] = [
                _read(each, f"{pointer}/{key}/{index}", losses)
                for index, each in enumerate(kept[key])
            ]
    for name, each in kept.get("properties", {}).items():
        kept["properties"] = kept["properties"] | {
            name: _read(each, f"{pointer}/properties/{name}", losses)
        }
    if isinstance(kept.get("additionalProperties"), dict):
        below = f"{pointer}/additionalProperties"
        kept["additionalProperties"] = _read(kept["additionalProperties"], below, losses)
    _infer_types(kept, pointer, losses)
    if kept.get("type") == "array" and "items" not in kept:
        losses.append(Loss(f"{pointer}/items", "missing"))
    return kept


def _infer_types(kept: dict[str, Any], pointer: str, losses: list[Loss]) -> None:
    composed = [key for key in _LISTS if key in kept]
    if "items" in kept:
        for key in composed:
            losses.append(Loss(f"{pointer}/{key}", "a composition beside items"))
            del kept[key]
        _set_type(kept, "array", pointer, losses)
    elif "additionalProperties" in kept and not composed:
        _set_type(kept, "object", pointer, losses)
    if kept.get("enum") and "type" not in kept:
        _set_type(kept, _type_of_first(kept["enum"][0]), pointer, losses)


def _set_type(kept: dict[str, Any], name: str, pointer: str, losses: list[Loss]) -> None:
    if kept.get("type") != name:
        losses.append(Loss(f"{pointer}/type", f"{kept.get('type')} becomes {name}"))
        kept["type"] = name


def _type_of_first(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "string"


def _kept(value: dict[str, Any], pointer: str, losses: list[Loss]) -> Iterator[tuple[str, Any]]:
    for key, each in value.items():
        if key.startswith("x-") or (key in _ANYTHING and each != []) or _fits(key, each):
            yield key, each


def _fits(key: str, value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    whole: dict[str, Callable[[], bool]] = {
        **dict.fromkeys(_NUMBERS, lambda: number),
        **dict.fromkeys(_COUNTS, lambda: number),
        **dict.fromkeys(_FLAGS, lambda: isinstance(value, bool)),
        **dict.fromkeys(_TEXTS, lambda: isinstance(value, str)),
        **dict.fromkeys((*_LISTS, "required"), lambda: isinstance(value, list) and value != []),
        **dict.fromkeys(("not", "items", "properties"), lambda: isinstance(value, dict)),
        "additionalProperties": lambda: isinstance(value, bool | dict),
    }
    return key in whole and whole[key]()
