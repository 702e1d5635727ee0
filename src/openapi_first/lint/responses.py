"""Responses: the gateway validates none of them, and the import leaves some out."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.aws.extensions import BINARY_MEDIA_TYPES
from openapi_first.import_document.document import is_binary
from openapi_first.import_document.methods import ANY_MEDIA_TYPE
from openapi_first.lint.parameters import undescribed
from openapi_first.lint.rendered import Rendered
from openapi_first.lint.rule import GUIDE, REFERENCE, VALIDATION, Finding, Rule, Verdict, finding
from openapi_first.lint.schemas import constraints, enforced, schemas
from openapi_first.openapi.model import Response
from openapi_first.schemas.directions import Direction

SCHEMA = Rule(
    "response-schema", Verdict.LAMBDA, "The gateway does not validate responses",
    "API Gateway validates requests only.", VALIDATION,
    "Nothing, as long as RESPONSE_VALIDATION is `enforce`.",
)  # fmt: skip
RANGE = Rule(
    "response-range", Verdict.CHANGED, "The response is left out",
    "A method response has one status code.", REFERENCE + "API_PutMethodResponse.html",
    "Nothing, or declare each status.",
)  # fmt: skip
BINARY = Rule(
    "binary-response", Verdict.CHANGED,
    "Only clients that list the media type first in Accept receive bytes",
    "The first media type in Accept decides whether a response returns binary media.",
    GUIDE + "lambda-proxy-binary-media.html",
    "Nothing, if clients send the media type in Accept. For browsers, set "
    '`binary_media_types = ["*/*"]` under `[tool.contract]` in pyproject.toml.',
)  # fmt: skip


def find(rendered: Rendered) -> Iterator[Finding]:
    binary_media_types = rendered.document.get(BINARY_MEDIA_TYPES, ())
    for operation in rendered.contract.operations:
        for response in operation.responses:
            if not response.status.isdecimal():
                yield finding(RANGE, response.node, f"the response {response.status}")
            for header in response.headers:
                yield from undescribed(header)
            if operation.own_integration is not None:
                continue
            for entry in response.content:
                if is_binary(entry.name) and ANY_MEDIA_TYPE not in binary_media_types:
                    yield finding(BINARY, entry.node, f"{operation.id}: {entry.name}")
            yield from _keywords(response)


def _keywords(response: Response) -> Iterator[Finding]:
    described = [header.schema for header in response.headers]
    described += [entry.schema for entry in response.content if entry.schema is not None]
    for schema in described:
        for node, _ in schemas(schema, Direction.RESPONSE):
            for keyword in constraints(node):
                yield enforced(SCHEMA, node, keyword)
            if node.value.get("writeOnly") is True:
                yield enforced(SCHEMA, node, "writeOnly")
