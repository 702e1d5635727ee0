"""Words for the limits that OpenAPI's own schema and JSON Schema's set to numbers and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# By the keyword of the violated schema: what is wrong, and the remedy. `{0}` is its value.
_LIMITS: Mapping[str, tuple[str, str]] = {
    "minItems": ("the array is too short", "Write at least {0} elements."),
    "maxItems": ("the array is too long", "Write at most {0} elements."),
    "minLength": ("the string is too short", "Write at least {0} characters."),
    "maxLength": ("the string is too long", "Write at most {0} characters."),
    "minProperties": ("the object has too few members", "Write at least {0}."),
    "maxProperties": ("the object has too many members", "Write at most {0}."),
    "minimum": ("the number is too small", "Write {0} or more."),
    "maximum": ("the number is too large", "Write {0} or less."),
    "pattern": ("the string has the wrong form", "Write one that matches {0}."),
    "const": ("the value is not the one allowed here", "Write {0}."),
    "format": ("the string has the wrong form", "Write a {0}."),
    "propertyNames": ("a name of a member has the wrong form", "Rename it."),
    "dependentRequired": ("a member that another one needs is missing", "Add it."),
    "dependencies": ("a member that another one needs is missing", "Add it."),
}


def explained_limit(keyword: str, limit: Any, value: Any) -> tuple[str, str] | None:
    """What is wrong with a value, and the remedy; None for a keyword that sets no limit."""
    if keyword == "uniqueItems" and isinstance(value, list):
        first, second = _equal_elements(value)
        detail = f"elements {first} and {second} of the array are equal"
        return detail, "Remove one of the two."
    if keyword == "minimum" and isinstance(limit, int) and limit == 0:
        return "the number is negative", "Write 0 or more."
    if keyword in ("exclusiveMinimum", "exclusiveMaximum"):
        above = keyword == "exclusiveMinimum"
        wrong = f"the number is too {'small' if above else 'large'}"
        return wrong, f"Write a number {'above' if above else 'below'} {limit}."
    if keyword in ("oneOf", "anyOf", "not") and isinstance(value, dict):
        return _excluding(value)
    words = _LIMITS.get(keyword)
    if words is None:
        return None
    return words[0], words[1].format(limit)


def _equal_elements(elements: list[Any]) -> tuple[int, int]:
    """The positions, from 0, of two equal elements; JSON's 1 and true are different."""
    seen: list[str] = []
    for index, element in enumerate(elements):
        text = repr(element)
        if text in seen:
            return seen.index(text), index
        seen.append(text)
    return 0, len(elements) - 1


def _excluding(value: Mapping[str, Any]) -> tuple[str, str]:
    """OpenAPI's own schema uses these keywords for members that exclude each other."""
    if not value:
        return "the object is empty", "Write its members."
    for pair in (("schema", "content"), ("example", "examples"), ("operationId", "operationRef")):
        if set(pair) <= set(value):
            return f"{pair[0]} and {pair[1]} exclude each other", "Remove one of the two."
    return (
        "the members do not fit together",
        "Write those of one kind of object only, with its required members.",
    )
