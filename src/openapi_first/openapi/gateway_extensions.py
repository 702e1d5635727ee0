"""API Gateway's extensions in a contract: where they are, and whether they have the right shape.

An operation's integration is either its own, which names what it calls, or only has settings for
the integration that calls the function (AWS: api-gateway-swagger-extensions).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from openapi_first.aws import methods, names, quotas
from openapi_first.aws.extensions import (
    ANY_METHOD,
    API_KEY_SOURCE,
    EXTENSIONS,
    GATEWAY_RESPONSES,
    INTEGRATION,
    MINIMUM_COMPRESSION_SIZE,
    PREFIX,
    Place,
    Shape,
)
from openapi_first.aws.gateway_responses import GATEWAY_RESPONSES as RESPONSE_TYPES
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.openapi.model import OPERATION_KEYS

FUNCTION_VARIABLE = "function"
"""The stage variable that names the function, with its alias: `items:live`."""

_TYPES: dict[Shape, Callable[[Any], bool]] = {
    Shape.STRING: lambda value: isinstance(value, str),
    Shape.INTEGER: lambda value: isinstance(value, int) and not isinstance(value, bool),
    Shape.LIST: lambda value: isinstance(value, list),
    Shape.OBJECT: lambda value: isinstance(value, dict),
}
_MEMBERS = {
    **dict.fromkeys(methods.INTEGRATION_STRINGS, Shape.STRING),
    **dict.fromkeys(methods.INTEGRATION_OBJECTS, Shape.OBJECT),
    **dict.fromkeys(methods.INTEGRATION_LISTS, Shape.LIST),
    **dict.fromkeys(methods.INTEGRATION_INTEGERS, Shape.INTEGER),
}
_ONE_OF = {
    "type": methods.INTEGRATION_TYPES,
    "passthroughBehavior": methods.PASSTHROUGH_BEHAVIORS,
    "contentHandling": methods.CONTENT_HANDLINGS,
    "responseTransferMode": methods.RESPONSE_TRANSFER_MODES,
}


@dataclass(frozen=True, slots=True)
class Site:
    """An object that may have extensions; `steps` are its place in the import document."""

    place: Place
    node: Node
    steps: tuple[str | int, ...]

    def extensions(self) -> Iterator[tuple[str, Node]]:
        """The extensions of API Gateway, as they are written."""
        for key in self.node.value if isinstance(self.node.value, dict) else ():
            if isinstance(key, str) and key.startswith(PREFIX):
                child = self.node.child(key)
                assert child is not None
                yield key, child


def is_intrinsic(value: Any) -> bool:
    """Whether it is a function of CloudFormation, which may stand for a value of any type."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    (name,) = value
    return isinstance(name, str) and (name == "Ref" or name.startswith("Fn::"))


def own_integration(operation: Node) -> Node | None:
    """The operation's own integration; None if the function serves the operation.

    It is its own if it names what it calls: by a type other than `aws_proxy`, or by a `uri` without
    the function's stage variable.
    """
    node = operation.get(INTEGRATION)
    if node is None or not isinstance(node.value, dict):
        return None
    value = node.value
    named = {"integrationSubtype", "integrationTarget", "connectionId"} & value.keys()
    if named or is_intrinsic(value) or str(value.get("type", "aws_proxy")).lower() != "aws_proxy":
        return node
    uri = value.get("uri")
    variable = f"stageVariables.{FUNCTION_VARIABLE}}}"
    return None if uri is None or variable in str(uri) else node


def sites(root: Node) -> Iterator[Site]:
    """Every object of the document that may have extensions."""
    yield Site(Place.ROOT, root, ())
    paths = root.get("paths")
    for path in paths.value if paths is not None and isinstance(paths.value, dict) else ():
        is_path = isinstance(path, str) and path.startswith("/")
        item = paths.get(path) if paths is not None and is_path else None
        if item is None:
            continue
        yield Site(Place.PATH_ITEM, item, ("paths", path))
        for method in OPERATION_KEYS:
            operation = item.get(method)
            if operation is not None:
                yield Site(Place.OPERATION, operation, ("paths", path, method))
    for place, name in ((Place.SERVER, "servers"), (Place.TAG, "tags")):
        listed = root.get(name)
        for index, each in enumerate(listed.elements() if listed is not None else ()):
            yield Site(place, each, (name, index))
    components = root.get("components")
    if components is not None:
        yield Site(Place.COMPONENTS, components, ("components",))
        for name, scheme in _members(components.get("securitySchemes")):
            yield Site(Place.SECURITY_SCHEME, scheme, ("components", "securitySchemes", name))


