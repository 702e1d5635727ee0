"""Everything that a new project gets: from a contract, or with a small one to start from."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from openapi_first.compiler.checking import Checked, check_contract
from openapi_first.import_document.settings import read_settings
from openapi_first.lint.findings.accepted import acceptable
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.lint import lint
from openapi_first.openapi.model import Contract
from openapi_first.project.authorizers import authorizer_tables, takes_api_key
from openapi_first.project.contract_files import ContractFiles, contract_files
from openapi_first.project.files import EXECUTABLE, rendered, rendered_tree
from openapi_first.project.folder import check_new_folder, write_folder
from openapi_first.project.locks import locks
from openapi_first.project.names import image_name, package_name, title_of
from openapi_first.project.settings import SETTINGS_FILE
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
        checked = check_contract(source)
        contract = checked.contract
        files = _of_contract(checked, name, engine)
    files[PurePosixPath("src", name, "types.py")] = types_module(contract).encode()
    files[PurePosixPath("wheels", engine.name)] = engine.data
    for lock, text in locks(engine).items():
        files[PurePosixPath("requirements", lock)] = text.encode()
    write_folder(path, files, frozenset({EXECUTABLE}))
    return name, contract


def _of_contract(checked: Checked, name: str, engine: Wheel) -> dict[PurePosixPath, bytes]:
    contract = checked.contract
    placed = contract_files(contract)
    variables = {
        **_variables(name, contract, engine, placed),
        "title": " ".join(contract.title.split()),
        "authorizers": authorizer_tables(contract, image_name(name)),
        "unfinished": bool(contract.served),
    }
    variables["accepted_findings"] = _accepted_findings(checked, variables)
    path = PurePosixPath("src", name, _OPERATIONS)
    operations = with_functions("", Path(path), signatures_of(contract), f"{name}.types")
    return {
        **rendered_tree("every", variables),
        **placed.files,
        path: operations.encode(),
    }


def _starter(name: str, engine: Wheel) -> tuple[dict[PurePosixPath, bytes], Contract]:
    placed = ContractFiles(_CONTRACT, None, {})
    starter = {"title": title_of(name), "package": name}
    text = rendered("starter/openapi.yaml.jinja", starter)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, _CONTRACT)
        path.write_text(text, "utf-8")
        contract = check_contract(path).contract
    variables = {**_variables(name, contract, engine, placed), **starter}
    files = {**rendered_tree("every", variables), **rendered_tree("starter", variables)}
    return files, contract


def _accepted_findings(checked: Checked, variables: Mapping[str, Any]) -> tuple[str, ...]:
    """The lint rules that a contract does not pass, so that a new project begins with none that
    fails and learns of others."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, SETTINGS_FILE)
        path.write_text(rendered("every/pyproject.toml.jinja", variables), "utf-8")
        settings = read_settings(path, checked.contract)
    return acceptable(lint(Rendered.of(checked.contract, settings, checked.plans)))


def _variables(
    name: str, contract: Contract, engine: Wheel, placed: ContractFiles
) -> dict[str, Any]:
    return {
        "engine": False,
        "table": False,
        "aws_services": "",
        "package": name,
        "name": image_name(name),
        "contract": str(placed.contract),
        "contract_files": str(placed.root),
        "contract_folder": None if placed.folder is None else str(placed.folder),
        "api_key": takes_api_key(contract),
        "authorizers": "",
        "unfinished": False,
        "accepted_findings": (),
        "wheel": engine.name,
        "version": engine.version,
    }
