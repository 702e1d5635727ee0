"""What API Gateway rejects, drops or changes when it imports the contract's document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contract.gateway import AUTHORIZER
from contract.importable import refusals
from contract.lint.findings import Finding, finding
from contract.lint.rules import RULES
from contract.model import Contract, Operation
from contract.node import Node

__all__ = ["import_findings"]


def import_findings(contract: Contract) -> Iterator[Finding]:
    """Everything but schemas, which `contract.lint.keywords` looks at, and quotas."""
    for rule, fault in refusals(contract):
        yield Finding(RULES[rule], fault.file, fault.line, fault.pointer, fault.detail)
    if contract.openapi == "3.1":
        yield finding("openapi-3-1", contract.root.child("openapi") or contract.root, "OpenAPI 3.1")
    yield from _model_names(contract)
    root_security = contract.root.child("security")
    if root_security is not None and root_security.value:
        yield finding("root-security", root_security, "security at the root")
    for operation in contract.operations:
        yield from _operation(operation)
        yield from _security(operation, contract)


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
        if parameter.node.value.get("deprecated") is True:
            yield finding("deprecated", parameter.node, f"{name} is deprecated")
        asked = parameter.required and parameter.location in ("query", "header")
        if asked and _may_be_blank(parameter.schema.followed()):
            yield finding("blank-parameter", parameter.node, f"{name} may be empty")
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


def _security(operation: Operation, contract: Contract) -> Iterator[Finding]:
    written = operation.node.child("security") or contract.root.child("security")
    if written is None:
        return
    if len(operation.security) > 1:
        yield finding("security-alternatives", written, f"{operation.id} gives a choice")
    components = contract.root.get("components")
    schemes = components.get("securitySchemes") if components is not None else None
    for name in dict.fromkeys(name for each in operation.security for name in each):
        scheme = schemes.get(name) if schemes is not None else None
        if scheme is not None:
            yield finding(_rule(scheme), scheme, f"the scheme {name}")


def _rule(scheme: Node) -> str:
    if isinstance(scheme.value.get(AUTHORIZER), dict):
        return "authorizer"
    if scheme.value.get("type") != "apiKey":
        return "security-scheme"
    place = scheme.value.get("in"), str(scheme.value.get("name")).lower()
    return "api-key" if place == ("header", "x-api-key") else "api-key-elsewhere"
