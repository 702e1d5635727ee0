"""Links: expressions that find nothing, and targets that this contract does not describe. What is
wrong with a link by itself is an error of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from openapi_first.core.media_types import is_json
from openapi_first.documents.node import Node
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import OPENAPI, Finding, Rule, Verdict, finding
from openapi_first.openapi.link_expressions import Expression, parse_template
from openapi_first.openapi.links import LOCATIONS, links_of
from openapi_first.openapi.model import MediaType, Operation, Response
from openapi_first.openapi.path_templates import variable_names
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.pointers import Member, member_at

_LINK = f"{OPENAPI}link-object"
_EXPRESSIONS = f"{OPENAPI}runtime-expressions"

NO_VALUE = Rule(
    "link-without-value", Verdict.NOWHERE, "The link's expression never has a value",
    "If the evaluation fails, no parameter value is passed to the linked operation.",
    _EXPRESSIONS, "Correct the expression, or add to the schema what it refers to.",
)  # fmt: skip
UNDECLARED = Rule(
    "link-to-undeclared", Verdict.NOTE, "The contract does not declare what the expression reads",
    "Expressions read the parameters, headers and bodies of a request and its response.",
    _EXPRESSIONS, "Declare it, or correct the expression.",
)  # fmt: skip
AMBIGUOUS = Rule(
    "link-parameter-ambiguous", Verdict.NOTE, "The link's target has several parameters so named",
    "The name can be qualified by the location, such as `path.id`.", _LINK,
    "Write the location before the name.",
)  # fmt: skip
ELSEWHERE = Rule(
    "link-to-elsewhere", Verdict.NOTE, "The link leads to an operation of another description",
    "An `operationRef` may be relative or absolute.", _LINK,
    "Nothing: clients follow it, and no test does.",
)  # fmt: skip


def find(rendered: Rendered) -> Iterator[Finding]:
    targets = {link.node.identity: link.target for link in links_of(rendered.contract)}
    for operation in rendered.contract.operations:
        for response in operation.responses:
            links = response.node.get("links")
            for name, link in links.items() if links is not None else ():
                target = targets.get(link.identity)
                if target is None:
                    yield finding(ELSEWHERE, link, f"the link {name}")
                parameters = link.child("parameters")
                for key in parameters.value if parameters is not None else ():
                    value = parameters.child(key) if parameters is not None else None
                    assert value is not None
                    if target is not None and len(places := _places(str(key), target)) > 1:
                        written = " or ".join(f"{place}.{key}" for place in places)
                        yield finding(AMBIGUOUS, value, f"{key} may be {written}")
                    yield from _values(value, operation, response)
                body = link.child("requestBody")
                if body is not None:
                    yield from _values(body, operation, response)


def _places(key: str, target: Operation) -> list[str]:
    if key.partition(".")[0] in LOCATIONS:
        return []
    return [each.location for each in target.parameters if each.name == key]


def _values(value: Node, operation: Operation, response: Response) -> Iterator[Finding]:
    for part in parse_template(value.value) or ():
        if not isinstance(part, Expression):
            continue
        found, detail = _read(part, operation, response)
        if found is Member.IMPOSSIBLE:
            yield finding(NO_VALUE, value, f"{part.text}: {detail}")
        elif found is Member.UNDECLARED:
            yield finding(UNDECLARED, value, f"{part.text}: {detail}")


def _read(part: Expression, operation: Operation, response: Response) -> tuple[Member, str]:
    """Whether the contract declares the value that an expression reads, and the detail if not."""
    if part.part == "body":
        pointer = "".join(f"/{step}" for step in part.steps)
        if part.source == "request":
            content: Sequence[MediaType] = operation.body.content if operation.body else ()
            what = f"the request body of {operation.id} has no {pointer}"
            return _in_body(content, part, Direction.REQUEST, what)
        what = f"the response {response.status} of {operation.id} has no {pointer}"
        return _in_body(response.content, part, Direction.RESPONSE, what)
    if part.part == "path":
        declared = part.name in variable_names(operation.path)
        return _declared(declared, Member.IMPOSSIBLE), f"{operation.path} has no such variable"
    if part.part == "query":
        names = {each.name for each in operation.parameters if each.location == "query"}
        return _declared(part.name in names), f"{operation.id} has no such parameter"
    if part.part == "header" and part.source == "request":
        listed: Any = operation.node.value.get("parameters", ())
        names = {each.name.lower() for each in operation.parameters if each.location == "header"}
        names |= {str(each.get("name")).lower() for each in listed if isinstance(each, dict)}
        return _declared(part.name.lower() in names), f"{operation.id} has no such parameter"
    if part.part == "header":
        names = {each.name.lower() for each in response.headers} | {"content-type"}
        detail = f"the response {response.status} of {operation.id} declares no such header"
        return _declared(part.name.lower() in names), detail
    return Member.DECLARED, ""


def _declared(declared: bool, otherwise: Member = Member.UNDECLARED) -> Member:
    return Member.DECLARED if declared else otherwise


def _in_body(
    content: Sequence[MediaType], part: Expression, direction: Direction, missing: str
) -> tuple[Member, str]:
    if not content:
        whose = "the operation takes" if part.source == "request" else "the response declares"
        return Member.UNDECLARED, f"{whose} no body"
    if not part.steps:
        return Member.DECLARED, ""
    found = [
        Member.DECLARED if each.schema is None else member_at(each.schema, part.steps, direction)
        for each in content
        if is_json(each.name) or each.name.startswith(("*/", "application/*"))
    ]
    return max(found, default=Member.UNDECLARED), missing
