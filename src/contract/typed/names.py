"""Names of classes, each given once."""

from __future__ import annotations

import re
from keyword import iskeyword

__all__ = ["ClassNames"]

_BORDERS = re.compile(r"[^0-9A-Za-z]+")
_RESERVED = frozenset(
    {
        *("Any", "Decimal", "Literal", "Never", "NotRequired", "Operations", "Protocol"),
        *("Reply", "TypeAlias", "TypedDict", "None", "True", "False"),
    }
)


class ClassNames:
    """Gives names as PEP 8 spells those of classes; one that is taken gets a number."""

    def __init__(self) -> None:
        self._taken = {name.lower() for name in _RESERVED}

    def give(self, *parts: str) -> str:
        """A name made of the parts: `get-item`, `body` → `GetItemBody`."""
        words = [word for part in parts for word in _BORDERS.split(part) if word]
        name = "".join(word[0].upper() + word[1:] for word in words)
        if not name.isidentifier() or iskeyword(name):
            name = f"Schema{name}"
        given, number = name, 2
        while given.lower() in self._taken:
            given, number = f"{name}{number}", number + 1
        self._taken.add(given.lower())
        return given
