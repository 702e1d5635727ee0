"""A resource that exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Made:
    """`physical_id` is what Ref returns, `name` what the service calls it. `written` is the
    resource in the template that it was last made from, `properties` those of it, resolved."""

    logical_id: str
    type: str
    name: str
    physical_id: str
    attributes: Mapping[str, Any]
    properties: Mapping[str, Any]
    written: Mapping[str, Any] = field(repr=False)

    @property
    def deletion_policy(self) -> str:
        return str(self.written.get("DeletionPolicy", "Delete"))

    @property
    def replace_policy(self) -> str:
        return str(self.written.get("UpdateReplacePolicy", "Delete"))
