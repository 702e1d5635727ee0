"""What a browser may send, read off the contract: the answer to a CORS preflight (Fetch §3.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
