"""Errors in a contract or in its settings file: where each one is and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from openapi_first.core.errors import UserError
from openapi_first.core.terminal_text import on_one_line


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error: `pointer` is a JSON Pointer into the file, `line` and `column` count from 1.
    `operations` have the error, each as `GET /items`, where its place is not in one of them."""

    file: str
    line: int | None
    pointer: str
    detail: str
    remedy: str
    column: int | None = None
    operations: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """`file`, `file:line` or `file:line:column`."""
        parts = (on_one_line(self.file), self.line, self.column if self.line else None)
        return ":".join(str(part) for part in parts if part is not None)

    @property
    def _users(self) -> str:
        if not self.operations:
            return ""
        first, *others = self.operations
        if len(others) > 2:
            return f" (used by {on_one_line(first)} and {len(others)} more operations)"
        return f" (used by {on_one_line(', '.join(self.operations))})"

    def __str__(self) -> str:
        where = f" at #{on_one_line(self.pointer)}" if self.pointer else ""
        return f"{self.place}: {self.detail}{where}{self._users}\n    {self.remedy}"


class ContractError(UserError):
    """The contract cannot be compiled; `diagnostics` has every error found, in file order.
    `settings` are the errors in the settings beside it, if these are also invalid."""

    names_place = True

    def __init__(
        self, diagnostics: Iterable[Diagnostic], settings: SettingsError | None = None
    ) -> None:
        self.diagnostics = in_file_order(diagnostics)
        others = () if settings is None else (settings,)
        super().__init__("\n".join(map(str, (*self.diagnostics, *others))))


class NotImportable(ContractError):
    """The contract compiles, and API Gateway would refuse its import document."""


class UnreadableContract(ContractError):
    """The file is missing, or is not a YAML or OpenAPI document of a supported version.

    The message is one line.
    """

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__([diagnostic])

    def __str__(self) -> str:
        (diagnostic,) = self.diagnostics
        return f"{diagnostic.place}: {diagnostic.detail}. {diagnostic.remedy}"


class SettingsError(UserError):
    """The settings are invalid; `problems` has every problem found, each with its table."""

    names_place = True

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))


def in_file_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each error once."""
    return tuple(
        sorted(
            dict.fromkeys(diagnostics),
            key=lambda each: (each.file, each.line or 0, each.column or 0, each.pointer),
        )
    )
