"""When JSON values are equal (JSON Schema 2020-12, Core §4.2.2)."""

from __future__ import annotations

import json
from typing import Any


def comparable(value: Any) -> str:
    """A text that is the same for values that JSON Schema takes for equal."""
    if isinstance(value, str):
        return f'"{value}'  # most are strings; no other text starts so and ends otherwise
    return json.dumps(_numbers_alike(value), sort_keys=True)


def _numbers_alike(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_numbers_alike(each) for each in value]
    if isinstance(value, dict):
        return {name: _numbers_alike(each) for name, each in value.items()}
    return value
