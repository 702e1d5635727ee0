"""Quotas of API Gateway that a contract can exceed: the sizes of its import document, and of the
requests that parameters allow by `maxLength`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from openapi_first.aws import quotas
from openapi_first.aws.extensions import AUTHORIZER
from openapi_first.lint.rendered import Rendered
from openapi_first.lint.rule import QUOTAS, Finding, Rule, Verdict, finding
from openapi_first.openapi.model import Contract, Operation, Parameter

_RESOURCES = quotas.RESOURCES.limit
_AUTHORIZERS = quotas.AUTHORIZERS.limit
_DOCUMENT_BYTES = quotas.DEFINITION_BYTES.limit
_MODELS_BYTES = quotas.MODEL_BYTES.limit
_HEADERS_BYTES = quotas.HEADER_BYTES.limit
_URL_CHARACTERS = quotas.URL_CHARACTERS.limit

PATHS = Rule(
    "too-many-paths", Verdict.REJECTED, "The API has too many paths",
    f"An API has at most {_RESOURCES} resources, unless the quota is raised.", QUOTAS,
    "Request a higher quota, or split the API.",
)  # fmt: skip
AUTHORIZERS = Rule(
    "too-many-authorizers", Verdict.REJECTED, "The API has too many authorizers",
    f"An API has at most {_AUTHORIZERS} authorizers, unless the quota is raised.", QUOTAS,
    "Let one authorizer decide on several schemes, or request a higher quota.",
)  # fmt: skip
DOCUMENT = Rule(
    "document-too-large", Verdict.REJECTED, "The import document is too large",
    f"A definition has at most {_DOCUMENT_BYTES // 1024**2} MB.", QUOTAS,
    "Shorten descriptions, or split the API.",
)  # fmt: skip
MODELS = Rule(
    "models-too-large", Verdict.REJECTED, "The models are too large",
    f"The models of an API have at most {_MODELS_BYTES // 1024} KB together.", QUOTAS,
    "Shorten schemas, or split the API.",
)  # fmt: skip
HEADERS = Rule(
    "headers-too-large", Verdict.REJECTED, "The headers of a request can be too large",
    f"The headers of a request have at most {_HEADERS_BYTES:,} bytes.", QUOTAS,
    "Lower the maxLength of header parameters.",
)  # fmt: skip
URL = Rule(
    "url-too-long", Verdict.REJECTED, "The URL of a request can be too long",
    f"The URL of a regional API has at most {_URL_CHARACTERS:,} characters.", QUOTAS,
    "Lower the maxLength of path and query parameters.",
)  # fmt: skip


def find(rendered: Rendered) -> Iterator[Finding]:
    contract = rendered.contract
    yield from _resources(rendered)
    yield from _document(contract, rendered.document)
    for operation in contract.operations:
        yield from _requests(operation)


def _resources(rendered: Rendered) -> Iterator[Finding]:
    count, root = rendered.resources.count, rendered.contract.root
    if count > _RESOURCES:
        yield finding(
            PATHS, root.child("paths") or root, f"{count} resources, {_RESOURCES} at most"
        )


def _document(contract: Contract, document: dict[str, Any]) -> Iterator[Finding]:
    components = contract.root.child("components") or contract.root
    schemes = document["components"]["securitySchemes"].values()
    authorizers = sum(AUTHORIZER in scheme for scheme in schemes)
    if authorizers > _AUTHORIZERS:
        yield finding(AUTHORIZERS, components, f"{authorizers} authorizers, {_AUTHORIZERS} at most")
    size = _size(document)
    if size > _DOCUMENT_BYTES:
        yield finding(DOCUMENT, contract.root, f"{size} bytes, {_DOCUMENT_BYTES} at most")
    models = sum(map(_size, document["components"]["schemas"].values()))
    if models > _MODELS_BYTES:
        yield finding(MODELS, components, f"{models} bytes, {_MODELS_BYTES} at most")


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def _requests(operation: Operation) -> Iterator[Finding]:
    headers = [each for each in operation.parameters if each.location in ("header", "cookie")]
    size = sum(map(_longest, headers))
    if size > _HEADERS_BYTES:
        detail = f"{operation.id}: up to {size} bytes, {_HEADERS_BYTES} at most"
        yield finding(HEADERS, operation.node, detail)
    others = [each for each in operation.parameters if each.location in ("path", "query")]
    length = len(operation.path) + sum(map(_longest, others))
    if length > _URL_CHARACTERS:
        detail = f"{operation.id}: up to {length} characters, {_URL_CHARACTERS} at most"
        yield finding(URL, operation.node, detail)


def _longest(parameter: Parameter) -> int:
    """The greatest length of a parameter, with its name and separators; 0 without `maxLength`."""
    schema = parameter.schema.followed().value
    longest = schema.get("maxLength") if isinstance(schema, dict) else None
    return len(parameter.name) + 4 + int(longest) if longest is not None else 0
