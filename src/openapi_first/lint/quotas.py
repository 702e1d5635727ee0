"""Quotas of API Gateway that a contract can exceed: the sizes of its import document, and of the
requests that parameters allow by `maxLength`."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.aws import quotas
from openapi_first.aws.extensions import AUTHORIZER
from openapi_first.import_document.model_limits import size_of
from openapi_first.import_document.models import Models
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import (
    LAMBDA_VALIDATES,
    QUOTAS,
    Finding,
    Rule,
    Verdict,
    finding,
)
from openapi_first.openapi.model import Operation, Parameter
from openapi_first.schemas.directions import Direction

_RESOURCES = quotas.RESOURCES.limit
_AUTHORIZERS = quotas.AUTHORIZERS.limit
_RAISED = "and state it under `[tool.contract.quotas]` in pyproject.toml"
_DOCUMENT_BYTES = quotas.DEFINITION_BYTES.limit
_MODELS_BYTES = quotas.MODEL_BYTES.limit
_HEADERS_BYTES = quotas.HEADER_BYTES.limit
_URL_CHARACTERS = quotas.URL_CHARACTERS.limit

PATHS = Rule(
    "too-many-paths", Verdict.REJECTED, "The API has too many paths",
    f"An API has at most {_RESOURCES} resources, unless the quota is raised.", QUOTAS,
    f"Split the API, or request a higher quota {_RAISED}.",
)  # fmt: skip
AUTHORIZERS = Rule(
    "too-many-authorizers", Verdict.REJECTED, "The API has too many authorizers",
    f"An API has at most {_AUTHORIZERS} authorizers, unless the quota is raised.", QUOTAS,
    f"Let one authorizer decide on several schemes, or request a higher quota {_RAISED}.",
)  # fmt: skip
DOCUMENT = Rule(
    "document-too-large", Verdict.REJECTED, "The import document is too large",
    f"A definition has at most {_DOCUMENT_BYTES // 1024**2} MB.", QUOTAS,
    "Shorten descriptions, or split the API.",
)  # fmt: skip
_MODELS_STATEMENT = f"The models of an API have at most {_MODELS_BYTES // 1024} KB together."
REQUEST_MODEL = Rule(
    "model-left-out", Verdict.LAMBDA, "The body has no model, since the API has no room for it",
    _MODELS_STATEMENT, QUOTAS, f"{LAMBDA_VALIDATES} Or shorten schemas, or split the API.",
)  # fmt: skip
RESPONSE_MODEL = Rule(
    "response-model-left-out", Verdict.CHANGED,
    "The response has no model, since the API has no room for it",
    _MODELS_STATEMENT, QUOTAS, "Nothing: API Gateway does not validate responses.",
)  # fmt: skip
IMPORTED = (PATHS, AUTHORIZERS, DOCUMENT)
"""The rules that stop an import; others are about requests."""

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
    yield from _document(rendered)
    for operation in contract.operations:
        if not rendered.models.all_fit:
            yield from _left_out(rendered.models, operation)
        yield from _requests(operation)


def _resources(rendered: Rendered) -> Iterator[Finding]:
    count, root = rendered.resources.count, rendered.contract.root
    limit = rendered.settings.quotas.get("resources", _RESOURCES)
    if count > limit:
        yield finding(PATHS, root.child("paths") or root, f"{count} resources, {limit} at most")


def _document(rendered: Rendered) -> Iterator[Finding]:
    contract, document = rendered.contract, rendered.document
    components = contract.root.child("components") or contract.root
    schemes = document["components"]["securitySchemes"].values()
    authorizers = sum(AUTHORIZER in scheme for scheme in schemes)
    limit = rendered.settings.quotas.get("authorizers", _AUTHORIZERS)
    if authorizers > limit:
        yield finding(AUTHORIZERS, components, f"{authorizers} authorizers, {limit} at most")
    if rendered.models.all_fit:
        return
    size = size_of(document)
    if size > _DOCUMENT_BYTES:
        yield finding(DOCUMENT, contract.root, f"{size} bytes, {_DOCUMENT_BYTES} at most")


def _left_out(models: Models, operation: Operation) -> Iterator[Finding]:
    places = [
        (RESPONSE_MODEL, Direction.RESPONSE, entry)
        for response in operation.responses
        for entry in response.content
    ]
    if operation.body is not None:
        body = operation.body.content
        places += [(REQUEST_MODEL, Direction.REQUEST, entry) for entry in body]
    for rule, direction, entry in places:
        name = models.left_out(entry.schema, direction) if entry.schema is not None else None
        if name is not None:
            yield finding(rule, entry.node, f"{operation.id}: the model {name} is left out")


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
