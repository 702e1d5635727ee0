"""What `contract upgrade` needs of a project: its generated files as they were written.

They are in the folder `.contract` of the project: `answers.json`, and a copy of each generated file
in `base`. The contract, its types and functions, README.md and the wheel are not among them.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from keyword import iskeyword
from pathlib import Path, PurePosixPath
from types import UnionType
from typing import Any

from openapi_first.project.errors import CannotUpgrade
from openapi_first.project.files import EXECUTABLE, rendered_tree
from openapi_first.project.locks import locks
from openapi_first.project.names import image_name
from openapi_first.project.wheel import DISTRIBUTION, Wheel

FOLDER = PurePosixPath(".contract")
BASE = FOLDER / "base"
ANSWERS = FOLDER / "answers.json"
WHEELS = PurePosixPath("wheels")
REQUIREMENTS = PurePosixPath("requirements")
_OWN = frozenset({PurePosixPath("README.md")})
"""Files that every new project gets, and that belong to the team from then on."""
_RESTORE = f"restore {FOLDER} from the project's repository"
_STRINGS = "a list of strings"
_KINDS: Mapping[str, tuple[type | UnionType, str]] = {
    **dict.fromkeys(("engine", "package", "title", "contract", "authorizers"), (str, "a string")),
    "folder": (str | None, "a string"),
    **dict.fromkeys(("api_key", "unfinished"), (bool, "true or false")),
    **dict.fromkeys(("accepted_findings", "executable"), (list, _STRINGS)),
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What the files were written with, apart from the engine: `contract` is the path of the
    document, `folder` the folder of its files if there are several, `authorizers` tables of TOML,
    `api_key` whether an operation takes one, `unfinished` whether functions may be missing, and
    `accepted_findings` the lint rules that the contract did not pass. They are those of
    `contract init`, so that an upgrade shows only what a version changed.
    """

    package: str
    title: str
    contract: str
    folder: str | None
    authorizers: str = ""
    api_key: bool = False
    unfinished: bool = False
    accepted_findings: tuple[str, ...] = ()

    def variables(self, engine: Wheel) -> Mapping[str, Any]:
        """The variables of the sources in `project_files`."""
        return {
            "engine": False,
            "table": False,
            "aws_services": "",
            "package": self.package,
            "name": image_name(self.package),
            "title": self.title,
            "contract": self.contract,
            "contract_files": self.folder or self.contract,
            "contract_folder": self.folder,
            "authorizers": self.authorizers,
            "api_key": self.api_key,
            "unfinished": self.unfinished,
            "accepted_findings": self.accepted_findings,
            "version": engine.version,
        }


@dataclass(frozen=True, slots=True)
class Base:
    """The files as version `version` of the engine wrote them, by their paths in the project."""

    answers: Answers
    version: str
    files: Mapping[PurePosixPath, bytes]
    executable: frozenset[PurePosixPath]


def generated(answers: Answers, engine: Wheel) -> Base:
    """What this version writes."""
    tree = rendered_tree("every", answers.variables(engine))
    files = {path: data for path, data in tree.items() if path not in _OWN}
    for name, text in locks(engine).items():
        files[REQUIREMENTS / name] = text.encode()
    return Base(answers, engine.version, files, frozenset({EXECUTABLE}) & files.keys())


def kept(base: Base) -> dict[PurePosixPath, bytes]:
    """The files of the folder `.contract`."""
    answers = {
        "engine": base.version,
        **asdict(base.answers),
        "executable": sorted(map(str, base.executable)),
    }
    text = json.dumps(answers, indent=2, ensure_ascii=False) + "\n"
    copies = {BASE / path: data for path, data in base.files.items()}
    return {**copies, ANSWERS: text.encode()}


def read_base(folder: Path) -> Base:
    """The base of the project in `folder`. Raises CannotUpgrade."""
    _check_project(folder)
    path = folder / ANSWERS
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise CannotUpgrade(f"{path}: {error.strerror}; {_RESTORE}") from None
    except (ValueError, RecursionError) as error:
        raise CannotUpgrade(f"{path} is not JSON: {error}; {_RESTORE}") from None
    values: dict[str, Any] = found if isinstance(found, dict) else {}
    for name, (kind, words) in _KINDS.items():
        if not isinstance(values.get(name), kind):
            raise CannotUpgrade(f"{path}: {name} is not {words}; {_RESTORE}")
    package = values["package"]
    if not package.isidentifier() or iskeyword(package):
        raise CannotUpgrade(f"{path}: package cannot be a package: {package!r}")
    for name in ("executable", "accepted_findings"):
        if not all(isinstance(each, str) for each in values[name]):
            raise CannotUpgrade(f"{path}: {name} is not {_STRINGS}; {_RESTORE}")
    answers: dict[str, Any] = {each.name: values[each.name] for each in fields(Answers)}
    answers["accepted_findings"] = tuple(values["accepted_findings"])
    return Base(
        Answers(**answers),
        values["engine"],
        _files(folder / BASE),
        frozenset(map(PurePosixPath, values["executable"])),
    )


def _files(base: Path) -> dict[PurePosixPath, bytes]:
    try:
        return {
            PurePosixPath(path.relative_to(base).as_posix()): path.read_bytes()
            for path in sorted(base.rglob("*"))
            if path.is_file()
        }
    except OSError as error:
        raise CannotUpgrade(f"{error.filename}: {error.strerror}; {_RESTORE}") from None


def _check_project(folder: Path) -> None:
    if not folder.is_dir():
        raise CannotUpgrade(f"{folder}: there is no such folder")
    if (folder / BASE).is_dir():
        return
    if (folder / ANSWERS).is_file():
        raise CannotUpgrade(f"{folder / BASE} is missing: {_RESTORE}")
    if _distribution(folder / "pyproject.toml") == DISTRIBUTION:
        raise CannotUpgrade(
            "this is the engine's own repository: `make project-files` writes its files, and "
            "`contract upgrade` is for a project that `contract init` wrote"
        )
    above = next((each for each in folder.resolve().parents if (each / BASE).is_dir()), None)
    if above is not None:
        raise CannotUpgrade(f"{folder} is inside the project {above}: name that one")
    raise CannotUpgrade(
        f"{folder / BASE} does not exist, which `contract init` writes. For a project of an "
        "earlier version, write a new one beside it with the same contract and --package, take "
        f"over the differences, and copy its folder {FOLDER} here"
    )


def _distribution(path: Path) -> object:
    try:
        return tomllib.loads(path.read_text("utf-8")).get("project", {}).get("name")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
