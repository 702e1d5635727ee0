"""What is served: a contract or an import document, built again each time its files change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from openapi_first.compiler.checking import check_contract
from openapi_first.compiler.compile import write_compiled
from openapi_first.import_document.document import import_document, refusals
from openapi_first.import_document.gateway_responses import gateway_statuses
from openapi_first.import_document.protection import scheme_nodes
from openapi_first.import_document.settings import GatewaySettings, read_settings
from openapi_first.openapi.gateway_extensions import FUNCTION_VARIABLE
from openapi_first.openapi.model import Contract, contract_hash
from openapi_first.serving.coverage import contract_origin, document_origin
from openapi_first.serving.errors import CannotServe
from openapi_first.serving.screen.examples import Examples, contract_examples
from openapi_first.stage.api.importer import read_document
from openapi_first.stage.api.rest_api import RestApi, StageDocumentError
from openapi_first.stage.console.coverage import Origin
from openapi_first.templates.files.placeholders import with_placeholders
from openapi_first.templates.files.tags import read_file
from openapi_first.templates.rest.openapi_3 import as_openapi_3

_LOCAL = "local"
_ORIGINS = "CORS_ALLOW_ORIGIN"


@dataclass(frozen=True, slots=True)
class Build:
    """One state of the files, ready to be served."""

    document: Mapping[str, Any]
    api: RestApi
    """The same, as the stage reads it."""
    version: str
    operations: int
    stage_variables: Mapping[str, str]
    files: frozenset[Path]
    """The files to watch, by resolved paths; one that does not exist may appear."""
    function_name: str | None = None
    """What integrations call the function; None if it is every function without a handler."""
    needs_function: bool = False
    """Whether some of its operations can only be served by the function."""
    compiled: Path | None = None
    """The folder of the compiled module, which the function imports."""
    contract_hash: str | None = None
    skipped: str = ""
    """The errors of the operations that are not served."""
    origin: Origin | None = None
    """The contract's names for the operations of the document."""
    schemes: Mapping[str, Mapping[str, Any]] | None = None
    """The contract's security schemes; None for an import document."""
    example: Examples = field(default=lambda _: None)
    """The request that a method's examples make."""


class Served(Protocol):
    """What `contract serve` serves."""

    @property
    def documentation(self) -> Path | None:
        """What the console shows instead of the import document."""
        ...

    @property
    def variables(self) -> Mapping[str, str]:
        """Environment variables that the function gets from it."""
        ...

    @property
    def compiled_into_function(self) -> bool:
        """Whether the function has to be loaded again for another build."""
        ...

    def build(self, folder: Path) -> Build:
        """A new build, with the files it needs in `folder`, which does not exist yet.

        Raises UserError: ContractError, SettingsError or CannotServe.
        """
        ...


@dataclass(frozen=True, slots=True)
class ServedContract:
    """A contract, compiled for the function and rendered for the stage."""

    path: Path
    settings_file: Path
    allow_origins: tuple[str, ...]
    keep_going: bool = False
    compiled_into_function: ClassVar[bool] = True

    @property
    def documentation(self) -> Path:
        return self.path

    @property
    def variables(self) -> Mapping[str, str]:
        return {_ORIGINS: ",".join(self.allow_origins)}

    def build(self, folder: Path) -> Build:
        checked = check_contract(
            self.path,
            lambda contract: refusals(contract, self._settings(contract)),
            keep_going=self.keep_going,
        )
        contract, plans = checked.contract, checked.plans
        settings = self._settings(contract)
        bodies = plans.gateway_bodies(gateway_statuses(), settings.errors)
        document = import_document(contract, settings, plans.lowerings, bodies)
        write_compiled(contract, folder / "compiled.py", watched=False, plans=plans)
        files = {*(source.path for source in contract.sources), self.settings_file}
        return Build(
            document=document,
            api=_read(document, str(self.path)),
            version=contract.version,
            operations=len(contract.operations),
            # On AWS they name functions; here the name of a function is that of its variable.
            stage_variables={
                FUNCTION_VARIABLE: _LOCAL,
                **{name: name for name in settings.stage_variables},
            },
            files=frozenset(path.resolve() for path in files),
            function_name=_LOCAL,
            needs_function=bool(contract.served),
            compiled=folder,
            contract_hash=contract_hash(contract),
            skipped=checked.skipped,
            origin=contract_origin(contract),
            schemes={name: node.value for name, node in scheme_nodes(contract).items()},
            example=contract_examples(contract),
        )

    def _settings(self, contract: Contract) -> GatewaySettings:
        return read_settings(self.settings_file, contract, allow_origins=self.allow_origins)


@dataclass(frozen=True, slots=True)
class ServedDocument:
    """An import document, in JSON or YAML, with the stage variables that it uses."""

    path: Path
    stage_variables: Mapping[str, str]
    compiled_into_function: ClassVar[bool] = False

    @property
    def documentation(self) -> None:
        return None

    @property
    def variables(self) -> Mapping[str, str]:
        return {}

    def build(self, _folder: Path) -> Build:
        read = read_file(self.path).value
        if not isinstance(read, dict):
            raise CannotServe(
                f"{self.path}: is not an OpenAPI document: write an object with `openapi` and "
                "`paths`"
            )
        files = frozenset({self.path.resolve()})
        return document_build(read, str(self.path), self.stage_variables, files)


def document_build(
    document: Mapping[str, Any],
    place: str,
    stage_variables: Mapping[str, str],
    files: frozenset[Path],
) -> Build:
    """The build of an import document, which may be in Swagger 2.0 and have intrinsic functions;
    `place` is where it is. Raises CannotServe and ContractError."""
    document = as_openapi_3(with_placeholders(document), Path(place))
    api = _read(document, place)
    info = document.get("info")
    return Build(
        document=document,
        api=api,
        version=str(info.get("version", "")) if isinstance(info, dict) else "",
        operations=sum(method.http_method != "OPTIONS" for method in api.methods),
        stage_variables=stage_variables,
        files=files,
        origin=document_origin(document, api),
    )


def _read(document: Mapping[str, Any], place: str) -> RestApi:
    try:
        return read_document(document)
    except StageDocumentError as error:
        raise CannotServe(f"{place}: {error}") from error
