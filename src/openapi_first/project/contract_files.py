"""Where the files of a contract go in a new project."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from openapi_first.openapi.model import Contract
from openapi_first.project.errors import CannotInit

_FOLDER = "api"
_PLAIN = re.compile("[A-Za-z0-9_./-]+")
_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class ContractFiles:
    """`contract` is the document's path in the project, `folder` the folder of its files,
    None if it is one file at the top; `files` are the bytes by path."""

    contract: PurePosixPath
    folder: PurePosixPath | None
    files: Mapping[PurePosixPath, bytes]

    @property
    def root(self) -> PurePosixPath:
        """The one file, or the folder."""
        return self.folder or self.contract


def contract_files(contract: Contract) -> ContractFiles:
    """One file becomes `openapi.yaml` or `openapi.json`. Several, and one that refers to itself by
    its name, keep their names and places to each other in the folder `api`, so that their
    references stay right.

    Raises CannotInit if a Makefile cannot name the document then."""
    data = {_absolute(source.path): source.data for source in contract.sources}
    main = _absolute(contract.root.source.path)
    if len(data) == 1 and not _names_itself(main, data[main]):
        suffix = main.suffix.lower()
        path = PurePosixPath(f"openapi{suffix if suffix in _SUFFIXES else '.yaml'}")
        return ContractFiles(path, None, {path: data[main]})
    above = Path(os.path.commonpath([path.parent for path in data]))
    folder = PurePosixPath(_FOLDER)
    placed = {path: folder / path.relative_to(above).as_posix() for path in data}
    if not _PLAIN.fullmatch(str(placed[main])):
        raise CannotInit(
            f"{main} cannot be named in a Makefile: rename it, with only letters, digits, dots, "
            "hyphens and underscores in its name and in the names of its folders"
        )
    return ContractFiles(placed[main], folder, {placed[path]: data[path] for path in data})


def _names_itself(path: Path, data: bytes) -> bool:
    return any(f"{name}#".encode() in data for name in (path.name, quote(path.name)))


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
