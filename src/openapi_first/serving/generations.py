"""What is served, made anew each time the files change.

Each generation has a folder of its own, so that the last good one stays whole while a new one is
tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.compiler.compile import write_compiled
from openapi_first.import_document.document import import_document
from openapi_first.import_document.methods import FUNCTION_VARIABLE
from openapi_first.import_document.settings import GatewaySettings, read_settings
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract


@dataclass(frozen=True, slots=True)
class Generation:
    """What one state of the files came to; `folder` has the compiled module."""

    contract: Contract
    settings: GatewaySettings
    settings_file: Path
    document: dict[str, Any]
    folder: Path

    @property
    def stage_variables(self) -> dict[str, str]:
        """On AWS they name functions; here a function's name is its variable's."""
        return {
            FUNCTION_VARIABLE: "local",
            **{name: name for name in self.settings.stage_variables},
        }

    @property
    def files(self) -> set[Path]:
        """The files it was made of, and the one that would have had settings."""
        sources = {source.path.resolve() for source in self.contract.sources}
        return {*sources, self.settings_file.resolve()}


class Generations:
    """Makes generations of a contract, in subfolders of `folder`."""

    def __init__(
        self, contract: Path, settings_file: Path, allow_origins: tuple[str, ...], folder: Path
    ) -> None:
        self._contract = contract
        self._settings_file = settings_file
        self._allow_origins = allow_origins
        self._folder = folder
        self._made = 0

    def make(self) -> Generation:
        """The next one. Raises ContractError or SettingsError with every fault."""
        contract = load(self._contract)
        settings = read_settings(self._settings_file, contract, allow_origins=self._allow_origins)
        document = import_document(contract, settings)
        self._made += 1
        folder = self._folder / str(self._made)
        write_compiled(contract, folder / "compiled.py", watched=False)
        return Generation(contract, settings, self._settings_file, document, folder)
