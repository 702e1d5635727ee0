"""Writes the files that a template includes into it, before anything else reads it.

AWS: transform-aws-include, sam-resource-api (DefinitionUri), aws-resource-apigateway-restapi
(BodyS3Location).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from openapi_first.core.json_pointer import escaped
from openapi_first.documents.errors import ContractError
from openapi_first.documents.source import Source
from openapi_first.templates.files.errors import Problems
from openapi_first.templates.files.tags import read_with_repeated

_INCLUDE = "AWS::Include"
_TRANSFORMS = ("Fn::Transform", "Transform")
_MOST_INCLUDES = 1000
_BODY = "DefinitionBody"
# Where a property names a document: the type, that property, and the one with its content.
_DOCUMENTS = (
    ("AWS::Serverless::Api", "DefinitionUri", _BODY),
    ("AWS::ApiGateway::RestApi", "BodyS3Location", "Body"),
)


class Includer:
    """`locate` resolves a location that has intrinsic functions, given its JSON Pointer. `files`
    gets every file that is read."""

    def __init__(
        self, source: Source, problems: Problems, locate: Callable[[Any, str], Any]
    ) -> None:
        self._source, self._problems, self._locate = source, problems, locate
        self._origins: dict[str, tuple[Source, str]] = {}
        self._read: dict[str, Source] = {source.resolved: source}
        self._count = 0

    @property
    def files(self) -> frozenset[Path]:
        return frozenset(map(Path, self._read))

    def included(self) -> Source:
        """The template with all files in it; places in them are found by `Source.origin`."""
        value = self._walked(self._source.value, "", (self._source,))
        if isinstance(value, dict):
            self._documents(value)
            self._translated(value)
        source = replace(self._source, value=value, origins=self._origins)
        self._problems.source = source
        return source

    def _walked(self, value: Any, pointer: str, chain: tuple[Source, ...]) -> Any:
        if isinstance(value, list):
            return [
                self._walked(each, f"{pointer}/{index}", chain) for index, each in enumerate(value)
            ]
        if not isinstance(value, dict):
            return value
        found: dict[str, Any] = {}
        for key, each in value.items():
            below = f"{pointer}/{escaped(key)}"
            if key not in _TRANSFORMS:
                found[key] = self._walked(each, below, chain)
                continue
            others = []
            for at, transform in _transforms(each):
                if not _is_include(transform):
                    others.append(transform)
                    continue
                location = self._location(transform, f"{below}{at}")
                content = self._content(location, f"{below}{at}", pointer, chain)
                if not isinstance(content, dict):
                    return content
                found |= content
            if others:
                found[key] = others if isinstance(each, list) else others[0]
        return found

    def _location(self, transform: dict[str, Any], pointer: str) -> Any:
        parameters = transform.get("Parameters")
        location = parameters.get("Location") if isinstance(parameters, dict) else None
        return self._locate(location, f"{pointer}/Parameters/Location")

    def _content(
        self, location: Any, named_at: str, pointer: str, chain: tuple[Source, ...]
    ) -> Any:
        """The content of a file for the place at `pointer`; {} with a report if it has none."""
        source = self._file(location, named_at, chain)
        if source is None:
            return {}
        if isinstance(source.value, dict):
            for key in source.value:
                self._origins[f"{pointer}/{escaped(key)}"] = (source, f"/{escaped(key)}")
        else:
            self._origins[pointer] = (source, "")
        return self._walked(source.value, pointer, (*chain, source))

    def _file(self, location: Any, named_at: str, chain: tuple[Source, ...]) -> Source | None:
        report = self._problems.report
        self._problems.source = replace(self._source, origins=self._origins)
        self._count += 1
        if self._count > _MOST_INCLUDES:
            report("", f"there are more than {_MOST_INCLUDES} includes", "Include fewer files.")
            return None
        if not isinstance(location, str) or "://" in location:
            shown = location if isinstance(location, str) else "an object"
            report(
                named_at,
                f"{shown} is not read: only local files are",
                "Name a local file by its path from the template.",
            )
            return None
        path = self._found(location, chain)
        resolved = str(path.resolve())
        if resolved in [each.resolved for each in chain]:
            names = [str(each.path) for each in chain]
            shown = " -> ".join((*names, str(path)))
            report(named_at, f"the include is circular: {shown}", "Remove one of the includes.")
            return None
        try:
            if resolved not in self._read:
                self._read[resolved], repeated = read_with_repeated(path)
                self._problems.note_repeated(self._read[resolved], repeated)
            source = self._read[resolved]
        except ContractError as error:
            for each in error.diagnostics:
                self._problems.errors[each] = None
            if not path.exists():
                remedy = "Correct the path, or write the file first."
                report(named_at, f"{location} does not exist", remedy)
            return None
        return source

    def _found(self, location: str, chain: tuple[Source, ...]) -> Path:
        """By the path from the including file, else from the template."""
        paths = [each.path.parent / location for each in reversed(chain)]
        return next((path for path in paths if path.is_file()), paths[-1])

    def _documents(self, template: dict[str, Any]) -> None:
        for logical_id, properties in _properties(template):
            kind = template["Resources"][logical_id]["Type"]
            base = f"/Resources/{escaped(logical_id)}/Properties"
            for type_name, named, content in _DOCUMENTS:
                if kind != type_name or named not in properties or content in properties:
                    continue
                location = self._locate(properties[named], f"{base}/{named}")
                document = self._content(
                    location, f"{base}/{named}", f"{base}/{content}", (self._source,)
                )
                del properties[named]
                properties[content] = document

    def _translated(self, template: dict[str, Any]) -> None:
        """The SAM translator moves a document to another property."""
        for logical_id, properties in _properties(template):
            if _BODY not in properties:
                continue
            base = f"/Resources/{escaped(logical_id)}/Properties"
            self._origins[f"{base}/Body"] = (self._source, f"{base}/{_BODY}")
            for pointer, origin in list(self._origins.items()):
                if pointer.startswith(f"{base}/{_BODY}"):
                    self._origins[f"{base}/Body{pointer.removeprefix(f'{base}/{_BODY}')}"] = origin


def _properties(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    resources = template.get("Resources")
    for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
        properties = resource.get("Properties") if isinstance(resource, dict) else None
        if isinstance(properties, dict) and "Type" in resource:
            yield logical_id, properties


def _transforms(written: Any) -> list[tuple[str, Any]]:
    """Each with its JSON Pointer below that of the list."""
    if isinstance(written, list):
        return [(f"/{index}", each) for index, each in enumerate(written)]
    return [("", written)]


def _is_include(transform: Any) -> bool:
    return isinstance(transform, dict) and transform.get("Name") == _INCLUDE