def _members(node: Node | None) -> Iterator[tuple[str, Node]]:
    return node.items() if node is not None else iter(())


def check_extensions(root: Node) -> Iterator[Diagnostic]:
    """An error for each extension whose value does not have the shape that AWS documents."""
    for site in sites(root):
        for key, written in site.extensions():
            known = EXTENSIONS.get(key)
            if known is None or key == ANY_METHOD:
                continue  # OpenAPI's own schema checks the operation
            try:
                value = written.followed() if key == INTEGRATION else written
            except ContractError as error:
                yield from error.diagnostics
                continue
            wrong = _wrong_type(value, known.shape, key)
            if wrong is not None:
                yield wrong
            elif key in _CHECKS and not is_intrinsic(value.value):
                yield from _CHECKS[key](value)


def _wrong_type(node: Node, shape: Shape, name: str) -> Diagnostic | None:
    if _TYPES[shape](node.value) or is_intrinsic(node.value):
        return None
    page = f" (see {EXTENSIONS[name].page})" if name in EXTENSIONS else ""
    return node.diagnostic(f"{name} is not {shape.value}", f"Write {shape.value}{page}.")


def _integration(node: Node) -> Iterator[Diagnostic]:
    for name, shape in _MEMBERS.items():
        member = node.child(name)
        if member is None:
            continue
        wrong = _wrong_type(member, shape, name)
        if wrong is not None:
            yield wrong
        elif isinstance(member.value, str) and not _is_known(name, member.value):
            yield member.diagnostic(
                f"{name} is {member.value!r}", f"Write one of: {', '.join(_ONE_OF[name])}."
            )
    timeout = node.child("timeoutInMillis")
    shortest, longest = quotas.SHORTEST_TIMEOUT_MS, quotas.LONGEST_STREAMING_TIMEOUT_MS
    number: Any = timeout.value if timeout is not None else None
    if timeout is not None and _TYPES[Shape.INTEGER](number):
        if number < shortest.limit:
            yield timeout.diagnostic(
                f"timeoutInMillis is {number}",
                f"Write at least {shortest.limit} (see {shortest.page}).",
            )
        elif number > longest.limit:
            yield timeout.diagnostic(
                f"timeoutInMillis is {number}",
                f"Write at most {longest.limit} (see {longest.page}).",
            )


def _is_known(name: str, value: str) -> bool:
    """Case does not matter."""
    return name not in _ONE_OF or value.lower() in map(str.lower, _ONE_OF[name])


def _gateway_responses(node: Node) -> Iterator[Diagnostic]:
    for name in node.value:
        child = node.child(name)
        assert child is not None
        if name not in RESPONSE_TYPES:
            near = difflib.get_close_matches(str(name), RESPONSE_TYPES, 1)
            yield child.diagnostic(
                f"{name} is not a type of gateway response",
                f"Write {near[0]}." if near else f"Write one of: {', '.join(RESPONSE_TYPES)}.",
            )
        elif not isinstance(child.value, dict):
            yield child.diagnostic(
                f"the gateway response {name} is not an object",
                "Write an object with `statusCode`, `responseParameters` or `responseTemplates`.",
            )


def _key_source(node: Node) -> Iterator[Diagnostic]:
    if node.value.upper() not in names.API_KEY_SOURCES:
        yield node.diagnostic(
            f"the source of API keys is {node.value!r}",
            f"Write one of: {', '.join(names.API_KEY_SOURCES)}.",
        )


def _compression(node: Node) -> Iterator[Diagnostic]:
    if not 0 <= node.value <= quotas.PAYLOAD_BYTES.limit:
        yield node.diagnostic(
            f"the size for compression is {node.value}",
            f"Write a number of bytes from 0 to {quotas.PAYLOAD_BYTES.limit}.",
        )


_CHECKS: dict[str, Callable[[Node], Iterator[Diagnostic]]] = {
    API_KEY_SOURCE: _key_source,
    GATEWAY_RESPONSES: _gateway_responses,
    INTEGRATION: _integration,
    MINIMUM_COMPRESSION_SIZE: _compression,
}
