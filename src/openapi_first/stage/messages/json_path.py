"""The part of JSONPath that parameter mappings can have: members and elements, no wildcards.

AWS: rest-api-parameter-mapping-sources, `method.request.body.<path>` and
`integration.response.body.<path>`.
"""

from __future__ import annotations

import json
import re
from typing import Any

_STEP = re.compile(r"""\.?([\w-]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]""")


def json_path(text: str) -> tuple[str | int, ...] | None:
    """The steps of a path, as of `$.a.b[0]` and `a['b']`; None for what is not read here."""
    position = 1 if text.startswith("$") else 0
    steps: list[str | int] = []
    while position < len(text):
        found = _STEP.match(text, position)
        if found is None:
            return None
        name, index, *quoted = found.groups()
        steps.append(int(index) if index else name or next((q for q in quoted if q), ""))
        position = found.end()
    return tuple(steps)


def value_at(body: bytes, path: str) -> str | None:
    """The value in a JSON body: a string as it is, another value as JSON text.

    None if the body is not JSON, or has no value there, or null.
    """
    steps = json_path(path)
    if steps is None:
        return None
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    for step in steps:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and str(step).isdecimal():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
