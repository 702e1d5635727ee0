"""Who enforces the security that an operation asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from openapi_first.import_document.authorizers import EXTENSION, Authorizer
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.errors import ContractFault
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.node import Node

_REMEDY = (
    "Say who decides: [tool.contract.authorizers.{name}] with a `type` in pyproject.toml "
    '("service" if your functions do), or use the header x-api-key.'
)


class Protection(Enum):
    """What stands between a caller and an operation, for one security scheme."""

    API_KEY = "api-key"
    AUTHORIZER = "authorizer"
    SERVICE = "service"
    MISPLACED_KEY = "api-key-elsewhere"
    NONE = "security-scheme"

    @property
    def holds(self) -> bool:
        """Whether anything does."""
        return self not in (Protection.MISPLACED_KEY, Protection.NONE)


def protection(scheme: Mapping[str, Any], authorizer: Authorizer | None) -> Protection:
    """What enforces a security scheme (AWS: api-gateway-known-issues, api-gateway-api-key-source).

    `authorizer` is the one that the settings give it.
    """
    if authorizer is not None:
        return Protection.AUTHORIZER if authorizer.at_gateway else Protection.SERVICE
    if isinstance(scheme.get(EXTENSION), dict):
        return Protection.AUTHORIZER
    if scheme.get("type") != "apiKey":
        return Protection.NONE
    place = scheme.get("in"), str(scheme.get("name")).lower()
    return Protection.API_KEY if place == ("header", "x-api-key") else Protection.MISPLACED_KEY


def enforced_security(
    operation: Operation, settings: GatewaySettings
) -> tuple[dict[str, list[str]], ...]:
    """The operation's requirements without what its own functions check."""
    kept = []
    for requirement in operation.security:
        asked = {
            name: scopes
            for name, scopes in requirement.items()
            if name not in settings.authorizers or settings.authorizers[name].at_gateway
        }
        if asked or not requirement:
            kept.append(asked)
    return tuple(kept)


def scheme_nodes(contract: Contract) -> dict[str, Node]:
    """The contract's security schemes by name."""
    components = contract.root.get("components")
    schemes = components.get("securitySchemes") if components is not None else None
    return dict(schemes.items()) if schemes is not None else {}


def unprotected(contract: Contract, settings: GatewaySettings) -> Iterator[ContractFault]:
    """A fault for each scheme that some operation asks for and nobody enforces."""
    schemes = scheme_nodes(contract)
    asked = {
        name
        for operation in contract.operations
        for requirement in operation.security
        for name in requirement
    }
    for name in sorted(asked & schemes.keys()):
        node = schemes[name]
        if not protection(node.value, settings.authorizers.get(name)).holds:
            yield node.fault(
                f"nobody would check the security scheme {name}: its operations would be open",
                _REMEDY.format(name=name),
            )
