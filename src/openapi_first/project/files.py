"""The files of a new project, rendered from the sources in `project_files`.

The engine's repository has some files of the same sources, with its own variables:
`tools/project_files.py` writes them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

_SOURCES = "project_files"
_SUFFIX = ".jinja"
_PACKAGE = "PACKAGE"
_DOT = "DOT"
"""Before the dot of a hidden file, which a build leaves out of the wheel."""
EXECUTABLE = PurePosixPath(".ci/run")


def rendered_tree(name: str, variables: Mapping[str, Any]) -> dict[PurePosixPath, bytes]:
    """The files of the folder `name` of the sources, by their paths in the project. The folder
    PACKAGE gets the name of the package, and DOT before a dot is left out."""
    found = {}
    for path in _paths(files(__package__).joinpath(_SOURCES, name), PurePosixPath()):
        parts = (_named(part, str(variables["package"])) for part in path.parts)
        target = PurePosixPath(*parts)
        text = rendered(f"{name}/{path}", variables)
        found[target.with_name(target.name.removesuffix(_SUFFIX))] = text.encode()
    return found


def _named(part: str, package: str) -> str:
    return package if part == _PACKAGE else part.removeprefix(_DOT)


def rendered(source: str, variables: Mapping[str, Any]) -> str:
    """One source, such as `every/Dockerfile.jinja`."""
    return _environment().get_template(source).render(variables)


@functools.cache
def _environment() -> Environment:
    """Delimiters that no file of a project has: not `{{`, which GitHub's workflows have, and not
    `[[` and `{%`, which TOML, shells and AWS templates have."""
    return Environment(
        loader=FunctionLoader(_source),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<[",
        variable_end_string="]>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - not HTML
    )


def _source(name: str) -> str:
    return files(__package__).joinpath(_SOURCES, *name.split("/")).read_text("utf-8")


def _paths(folder: Traversable, below: PurePosixPath) -> Iterator[PurePosixPath]:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        path = below / entry.name
        if entry.is_dir():
            yield from _paths(entry, path)
        elif entry.name.endswith(_SUFFIX):
            yield path
