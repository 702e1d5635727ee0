"""Swagger 2.0 import documents keep what API Gateway reads of them."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.documents.errors import ContractError
from openapi_first.stage.api.importer import read_document
from openapi_first.templates.rest.openapi_3 import as_openapi_3

MOCK = {"type": "mock", "responses": {"default": {"statusCode": "200"}}}
AUTHORIZER = {"type": "token", "authorizerUri": "arn:aws:apigateway:x"}
DOCUMENT: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "a", "version": "1"},
    "securityDefinitions": {
        "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
        "own": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": AUTHORIZER,
        },
    },
    "definitions": {"Thing": {"type": "object", "required": ["n"]}},
    "x-amazon-apigateway-binary-media-types": ["image/png"],
    "paths": {
        "/a": {
            "post": {
                "consumes": ["application/json"],
                "security": [{"key": [], "own": []}],
                "parameters": [
                    {"in": "body", "name": "b", "schema": {"$ref": "#/definitions/Thing"}},
                    {"in": "query", "name": "q", "required": True},
                ],
                "x-amazon-apigateway-integration": MOCK,
            },
            "x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": MOCK},
        }
    },
}


def test_extensions_models_and_security_survive() -> None:
    api = read_document(as_openapi_3(DOCUMENT))
    post, any_method = sorted(api.methods, key=lambda each: each.http_method, reverse=True)
    assert (post.http_method, any_method.http_method) == ("POST", "ANY")
    assert post.security.api_key_required
    assert post.security.authorizer is not None
    assert list(post.models) == ["application/json"]
    assert [each.name for each in post.required] == ["q"]
    assert api.binary_media_types == ("image/png",)


def test_another_document_stays_as_it_is() -> None:
    document = {"openapi": "3.0.1", "paths": {}}
    assert as_openapi_3(document) == document


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["a", "body", "apiKey", "oauth2"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["in", "name", "type", "schema", "get", "/a", "$ref", "200", "x-a"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
MEMBERS = ["paths", "parameters", "responses", "definitions", "securityDefinitions", "security"]


@given(st.dictionaries(st.sampled_from([*MEMBERS, "info", "host", "schemes"]), VALUES))
def test_any_document_is_converted_or_refused(members: dict[str, Any]) -> None:
    with contextlib.suppress(ContractError):
        assert as_openapi_3({"swagger": "2.0", **members})["openapi"] == "3.0.3"


@pytest.mark.parametrize("operation", [{"get": {"parameters": [{"$ref": "#/nothing"}]}}])
def test_a_dead_reference_is_refused(operation: dict[str, Any]) -> None:
    with pytest.raises(ContractError):
        as_openapi_3({"swagger": "2.0", "paths": {"/a": operation}})
