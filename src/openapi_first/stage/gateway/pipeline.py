"""One request through the gateway, in the measured order; the first refusal is the answer.

stage -> route -> authorizer -> API key -> usage plan -> parameters -> body -> integration ->
gateway response.
(AWS: api-gateway-method-request-validation, api-gateway-request-throttling; the order of keys,
usage plan and validation is from an execution log.)
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from openapi_first.stage.access.api_keys import ApiKey, KeyRing
from openapi_first.stage.access.authorizers import Authorization, Caller, Grant
from openapi_first.stage.access.resource_policy import ResourcePolicy
from openapi_first.stage.api.rest_api import Integration, RestApi
from openapi_first.stage.api.routing import Route, Router, StagePath, split_stage
from openapi_first.stage.functions.registry import Functions
from openapi_first.stage.gateway.context import RequestIds, request_context
from openapi_first.stage.gateway.event import authorizer_event, forwarded_headers, proxy_event
from openapi_first.stage.gateway.gateway_responses import error_context, refuse
from openapi_first.stage.gateway.observation import Observation
from openapi_first.stage.gateway.validation import validate
from openapi_first.stage.integrations.http_proxy import http_proxy_answer
from openapi_first.stage.integrations.lambda_proxy import invoke_proxy
from openapi_first.stage.integrations.mock import mock_answer
from openapi_first.stage.messages.gateway_errors import Fault, GatewayError
from openapi_first.stage.messages.invoker import Invoker, InvokerError
from openapi_first.stage.messages.mapping_expressions import Variables
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import Answer
from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.usage.meter import Meter

_log = logging.getLogger("stage.execution")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A deployed API: immutable, so that a request sees one document from start to end."""

    api: RestApi
    router: Router
    name: str
    stage_variables: Mapping[str, str]
    keys: KeyRing
    meter: Meter
    functions: Functions
    authorization: Authorization
    policy: ResourcePolicy | None
    settings: Settings

    async def answer(
        self, request: StageRequest, ids: RequestIds, seen: Observation | None = None
    ) -> Answer:
        """The answer to a request; never raises for anything a client or function did."""
        visit = _Visit(self, _overridden(request), ids, seen or Observation())
        try:
            return await visit.proceed()
        except GatewayError as error:
            return visit.refused(error.fault)
        except Exception:
            _log.exception("the stage failed on %s %s", request.method, request.path)
            return visit.refused(Fault.integration_failed(500, "a fault of the stage itself"))


def _overridden(request: StageRequest) -> StageRequest:
    """`X-HTTP-Method-Override` replaces the method (AWS: known issues)."""
    method = (request.header("x-http-method-override") or "").strip()
    return replace(request, method=method) if method else request


