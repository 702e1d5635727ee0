"""A whole Swagger 2.0 document as OpenAPI 3.0.

Parameters, responses and path items that are referred to are written in place, since their media
types depend on the operation. Schemas that are referred to stay components.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.aws.extensions import ANY_METHOD
from openapi_first.dialects.part import Part
from openapi_first.dialects.swagger.bodies import request_body
from openapi_first.dialects.swagger.converted import Converted, Loss, Losses, copied, flattened
from openapi_first.dialects.swagger.parameters import converted_parameter
from openapi_first.dialects.swagger.responses import converted_responses
from openapi_first.dialects.swagger.schemas import Names, Schemas
from openapi_first.dialects.swagger.security import requirements, security_schemes, servers

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_OPERATION = ("tags", "summary", "description", "externalDocs", "operationId", "deprecated")


@dataclass(frozen=True, slots=True)
class Conversion:
    """The OpenAPI document, the part of the Swagger document that each of its objects was made
    from, by JSON Pointer, and what was read differently."""

    document: dict[str, Any]
    origins: Mapping[str, Part]
    losses: tuple[Loss, ...]


def convert(root: Part) -> Conversion:
    """For a document that Swagger's own schema accepts, and whose references have targets."""
    losses = Losses()
    document = _Document(root, losses).converted()
    origins: dict[str, Part] = {}
    return Conversion(flattened(document, origins), origins, losses.once())


def operations_of(root: Part) -> Iterator[tuple[Part, Part]]:
    """Each operation with its path item."""
    paths = root.get("paths")
    for path, item in paths.items() if paths is not None else ():
        for key in (*METHODS, ANY_METHOD) if path.startswith("/") else ():
            operation = item.get(key)
            if operation is not None and isinstance(operation.value, dict):
                yield item, operation


class _Document:
    def __init__(self, root: Part, losses: Losses) -> None:
        self._root, self._losses = root, losses
        self._schemas = Schemas(root, losses)
        schemes = root.get("securityDefinitions")
        self._security = Names("security scheme", losses).of_map(schemes)

    def converted(self) -> Converted:
        root = self._root
        document: dict[str, Any] = {"openapi": "3.0.3"}
        document |= copied(root, "info", "tags", "externalDocs")
        schemes = root.child("schemes")
        if root.child("host") is None and schemes is not None:
            self._losses.note(schemes, "`schemes` means nothing without `host`")
        listed = servers(root, schemes)
        if listed:
            document["servers"] = listed
        if "security" in root.value:
            document["security"] = requirements(root.value["security"], self._security)
        paths = root.get("paths")
        assert paths is not None
        document["paths"] = Converted(
            paths,
            {
                path: self._path_item(item) if path.startswith("/") else paths.value[path]
                for path, item in paths.items()
            },
        )
        components: dict[str, Any] = {"schemas": self._schemas.components()}
        definitions = root.get("securityDefinitions")
        if definitions is not None:
            components["securitySchemes"] = security_schemes(definitions, self._security)
        used = {kind: members for kind, members in components.items() if members}
        if used:
            document["components"] = used
        return Converted(root, document)

    def _path_item(self, item: Part) -> Converted:
        shared = _parameters(item)
        members = copied(item)
        parameters = [
            converted_parameter(part, self._losses)
            for part in shared
            if part.value["in"] not in ("body", "formData")
        ]
        if parameters:
            members["parameters"] = parameters
        for key in (*METHODS, ANY_METHOD):
            operation = item.get(key)
            if operation is not None and isinstance(operation.value, dict):
                members[key] = self._operation(operation, shared)
        return Converted(item, members)

    def _operation(self, part: Part, shared: list[Part]) -> Converted:
        members = copied(part, *_OPERATION)
        own = _parameters(part)
        parameters = [
            converted_parameter(each, self._losses)
            for each in own
            if each.value["in"] not in ("body", "formData")
        ]
        if parameters:
            members["parameters"] = parameters
        consumes, produces = (self._media_types(part, key) for key in ("consumes", "produces"))
        body = request_body(part, _bodies(shared, own), consumes, self._schemas, self._losses)
        if body is not None:
            members["requestBody"] = body
        responses = part.get("responses")
        if responses is not None:
            members["responses"] = converted_responses(
                responses, produces, self._schemas, self._losses
            )
        if "security" in part.value:
            members["security"] = requirements(part.value["security"], self._security)
        schemes = part.child("schemes")
        if schemes is not None:
            listed = servers(self._root, schemes)
            if self._root.child("host") is None:
                self._losses.note(schemes, "`schemes` means nothing without `host`")
            elif listed:
                members["servers"] = listed
        return Converted(part, members)

    def _media_types(self, operation: Part, key: str) -> list[str]:
        """Those of the operation, which replace those of the document, each once."""
        written = operation.value.get(key, self._root.value.get(key, []))
        return list(dict.fromkeys(map(str, written)))


def _parameters(owner: Part) -> list[Part]:
    listed = owner.child("parameters")
    return list(listed.elements()) if listed is not None else []


def _bodies(shared: list[Part], own: list[Part]) -> list[Part]:
    """The parameters that make the body; those of the operation replace those of its path."""
    found = {
        (part.value["in"], part.value["in"] == "body" or part.value["name"]): part
        for part in (*shared, *own)
        if part.value["in"] in ("body", "formData")
    }
    kinds = {part.value["in"] for part in own} & {"body", "formData"}
    return [part for (kind, _), part in found.items() if not kinds or kind in kinds]
