"""Parameters: which the gateway requires, and which the import leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.aws.names import PARAMETER_NAME
from openapi_first.import_document.requests import is_importable, required_at_gateway
from openapi_first.lint.document import DEPRECATED
from openapi_first.lint.rendered import Rendered
from openapi_first.lint.rule import (
    GUIDE,
    KNOWN_ISSUES,
    LAMBDA_VALIDATES,
    NOTHING,
    OPENAPI,
    REFERENCE,
    VALIDATION,
    Finding,
    Rule,
    Verdict,
    finding,
)
from openapi_first.lint.schemas import constraints, enforced, schemas
from openapi_first.openapi.model import Header, Parameter
from openapi_first.openapi.node import Node
from openapi_first.schemas.directions import Direction

_SOURCES = GUIDE + "rest-api-parameter-mapping-sources.html"
_PUT_METHOD = REFERENCE + "API_PutMethod.html"
_NOT_BLANK = "Required parameters must be present and not blank."

REQUIRED = Rule(
    "parameter-required", Verdict.GATEWAY, "The gateway requires the parameter", _NOT_BLANK,
    VALIDATION, NOTHING,
)  # fmt: skip
NOT_REQUIRED = Rule(
    "parameter-not-asked-for", Verdict.LAMBDA, "The gateway cannot require the parameter",
    "The validator looks for a path, query or header parameter of that name that is not blank.",
    VALIDATION, f"{LAMBDA_VALIDATES} Or declare it as a query parameter with `explode: false`.",
)  # fmt: skip
SCHEMA = Rule(
    "parameter-schema", Verdict.LAMBDA, "The gateway ignores a parameter's schema",
    "Of a parameter, only name, in, required, type and description are supported.", KNOWN_ISSUES,
    LAMBDA_VALIDATES,
)  # fmt: skip
BLANK = Rule(
    "blank-parameter", Verdict.CHANGED, "The gateway refuses a blank parameter", _NOT_BLANK,
    VALIDATION, "Give it `minLength: 1`, or make it optional.",
)  # fmt: skip
COOKIE = Rule(
    "cookie-parameter", Verdict.CHANGED, "The cookie parameter is left out",
    "Parameters are in the path, the query string or the headers.", _SOURCES,
    "Nothing: the Lambda reads it.",
)  # fmt: skip
NAME = Rule(
    "parameter-name", Verdict.CHANGED, "The parameter is left out because of its name",
    f"The name of a request parameter matches ^{PARAMETER_NAME.pattern}$.", _PUT_METHOD,
    "Nothing: the Lambda reads it. If the gateway is to require it, use other characters.",
)  # fmt: skip


NO_SCHEMA = Rule(
    "header-without-schema", Verdict.NOTE, "The header may have any value",
    "A parameter or a header has a `schema` or `content`.", f"{OPENAPI}parameter-object",
    "Nothing, or add a schema.",
)  # fmt: skip


def find(rendered: Rendered) -> Iterator[Finding]:
    for operation in rendered.contract.operations:
        for parameter in operation.parameters:
            yield from _left_out(parameter, operation.id)
            yield from undescribed(parameter)
    for operation in rendered.contract.served:
        for parameter in operation.parameters:
            yield from _required(parameter)
            for node, _ in schemas(parameter.schema, Direction.REQUEST):
                for keyword in constraints(node):
                    yield enforced(SCHEMA, node, keyword)


def _required(parameter: Parameter) -> Iterator[Finding]:
    at_gateway = required_at_gateway(parameter)
    if parameter.required:
        rule = REQUIRED if at_gateway else NOT_REQUIRED
        place = parameter.node.child("required") or parameter.node
        yield finding(rule, place, f"{parameter.name} is required")
    if at_gateway and parameter.location != "path" and _may_be_blank(parameter.schema.followed()):
        yield finding(BLANK, parameter.node, f"{parameter.name} may be empty")


def undescribed(described: Parameter | Header) -> Iterator[Finding]:
    """A header without a schema, which the loader reads as any string."""
    if not {"schema", "content"} & described.node.value.keys():
        yield finding(NO_SCHEMA, described.node, f"the header {described.name} has no schema")


def _left_out(parameter: Parameter, operation: str) -> Iterator[Finding]:
    if parameter.location == "cookie":
        yield finding(COOKIE, parameter.node, f"the cookie {parameter.name}")
    elif not is_importable(parameter):
        yield finding(NAME, parameter.node, f"{parameter.name} of {operation}")
    if parameter.node.value.get("deprecated") is True:
        yield finding(DEPRECATED, parameter.node, f"{parameter.name} is deprecated")


def _may_be_blank(schema: Node) -> bool:
    """Whether the schema plainly allows the empty string."""
    constraining = {"enum", "const", "pattern", "format", "allOf", "anyOf", "oneOf", "not"}
    return (
        isinstance(schema.value, dict)
        and schema.value.get("type") == "string"
        and not schema.value.get("minLength")
        and not constraining & schema.value.keys()
    )
