"""Settings of an API that no deployment has."""

from __future__ import annotations

from typing import Any

import pytest

from openapi_first.drift.api_settings import compared_settings

POLICY, MODE = "x-amazon-apigateway-security-policy", "x-amazon-apigateway-endpoint-access-mode"
ENDPOINT = "x-amazon-apigateway-endpoint-configuration"
TLS = "SecurityPolicy_TLS13_1_2_2021_06"


@pytest.mark.parametrize(
    ("document", "api", "pointers"),
    [
        ({}, {"securityPolicy": "TLS_1_0", "disableExecuteApiEndpoint": True}, []),
        (
            {POLICY: TLS, MODE: "STRICT"},
            {"securityPolicy": TLS, "endpointAccessMode": "STRICT"},
            [],
        ),
        ({POLICY: TLS}, {"securityPolicy": "TLS_1_0"}, [f"/{POLICY}"]),
        ({MODE: "STRICT"}, {}, [f"/{MODE}"]),
        (
            {"servers": [{"url": "/", ENDPOINT: {"disableExecuteApiEndpoint": True}}]},
            {"disableExecuteApiEndpoint": False},
            [f"/servers/0/{ENDPOINT}/disableExecuteApiEndpoint"],
        ),
        (
            {"servers": [{"url": "/"}, {"url": "/", ENDPOINT: {"vpcEndpointIds": ["a", "b"]}}]},
            {"endpointConfiguration": {"vpcEndpointIds": ["b", "a"]}},
            [],
        ),
        (
            {"servers": [{"url": "/", ENDPOINT: {"vpcEndpointIds": ["a", "b"]}}]},
            {"endpointConfiguration": {"vpcEndpointIds": ["a"]}},
            [f"/servers/0/{ENDPOINT}/vpcEndpointIds"],
        ),
    ],
)
def test_what_the_document_has_is_compared_and_nothing_else(
    document: dict[str, Any], api: dict[str, Any], pointers: list[str]
) -> None:
    assert [pointer for pointer, *_ in compared_settings(document, api)] == pointers
