"""The formats of the OpenAPI format registry that jsonschema_rs does not check, or not as told.

Each checker takes any text and says whether it has the format. Formats of numbers (int32, int64)
are not here: the compiler lowers them to bounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["FORMATS"]

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def _is_uuid(text: str) -> bool:
    """RFC 9562 §4: 8-4-4-4-12 hexadecimal digits of either case."""
    return _UUID.fullmatch(text) is not None


FORMATS: dict[str, Callable[[str], bool]] = {"uuid": _is_uuid}
