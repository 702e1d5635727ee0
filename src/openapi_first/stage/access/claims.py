"""Checking the claims of a token whose signature is verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openapi_first.aws.authorizers import JWT
from openapi_first.stage.access.tokens import TokenError
from openapi_first.stage.api.rest_api import Authorizer, Issuer


def check_claims(authorizer: Authorizer, claims: Mapping[str, Any], scopes: Sequence[str]) -> None:
    """Raise TokenError for claims that a method's authorizer does not accept.

    AWS: apigateway-enable-cognito-user-pool, API_CreateAuthorizer, API_PutMethod.
    """
    if authorizer.kind is JWT:
        issuer = next(each for each in authorizer.issuers if each.url == claims["iss"])
        _check_issuer(issuer, claims)
    else:
        _check_pool(authorizer, claims, scopes)
    granted = _scopes(claims, "scope")
    if authorizer.kind is JWT:
        granted |= _scopes(claims, "scp")
    if scopes and not granted & set(scopes):
        raise TokenError(f"it has none of the scopes {', '.join(scopes)}")


def _check_issuer(issuer: Issuer, claims: Mapping[str, Any]) -> None:
    audiences = _audiences(claims)
    if issuer.client_ids:
        audiences.append(claims.get("client_id"))
    if issuer.audiences and not any(each in issuer.audiences for each in audiences):
        raise TokenError(f"its audience is not one of {', '.join(issuer.audiences)}")
    for claim in issuer.claims:
        value = claims.get(claim.name)
        if value is None and not claim.required:
            continue
        if not isinstance(value, str):
            raise TokenError(f"the claim {claim.name} is not a string")
        if claim.values and value not in claim.values:
            raise TokenError(f"the claim {claim.name} is not one of {', '.join(claim.values)}")


def _check_pool(authorizer: Authorizer, claims: Mapping[str, Any], scopes: Sequence[str]) -> None:
    """A method with scopes needs an access token, one without an id token."""
    use = claims.get("token_use")
    if use != ("access" if scopes else "id"):
        raise TokenError(f"token_use is {use!r}; {'access' if scopes else 'id'!r} is needed")
    if authorizer.token_pattern and not any(
        isinstance(each, str) and authorizer.accepts(each) for each in _audiences(claims)
    ):
        raise TokenError(f"its audience does not match {authorizer.token_pattern}")


def _audiences(claims: Mapping[str, Any]) -> list[Any]:
    audience = claims.get("aud")
    return list(audience) if isinstance(audience, list) else [audience]


def _scopes(claims: Mapping[str, Any], name: str) -> set[str]:
    """RFC 8693 §4.2 has them in one string; some issuers write a list."""
    granted = claims.get(name, "")
    if isinstance(granted, list):
        return {each for each in granted if isinstance(each, str)}
    return set(granted.split()) if isinstance(granted, str) else set()
