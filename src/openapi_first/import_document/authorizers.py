"""Authorizers for the security schemes that API Gateway cannot enforce by itself.

The contract says that an operation requires a bearer token; the user pool, issuer or function that
checks it belongs to the deployment. An `Authorizer` is that choice, and renders it for the import
document (AWS: api-gateway-swagger-extensions-authorizer).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.aws.authorizers import AUTHORIZERS, JWT, REQUEST, SIGV4, USER_POOL
from openapi_first.aws.extensions import AUTHORIZER, AUTHTYPE
from openapi_first.aws.names import STAGE_VARIABLE

SERVICE = "service"
"""The type of a scheme that the service's own functions check."""

_DISCOVERY = "/.well-known/openid-configuration"
_LOCATIONS = {"header": "header", "query": "querystring"}


@dataclass(frozen=True, slots=True)
class Authorizer:
    """The authorizer of a security scheme.

    `type` is AWS's `token`, `request`, `cognito_user_pools` or `jwt`, or `service`: the service's
    functions check it themselves, and API Gateway allows every request. `function` is the name of a
    Lambda function with its alias, if any, `user_pools` are ids or ARNs; by default both are in a
    stage variable with the scheme's name. `issuer` is optional for an `openIdConnect` scheme.
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
        return self.type != SERVICE

    @property
    def checks_scopes(self) -> bool:
        """Whether API Gateway compares a token's scopes with the operation's."""
        kind = AUTHORIZERS.get(self.type)
        return kind is not None and kind.compares_scopes

    def misfits(self, scheme: Mapping[str, Any]) -> Iterator[str]:
        """The reasons why it cannot check the scheme, each with a remedy."""
        if AUTHORIZER in scheme:
            yield f"the scheme already has {AUTHORIZER}; remove one of the two"
        if scheme.get("type") == "mutualTLS" and self.at_gateway:
            yield "authorizers do not get the certificate; use mutual TLS of a custom domain name"
        if self.checks_scopes and str(scheme.get("scheme", "bearer")).lower() != "bearer":
            yield f"{self.type} reads bearer tokens; use token or request"
        location = scheme.get("in", "header")
        kind = AUTHORIZERS.get(self.type)
        if kind is not None and kind.reads_header_only and location != "header":
            yield f"{self.type} reads a header, but the scheme has `in: {location}`; use request"
        if self.type == REQUEST.name and location == "cookie" and self.identity_source is None:
            yield "identity_source is missing; all cookies are in method.request.header.Cookie"
        if self.type == JWT.name and self._issuer(scheme) is None:
            yield f"issuer is missing: the URL before {_DISCOVERY}"

    def extension(self, name: str, scheme: Mapping[str, Any]) -> dict[str, Any]:
        """The value of x-amazon-apigateway-authorizer for the scheme of that name."""
        source = self.identity_source or "method.request.{}.{}".format(
            _LOCATIONS.get(scheme.get("in", "header"), "header"), _token_name(scheme)
        )
        written: dict[str, Any] = {"type": self.type, "identitySource": source}
        if self.type == JWT.name:
            # As in CreateAuthorizer; AWS does not document the OpenAPI form for REST APIs.
            issuer = {"issuer": self._issuer(scheme), "audiences": list(self.audiences)}
            written["jwtConfiguration"] = {
                "issuers": [issuer],
                "defaultAlgorithms": list(self.algorithms),
            }
            return written
        if self.type == USER_POOL.name:
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
        named = self.function or self.user_pools or self.type in (JWT.name, SERVICE)
        return () if named else (stage_variable(name),)

    def _issuer(self, scheme: Mapping[str, Any]) -> str | None:
        discovered = str(scheme.get("openIdConnectUrl", ""))
        if self.issuer is None and discovered.endswith(_DISCOVERY):
            return discovered.removesuffix(_DISCOVERY)
        return self.issuer


def stage_variable(scheme: str) -> str:
    """The stage variable for a scheme: its name with only the letters, digits and underscores that
    stage variables allow (AWS: aws-api-gateway-stage-variables-reference)."""
    return "".join(each if STAGE_VARIABLE.fullmatch(each) else "_" for each in scheme)


def invocation_uri(function: str) -> str:
    """The URI that invokes a function of the API's own account and region; `function` may be a
    stage variable (AWS: aws-api-gateway-stage-variables-reference)."""
    return (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
        f"{function}/invocations"
    )


def rendered_scheme(
    name: str, scheme: Mapping[str, Any], authorizer: Authorizer | None
) -> dict[str, Any] | None:
    """The scheme in the import document; always an apiKey, the only type that is imported. None for
    a scheme that API Gateway does not enforce."""
    written = scheme.get(AUTHORIZER)
    if authorizer is not None:
        if not authorizer.at_gateway:
            return None
        written = authorizer.extension(name, scheme)
    if written is None:
        if scheme.get("type") != "apiKey":
            return None
        return {key: scheme[key] for key in ("type", "name", "in", AUTHTYPE) if key in scheme}
    kind = str(written.get("type", "")).lower() if isinstance(written, dict) else ""
    return {
        "type": "apiKey",
        "name": _token_name(scheme),
        "in": scheme["in"] if scheme.get("in") in ("header", "query") else "header",
        AUTHTYPE: scheme.get(AUTHTYPE, kind if kind == USER_POOL.name else "custom"),
        AUTHORIZER: written,
    }


def is_signed(scheme: Mapping[str, Any]) -> bool:
    """Whether requests are signed, which API Gateway checks (AWS: swagger-extensions-authtype)."""
    return str(scheme.get(AUTHTYPE)).lower() == SIGV4.lower() and scheme.get("type") == "apiKey"


def _token_name(scheme: Mapping[str, Any]) -> str:
    return str(scheme.get("name", "Authorization"))


def _pool_arn(pool: str) -> str:
    if pool.startswith("arn:"):
        return pool
    return "arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/" + pool
