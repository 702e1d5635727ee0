"""Steps of JSON Pointers (RFC 6901)."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096, typed=True)  # the same few names, hundreds of thousands of times
def escaped(key: object) -> str:
    """A key or an index as one step (§3)."""
    step = str(key)
    if "~" in step or "/" in step:  # hardly any: each replacement costs more than both questions
        return step.replace("~", "~0").replace("/", "~1")
    return step


def unescaped(step: str) -> str:
    """The key that a step stands for (§4)."""
    return step.replace("~1", "/").replace("~0", "~")
