"""Parameters: which the gateway requires, which the import leaves out, and which OpenAPI does not
say how to read."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.aws.names import PARAMETER_NAME
from openapi_first.compiler.text_planner import text_plan
from openapi_first.core.media_types import is_json
from openapi_first.documents.node import Node
from openapi_first.import_document.requests import is_importable, required_at_gateway
from openapi_first.lint.document import DEPRECATED
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import (
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
from openapi_first.lint.keywords import enforced
from openapi_first.lint.schemas import TEXT_TYPES, constraints, forbidden, schemas
from openapi_first.openapi.model import Header, Operation, Parameter
from openapi_first.openapi.styles import STYLES
from openapi_first.resources.sharing import parameter_key
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.form_members import FormMember, form_members, is_form

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
DEFAULTED = Rule(
    "required-with-default", Verdict.NOWHERE, "The parameter may be missing: it has a default",
    "A default documents what the receiver assumes if no value is sent.",
    f"{OPENAPI}schema-object", "Remove the default, or `required`.",
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
WRONG_DEFAULT = Rule(
    "wrong-default", Verdict.NOWHERE, "The default does not match the schema, and is not applied",
    "A default must match the schema beside it.", f"{OPENAPI}properties",
    "Change the default or the schema.",
)  # fmt: skip
NESTED = Rule(
    "nested-names", Verdict.NOTE, "The parameter is read as `qs` and Rack read it",
    "The style `deepObject` is defined for objects without arrays and objects in them.",
    f"{OPENAPI}style-examples",
    "Nothing, if clients send such names. Otherwise describe the parameter by `content`.",
)  # fmt: skip


NO_SCHEMA = Rule(
    "header-without-schema", Verdict.NOTE, "The header may have any value",
    "A parameter or a header has a `schema` or `content`.", f"{OPENAPI}parameter-object",
    "Nothing, or add a schema.",
)  # fmt: skip


def find(rendered: Rendered) -> Iterator[Finding]:
    given = {
        (plan.function, each.argument): each.has_default
        for plan in rendered.plans.operations
        for each in plan.parameters
    }
    for operation in rendered.contract.operations:
        for parameter in operation.parameters:
            yield from _left_out(parameter, operation.id)
            yield from undescribed(parameter)
    served = rendered.contract.served
    for operation in served:
        method = rendered.resources.method(operation)
        required = {parameter_key(each) for each in method.parameters if required_at_gateway(each)}
        for parameter in operation.parameters:
            default = parameter.schema.followed().child("default")
            if default is not None and not given.get((operation.function, parameter.argument)):
                detail = f"the default of {parameter.name} does not match its schema"
                yield finding(WRONG_DEFAULT, default, detail)
            in_path = parameter.location == "path"
            at_gateway = in_path or parameter_key(parameter) in required
            has_default = bool(given.get((operation.function, parameter.argument)))
            yield from _required(parameter, has_default, at_gateway=at_gateway)
        yield from _nested(operation)
    yield from _keywords(rendered)


def _keywords(rendered: Rendered) -> Iterator[Finding]:
    effects = rendered.effects[Direction.REQUEST]
    described: dict[frozenset[str], list[Node]] = {}
    for operation in rendered.contract.served:
        for parameter in operation.parameters:
            described.setdefault(_always(parameter), []).append(parameter.schema)
    for always, roots in described.items():
        for visit in schemas(roots, effects):
            for keyword in constraints(visit, effects, always):
                yield enforced(SCHEMA, visit.node, keyword, effects)
            for child, _ in forbidden(visit, effects):
                yield finding(SCHEMA, child, "no value is allowed")
            if visit.node.value.get("readOnly") is True and visit.owner is not None:
                yield enforced(SCHEMA, visit.node, "readOnly", effects)


def _always(parameter: Parameter) -> frozenset[str]:
    """The types as which every text of the parameter can be read."""
    if parameter.media_type is not None:
        return frozenset() if is_json(parameter.media_type) else TEXT_TYPES
    exploded = parameter.style == "form" and parameter.explode
    return TEXT_TYPES | {"object"} if exploded else TEXT_TYPES


def _required(parameter: Parameter, has_default: bool, *, at_gateway: bool) -> Iterator[Finding]:
    if parameter.required and has_default and not at_gateway:
        place = parameter.node.child("required") or parameter.node
        yield finding(DEFAULTED, place, f"{parameter.name} is required, and has a default")
    elif parameter.required:
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


def _nested(operation: Operation) -> Iterator[Finding]:
    """Parameters and members of forms in the style `deepObject` beyond what OpenAPI defines."""
    parts: list[Parameter | FormMember] = [*operation.parameters]
    for entry in operation.body.content if operation.body is not None else ():
        if entry.schema is not None and is_form(entry.name):
            parts += form_members(entry)
    for part in parts:
        if not STYLES[part.style].prefixes_names or part.media_type is not None:
            continue
        name, text = part.name, text_plan(part.schema, untyped=("object",))
        types = set(text.types)
        within = {*text.items, *(text.others or ())}.union(*text.properties.values())
        reading = [
            *([f"{name} is a value"] if types - {"array", "object", "null"} else ()),
            *([f"{name}[] or {name}[0] is an item"] if "array" in types else ()),
            *([f"{name}[a][] or {name}[a][0] is an item"] if "array" in within else ()),
            *([f"{name}[a][b] is a member"] if "object" in within else ()),
        ]
        if reading:
            node = part.node if isinstance(part, Parameter) else part.schema
            yield finding(NESTED, node, ", ".join(reading))


def _may_be_blank(schema: Node) -> bool:
    """Whether the schema plainly allows the empty string."""
    constraining = {"enum", "const", "pattern", "format", "allOf", "anyOf", "oneOf", "not"}
    return (
        isinstance(schema.value, dict)
        and schema.value.get("type") == "string"
        and not schema.value.get("minLength")
        and not constraining & schema.value.keys()
    )
