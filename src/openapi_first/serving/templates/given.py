"""What `contract serve PATH` is given: a contract, an import document, a template or `cdk.out`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openapi_first.aws.extensions import INTEGRATION
from openapi_first.serving.errors import CannotServe
from openapi_first.templates.files.cdk import is_assembly
from openapi_first.templates.files.recognition import Kind, recognise

_OPENAPI = re.compile(r"""^\s*\{?\s*["']?(?:openapi|swagger)["']?\s*:""", re.MULTILINE)
_ENDINGS = (".yaml", ".yml", ".json")
_CDK = "cdk.out"
_PROJECT = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Given:
    """`note` says which file of a folder was chosen."""

    kind: Kind
    path: Path
    note: str = ""


def given(path: Path) -> Given:
    """Recognises the file or folder at a path.

    Raises CannotServe for a folder with nothing to serve, TemplateError for another kind of file,
    and ContractError for one that cannot be read.
    """
    if not path.is_dir():
        return Given("contract" if _is_surely_contract(path) else recognise(path), path)
    if is_assembly(path):
        return Given("cdk.out", path)
    found = list(_in_folder(path))
    if not found:
        names = f"{_CDK}, template.yaml, openapi.yaml, swagger.yaml"
        raise CannotServe(
            f"{path}: there is nothing to serve in this folder. Looked for {names} (or .yml, "
            ".json); name the file"
        )
    chosen = given(found[0])
    others = ", ".join(each.name for each in found[1:])
    note = f"serving {found[0]}" + (f"; also there: {others}" if others else "")
    return Given(chosen.kind, chosen.path, note)


def _in_folder(folder: Path) -> Iterator[Path]:
    """A contract comes first in a folder with settings for it, since its template is made of it;
    elsewhere the template, which may include the document."""
    documents = _existing(folder, "openapi", "swagger")
    if _has_settings(folder):
        yield from documents
    yield from _existing(folder, "template")
    if is_assembly(folder / _CDK):
        yield folder / _CDK
    if not _has_settings(folder):
        yield from documents


def _existing(folder: Path, *stems: str) -> list[Path]:
    paths = (folder / f"{stem}{ending}" for stem in stems for ending in _ENDINGS)
    return [path for path in paths if path.is_file()]


def _has_settings(folder: Path) -> bool:
    try:
        read = tomllib.loads((folder / _PROJECT).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    tool = read.get("tool")
    return isinstance(tool, dict) and "contract" in tool


def _is_surely_contract(path: Path) -> bool:
    """An OpenAPI document without an integration, without the time that it takes to parse one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return INTEGRATION not in text and "Resources" not in text and bool(_OPENAPI.search(text))
