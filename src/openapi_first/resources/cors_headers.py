"""The CORS headers that follow from the contract (Fetch §3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from openapi_first.aws.methods import ANY, METHODS
from openapi_first.openapi.model import Contract, Operation

_MAX_AGE_SECONDS = 600
_ALWAYS_EXPOSED = ("x-amzn-RequestId",)
_NEVER_EXPOSED = frozenset({"set-cookie", "set-cookie2"})
"""Headers that no browser shows to a script (Fetch §2.2.2, forbidden response-header names)."""


def preflight_headers(operations: Iterable[Operation], contract: Contract) -> dict[str, str]:
    """The headers of the preflight response for one path, except the origin."""
    operations = tuple(operations)
    names = {"Content-Type"}
    schemes = contract.root.value.get("components", {}).get("securitySchemes", {})
    for operation in operations:
        names.update(each.name for each in operation.parameters if each.location == "header")
        for requirement in operation.security:
            names.update(
                header for name in requirement for header in _headers(schemes.get(name, {}))
            )
    methods = {operation.method for operation in operations} | {"OPTIONS"}
    if ANY in methods:
        methods = set(METHODS)
    return {
        "Access-Control-Allow-Methods": ",".join(sorted(methods)),
        "Access-Control-Allow-Headers": ",".join(sorted(names, key=str.lower)),
        "Access-Control-Max-Age": str(_MAX_AGE_SECONDS),
    }


def _headers(scheme: Mapping[str, Any]) -> Iterable[str]:
    if scheme.get("type") in ("http", "oauth2", "openIdConnect"):
        return ("Authorization",)
    return (scheme["name"],) if scheme.get("in") == "header" else ()


def exposed_headers(contract: Contract) -> str:
    """The value of Access-Control-Expose-Headers: every response header the contract declares that
    a browser may show."""
    names = {
        header.name
        for operation in contract.operations
        for response in operation.responses
        for header in response.headers
        if header.name.lower() not in _NEVER_EXPOSED
    }
    return ",".join((*sorted(names), *_ALWAYS_EXPOSED))
