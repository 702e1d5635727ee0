"""What is wrong with a contract: every fault with its file, line, pointer and a way to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["ContractError", "ContractFault"]


@dataclass(frozen=True, slots=True)
class ContractFault:
    """One fault: `pointer` is a JSON Pointer into the contract, `line` counts from 1."""

    file: str
    line: int | None
    pointer: str
    detail: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = f" at #{self.pointer}" if self.pointer else ""
        return f"{place}: {self.detail}{where}\n    {self.remedy}"


class ContractError(Exception):
    """The contract cannot be compiled; `faults` are all that were found, in file order."""

    def __init__(self, faults: Iterable[ContractFault]) -> None:
        self.faults = tuple(
            sorted(
                dict.fromkeys(faults),
                key=lambda fault: (fault.file, fault.line or 0, fault.pointer),
            )
        )
        super().__init__("\n".join(map(str, self.faults)))
