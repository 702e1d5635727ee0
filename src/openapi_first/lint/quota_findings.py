"""Quotas of API Gateway that a contract can exceed
(AWS: api-gateway-execution-service-limits-table)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from openapi_first.import_document.authorizers import EXTENSION
from openapi_first.import_document.document import render_document
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.lint.findings import Finding, finding
from openapi_first.openapi.model import Contract, Operation, Parameter

_AUTHORIZERS = 10
_RESOURCES = 300
_DOCUMENT_BYTES = 6 * 1024 * 1024
_MODELS_BYTES = 400 * 1024
_HEADERS_BYTES = 20_480
_URL_CHARACTERS = 10_240


def quota_findings(contract: Contract, settings: GatewaySettings) -> Iterator[Finding]:
    """Sizes of the import document, and of the requests that parameters allow by `maxLength`."""
    paths = contract.root.child("paths") or contract.root
    resources = {"/"}
    for operation in contract.operations:
        steps = operation.path.strip("/").split("/")
        resources.update("/".join(steps[: index + 1]) for index in range(len(steps)))
    if len(resources) > _RESOURCES:
        detail = f"{len(resources)} resources, {_RESOURCES} at most"
        yield finding("too-many-paths", paths, detail)
    document = render_document(contract, settings)
    authorizers = [
        name
        for name, scheme in document["components"]["securitySchemes"].items()
        if EXTENSION in scheme
    ]
    if len(authorizers) > _AUTHORIZERS:
        components = contract.root.child("components") or contract.root
        detail = f"{len(authorizers)} authorizers, {_AUTHORIZERS} at most"
        yield finding("too-many-authorizers", components, detail)
    size = _size(document)
    if size > _DOCUMENT_BYTES:
        detail = f"{size} bytes, {_DOCUMENT_BYTES} at most"
        yield finding("document-too-large", contract.root, detail)
    models = sum(map(_size, document["components"]["schemas"].values()))
    if models > _MODELS_BYTES:
        components = contract.root.child("components") or contract.root
        detail = f"{models} bytes, {_MODELS_BYTES} at most"
        yield finding("models-too-large", components, detail)
    for operation in contract.operations:
        yield from _requests(operation)


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def _requests(operation: Operation) -> Iterator[Finding]:
    headers = [each for each in operation.parameters if each.location in ("header", "cookie")]
    size = sum(map(_longest, headers))
    if size > _HEADERS_BYTES:
        detail = f"{operation.id}: up to {size} bytes, {_HEADERS_BYTES} at most"
        yield finding("headers-too-large", operation.node, detail)
    others = [each for each in operation.parameters if each.location in ("path", "query")]
    length = len(operation.path) + sum(map(_longest, others))
    if length > _URL_CHARACTERS:
        detail = f"{operation.id}: up to {length} characters, {_URL_CHARACTERS} at most"
        yield finding("url-too-long", operation.node, detail)


def _longest(parameter: Parameter) -> int:
    """With its name and what separates the two; 0 where the contract sets no bound."""
    schema = parameter.schema.followed().value
    longest = schema.get("maxLength") if isinstance(schema, dict) else None
    return len(parameter.name) + 4 + int(longest) if longest is not None else 0
