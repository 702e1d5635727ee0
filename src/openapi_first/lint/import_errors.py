"""What API Gateway refuses to import, and the paths that the import document writes in another way.

`import_document.import_checks` finds what is refused, since writing an import document stops there
too; the rules are here."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.aws.extensions import REQUEST_VALIDATORS
from openapi_first.aws.methods import ANY, METHODS
from openapi_first.documents.node import Node
from openapi_first.import_document.import_checks import import_errors
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import (
    GUIDE,
    KNOWN_ISSUES,
    OPENAPI,
    REFERENCE,
    Finding,
    Rule,
    Verdict,
    finding,
)
from openapi_first.openapi.model import Operation
from openapi_first.openapi.path_templates import VARIABLE
from openapi_first.resources.resources import Resources
from openapi_first.resources.sharing import parameter_key
from openapi_first.resources.templates import Variable

METHOD = Rule(
    "method-unknown", Verdict.REJECTED, "API Gateway does not have the method",
    f"The methods are {', '.join(METHODS)} and {ANY}.",
    REFERENCE + "API_PutMethod.html", "Remove the operation.",
)  # fmt: skip
SEGMENT = Rule(
    "path-segment", Verdict.REJECTED, "The path has an empty segment",
    "A path segment has at least one character.", KNOWN_ISSUES, "Remove one slash.",
)  # fmt: skip
SAME_RESOURCE = Rule(
    "same-resource", Verdict.REJECTED, "No request distinguishes the two paths",
    "A resource is chosen by the path of the request; a trailing slash does not count.",
    KNOWN_ISSUES, "Remove one of the paths, or change it.",
)  # fmt: skip
SHARED_INTEGRATION = Rule(
    "shared-integration", Verdict.REJECTED, "The integration is for a path that API Gateway lacks",
    "Mapping expressions of an integration name the variables of the resource's path.",
    GUIDE + "rest-api-parameter-mapping.html",
    "Remove the integration, or use a path that API Gateway takes and shares with no other.",
)  # fmt: skip
SHARED_SECURITY = Rule(
    "shared-security", Verdict.REJECTED, "Two operations of one method differ in their security",
    "A method of a resource has one authorization type and one authorizer.",
    REFERENCE + "API_PutMethod.html", "Give both the same `security`, or change one of the paths.",
)  # fmt: skip
ONE_AUTHORIZER = Rule(
    "one-authorizer", Verdict.REJECTED, "An operation has several authorizers",
    "A method of a resource has one authorization type and one authorizer.",
    REFERENCE + "API_PutMethod.html",
    "Keep one, or let the functions check the others: type `service` in "
    "[tool.contract.authorizers].",
)  # fmt: skip
VALIDATOR = Rule(
    "validator", Verdict.REJECTED, "The request validator cannot be used",
    f"An operation names a validator of {REQUEST_VALIDATORS}.",
    GUIDE + "api-gateway-swagger-extensions-request-validator.html",
    "Name a validator that is declared.",
)  # fmt: skip
RENAMED = Rule(
    "path-variable", Verdict.CHANGED, "The path variable has another name at API Gateway",
    "Only one child of a resource may be a variable.", KNOWN_ISSUES,
    "Nothing: the function gets the contract's name. Or give variables at one place one name.",
)  # fmt: skip
TAKEN_APART = Rule(
    "path-template", Verdict.CHANGED, "A variable stands for a part of the path",
    "A path segment has only alphanumeric characters, _ - . , : and braces; a variable is a "
    "whole segment, and a greedy one the end of the path.",
    KNOWN_ISSUES, "Nothing: the Lambda reads the contract's variables from its value.",
)  # fmt: skip
SHARED = Rule(
    "shared-method", Verdict.CHANGED, "Several operations are one method of API Gateway",
    "A resource has one method of each name.", REFERENCE + "API_PutMethod.html",
    "Nothing: the Lambda chooses the operation by the path, the most literal one first. It alone "
    "checks what only some of them declare.",
)  # fmt: skip
SAME_PATH = Rule(
    "same-path", Verdict.NOTE, "Two paths differ only in the names of their variables",
    "Templated paths with the same hierarchy but different templated names must not exist.",
    f"{OPENAPI}paths-object",
    "Nothing, since they have no method in common. Or move the operations under one path.",
)  # fmt: skip
INTEGRATION = Rule(
    "integration", Verdict.REJECTED, "The integration has no `type` or no `uri`",
    "An integration has a `type`, and each but a mock calls its `uri`; `integrationSubtype` is for "
    "HTTP APIs.", GUIDE + "api-gateway-swagger-extensions-integration.html",
    "Add what is missing.",
)  # fmt: skip
_REFUSED = {
    rule.id: rule
    for rule in (
        METHOD,
        SEGMENT,
        SAME_RESOURCE,
        SHARED_INTEGRATION,
        SHARED_SECURITY,
        ONE_AUTHORIZER,
        VALIDATOR,
        INTEGRATION,
    )
}


def find(rendered: Rendered) -> Iterator[Finding]:
    for rule, error in import_errors(rendered.contract, rendered.settings, rendered.resources):
        yield Finding(
            _REFUSED[rule],
            error.file,
            error.pointer,
            error.detail,
            lambda line=error.line: line,  # type: ignore[misc] # mypy infers no such default
        )
    paths = rendered.contract.root.child("paths")
    same: dict[str, Node] = {}
    for path, template in rendered.resources.templates.items():
        node = paths.child(path) if paths is not None else None
        assert node is not None
        first = same.setdefault(VARIABLE.sub(r"{\2}", path), node)
        if first is not node:
            line = first.source.line(first.pointer)
            yield finding(SAME_PATH, node, f"{path} is the same path as the one on line {line}")
        for variable in template.variables:
            yield from _variable(variable, node)
    for operation in rendered.contract.operations:
        yield from _sharing(rendered.resources, operation)


def _variable(variable: Variable, node: Node) -> Iterator[Finding]:
    if variable.pattern:
        detail = f"{variable.text} is in {{{variable.name}}} of the resource"
        yield finding(TAKEN_APART, node, detail)
    elif variable.names != (variable.name,):
        detail = f"{{{variable.names[0]}}} is {{{variable.name}}} in the import document"
        yield finding(RENAMED, node, detail)


def _sharing(resources: Resources, operation: Operation) -> Iterator[Finding]:
    others = resources.beside(operation)
    if not others:
        return
    method = resources.method(operation)
    required = {parameter_key(each) for each in method.parameters if each.required}
    left = [
        f"that {each.name} is there"
        for each in operation.parameters
        if each.required and each.location != "path" and parameter_key(each) not in required
    ]
    if operation.body is not None and method.body is None:
        left.append("the body")
    names = ", ".join(f"{each.method} {each.path}" for each in others)
    alone = f"; only the Lambda checks {', '.join(left)}" if left else ""
    detail = f"{operation.id} shares {method.method} {method.path} with {names}{alone}"
    yield finding(SHARED, operation.node, detail)
