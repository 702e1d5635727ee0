"""Everything that a new project gets: from a contract, or with a small one to start from."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

from openapi_first.compiler.checking import check_contract
from openapi_first.core.signals import held_signals
from openapi_first.openapi.model import Contract
from openapi_first.project.authorizers import authorizer_tables
from openapi_first.project.base import WHEELS, Answers, generated, kept
from openapi_first.project.contract_files import ContractFiles, contract_files
from openapi_first.project.files import rendered_tree
from openapi_first.project.folder import check_new_folder, write_folder
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
    CannotInit, NoWheel and ContractError; nothing is left then.
    """
    if ".." in path.parts:  # a part before it need not exist
        path = path.resolve()
    check_new_folder(path)
    name = package_name(package, path.absolute().name)
    engine = engine_wheel(wheel)
    if source is None:
        answers, files, contract = _starter(name, engine)
    else:
        contract = check_contract(source).contract
        answers, files = _of_contract(contract, name, engine)
    base = generated(answers, engine)
    files.update(base.files)
    files.update(kept(base))
    files[PurePosixPath("src", name, "types.py")] = types_module(contract).encode()
    files[WHEELS / engine.name] = engine.data
    write_folder(path, files, base.executable)
    return name, contract


def _of_contract(
    contract: Contract, name: str, engine: Wheel
) -> tuple[Answers, dict[PurePosixPath, bytes]]:
    placed = contract_files(contract)
    authorizers = authorizer_tables(contract, image_name(name))
    answers = _answers(name, contract.title, placed, authorizers)
    path = PurePosixPath("src", name, _OPERATIONS)
    operations = with_functions("", Path(path), signatures_of(contract), f"{name}.types")
    return answers, {
        **rendered_tree("every", answers.variables(engine)),
        **placed.files,
        path: operations.encode(),
    }


def _starter(name: str, engine: Wheel) -> tuple[Answers, dict[PurePosixPath, bytes], Contract]:
    answers = _answers(name, title_of(name), ContractFiles(_CONTRACT, None, {}), "")
    variables = answers.variables(engine)
    files = {**rendered_tree("every", variables), **rendered_tree("starter", variables)}
    with held_signals(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder, _CONTRACT)
        path.write_bytes(files[_CONTRACT])
        return answers, files, check_contract(path).contract


def _answers(name: str, title: str, placed: ContractFiles, authorizers: str) -> Answers:
    folder = None if placed.folder is None else str(placed.folder)
    return Answers(name, " ".join(title.split()), str(placed.contract), folder, authorizers)
