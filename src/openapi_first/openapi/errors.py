"""What is wrong with a contract or the settings beside it: every fault, with a way to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from openapi_first.core.errors import UserError


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


class ContractError(UserError):
    """The contract cannot be compiled; `faults` are all that were found, in file order."""

    names_place = True

    def __init__(self, faults: Iterable[ContractFault]) -> None:
        self.faults = tuple(
            sorted(
                dict.fromkeys(faults),
                key=lambda fault: (fault.file, fault.line or 0, fault.pointer),
            )
        )
        super().__init__("\n".join(map(str, self.faults)))


class UnreadableContract(ContractError):
    """There is nothing that could be a contract: no file, no YAML, no OpenAPI of a known version.
    Said in one line."""

    def __init__(self, fault: ContractFault) -> None:
        super().__init__([fault])

    def __str__(self) -> str:
        (fault,) = self.faults
        place = f"{fault.file}:{fault.line}" if fault.line else fault.file
        return f"{place}: {fault.detail}. {fault.remedy}"


class SettingsError(UserError):
    """The settings cannot be used; `problems` are all that were found, each with its table."""

    names_place = True

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))
