from __future__ import annotations

from typing import Any

import pytest

from openapi_first.stage.api.importer import read_document
from openapi_first.stage.api.rest_api import Issuer

LOCAL = "arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/"
EU = Issuer("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a")


def read(document: dict[str, Any], *pools: str) -> tuple[tuple[Issuer, ...], list[str]]:
    document["security"] = [{"pool": []}]
    authorizer = {"type": "cognito_user_pools", "providerARNs": list(pools)}
    scheme = {"type": "apiKey", "name": "Authorization", "in": "header"}
    scheme["x-amazon-apigateway-authtype"] = "cognito_user_pools"
    document["components"] = {
        "securitySchemes": {"pool": {**scheme, "x-amazon-apigateway-authorizer": authorizer}}
    }
    api = read_document(document)
    (method,) = api.methods
    assert method.security.authorizer
    return method.security.authorizer.issuers, list(api.warnings)


@pytest.mark.parametrize(
    "arn", [f"{LOCAL}eu-west-1_a", "arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_a"]
)
def test_the_id_of_a_user_pool_is_enough_to_know_its_issuer(documents: Any, arn: str) -> None:
    assert read(documents.one(), arn) == ((EU,), [])


@pytest.mark.parametrize(
    "pool", ["${stageVariables.pool}", "eu-west-1_${Suffix}", "${AWS::Region}_a", "named"]
)
def test_any_issuer_is_accepted_for_a_pool_that_is_not_known(documents: Any, pool: str) -> None:
    issuers, (warning,) = read(documents.one(), f"{LOCAL}eu-west-1_b", LOCAL + pool)
    assert issuers == ()
    assert warning.endswith("/providerARNs/1: the pool is not known, so any issuer is accepted")
