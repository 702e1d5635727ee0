"""Running a method's authorizer, and caching its output.

AWS: apigateway-use-lambda-authorizer, api-gateway-lambda-authorizer-output,
apigateway-enable-cognito-user-pool. A caller whom nobody knows gets 401, one whom a policy denies
403, and any caller 500 if the authorizer misbehaves.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openapi_first.aws.authorizers import JWT, TOKEN
from openapi_first.aws.quotas import METHOD_ARN_BYTES
from openapi_first.stage.access.caller import Caller
from openapi_first.stage.access.claims import check_claims
from openapi_first.stage.access.tokens import KeySet, TokenError, TokenExpired
from openapi_first.stage.api.rest_api import Authorizer, MethodSecurity
from openapi_first.stage.functions.registry import FunctionRegistry, function_qualifier
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.invocation import TimeLimit, invoke
from openapi_first.stage.messages.invoker import InvokerError, invoked_qualifier
from openapi_first.stage.messages.mapping_expressions import evaluate
from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.policies.errors import PolicyError
from openapi_first.stage.policies.policy import Decision, policy_of

_Output = dict[str, Any]
"""What a Lambda authorizer returns."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The outcome of an authorizer for a caller: `context` is `$context.authorizer`, also for one
    who is `denied`; `usage_key` is the value of the caller's API key."""

    context: Mapping[str, Any] = field(default_factory=dict)
    usage_key: str | None = None
    denied: GatewayError | None = None


