"""A template or `cdk.out` as `contract serve` serves it: one state of its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openapi_first.serving.builds import Build, document_build
from openapi_first.serving.errors import CannotServe
from openapi_first.serving.functions.environment_file import (
    EnvironmentFile,
    read_environment_file,
)
from openapi_first.templates.files.samconfig import NAMES
from openapi_first.templates.model import DeclaredApi, Template
from openapi_first.templates.read import Choices, read_template


@dataclass(frozen=True, slots=True)
class ApiBuild:
    """A REST API of a template, ready to be served. `functions` are the names of all functions
    there are, `place` is that of the API."""

    declared: DeclaredApi
    build: Build
    functions: frozenset[str]
    place: str


@dataclass(frozen=True, slots=True)
class TemplateBuild:
    """One state of the files. `files` are those to watch, by resolved paths."""

    template: Template
    apis: tuple[ApiBuild, ...]
    environment_file: EnvironmentFile
    files: frozenset[Path]


@dataclass(frozen=True, slots=True)
class ServedTemplate:
    """What `contract serve` serves beside a ServedContract and a ServedDocument: a template, or the
    folder `cdk.out`, with all its REST APIs. `environment_file` is the file of `--env-vars`."""

    path: Path
    choices: Choices
    environment_file: Path | None = None

    def placed(self, note: str) -> str:
        """A note that begins with a JSON Pointer, with the name of the template before it."""
        return f"{self.path}#{note}" if note.startswith("/Resources/") else note

    def build(self) -> TemplateBuild:
        """A new build. Raises UserError for what cannot be served, and ModuleNotFoundError if a SAM
        template needs the extra `sam`."""
        given = EnvironmentFile()
        if self.environment_file is not None:
            given = read_environment_file(self.environment_file)
        template = read_template(self.path, self.choices)
        if not template.apis:
            raise CannotServe(_without_api(self.path, template))
        files = template.files | set(self._own_files())
        names = frozenset(each.name for each in template.functions)
        apis = tuple(_build(self.path, each, names, files) for each in template.apis)
        return TemplateBuild(template, apis, given, frozenset(files))

    def _own_files(self) -> Iterator[Path]:
        if self.environment_file is not None:
            yield self.environment_file.resolve()
        if self.path.is_dir():
            yield (self.path / "manifest.json").resolve()
        else:
            yield self.path.resolve()
            yield from ((self.path.parent / name).resolve() for name in NAMES)


def _build(
    path: Path, api: DeclaredApi, functions: frozenset[str], files: frozenset[Path]
) -> ApiBuild:
    place = f"{path}: {api.logical_id} at #{api.pointer}"
    build = document_build(api.document, place, api.stage_variables, files)
    return ApiBuild(api, build, functions, place)


def _without_api(path: Path, template: Template) -> str:
    reasons = "".join(f"\n  {each}" for each in template.notes)
    found = f" What it has instead:{reasons}" if reasons else ""
    return (
        f"{path}: declares no REST API (AWS::ApiGateway::RestApi, AWS::Serverless::Api, or an "
        f"event of the type Api), and only REST APIs are served.{found}"
    )
