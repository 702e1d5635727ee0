"""Asking a method's authorizer whether a caller may come in.

AWS: apigateway-use-lambda-authorizer, api-gateway-lambda-authorizer-output,
apigateway-enable-cognito-user-pool. 401 for callers nobody knows, 403 for those a policy denies,
500 for an authorizer that misbehaves.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openapi_first.stage.access.claims import check_claims
from openapi_first.stage.access.policy import PolicyError, decide
from openapi_first.stage.access.tokens import KeySet, TokenError, TokenExpired
from openapi_first.stage.api.rest_api import Authorizer, MethodSecurity
from openapi_first.stage.functions.registry import Functions
from openapi_first.stage.messages.gateway_errors import Fault, GatewayError
from openapi_first.stage.messages.invoker import InvokerError
from openapi_first.stage.messages.mapping_expressions import Variables, evaluate
from openapi_first.stage.messages.settings import Settings

ARN_LIMIT = 1600
"""Bytes of a method ARN (AWS: api-gateway-execution-service-limits-table)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What an authorizer is told of a request. `event` makes a REQUEST authorizer's event."""

    method_arn: str
    variables: Variables
    event: Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Grant:
    """An admitted caller: `context` is `$context.authorizer`, `usage_key` its API key's value."""

    context: Mapping[str, Any] = field(default_factory=dict)
    usage_key: str | None = None


