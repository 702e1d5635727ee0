"""Versions of items, and conditions on them."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


_SHAPE = re.compile(r"[0-9a-f]{32}")

# DynamoDB's limit for IN (developer guide, "Condition and filter expressions, operators").
_IN_OPERANDS = 100


def new_version() -> str:
    """A unique token for a write, from which the item's entity tag is made.

    Random, since a counter could repeat the tag of an item that was deleted and created again with
    the same id, which Idempotency-Key makes possible.
    """
    return secrets.token_hex(16)


def is_version(value: str) -> bool:
    """Whether `new_version` can have made it."""
    return _SHAPE.fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class Expected:
    """The versions of which a write requires one; None requires any version."""

    versions: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition expression with the names and values in it; DynamoDB refuses unused ones."""

    expression: str
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, AttributeValueTypeDef] = field(default_factory=dict)


def condition_on(expected: Expected | None) -> Condition | None:
    """The condition that an item exists and has an expected version; None if that is impossible."""
    exists = Condition("attribute_exists(#id)", {"#id": "id"})
    if expected is None or expected.versions is None:
        return exists
    # A header may have some 300 tags; only those that can be versions of ours are sent.
    possible = sorted(version for version in expected.versions if is_version(version))
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
