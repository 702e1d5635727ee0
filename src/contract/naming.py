"""Names of the contract as Python spells them."""

from __future__ import annotations

import re

__all__ = ["argument_name"]

_BORDERS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^0-9A-Za-z]+")


def argument_name(name: str) -> str:
    """snake_case: `listItems` → `list_items`, `If-Match` → `if_match`, `HTTPCode` → `http_code`."""
    return "_".join(part.lower() for part in _BORDERS.split(name) if part)
