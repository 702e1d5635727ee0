"""Request bodies. The gateway enforces the keywords that models express exactly."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TypeAlias

from openapi_first.aws.extensions import BINARY_MEDIA_TYPES
from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.documents.node import Node
from openapi_first.import_document.methods import ANY_MEDIA_TYPE
from openapi_first.import_document.requests import takes_body
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import (
    GUIDE,
    KNOWN_ISSUES,
    LAMBDA_VALIDATES,
    NOTHING,
    VALIDATION,
    Finding,
    Rule,
    Verdict,
    finding,
)
from openapi_first.lint.keywords import enforced
from openapi_first.lint.schemas import TEXT_TYPES, constraints, forbidden, schemas
from openapi_first.openapi.model import Operation
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.effects import Effects
from openapi_first.schemas.form_members import form_members, is_form

_DRAFT_4 = "Models are JSON Schema draft 4 and are imported as schemas of OpenAPI 3.0."
_BODILESS = "A method with a model refuses a request without a body."

IN_MODEL = Rule(
    "keyword-at-gateway", Verdict.GATEWAY, "A model enforces the keyword", _DRAFT_4, KNOWN_ISSUES,
    NOTHING,
)  # fmt: skip
NOT_IN_MODEL = Rule(
    "keyword-not-in-models", Verdict.LAMBDA, "No model can express the keyword", _DRAFT_4,
    KNOWN_ISSUES, f"{LAMBDA_VALIDATES} Or express it with keywords of draft 4.",
)  # fmt: skip
ARRAY_BOUNDS = Rule(
    "array-bounds", Verdict.LAMBDA, "The gateway does not count items",
    "Simple request validation does not include maxItems and minItems.", KNOWN_ISSUES,
    LAMBDA_VALIDATES,
)  # fmt: skip
EXCLUSIVE_LIMIT = Rule(
    "exclusive-limit", Verdict.LAMBDA, "The gateway allows the limit itself",
    "The exclusiveMinimum tag is not supported.", KNOWN_ISSUES,
    f"{LAMBDA_VALIDATES} Or, for an integer, use `minimum` and `maximum`.",
)  # fmt: skip
NO_MODEL = Rule(
    "body-without-model", Verdict.LAMBDA, "The body has no model",
    "Without a model for the request's media type the body is not validated; with one, an empty "
    "body is refused.",
    VALIDATION, f"{LAMBDA_VALIDATES} Or make the body `required` and its media type JSON.",
)  # fmt: skip
REQUIRED = Rule(
    "body-required", Verdict.GATEWAY, "The gateway refuses an empty body", _BODILESS, VALIDATION,
    NOTHING,
)  # fmt: skip
NOT_REQUIRED = Rule(
    "body-not-asked-for", Verdict.LAMBDA, "The gateway allows an empty body without Content-Type",
    "Without a Content-Type the model of application/json is used, if there is one.", VALIDATION,
    f"{LAMBDA_VALIDATES} Or take application/json as well.",
)  # fmt: skip
MEDIA_TYPE = Rule(
    "media-type", Verdict.LAMBDA, "The gateway allows other media types",
    "A body whose media type has no model is not validated.", VALIDATION, LAMBDA_VALIDATES,
)  # fmt: skip
ON_GET = Rule(
    "body-on-get", Verdict.CHANGED, "The body of the method is left out", _BODILESS, VALIDATION,
    f"{LAMBDA_VALIDATES} Or use POST or PUT.",
)  # fmt: skip
ANY_AS_TEXT = Rule(
    "any-body-as-text", Verdict.CHANGED, "A body of any media type arrives as text",
    "Bodies of the API's binary media types are bytes; all others are UTF-8 text.",
    GUIDE + "api-gateway-payload-encodings.html",
    'List the media types, or set `binary_media_types = ["*/*"]` under `[tool.contract]` in '
    "pyproject.toml.",
)  # fmt: skip

_Keyword: TypeAlias = tuple[object, str]

_WITHOUT_TYPE = "application/json"
"""The media type of a body without Content-Type, at the gateway."""

_ABSENT = {
    **dict.fromkeys(("minItems", "maxItems"), ARRAY_BOUNDS),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), EXCLUSIVE_LIMIT),
}


def find(rendered: Rendered) -> Iterator[Finding]:
    exact = rendered.models.exact_in_requests()
    binary_media_types = rendered.document.get(BINARY_MEDIA_TYPES, ())
    modelled: list[Node] = []
    others: list[Node] = []
    texts: list[Node] = []
    for operation in rendered.contract.served:
        yield from _presence(rendered, operation)
        for entry in operation.body.content if operation.body is not None else ():
            yield finding(MEDIA_TYPE, entry.node, f"the body may be {entry.name}")
            if entry.name == ANY_MEDIA_TYPE and ANY_MEDIA_TYPE not in binary_media_types:
                yield finding(ANY_AS_TEXT, entry.node, f"{operation.id} takes any media type")
            if entry.schema is None:
                continue
            if rendered.has_model(operation, entry):
                modelled.append(entry.schema)
            elif is_json(entry.name):
                others.append(entry.schema)
            else:
                texts.append(entry.schema)
                members = form_members(entry) if is_form(entry.name) else ()
                others += [each.schema for each in members if is_json(each.media_type or "")]
    effects = rendered.effects[Direction.REQUEST]
    yield from _keywords(modelled, effects, exact)
    yield from _keywords(others, effects, None)
    yield from _keywords(texts, effects, None, TEXT_TYPES | {"object"})


def _presence(rendered: Rendered, operation: Operation) -> Iterator[Finding]:
    body = operation.body
    if body is None:
        return
    if not takes_body(operation):
        detail = f"{operation.method} of {operation.id} takes a body"
        yield finding(ON_GET, body.node, detail)
    if body.required:
        has_model = rendered.has_model
        modelled = body.content and all(has_model(operation, entry) for entry in body.content)
        rule = REQUIRED if modelled else NO_MODEL
        if modelled and all(media_type_of(entry.name) != _WITHOUT_TYPE for entry in body.content):
            rule = NOT_REQUIRED
        place = body.node.child("required") or body.node
        yield finding(rule, place, "the body is required")


def _keywords(
    described: list[Node],
    effects: Effects,
    exact: Set[_Keyword] | None,
    always: frozenset[str] = frozenset(),
) -> Iterator[Finding]:
    for visit in schemas(described, effects):
        node = visit.node
        for keyword in constraints(visit, effects, always):
            absent = _ABSENT.get(keyword, NOT_IN_MODEL)
            rule = _rule(exact, node, _in_model(node, keyword, effects), absent)
            yield enforced(rule, node, keyword, effects)
        for child, keyword in forbidden(visit, effects):
            yield finding(_rule(exact, node, keyword, NOT_IN_MODEL), child, "no value is allowed")
        if node.value.get("readOnly") is True and visit.owner is not None and not visit.tested:
            rule = _rule(exact, visit.owner, "properties", NOT_IN_MODEL)
            yield enforced(rule, node, "readOnly", effects)


def _rule(exact: Set[_Keyword] | None, node: Node, keyword: str, absent: Rule) -> Rule:
    """`exact` has the keywords that models enforce; it is None for a body without a model."""
    if exact is None:
        return NO_MODEL
    return IN_MODEL if (node.identity, keyword) in exact else absent


def _in_model(node: Node, keyword: str, effects: Effects) -> str:
    """The keyword of the model that enforces a keyword of the contract."""
    if keyword == "format":
        return "minimum" if effects.is_replaced(node, keyword) else "format"
    if keyword == "discriminator":
        return "oneOf" if "oneOf" in node.value else "anyOf"
    return "contains" if keyword == "minContains" else keyword