class _Visit:
    """What is known of a request so far: a refusal tells as much as was found out."""

    def __init__(
        self, pipeline: Pipeline, request: StageRequest, ids: RequestIds, seen: Observation
    ) -> None:
        self.seen = seen
        self.pipeline = pipeline
        self.request = request
        self.ids = ids
        self.where: StagePath = split_stage(request.path)
        self.route: Route | None = None
        self.key: ApiKey | None = None
        self.grant: Grant | None = None

    async def proceed(self) -> Answer:
        stage, request = self.pipeline, self.request
        if self.where.stage != stage.name:
            raise GatewayError(Fault.unknown_stage())
        route = self.route = self._routed()
        self.seen.resource = route.method.resource
        security = route.method.security
        if security.signed:
            self._check_signature()
        if stage.policy is not None or security.authorizer is not None:
            await self._authorize(route)
        if security.api_key_required:
            self.key = stage.keys.identify(self._key_value())
            # Identified keys only, and before anything is validated: a bad request counts.
            stage.meter.admit(self.key, route.method)
        validate(request, route, stage.settings)
        return await self._integrated(route)

    async def _integrated(self, route: Route) -> Answer:
        stage, request, integration = self.pipeline, self.request, route.method.integration
        if integration.kind == "unsupported":
            raise GatewayError(Fault.integration_failed(500, integration.reason))
        if integration.kind == "mock":
            return mock_answer(
                integration,
                request,
                self._variables(),
                binary_media_types=stage.api.binary_media_types,
                settings=stage.settings,
            )
        if integration.kind == "http_proxy":
            headers = forwarded_headers(request, self.ids, route)
            return await http_proxy_answer(integration, request, self._variables(), headers)
        return await invoke_proxy(
            self.seen.watching(self._invoker(integration)),
            integration,
            self._event(route),
            accept=request.header("accept"),
            binary_media_types=stage.api.binary_media_types,
            settings=stage.settings,
        )

    def refused(self, fault: Fault) -> Answer:
        self.seen.reason = fault.reason
        if fault.reason is not None:
            _log.warning("%s %s: %s", self.request.method, self.where.path, fault.reason)
        stage = self.pipeline
        return refuse(fault, stage.api.gateway_responses, self._variables(fault), stage.settings)

    def _routed(self) -> Route:
        route = self.pipeline.router.match(self.request.method, self.where.path)
        if route is not None:
            return route
        authorization = self.request.header("authorization")
        if authorization and not authorization.startswith("AWS4-"):
            raise GatewayError(Fault.incomplete_signature(authorization))
        raise GatewayError(Fault.missing_authentication_token())

    async def _authorize(self, route: Route) -> None:
        stage, request, security = self.pipeline, self.request, route.method.security
        caller = self._caller(route)
        if stage.policy is not None:
            facts = {
                "aws:sourceip": request.source_ip,
                "aws:useragent": request.header("user-agent"),
            }
            authorized = security.authorizer is not None
            stage.policy.check(caller.method_arn, facts, authorized=authorized)
        self.grant = await stage.authorization.admit(security, caller)

    def _check_signature(self) -> None:
        """AWS_IAM: that there is a signature; verifying it would need the caller's secret."""
        authorization = self.request.header("authorization")
        if not authorization:
            raise GatewayError(Fault.missing_authentication_token())
        if not authorization.startswith("AWS4-"):
            raise GatewayError(Fault.incomplete_signature(authorization))

    def _caller(self, route: Route) -> Caller:
        settings, where = self.pipeline.settings, self.where
        arn = (
            f"arn:aws:execute-api:{settings.region}:{settings.account_id}:{settings.api_id}"
            f"/{where.stage}/{self.request.method}{where.path}"
        )
        return Caller(arn, self._variables(), lambda: self._authorizer_event(route))

    def _key_value(self) -> str | None:
        if self.pipeline.api.key_source == "AUTHORIZER":
            return self.grant.usage_key if self.grant else None
        return self.request.header("x-api-key")

    def _invoker(self, integration: Integration) -> Invoker:
        try:
            return self.pipeline.functions.behind(integration.uri, self.pipeline.stage_variables)
        except InvokerError as error:
            raise GatewayError(Fault.integration_failed(500, str(error))) from error

    def _authorizer_event(self, route: Route) -> dict[str, object]:
        return authorizer_event(
            self.request,
            route,
            self.where,
            self._context(),
            self.ids,
            stage_variables=self.pipeline.stage_variables,
        )

    def _event(self, route: Route) -> bytes:
        return proxy_event(
            self.request,
            route,
            self.where,
            self._context(),
            self.ids,
            stage_variables=self.pipeline.stage_variables,
            binary_media_types=self.pipeline.api.binary_media_types,
        )

    def _context(self) -> dict[str, object]:
        return request_context(
            self.request,
            self.ids,
            self.where,
            settings=self.pipeline.settings,
            deployment=self.pipeline.api.digest[:6],
            route=self.route,
            key=self.key,
            authorizer=self.grant.context if self.grant else None,
        )

    def _variables(self, fault: Fault | None = None) -> Variables:
        context = self._context()
        if fault is not None:
            context["error"] = error_context(fault)
        return Variables(
            context,
            self.pipeline.stage_variables,
            self.request,
            self.route.path_parameters if self.route else {},
        )
