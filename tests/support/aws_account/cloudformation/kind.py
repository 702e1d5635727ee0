"""A resource that exists, and what its type does beyond being kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from support.aws_account.region import Region

Properties = Mapping[str, Any]


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


class Kind:
    """`replaces` are the properties of which a new value needs a new resource."""

    replaces: ClassVar[frozenset[str]] = frozenset()
    imported_by: ClassVar[str] = ""

    def identified(self, region: Region, properties: Properties) -> dict[str, str]:
        """The ids that the service gives: `name`, `id` and others."""
        del region, properties
        return {}

    def attributes(self, values: Mapping[str, str]) -> dict[str, Any]:
        """Attributes that the engine's table does not know; `values` have the ids."""
        del values
        return {}

    def create(self, region: Region, name: str, properties: Properties) -> None: ...

    def update(self, region: Region, made: Made, properties: Properties) -> None: ...

    def delete(self, region: Region, made: Made) -> None: ...

    def exists(self, region: Region, name: str) -> bool:
        del region, name
        return False
