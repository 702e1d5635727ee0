"""Versions of items: what a write leaves behind, and what a client expects to find."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


_SHAPE = re.compile(r"[0-9a-f]{32}")

# The most operands IN takes (developer guide, "Condition and filter expressions, operators").
_IN_OPERANDS = 100


def new_version() -> str:
    """A token no other write has: the entity tag of what this write leaves behind.

    Random and not a counter, so that a tag of an item deleted and created anew under the same id
    (which Idempotency-Key makes possible) never matches by chance.
    """
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a client makes its write depend on: one of these versions; None: that there is any."""

    versions: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition expression with just the names and values it uses: DynamoDB refuses others."""

    expression: str
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, AttributeValueTypeDef] = field(default_factory=dict)


def condition_on(expected: Expected | None) -> Condition | None:
    """The condition that an item exists and is as expected; None if it cannot hold."""
    exists = Condition("attribute_exists(#id)", {"#id": "id"})
    if expected is None or expected.versions is None:
        return exists
    # A header may hold some 300 tags of any spelling; only what we could have given out is sent.
    possible = sorted(version for version in expected.versions if _SHAPE.fullmatch(version))
    if not possible:
        return None
    values: dict[str, AttributeValueTypeDef] = {
        f":{n}": {"S": version} for n, version in enumerate(possible)
    }
    names = list(values)
    groups = [names[at : at + _IN_OPERANDS] for at in range(0, len(names), _IN_OPERANDS)]
    alternatives = " OR ".join(f"#version IN ({', '.join(group)})" for group in groups)
    return Condition(
        f"{exists.expression} AND ({alternatives})",
        {**exists.names, "#version": "version"},
        values,
    )
