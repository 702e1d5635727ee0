"""Everything that a new project gets: from a contract, or with a small one to start from."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from openapi_first.compiler.checking import check_contract
from openapi_first.openapi.model import Contract
from openapi_first.project.authorizers import authorizer_tables
from openapi_first.project.contract_files import ContractFiles, contract_files
from openapi_first.project.files import EXECUTABLE, rendered_tree
from openapi_first.project.folder import check_new_folder, write_folder
from openapi_first.project.locks import locks
from openapi_first.project.names import image_name, package_name, title_of
from openapi_first.project.wheel import Wheel, engine_wheel
from openapi_first.python_types.module import types_module
from openapi_first.python_types.signatures import signatures_of
from openapi_first.python_types.stubs import with_functions

_CONTRACT = PurePosixPath("openapi.yaml")
_OPERATIONS = "operations.py"


def new_project(
    path: Path, source: Path | None, package: str | None, wheel: Path | None
) -> tuple[str, Contract]:
    """Writes a project into a new or empty folder; returns the package's name and the contract.

    `source` is a contract, None for a small one; `package` and `wheel` are derived if None. Raises
    CannotInit and ContractError; nothing is left then.
    """
    check_new_folder(path)
    name = package_name(package, path.resolve().name)
    engine = engine_wheel(wheel)
    if source is None:
        files, contract = _starter(name, engine)
    else:
        contract = check_contract(source).contract
        files = _of_contract(contract, name, engine)
    files[PurePosixPath("src", name, "types.py")] = types_module(contract).encode()
    files[PurePosixPath("wheels", engine.name)] = engine.data
    for lock, text in locks(engine).items():
        files[PurePosixPath("requirements", lock)] = text.encode()
    write_folder(path, files, frozenset({EXECUTABLE}))
    return name, contract


def _of_contract(contract: Contract, name: str, engine: Wheel) -> dict[PurePosixPath, bytes]:
    placed = contract_files(contract)
    authorizers = authorizer_tables(contract, image_name(name))
    variables = _variables(name, contract.title, engine, placed, authorizers)
    path = PurePosixPath("src", name, _OPERATIONS)
    operations = with_functions("", Path(path), signatures_of(contract), f"{name}.types")
    return {
        **rendered_tree("every", variables),
        **placed.files,
        path: operations.encode(),
    }


def _starter(name: str, engine: Wheel) -> tuple[dict[PurePosixPath, bytes], Contract]:
    placed = ContractFiles(_CONTRACT, None, {})
    variables = _variables(name, title_of(name), engine, placed, "")
    files = {**rendered_tree("every", variables), **rendered_tree("starter", variables)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, _CONTRACT)
        path.write_bytes(files[_CONTRACT])
        return files, check_contract(path).contract


def _variables(
    name: str, title: str, engine: Wheel, placed: ContractFiles, authorizers: str
) -> Mapping[str, Any]:
    return {
        "engine": False,
        "table": False,
        "aws_services": "",
        "package": name,
        "name": image_name(name),
        "title": " ".join(title.split()),
        "contract": str(placed.contract),
        "contract_files": str(placed.root),
        "contract_folder": None if placed.folder is None else str(placed.folder),
        "authorizers": authorizers,
        "wheel": engine.name,
        "version": engine.version,
    }
