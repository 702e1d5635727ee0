"""What a test does with the table of the service, wherever the table is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from support.faults.proxy import Fault, FaultProxy

TABLE = "items"


class Table(Protocol):
    """The table behind the service, and how its next calls meet a fault."""

    @property
    def items(self) -> Mapping[str, Mapping[str, Any]]: ...
    @property
    def met(self) -> int: ...
    def plant(self, attributes: dict[str, Any]) -> None: ...
    def clear(self) -> None: ...
    def inject(self, fault: Fault, times: int, skip: int) -> None: ...
    def heal(self) -> None: ...


@dataclass
class ServedTable:
    """A table on a server, with the proxy through which the service reaches it."""

    client: Any
    proxy: FaultProxy

    @property
    def items(self) -> dict[str, Any]:
        found = self.client.scan(TableName=TABLE, ConsistentRead=True)["Items"]
        return {each["id"]["S"]: each for each in found}

    @property
    def met(self) -> int:
        return sum(fault is not None for _, fault in self.proxy.seen)

    def plant(self, attributes: dict[str, Any]) -> None:
        self.client.put_item(TableName=TABLE, Item=attributes)

    def clear(self) -> None:
        for key in self.items:
            self.client.delete_item(TableName=TABLE, Key={"id": {"S": key}})

    def inject(self, fault: Fault, times: int, skip: int) -> None:
        self.proxy.heal()
        self.proxy.inject(fault, times=times)

    def heal(self) -> None:
        self.proxy.heal()
