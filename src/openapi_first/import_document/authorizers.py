"""Who decides on a security scheme that API Gateway cannot enforce by itself.

A contract says that an operation takes a bearer token; which user pool, issuer or function judges
it belongs to a deployment. `Authorizer` is that choice, and what it becomes in the import document
(AWS: api-gateway-swagger-extensions-authorizer).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

EXTENSION = "x-amazon-apigateway-authorizer"

_AUTHTYPE = "x-amazon-apigateway-authtype"
_DISCOVERY = "/.well-known/openid-configuration"
_LOCATIONS = {"header": "header", "query": "querystring"}


@dataclass(frozen=True, slots=True)
class Authorizer:
    """What is asked for a security scheme.

    `type` is AWS's `token`, `request`, `cognito_user_pools` or `jwt`, or `service`: the service's
    own functions check it, and API Gateway lets everyone through. `function` is a Lambda
    function's name, with its alias if it has one, and `user_pools` are ids or ARNs; without them a
    stage variable with the scheme's name says which. `issuer` may be left out for an
    `openIdConnect` scheme.
    """

    type: str
    function: str | None = None
    credentials: str | None = None
    identity_source: str | None = None
    identity_validation_expression: str | None = None
    result_ttl_in_seconds: int | None = None
    user_pools: tuple[str, ...] = ()
    issuer: str | None = None
    audiences: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ("RS256",)

    @property
    def at_gateway(self) -> bool:
        """Whether API Gateway asks it."""
        return self.type != "service"

    @property
    def checks_scopes(self) -> bool:
        """Whether API Gateway compares a token's scopes with the operation's."""
        return self.type in ("cognito_user_pools", "jwt")

    def misfits(self, scheme: Mapping[str, Any]) -> Iterator[str]:
        """What keeps it from judging the scheme, each with a way to mend it."""
        if EXTENSION in scheme:
            yield f"the scheme has {EXTENSION} already; leave out one of the two"
        if scheme.get("type") == "mutualTLS" and self.at_gateway:
            yield "no authorizer sees a certificate; API Gateway checks it by a custom domain name"
        if self.checks_scopes and str(scheme.get("scheme", "bearer")).lower() != "bearer":
            yield f"{self.type} reads bearer tokens; use token or request"
        place = scheme.get("in", "header")
        if self.type in ("token", "cognito_user_pools", "jwt") and place != "header":
            yield f"{self.type} reads a header, and the scheme is in: {place}; use request"
        if self.type == "request" and place == "cookie" and self.identity_source is None:
            yield "identity_source is missing: method.request.header.Cookie has all cookies"
        if self.type == "jwt" and self._issuer(scheme) is None:
            yield f"issuer is missing: the URL in front of {_DISCOVERY}"

    def extension(self, name: str, scheme: Mapping[str, Any]) -> dict[str, Any]:
        """The value of x-amazon-apigateway-authorizer for the scheme of that name."""
        source = self.identity_source or "method.request.{}.{}".format(
            _LOCATIONS.get(scheme.get("in", "header"), "header"), _token_name(scheme)
        )
        written: dict[str, Any] = {"type": self.type, "identitySource": source}
        if self.type == "jwt":
            # As CreateAuthorizer takes it; no page tells how OpenAPI spells it for REST APIs.
            issuer = {"issuer": self._issuer(scheme), "audiences": list(self.audiences)}
            written["jwtConfiguration"] = {
                "issuers": [issuer],
                "defaultAlgorithms": list(self.algorithms),
            }
            return written
        if self.type == "cognito_user_pools":
            pools = self.user_pools or ("${stageVariables." + stage_variable(name) + "}",)
            written["providerARNs"] = [_pool_arn(pool) for pool in pools]
        else:
            function = self.function or "${stageVariables." + stage_variable(name) + "}"
            written["authorizerUri"] = invocation_uri(function)
        more = {
            "authorizerCredentials": self.credentials,
            "identityValidationExpression": self.identity_validation_expression,
            "authorizerResultTtlInSeconds": self.result_ttl_in_seconds,
        }
        return {**written, **{key: value for key, value in more.items() if value is not None}}

    def variables(self, name: str) -> tuple[str, ...]:
        """The stage variables that the deployment has to set."""
        named = self.function or self.user_pools or self.type in ("jwt", "service")
        return () if named else (stage_variable(name),)

    def _issuer(self, scheme: Mapping[str, Any]) -> str | None:
        discovered = str(scheme.get("openIdConnectUrl", ""))
        if self.issuer is None and discovered.endswith(_DISCOVERY):
            return discovered.removesuffix(_DISCOVERY)
        return self.issuer


def stage_variable(scheme: str) -> str:
    """The stage variable for a scheme: its name in letters, digits and underscores, which is all
    that a variable's name may have (AWS: aws-api-gateway-stage-variables-reference)."""
    return re.sub("[^0-9A-Za-z_]", "_", scheme)


def invocation_uri(function: str) -> str:
    """The URI by which API Gateway invokes a function of its own account and region; `function`
    may be a stage variable (AWS: aws-api-gateway-stage-variables-reference)."""
    return (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
        f"{function}/invocations"
    )


def rendered_scheme(
    name: str, scheme: Mapping[str, Any], authorizer: Authorizer | None
) -> dict[str, Any] | None:
    """The scheme in the import document: an apiKey, which is all that is imported; an authorizer
    reads a token where it stands. None for a scheme that API Gateway has no part in."""
    written = scheme.get(EXTENSION)
    if authorizer is not None:
        if not authorizer.at_gateway:
            return None
        written = authorizer.extension(name, scheme)
    if written is None:
        if scheme.get("type") != "apiKey":
            return None
        return {key: scheme[key] for key in ("type", "name", "in") if key in scheme}
    kind = str(written.get("type", "")).lower() if isinstance(written, dict) else ""
    return {
        "type": "apiKey",
        "name": _token_name(scheme),
        "in": scheme["in"] if scheme.get("in") in ("header", "query") else "header",
        _AUTHTYPE: scheme.get(_AUTHTYPE, kind if kind == "cognito_user_pools" else "custom"),
        EXTENSION: written,
    }


def _token_name(scheme: Mapping[str, Any]) -> str:
    return str(scheme.get("name", "Authorization"))


def _pool_arn(pool: str) -> str:
    if pool.startswith("arn:"):
        return pool
    return "arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/" + pool
