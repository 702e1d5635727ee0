"""Steps of JSON Pointers (RFC 6901)."""

from __future__ import annotations


def escaped(key: object) -> str:
    """A key or an index as one step (§3)."""
    return str(key).replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """The key that a step stands for (§4)."""
    return step.replace("~1", "/").replace("~0", "~")
