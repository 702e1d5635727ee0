"""Lowers number formats to `minimum` and `maximum`.

OpenAPI Format Registry (spec.openapis.org/registry/format).
"""

from __future__ import annotations

from typing import Any

_LARGEST_FLOAT = (2 - 2**-23) * 2.0**127
_LARGEST_DOUBLE = (2 - 2**-52) * 2.0**1023

_BOUNDS: dict[str, tuple[float, float]] = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
    "double-int": (-(2**53) + 1, 2**53 - 1),
    "float": (-_LARGEST_FLOAT, _LARGEST_FLOAT),
    "double": (-_LARGEST_DOUBLE, _LARGEST_DOUBLE),
}


def apply_number_format(schema: dict[str, Any], *, exclusive_is_boolean: bool) -> None:
    """Replaces a number format in a lowered schema by `minimum` and `maximum`; narrower limits
    stay. `exclusive_is_boolean` is True for draft 4."""
    bounds = _BOUNDS.get(schema.get("format", ""))
    if bounds is None:
        return
    del schema["format"]
    low, high = bounds
    if "minimum" not in schema or schema["minimum"] < low:
        schema["minimum"] = low
        if exclusive_is_boolean:
            schema.pop("exclusiveMinimum", None)
    if "maximum" not in schema or schema["maximum"] > high:
        schema["maximum"] = high
        if exclusive_is_boolean:
            schema.pop("exclusiveMaximum", None)


def drop_idle_exclusives(schema: dict[str, Any]) -> None:
    """Removes `exclusiveMinimum` and `exclusiveMaximum` without their limit, which draft 4 rejects
    (§5.1.2.1)."""
    for key in ("Minimum", "Maximum"):
        if key.lower() not in schema:
            schema.pop(f"exclusive{key}", None)
