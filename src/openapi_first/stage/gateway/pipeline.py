"""One request through the gateway, in the measured order; the first error is the response.

stage -> route -> authorizer -> API key -> usage plan -> parameters -> body -> integration ->
gateway response.
(AWS: api-gateway-method-request-validation, api-gateway-request-throttling; the order of keys,
usage plan and validation is from an execution log.)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from openapi_first.aws.names import API_KEY_HEADER
from openapi_first.stage.access.api_keys import KeyRing
from openapi_first.stage.access.authorizers import Authorization, Grant
from openapi_first.stage.access.caller import Caller
from openapi_first.stage.access.resource_policy import ResourcePolicy
from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.api.rest_api import Integration, Method, RestApi
from openapi_first.stage.api.routing import Route, Router, below_domain, split_stage
from openapi_first.stage.functions.registry import FunctionRegistry, function_qualifier
from openapi_first.stage.gateway.context import request_context
from openapi_first.stage.gateway.gateway_responses import error_context, gateway_response
from openapi_first.stage.gateway.observation import Observation
from openapi_first.stage.gateway.validation import validate
from openapi_first.stage.integrations import (
    http_custom,
    http_proxy,
    lambda_custom,
    lambda_proxy,
    lambda_stream,
    mock,
)
from openapi_first.stage.integrations.lambda_event import authorizer_event
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.invocation import ClientGone
from openapi_first.stage.messages.invoker import Invoker, InvokerError, invoked_qualifier
from openapi_first.stage.messages.mapping_expressions import Variables
from openapi_first.stage.messages.request import RequestIds, StageRequest
from openapi_first.stage.messages.response import StageResponse
from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.usage.meter import Meter

_log = logging.getLogger("stage.execution")
CLIENT_GONE = 499
"""The status of a request whose client was gone before it was answered: in logs, never sent."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A deployed API: immutable, so that a request sees one document from start to end."""

    api: RestApi
    router: Router
    name: str
    stage_variables: Mapping[str, str]
    keys: KeyRing
    meter: Meter
    functions: FunctionRegistry
    authorization: Authorization
    policy: ResourcePolicy
    settings: Settings

    async def respond(
        self, request: StageRequest, ids: RequestIds, observation: Observation
    ) -> StageResponse:
        """The response to a request; nothing a client or function does makes it raise."""
        execution = _Execution(self, _overridden(request), ids, observation)
        try:
            return await execution.run()
        except GatewayError as error:
            return execution.failed(error)
        except asyncio.CancelledError:
            reason = "the stage ended before the function responded"
            return execution.failed(GatewayError.integration_failed(502, reason))
        except ClientGone as error:
            observation.reason = str(error)
            return StageResponse(CLIENT_GONE, (), b"", "client gone")
        except Exception:
            _log.exception("the stage failed on %s %s", request.method, request.path)
            return execution.failed(GatewayError.integration_failed(500, "an error of the stage"))


def _overridden(request: StageRequest) -> StageRequest:
    """`X-HTTP-Method-Override` replaces the method (AWS: known issues)."""
    method = (request.header("x-http-method-override") or "").strip()
    return replace(request, method=method) if method else request


