"""Determines what enforces the security schemes of operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from openapi_first.aws.extensions import AUTHORIZER
from openapi_first.aws.names import API_KEY_HEADER
from openapi_first.documents.errors import Diagnostic
from openapi_first.documents.node import Node
from openapi_first.import_document.authorizers import Authorizer, is_signed
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.model import Contract, Operation

_REMEDY = (
    "Set an authorizer: [tool.contract.authorizers.{name}] with a `type` in pyproject.toml "
    '("service" if your functions check it), or use the header x-api-key.'
)


class Protection(Enum):
    """What enforces a security scheme. MISPLACED_KEY and NONE enforce nothing."""

    API_KEY = "api-key"
    AUTHORIZER = "authorizer"
    SERVICE = "service"
    MISPLACED_KEY = "api-key-elsewhere"
    NONE = "security-scheme"

    @property
    def is_enforced(self) -> bool:
        return self not in (Protection.MISPLACED_KEY, Protection.NONE)


def protection(scheme: Mapping[str, Any], authorizer: Authorizer | None) -> Protection:
    """What enforces a security scheme (AWS: api-gateway-known-issues, api-gateway-api-key-source).

    `authorizer` is the scheme's authorizer in the settings.
    """
    if authorizer is not None:
        return Protection.AUTHORIZER if authorizer.at_gateway else Protection.SERVICE
    if isinstance(scheme.get(AUTHORIZER), dict) or is_signed(scheme):
        return Protection.AUTHORIZER
    if scheme.get("type") != "apiKey":
        return Protection.NONE
    source = scheme.get("in"), str(scheme.get("name")).lower()
    return Protection.API_KEY if source == ("header", API_KEY_HEADER) else Protection.MISPLACED_KEY


def enforced_security(
    operation: Operation, settings: GatewaySettings
) -> tuple[dict[str, list[str]], ...]:
    """The operation's security requirements, without the schemes that its functions check.

    Alternatives that differ only in scopes are one requirement: a token needs any of a method's
    scopes (AWS: API_PutMethod)."""
    enforced: list[dict[str, list[str]]] = []
    for requirement in operation.security:
        schemes = {
            name: operation.scopes(name)
            for name in requirement
            if name not in settings.authorizers or settings.authorizers[name].at_gateway
        }
        if (schemes or not requirement) and schemes not in enforced:
            enforced.append(schemes)
    return tuple(enforced)


def scheme_nodes(contract: Contract) -> dict[str, Node]:
    components = contract.root.get("components")
    schemes = components.get("securitySchemes") if components is not None else None
    return dict(schemes.items()) if schemes is not None else {}


def unprotected_schemes(contract: Contract, settings: GatewaySettings) -> Iterator[Diagnostic]:
    """An error for each scheme that an operation requires and nothing enforces."""
    schemes = scheme_nodes(contract)
    required = {
        name
        for operation in contract.operations
        for requirement in operation.security
        for name in requirement
    }
    for name in sorted(required & schemes.keys()):
        node = schemes[name]
        if not protection(node.value, settings.authorizers.get(name)).is_enforced:
            yield node.diagnostic(
                f"nothing would enforce the security scheme {name}: its operations would be open",
                _REMEDY.format(name=name),
            )
