"""What a judge says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """Whether a request or a response matches the contract; `told` has the reasons why not,
    `given` are the values that a request was understood to carry."""

    kept: bool
    told: str = ""
    given: dict[str, Any] | None = None


def same_values(one: Any, other: Any) -> bool:
    """Whether two values are the same to JSON, which has one kind of number."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_values(one[n], other[n]) for n in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_values, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
