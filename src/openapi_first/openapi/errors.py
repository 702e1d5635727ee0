"""Errors in a contract or in its settings file: where each one is and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from openapi_first.core.errors import UserError
from openapi_first.core.terminal_text import on_one_line


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error: `pointer` is a JSON Pointer into the file, `line` counts from 1."""

    file: str
    line: int | None
    pointer: str
    detail: str
    remedy: str

    def __str__(self) -> str:
        file = on_one_line(self.file)
        place = f"{file}:{self.line}" if self.line else file
        where = f" at #{on_one_line(self.pointer)}" if self.pointer else ""
        return f"{place}: {self.detail}{where}\n    {self.remedy}"


class ContractError(UserError):
    """The contract cannot be compiled; `diagnostics` has every error found, in file order."""

    names_place = True

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(
            sorted(
                dict.fromkeys(diagnostics),
                key=lambda each: (each.file, each.line or 0, each.pointer),
            )
        )
        super().__init__("\n".join(map(str, self.diagnostics)))


class UnreadableContract(ContractError):
    """The file is missing, or is not a YAML or OpenAPI document of a supported version.

    The message is one line.
    """

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__([diagnostic])

    def __str__(self) -> str:
        (diagnostic,) = self.diagnostics
        file = on_one_line(diagnostic.file)
        place = f"{file}:{diagnostic.line}" if diagnostic.line else file
        return f"{place}: {diagnostic.detail}. {diagnostic.remedy}"


class SettingsError(UserError):
    """The settings are invalid; `problems` has every problem found, each with its table."""

    names_place = True

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))
