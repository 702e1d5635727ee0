"""Everything that a new project gets: from a contract, or with a small one to start from."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from openapi_first.compiler.checking import Checked, check_contract
from openapi_first.core.signals import held_signals
from openapi_first.import_document.settings import read_settings
from openapi_first.lint.findings.accepted import acceptable
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.lint import lint
from openapi_first.openapi.model import Contract
from openapi_first.project.authorizers import authorizer_tables, takes_api_key
from openapi_first.project.base import WHEELS, Answers, generated, kept
from openapi_first.project.contract_files import ContractFiles, contract_files
from openapi_first.project.files import rendered, rendered_tree
from openapi_first.project.folder import check_new_folder, write_folder
from openapi_first.project.names import image_name, package_name, title_of
from openapi_first.project.settings import SETTINGS_FILE
from openapi_first.project.wheel import Wheel, engine_wheel
from openapi_first.python_types.module import types_module
from openapi_first.python_types.signatures import signatures_of
from openapi_first.python_types.stubs import with_functions

_CONTRACT = PurePosixPath("openapi.yaml")
_OPERATIONS = "operations.py"


@dataclass(frozen=True, slots=True)
class NewProject:
    """`accepted_findings` are the rules of `contract lint` that the contract does not pass."""

    package: str
    contract: Contract
    accepted_findings: Sequence[str]


def new_project(
    path: Path, source: Path | None, package: str | None, wheel: Path | None
) -> NewProject:
    """Writes a project into a new or empty folder.

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
        checked = check_contract(source)
        contract = checked.contract
        answers, files = _of_contract(checked, name, engine)
    base = generated(answers, engine)
    files.update(base.files)
    files.update(kept(base))
    files[PurePosixPath("src", name, "types.py")] = types_module(contract).encode()
    files[WHEELS / engine.name] = engine.data
    write_folder(path, files, base.executable)
    return NewProject(name, contract, answers.accepted_findings)


def _of_contract(
    checked: Checked, name: str, engine: Wheel
) -> tuple[Answers, dict[PurePosixPath, bytes]]:
    contract = checked.contract
    placed = contract_files(contract)
    answers = replace(
        _answers(name, contract.title, placed),
        authorizers=authorizer_tables(contract, image_name(name)),
        api_key=takes_api_key(contract),
        unfinished=bool(contract.served),
    )
    answers = replace(answers, accepted_findings=_accepted_findings(checked, answers, engine))
    path = PurePosixPath("src", name, _OPERATIONS)
    operations = with_functions("", Path(path), signatures_of(contract), f"{name}.types")
    return answers, {
        **rendered_tree("every", answers.variables(engine)),
        **placed.files,
        path: operations.encode(),
    }


def _starter(name: str, engine: Wheel) -> tuple[Answers, dict[PurePosixPath, bytes], Contract]:
    answers = _answers(name, title_of(name), ContractFiles(_CONTRACT, None, {}))
    text = rendered("starter/openapi.yaml.jinja", answers.variables(engine))
    with held_signals(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder, _CONTRACT)
        path.write_text(text, "utf-8")
        contract = check_contract(path).contract
    answers = replace(answers, api_key=takes_api_key(contract))
    variables = answers.variables(engine)
    return (
        answers,
        {**rendered_tree("every", variables), **rendered_tree("starter", variables)},
        contract,
    )


def _accepted_findings(checked: Checked, answers: Answers, engine: Wheel) -> tuple[str, ...]:
    """The lint rules that a contract does not pass, so that a new project begins with none that
    fails and learns of others."""
    with held_signals(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder, SETTINGS_FILE)
        text = rendered("every/pyproject.toml.jinja", answers.variables(engine))
        path.write_text(text, "utf-8")
        settings = read_settings(path, checked.contract)
    return acceptable(lint(Rendered.of(checked.contract, settings, checked.plans)))


def _answers(name: str, title: str, placed: ContractFiles) -> Answers:
    folder = None if placed.folder is None else str(placed.folder)
    return Answers(name, " ".join(title.split()), str(placed.contract), folder)