class Authorization:
    """The authorizers of a deployed API. `clock` gives seconds since the epoch."""

    def __init__(
        self,
        functions: FunctionRegistry,
        key_set: KeySet | None,
        settings: Settings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._functions = functions
        self._key_set = key_set
        self._settings = settings
        self._clock = clock
        self._cache: dict[tuple[str, ...], tuple[float, _Output]] = {}
        """By authorizer and identity: when the output expires, and the output."""

    async def admit(
        self, security: MethodSecurity, caller: Caller, *, allowed: bool = False
    ) -> Grant | None:
        """The grant of a method's authorizer, None without one. Raises GatewayError.

        A caller whom the resource policy has `allowed` needs no Allow of a Lambda authorizer, but
        no Deny either (AWS: apigateway-authorization-flow, table A).
        """
        authorizer = security.authorizer
        if authorizer is None:
            return None
        if len(caller.method_arn.encode("utf-8", "replace")) > METHOD_ARN_BYTES.limit:
            raise GatewayError.arn_too_long()
        identity = [evaluate(source, caller.variables) for source in authorizer.identity]
        if not authorizer.kind.calls_function:
            return self._by_token(authorizer, security.scopes, identity[0] if identity else None)
        return await self._by_function(authorizer, identity, caller, allowed)

    def _by_token(self, authorizer: Authorizer, scopes: Sequence[str], token: str | None) -> Grant:
        if not token:
            raise GatewayError.unauthorized(f"{authorizer.name}: no token")
        if self._key_set is None:
            reason = (
                "no keys to verify tokens with; name a JWKS file: --jwks FILE, or start "
                "`contract serve` again, which makes some"
            )
            raise GatewayError.authorizer_unreachable(f"{authorizer.name}: {reason}")
        prefix = authorizer.kind is JWT or self._settings.bearer_prefix_accepted
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
            unauthorized = self._settings.expired_token_unauthorized
            raise GatewayError.token_expired(unauthorized, str(error)) from error
        except TokenError as error:
            raise GatewayError.unauthorized(f"{authorizer.name}: {error}") from error
        context: dict[str, Any] = {"claims": _strings(claims)}
        if scopes and authorizer.kind is JWT:
            context["scopes"] = list(scopes)
        return Grant(context)

    async def _by_function(
        self,
        authorizer: Authorizer,
        identity: Sequence[str | None],
        caller: Caller,
        allowed: bool,
    ) -> Grant:
        caching = authorizer.ttl_seconds > 0
        # AWS: without caching, a REQUEST authorizer is called even if identity sources are missing.
        required = authorizer.kind is TOKEN or caching
        if required and not all(identity):
            raise GatewayError.unauthorized(f"{authorizer.name}: no identity source")
        token = identity[0] or "" if identity else ""
        by_pattern = authorizer.kind is TOKEN and authorizer.token_pattern is not None
        if by_pattern and not await asyncio.to_thread(authorizer.accepts, token):
            reason = f"{authorizer.name}: the token does not match {authorizer.token_pattern}"
            raise GatewayError.unauthorized(reason)
        key = (authorizer.name, *(value or "" for value in identity))
        output = self._cached(key) if caching and identity else None
        if output is None:
            output = await self._invoke(authorizer, token, caller)
        decision = _decision(authorizer, output, caller)
        if caching and identity:
            self._keep(key, authorizer.ttl_seconds, output)
        if allowed and decision == "implicit deny":
            decision = "allow"
        return self._granted(authorizer, decision, output)

    def _cached(self, key: tuple[str, ...]) -> _Output | None:
        until, output = self._cache.get(key, (0.0, {}))
        return output if until > self._clock() else None

    def _keep(self, key: tuple[str, ...], seconds: int, output: _Output) -> None:
        now = self._clock()
        if self._cache.get(key, (0.0, {}))[0] > now:
            return  # it came from the cache, and using it does not extend its time
        for old in [old for old, (until, _) in self._cache.items() if until <= now]:
            del self._cache[old]
        self._cache[key] = (now + seconds, output)

    async def _invoke(self, authorizer: Authorizer, token: str, caller: Caller) -> _Output:
        if authorizer.kind is TOKEN:
            event = {"type": "TOKEN", "methodArn": caller.method_arn, "authorizationToken": token}
        else:
            event = {"type": "REQUEST", "methodArn": caller.method_arn, **caller.event()}
        try:
            variables = caller.variables.stage_variables
            invoker = self._functions.for_authorizer(authorizer.uri, variables)
            invoked_qualifier.set(function_qualifier(authorizer.uri, variables))
            payload = json.dumps(event, ensure_ascii=False).encode("utf-8")
            limit = caller.seconds if self._settings.integration_timeouts else None
            result = await invoke(invoker, payload, limit, caller.variables.request.hung_up)
        except TimeLimit as error:
            raise _failed(authorizer, str(error)) from error
        except InvokerError as error:
            raise GatewayError.authorizer_unreachable(f"{authorizer.name}: {error}") from error
        try:
            output = json.loads(result.payload)
        except (ValueError, RecursionError) as error:
            raise _failed(authorizer, f"its output is not JSON: {error}") from error
        if result.function_error:
            message = output.get("errorMessage") if isinstance(output, dict) else None
            if message == "Unauthorized":
                raise GatewayError.unauthorized(f"{authorizer.name} raised Unauthorized")
            raise _failed(authorizer, f"it raised an error: {message}")
        if not isinstance(output, dict):
            raise _failed(authorizer, f"it returned a {type(output).__name__}, not an object")
        return output

    def _granted(self, authorizer: Authorizer, decision: Decision, output: _Output) -> Grant:
        denied, policy = None, f"the policy of the authorizer {authorizer.name}"
        if decision == "explicit deny":
            message = self._settings.explicit_deny_text
            denied = GatewayError.access_denied(message, f"a statement of {policy} denies it")
        elif decision != "allow":
            message = "User is not authorized to access this resource"
            denied = GatewayError.access_denied(message, f"no statement of {policy} allows it")
        context = {
            **_strings(output.get("context") or {}),
            "principalId": output["principalId"],
            "integrationLatency": 0,
        }
        key = output.get("usageIdentifierKey")
        return Grant(context, key if isinstance(key, str) else None, denied)


def _decision(authorizer: Authorizer, output: _Output, caller: Caller) -> Decision:
    """The decision of an output's policy; AUTHORIZER_FAILURE if the output cannot be used."""
    principal, context = output.get("principalId"), output.get("context") or {}
    if not isinstance(principal, str) or not principal:
        raise _failed(authorizer, "its output has no principalId")
    if not isinstance(context, dict):
        raise _failed(authorizer, "context is not an object")
    for name, value in context.items():
        if isinstance(value, (dict, list)):
            raise _failed(authorizer, f"context.{name} is an object or array")
    try:
        return policy_of(output.get("policyDocument")).decide(caller.asks)
    except PolicyError as error:
        raise _failed(authorizer, str(error)) from error


def _strings(values: Mapping[str, Any]) -> dict[str, str]:
    """AWS: all values of `$context.authorizer` are strings."""
    return {name: _string(value) for name, value in values.items()}


def _string(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(_string(each) for each in value)
    return json.dumps(value)


def _failed(authorizer: Authorizer, reason: str) -> GatewayError:
    return GatewayError.authorizer_failed(f"authorizer {authorizer.name}: {reason}")
