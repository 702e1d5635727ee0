"""What a browser may send, read off the contract: the answer to a CORS preflight (Fetch §3.3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contract.model import Contract, Operation

__all__ = ["mock_preflight", "preflight_headers"]

_MAX_AGE_SECONDS = 600


def preflight_headers(operations: Iterable[Operation], contract: Contract) -> dict[str, str]:
    """The headers of a preflight's answer for one path, but for the origin."""
    operations = tuple(operations)
    names = {"Content-Type"}
    schemes = contract.root.value.get("components", {}).get("securitySchemes", {})
    for operation in operations:
        names.update(each.name for each in operation.parameters if each.location == "header")
        for requirement in operation.security:
            names.update(
                header for name in requirement for header in _headers(schemes.get(name, {}))
            )
    methods = sorted({operation.method for operation in operations} | {"OPTIONS"})
    return {
        "Access-Control-Allow-Methods": ",".join(methods),
        "Access-Control-Allow-Headers": ",".join(sorted(names, key=str.lower)),
        "Access-Control-Max-Age": str(_MAX_AGE_SECONDS),
    }


def mock_preflight(headers: Mapping[str, str], *, as_text: bool) -> dict[str, Any]:
    """A method with a MOCK integration that answers preflights with these headers, without an API
    key (AWS: enable-cors-for-resource-using-swagger-importer-tool). `as_text` where the API takes
    every media type for binary, which no template can be applied to (AWS: how-to-cors)."""
    handling = {"contentHandling": "CONVERT_TO_TEXT"} if as_text else {}
    return {
        "summary": "CORS preflight",
        "responses": {
            "200": {
                "description": "What a browser may send.",
                "headers": {name: {"schema": {"type": "string"}} for name in headers},
            }
        },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            **handling,
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "passthroughBehavior": "never",
            "responses": {
                "default": {
                    "statusCode": "200",
                    **handling,
                    "responseParameters": {
                        f"method.response.header.{name}": f"'{value}'"
                        for name, value in headers.items()
                    },
                }
            },
        },
    }


def _headers(scheme: Mapping[str, Any]) -> Iterable[str]:
    if scheme.get("type") in ("http", "oauth2", "openIdConnect"):
        return ("Authorization",)
    return (scheme["name"],) if scheme.get("in") == "header" else ()
