"""Kinds of authorizers of a REST API (AWS: API_CreateAuthorizer)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openapi_first.aws.pages import REFERENCE


@dataclass(frozen=True, slots=True)
class AuthorizerKind:
    """`name` is as in a document, where case does not matter. The kinds that do not call a
    function read a token, and compare its scopes with the method's (AWS: API_PutMethod)."""

    name: str
    calls_function: bool
    reads_header_only: bool
    page: str = REFERENCE + "API_CreateAuthorizer.html"

    @property
    def compares_scopes(self) -> bool:
        return not self.calls_function


TOKEN = AuthorizerKind("token", calls_function=True, reads_header_only=True)
REQUEST = AuthorizerKind("request", calls_function=True, reads_header_only=False)
USER_POOL = AuthorizerKind("cognito_user_pools", calls_function=False, reads_header_only=True)
JWT = AuthorizerKind("jwt", calls_function=False, reads_header_only=True)

AUTHORIZERS: Mapping[str, AuthorizerKind] = {
    each.name: each for each in (TOKEN, REQUEST, USER_POOL, JWT)
}
"""All kinds, by name."""

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
"""What a JWT authorizer may accept. Never HS256: who can verify its tokens can sign them too."""

DEFAULT_TTL_SECONDS = 300
LONGEST_TTL_SECONDS = 3600
"""How long results are cached; 0 turns caching off."""

IAM = "AWS_IAM"
"""The authorization type of signed requests (AWS: swagger-extensions-auth); case does not
matter."""

SIGV4 = "awsSigv4"
"""The reserved `authtype` of a scheme of signed requests (AWS: swagger-extensions-authtype)."""

NOT_SEEN_BY_CLIENTS = ("authorizerUri", "authorizerCredentials", "authorizerResultTtlInSeconds")
"""The members of an authorizer that change nothing in what clients send (AWS:
swagger-extensions-authorizer)."""
