"""What a type of resource does beyond being kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from support.aws_account.cloudformation.made import Made
from support.aws_account.region import Region

Properties = Mapping[str, Any]


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