class _Execution:
    """One request on its way: an error is rendered with everything known of it by then."""

    def __init__(
        self, pipeline: Pipeline, sent: StageRequest, ids: RequestIds, observation: Observation
    ) -> None:
        self._pipeline = pipeline
        self._sent = sent
        self._ids = ids
        self._observation = observation
        in_path = pipeline.settings.stage_in_path
        self._path = split_stage(sent.path) if in_path else below_domain(sent.path, pipeline.name)
        self._request: MethodRequest | None = None
        """None until it is routed."""

    async def run(self) -> StageResponse:
        pipeline = self._pipeline
        request = self._request = self._method_request(self._route())
        security = request.method.security
        self._observation.resource = request.method.resource
        self._observation.path_parameters = request.path_parameters
        if security.signed:
            self._check_signature()
        grant = await self._authorize(request)
        if security.api_key_required:
            key = pipeline.keys.identify(self._key_value(grant))
            request.context["identity"] |= {"apiKey": key.value, "apiKeyId": key.id}
            # Identified keys only, and before anything is validated: a bad request counts.
            pipeline.meter.admit(key, request.method)
        await validate(request)
        return await self._integrate(request)

    def _route(self) -> Route:
        if self._path.stage != self._pipeline.name:
            raise GatewayError.unknown_stage(
                f"the path does not begin with the stage, /{self._pipeline.name}"
            )
        route = self._pipeline.router.match(self._sent.method, self._path.in_stage)
        if route is not None:
            return route
        unknown = f"the API has no {self._sent.method} {self._path.in_stage}"
        authorization = self._sent.header("authorization")
        if authorization and not authorization.startswith("AWS4-"):
            reason = f"{unknown}; API Gateway then takes Authorization for an AWS signature"
            raise GatewayError.incomplete_signature(authorization, reason)
        raise GatewayError.missing_authentication_token(unknown)

    def _method_request(self, route: Route) -> MethodRequest:
        pipeline = self._pipeline
        return MethodRequest(
            self._sent,
            self._ids,
            self._path,
            route.method,
            route.path_parameters,
            self._context(route.method),
            pipeline.stage_variables,
            pipeline.api.binary_media_types,
            pipeline.settings,
        )

    def _context(self, method: Method | None) -> dict[str, Any]:
        return request_context(
            self._sent,
            self._ids,
            self._path,
            method,
            settings=self._pipeline.settings,
            deployment=self._pipeline.api.digest[:6],
        )

    def _check_signature(self) -> None:
        """AWS_IAM: that there is a signature; verifying it would need the caller's secret."""
        authorization = self._sent.header("authorization")
        if not authorization:
            raise GatewayError.missing_authentication_token("AWS_IAM: no Authorization")
        if not authorization.startswith("AWS4-"):
            reason = "AWS_IAM: Authorization is not an AWS signature"
            raise GatewayError.incomplete_signature(authorization, reason)

    async def _authorize(self, request: MethodRequest) -> Grant | None:
        pipeline, security = self._pipeline, request.method.security
        caller = Caller(
            self._method_arn(),
            request.variables,
            lambda: authorizer_event(request),
            request.integration.timeout_seconds,
            pipeline.settings,
            self._ids.epoch,
            signed=security.signed,
        )
        decision = pipeline.policy.before(caller, security)
        allowed = pipeline.api.policy is not None and decision == "allow"
        grant = await pipeline.authorization.admit(security, caller, allowed=allowed)
        if grant is not None:
            # Gateway responses can refer to it, also to that of a caller who is denied.
            request.context["authorizer"] = grant.context
            if grant.denied is not None:
                raise grant.denied
        pipeline.policy.after(decision, caller, security)
        return grant

    def _method_arn(self) -> str:
        path = self._path
        return f"{self._pipeline.settings.api_arn}/{path.stage}/{self._sent.method}{path.in_stage}"

    def _key_value(self, grant: Grant | None) -> str | None:
        if self._pipeline.api.key_source == "AUTHORIZER":
            return grant.usage_key if grant else None
        return self._sent.header(API_KEY_HEADER)

    async def _integrate(self, request: MethodRequest) -> StageResponse:
        integration = request.integration
        if integration.kind == "aws_proxy" and integration.streams:
            return await lambda_stream.respond(request, self._invoker(integration))
        if integration.kind == "aws_proxy":
            return await lambda_proxy.respond(request, self._invoker(integration))
        if integration.kind == "aws":
            return await lambda_custom.respond(request, self._invoker(integration))
        if integration.kind == "http_proxy":
            return await http_proxy.respond(request)
        if integration.kind == "http":
            return await http_custom.respond(request)
        if integration.kind == "mock":
            return await mock.respond(request)
        raise GatewayError.integration_failed(500, integration.reason)

    def _invoker(self, integration: Integration) -> Invoker:
        pipeline = self._pipeline
        try:
            invoker = pipeline.functions.for_integration(integration.uri, pipeline.stage_variables)
            qualifier = function_qualifier(integration.uri, pipeline.stage_variables)
        except InvokerError as error:
            raise GatewayError.integration_failed(500, str(error)) from error
        invoked_qualifier.set(qualifier)
        return self._observation.watching(invoker)

    def failed(self, error: GatewayError) -> StageResponse:
        pipeline, request = self._pipeline, self._request
        self._observation.reason = error.reason
        if error.reason is not None:
            _log.warning("%s %s: %s", self._sent.method, self._path.in_stage, error.reason)
        known = request.context if request is not None else self._context(None)
        variables = Variables(
            {**known, "error": error_context(error)},
            pipeline.stage_variables,
            self._sent,
            request.path_parameters if request is not None else {},
        )
        return gateway_response(error, pipeline.api.gateway_responses, variables, pipeline.settings)
