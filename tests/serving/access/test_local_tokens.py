"""Tokens made for a stage are accepted by its authorizers, and the others are refused."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openapi_first.serving.access.local_tokens import local_key_set, local_tokens, needs_tokens
from openapi_first.stage.access.claims import check_claims
from openapi_first.stage.access.tokens import KeySet, TokenError
from openapi_first.stage.api.importer import read_document
from openapi_first.stage.api.rest_api import Authorizer, RestApi

POOL = "arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_AbC"
AUTHORIZERS: dict[str, dict[str, Any]] = {
    "jwt": {
        "type": "jwt",
        "jwtConfiguration": {"issuer": "https://login.example.com/", "audience": ["a", "b"]},
    },
    "claims": {
        "type": "jwt",
        "jwtConfiguration": {
            "issuers": [
                {
                    "issuer": "https://login.example.com/",
                    "audiences": ["shop"],
                    "additionalClaims": [
                        {"claimName": "org", "required": True, "expectedValues": ["x", "y"]}
                    ],
                }
            ],
            "defaultAlgorithms": ["RS256"],
        },
    },
    "pool": {"type": "cognito_user_pools", "providerARNs": [POOL]},
    "unknown-pool": {"type": "cognito_user_pools", "providerARNs": ["${UserPool}"]},
    "audience": {
        "type": "cognito_user_pools",
        "providerARNs": [POOL],
        "identityValidationExpression": "^shop\\.app$",
    },
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeySet:
    folder = tmp_path_factory.mktemp("project")
    return local_key_set(folder, folder / "unused")


def api(authorizer: dict[str, Any], *scopes: str) -> RestApi:
    scheme = {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": authorizer,
    }
    method = {"x-amazon-apigateway-integration": {"type": "mock"}}
    document = {
        "openapi": "3.0.1",
        "info": {"title": "Shop", "version": "2"},
        "paths": {"/a": {"get": {**method, "security": [{"session": list(scopes)}]}}},
        "components": {"securitySchemes": {"session": scheme}},
    }
    return read_document(document)


def accepted(authorizer: Authorizer, scopes: tuple[str, ...], keys: KeySet, token: str) -> None:
    claims = keys.verify(
        token,
        [each.url for each in authorizer.issuers],
        now=time.time(),
        algorithms=authorizer.algorithms,
    )
    check_claims(authorizer, claims, scopes)


@pytest.mark.parametrize("scopes", [(), ("read", "write")])
@pytest.mark.parametrize("name", AUTHORIZERS)
def test_the_token_is_accepted_and_the_others_are_not(
    keys: KeySet, name: str, scopes: tuple[str, ...]
) -> None:
    found = api(AUTHORIZERS[name], *scopes)
    assert needs_tokens(found)
    (token,) = local_tokens(found, keys, with_refused=True)
    authorizer = found.methods[0].security.authorizer
    assert authorizer is not None
    accepted(authorizer, scopes, keys, token.value)
    assert len(token.refused) == 2 + bool(scopes) + bool(authorizer.issuers)
    for refused in token.refused.values():
        with pytest.raises(TokenError):
            accepted(authorizer, scopes, keys, refused)


def test_an_api_whose_authorizers_verify_no_tokens_needs_none(keys: KeySet) -> None:
    found = api({"type": "token", "authorizerUri": "arn:aws:lambda:function:guard/invocations"})
    assert not needs_tokens(found)
    assert local_tokens(found, keys, with_refused=True) == ()


def test_a_pool_whose_methods_need_tokens_of_both_kinds_gets_one_of_each(keys: KeySet) -> None:
    for name, kinds in (("pool", [False, True]), ("jwt", [None])):
        plain, scoped = (api(AUTHORIZERS[name], *scopes).methods[0] for scopes in ((), ("read",)))
        both = replace(api(AUTHORIZERS[name]), methods=(plain, scoped))
        made = local_tokens(both, keys, with_refused=True)
        assert [each.for_scopes for each in made] == kinds
        for method in (plain, scoped):
            authorizer = method.security.authorizer
            (token,) = (each for each in made if each.fits(method))
            assert authorizer is not None
            accepted(authorizer, method.security.scopes, keys, token.value)


def test_an_audience_is_made_for_the_expression_of_a_pool(keys: KeySet) -> None:
    strange = {**AUTHORIZERS["audience"], "identityValidationExpression": "[0-9a-f]{26}"}
    found = api(strange)
    (token,) = local_tokens(found, keys, with_refused=False)
    authorizer = found.methods[0].security.authorizer
    assert authorizer is not None
    accepted(authorizer, (), keys, token.value)
    impossible = {**strange, "identityValidationExpression": "a(?!b)(?=b)"}
    assert local_tokens(api(impossible), keys, with_refused=False) == ()


def test_keys_are_kept_in_the_project_unless_nothing_can_be_written_there(tmp_path: Path) -> None:
    made = local_key_set(tmp_path, tmp_path)
    (tmp_path / "file").touch()
    elsewhere = local_key_set(tmp_path / "file", tmp_path)
    token = made.mint({}, issuer="https://a", seconds=60)
    assert (
        local_key_set(tmp_path, tmp_path).verify(token, (), now=time.time())["iss"] == "https://a"
    )
    with pytest.raises(TokenError):
        elsewhere.verify(token, (), now=time.time())
    assert {each.name for each in tmp_path.iterdir()} == {"build", "file", "jwks.json"}
