"""What API Gateway rejects, drops or changes when it imports the contract's document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openapi_first.import_document.authorizers import EXTENSION, Authorizer
from openapi_first.import_document.document import is_binary
from openapi_first.import_document.import_checks import import_errors
from openapi_first.import_document.methods import ANY_MEDIA_TYPE
from openapi_first.import_document.protection import Protection, protection, scheme_nodes
from openapi_first.import_document.requests import is_importable, required_at_gateway, takes_body
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.lint.findings import Finding, finding
from openapi_first.lint.rules import RULES
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.node import Node


def import_findings(contract: Contract, settings: GatewaySettings) -> Iterator[Finding]:
    """Everything but schemas, which `openapi_first.lint.keyword_findings` looks at, and quotas."""
    for rule, error in import_errors(contract):
        yield Finding(RULES[rule], error.file, error.line, error.pointer, error.detail)
    if contract.openapi == "3.1":
        yield finding("openapi-3-1", contract.root.child("openapi") or contract.root, "OpenAPI 3.1")
    yield from _model_names(contract)
    root_security = contract.root.child("security")
    if root_security is not None and root_security.value:
        yield finding("root-security", root_security, "security at the root")
    for operation in contract.operations:
        yield from _operation(operation)
        yield from _security(operation, contract, settings)
        yield from _binary(operation, settings)


def _model_names(contract: Contract) -> Iterator[Finding]:
    components = contract.root.get("components")
    schemas = components.child("schemas") if components is not None else None
    for name in schemas.value if schemas is not None else ():
        node = schemas.child(name) if schemas is not None else None
        if node is not None and not re.fullmatch("[0-9A-Za-z]+", name):
            yield finding("model-name", node, f"the schema {name}")


def _operation(operation: Operation) -> Iterator[Finding]:
    for parameter in operation.parameters:
        name = parameter.name
        if parameter.location == "cookie":
            yield finding("cookie-parameter", parameter.node, f"the cookie {name}")
        elif not is_importable(parameter):
            yield finding("parameter-name", parameter.node, f"{name} of {operation.id}")
        if parameter.node.value.get("deprecated") is True:
            yield finding("deprecated", parameter.node, f"{name} is deprecated")
        asked = required_at_gateway(parameter) and parameter.location != "path"
        if asked and _may_be_blank(parameter.schema.followed()):
            yield finding("blank-parameter", parameter.node, f"{name} may be empty")
    if operation.body is not None and not takes_body(operation):
        detail = f"{operation.method} of {operation.id} takes a body"
        yield finding("body-on-get", operation.body.node, detail)
    for response in operation.responses:
        if not response.status.isdecimal():
            yield finding("response-range", response.node, f"the response {response.status}")
    for key in ("deprecated", "callbacks"):
        node = operation.node.child(key)
        if node is not None and node.value:
            yield finding(key, node, f"{key} of {operation.id}")


def _may_be_blank(schema: Node) -> bool:
    """Whether a text without characters is plainly allowed."""
    held = {"enum", "const", "pattern", "format", "allOf", "anyOf", "oneOf", "not"}
    return (
        isinstance(schema.value, dict)
        and schema.value.get("type") == "string"
        and not schema.value.get("minLength")
        and not held & schema.value.keys()
    )


def _security(
    operation: Operation, contract: Contract, settings: GatewaySettings
) -> Iterator[Finding]:
    written = operation.node.child("security") or contract.root.child("security")
    if written is None:
        return
    if len(operation.security) > 1:
        yield finding("security-alternatives", written, f"{operation.id} gives a choice")
    schemes = scheme_nodes(contract)
    scopes: dict[str, set[str]] = {}
    for requirement in operation.security:
        for name in requirement:
            scopes.setdefault(name, set()).update(requirement[name])
    for name in scopes.keys() & schemes.keys():
        authorizer = settings.authorizers.get(name)
        found = protection(schemes[name].value, authorizer)
        yield finding(_RULES[found], schemes[name], f"the scheme {name}")
        if scopes[name] and found.is_enforced:
            detail = f"{operation.id}: {', '.join(sorted(scopes[name]))} of {name}"
            checked = _checks_scopes(schemes[name], authorizer)
            one = "scopes" if len(scopes[name]) == 1 else "any-scope"
            yield finding(one if checked else "scopes-in-authorizer", written, detail)


_RULES = {
    Protection.API_KEY: "api-key",
    Protection.AUTHORIZER: "authorizer",
    Protection.SERVICE: "security-in-service",
    Protection.MISPLACED_KEY: "api-key-elsewhere",
    Protection.NONE: "security-scheme",
}


def _checks_scopes(scheme: Node, authorizer: Authorizer | None) -> bool:
    if authorizer is not None:
        return authorizer.checks_scopes
    extension = scheme.value.get(EXTENSION)
    kind = str(extension.get("type")).lower() if isinstance(extension, dict) else None
    return Authorizer(kind or "").checks_scopes


def _binary(operation: Operation, settings: GatewaySettings) -> Iterator[Finding]:
    if ANY_MEDIA_TYPE in settings.binary_media_types:
        return
    for entry in operation.body.content if operation.body is not None else ():
        if entry.name == ANY_MEDIA_TYPE:
            yield finding("any-body-as-text", entry.node, f"{operation.id} takes anything")
    for response in operation.responses:
        for entry in response.content:
            if is_binary(entry.name):
                detail = f"{operation.id}: {entry.name}"
                yield finding("binary-response", entry.node, detail)