class Authorization:
    """The authorizers of a deployed API, with what they said lately."""

    def __init__(
        self,
        functions: Functions,
        key_set: KeySet | None,
        settings: Settings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._functions = functions
        self._key_set = key_set
        self._settings = settings
        self._clock = clock
        self._remembered: dict[tuple[str, ...], tuple[float, dict[str, Any]]] = {}

    async def admit(self, security: MethodSecurity, caller: Caller) -> Grant | None:
        """The grant of a method's authorizer, None without one; `GatewayError` if it refuses."""
        authorizer = security.authorizer
        if authorizer is None:
            return None
        if len(caller.method_arn.encode("utf-8", "replace")) > ARN_LIMIT:
            raise GatewayError(Fault.arn_too_long())
        identity = [evaluate(source, caller.variables) for source in authorizer.identity]
        if authorizer.kind in ("COGNITO_USER_POOLS", "JWT"):
            return self._by_token(authorizer, security.scopes, identity[0] if identity else None)
        return await self._by_function(authorizer, identity, caller)

    def _by_token(self, authorizer: Authorizer, scopes: Sequence[str], token: str | None) -> Grant:
        if not token:
            raise GatewayError(Fault.unauthorized(f"{authorizer.name}: no token"))
        if self._key_set is None:
            reason = "no keys to verify tokens with; name a JWKS file: --jwks FILE"
            raise GatewayError(Fault.authorizer_unreachable(f"{authorizer.name}: {reason}"))
        prefix = authorizer.kind == "JWT" or self._settings.bearer_prefix_accepted
        if prefix and token[:7].lower() == "bearer ":
            token = token[7:]
        try:
            claims = self._key_set.verify(
                token.strip(),
                [issuer.url for issuer in authorizer.issuers],
                now=self._clock(),
                algorithms=authorizer.algorithms,
            )
            check_claims(authorizer, claims, scopes)
        except TokenExpired as error:
            expired = Fault.token_expired(self._settings.expired_token_unauthorized, str(error))
            raise GatewayError(expired) from error
        except TokenError as error:
            raise GatewayError(Fault.unauthorized(f"{authorizer.name}: {error}")) from error
        told = {name: _claim(value) for name, value in claims.items()}
        context: dict[str, Any] = {"claims": told}
        if scopes:
            context["scopes"] = list(scopes)
        return Grant(context if authorizer.kind == "JWT" else {"claims": told})

    async def _by_function(
        self, authorizer: Authorizer, identity: Sequence[str | None], caller: Caller
    ) -> Grant:
        caching = authorizer.ttl_seconds > 0
        # AWS: without caching, a REQUEST authorizer is asked whatever is missing.
        required = authorizer.kind == "TOKEN" or caching
        if required and not all(identity):
            raise GatewayError(Fault.unauthorized(f"{authorizer.name}: no identity source"))
        token = identity[0] or "" if identity else ""
        pattern = authorizer.token_pattern
        if authorizer.kind == "TOKEN" and pattern and not re.fullmatch(pattern, token):
            raise GatewayError(Fault.unauthorized(f"{authorizer.name}: not a token by {pattern}"))
        key = (authorizer.name, *(value or "" for value in identity))
        output = self._recall(key) if caching and identity else None
        if output is None:
            output = await self._asked(authorizer, token, caller)
        grant = self._judged(authorizer, output, caller)
        if caching and identity:
            self._remember(key, authorizer.ttl_seconds, output)
        return self._allowed(grant, output, caller)

    def _recall(self, key: tuple[str, ...]) -> dict[str, Any] | None:
        until, output = self._remembered.get(key, (0.0, {}))
        return output if until > self._clock() else None

    def _remember(self, key: tuple[str, ...], seconds: int, output: dict[str, Any]) -> None:
        now = self._clock()
        if self._remembered.get(key, (0.0, {}))[0] > now:
            return  # recalled, not asked: its time goes on
        for old in [old for old, (until, _) in self._remembered.items() if until <= now]:
            del self._remembered[old]
        self._remembered[key] = (now + seconds, output)

    async def _asked(self, authorizer: Authorizer, token: str, caller: Caller) -> dict[str, Any]:
        if authorizer.kind == "TOKEN":
            event = {"type": "TOKEN", "methodArn": caller.method_arn, "authorizationToken": token}
        else:
            event = {"type": "REQUEST", "methodArn": caller.method_arn, **caller.event()}
        try:
            variables = caller.variables.stage_variables
            invoker = self._functions.authorizer(authorizer.uri, variables)
            result = await invoker.invoke(json.dumps(event, ensure_ascii=False).encode("utf-8"))
        except InvokerError as error:
            raise GatewayError(
                Fault.authorizer_unreachable(f"{authorizer.name}: {error}")
            ) from error
        try:
            output = json.loads(result.payload)
        except (ValueError, RecursionError) as error:
            raise _failed(authorizer, f"its answer is not JSON: {error}") from error
        if result.function_error:
            message = output.get("errorMessage") if isinstance(output, dict) else None
            if message == "Unauthorized":
                raise GatewayError(Fault.unauthorized(f"{authorizer.name} says so"))
            raise _failed(authorizer, f"it raised an error: {message}")
        if not isinstance(output, dict):
            raise _failed(authorizer, f"it returned a {type(output).__name__}, not an object")
        return output

    def _judged(self, authorizer: Authorizer, output: dict[str, Any], caller: Caller) -> str:
        """What the output's policy decides; AUTHORIZER_FAILURE if the output is none."""
        principal, context = output.get("principalId"), output.get("context") or {}
        if not isinstance(principal, str) or not principal:
            raise _failed(authorizer, "its answer has no principalId")
        if not isinstance(context, dict):
            raise _failed(authorizer, "context is not an object")
        for name, value in context.items():
            if isinstance(value, (dict, list)):
                raise _failed(authorizer, f"context.{name} is an object or array")
        request = caller.variables.request
        facts = {"aws:sourceip": request.source_ip, "aws:useragent": request.header("user-agent")}
        try:
            return decide(output.get("policyDocument"), caller.method_arn, facts)
        except PolicyError as error:
            raise _failed(authorizer, str(error)) from error

    def _allowed(self, decision: str, output: Mapping[str, Any], caller: Caller) -> Grant:
        if decision == "explicit deny":
            raise GatewayError(Fault.access_denied(self._settings.explicit_deny_text))
        if decision != "allow":
            raise GatewayError(
                Fault.access_denied("User is not authorized to access this resource")
            )
        told = {name: _claim(value) for name, value in (output.get("context") or {}).items()}
        context = {**told, "principalId": output["principalId"], "integrationLatency": 0}
        key = output.get("usageIdentifierKey")
        return Grant(context, key if isinstance(key, str) else None)


def _claim(value: object) -> str:
    """AWS: the values in `$context.authorizer` are all stringified."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(_claim(each) for each in value)
    return json.dumps(value)


def _failed(authorizer: Authorizer, reason: str) -> GatewayError:
    return GatewayError(Fault.authorizer_failed(f"authorizer {authorizer.name}: {reason}"))
