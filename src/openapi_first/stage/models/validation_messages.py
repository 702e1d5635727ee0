"""`$context.error.validationErrorString`: violations in the wording of the gateway's validator.

The wording of `required`, `additionalProperties`, `pattern` and `enum` is captured from live APIs.
The rest describes the violation in the same style; do not depend on its exact wording.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from jsonschema.exceptions import ValidationError

_TOO_MANY_STEPS = '" takes too many steps]'


def describe(errors: Sequence[ValidationError]) -> str:
    """All violations in brackets, each once, in the order of the body."""
    ordered = sorted(errors, key=lambda error: [str(part) for part in error.absolute_path])
    return f"[{', '.join(dict.fromkeys(_message(error) for error in ordered))}]"


def describe_limit(pattern: str) -> str:
    """For a body that is not validated to the end; the gateway has no such message."""
    return f'[ECMA 262 regex "{pattern}{_TOO_MANY_STEPS}'


def is_limit(text: str) -> bool:
    """Whether a text ends with `describe_limit`."""
    return text.endswith(_TOO_MANY_STEPS)


def _message(error: ValidationError) -> str:
    return _MESSAGES.get(str(error.validator), _any_keyword)(error)


def _json(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)  # the text that Java's BigDecimal has
    if isinstance(value, list):
        return f"[{','.join(map(_json, value))}]"
    if isinstance(value, dict):
        members = (f"{_json(name)}:{_json(each)}" for name, each in value.items())
        return f"{{{','.join(members)}}}"
    return json.dumps(value, ensure_ascii=False)


def _required(error: ValidationError) -> str:
    # jsonschema reports each missing name, the gateway all of an object in one message.
    missing = sorted(name for name in _value(error) if name not in _object(error))
    return f"object has missing required properties ({_json(missing)})"


def _additional(error: ValidationError) -> str:
    extra = sorted(name for name in _object(error) if name not in _properties(error))
    return f"object instance has properties which are not allowed by the schema: {_json(extra)}"


def _pattern(error: ValidationError) -> str:
    return (
        f'ECMA 262 regex "{error.validator_value}" does not match input string "{error.instance}"'
    )


def _enum(error: ValidationError) -> str:
    allowed = _json(error.validator_value)
    return (
        f"instance value ({_json(error.instance)}) not found in enum (possible values: {allowed})"
    )


def _type(error: ValidationError) -> str:
    allowed = _value(error)
    names = sorted([allowed] if isinstance(allowed, str) else allowed)
    return (
        f"instance type ({_json_type(error.instance)}) does not match any allowed primitive type "
        f"(allowed: {_json(names)})"
    )


def _length(word: str, bound: str) -> Callable[[ValidationError], str]:
    def message(error: ValidationError) -> str:
        value, limit = str(error.instance), error.validator_value
        return f'string "{value}" is too {word} (length: {len(value)}, {bound}: {limit})'

    return message


def _bound(word: str, name: str) -> Callable[[ValidationError], str]:
    def message(error: ValidationError) -> str:
        found, limit = _json(error.instance), _json(error.validator_value)
        return (
            f"numeric instance is {word} than the required {name} ({name}: {limit}, found: {found})"
        )

    return message


def _size(problem: str, bound: str) -> Callable[[ValidationError], str]:
    def message(error: ValidationError) -> str:
        return f"{problem} ({bound}: {error.validator_value}, found: {len(_sized(error))})"

    return message


def _any_keyword(error: ValidationError) -> str:
    return f'instance does not satisfy keyword "{error.validator}"'


def _fixed(message: str) -> Callable[[ValidationError], str]:
    return lambda _error: message


_MESSAGES: Mapping[str, Callable[[ValidationError], str]] = {
    "required": _required,
    "additionalProperties": _additional,
    "pattern": _pattern,
    "enum": _enum,
    "type": _type,
    "minLength": _length("short", "required minimum"),
    "maxLength": _length("long", "maximum allowed"),
    "minimum": _bound("lower", "minimum"),
    "maximum": _bound("greater", "maximum"),
    "minItems": _size("array is too short", "required minimum"),
    "maxItems": _size("array is too long", "maximum allowed"),
    "minProperties": _size("object has too few properties", "required minimum"),
    "maxProperties": _size("object has too many properties", "maximum allowed"),
    "uniqueItems": _fixed("array must not contain duplicate elements"),
    "oneOf": _fixed("instance failed to match exactly one schema"),
    "anyOf": _fixed("instance failed to match at least one required schema"),
    "not": _fixed("instance matched a schema which it should not have"),
}


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    names = {Decimal: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "unknown")


def _value(error: ValidationError) -> Any:
    return error.validator_value


def _object(error: ValidationError) -> Mapping[str, Any]:
    return error.instance if isinstance(error.instance, dict) else {}


def _sized(error: ValidationError) -> Sequence[object] | Mapping[str, object]:
    return error.instance if isinstance(error.instance, (list, dict)) else ()


def _properties(error: ValidationError) -> Mapping[str, Any]:
    return error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
