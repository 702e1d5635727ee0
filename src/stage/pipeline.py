"""One request through the gateway, in the measured order; the first refusal is the answer.

stage -> route -> API key -> usage plan -> parameters -> body -> integration -> gateway response.
(AWS: api-gateway-method-request-validation, api-gateway-request-throttling; the order of keys,
usage plan and validation is from an execution log.)
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from stage.answer import Answer
from stage.context import RequestIds, request_context
from stage.document import RestApi
from stage.event import proxy_event
from stage.expressions import Variables
from stage.faults import Fault, GatewayError
from stage.gateway_responses import error_context, refuse
from stage.integration import invoke_proxy
from stage.invoker import Invoker
from stage.keys import ApiKey, KeyRing
from stage.metering import Meter
from stage.mock import mock_answer
from stage.request import StageRequest
from stage.routing import Route, Router, StagePath, split_stage
from stage.settings import Settings
from stage.validation import validate

__all__ = ["Pipeline"]

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
    invoker: Invoker
    settings: Settings

    async def answer(self, request: StageRequest, ids: RequestIds) -> Answer:
        """The answer to a request; never raises for anything a client or function did."""
        visit = _Visit(self, _overridden(request), ids)
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

    def __init__(self, pipeline: Pipeline, request: StageRequest, ids: RequestIds) -> None:
        self.pipeline = pipeline
        self.request = request
        self.ids = ids
        self.where: StagePath = split_stage(request.path)
        self.route: Route | None = None
        self.key: ApiKey | None = None

    async def proceed(self) -> Answer:
        stage, request = self.pipeline, self.request
        if self.where.stage != stage.name:
            raise GatewayError(Fault.unknown_stage())
        route = self.route = self._routed()
        if route.method.api_key_required:
            self.key = stage.keys.identify(request.header("x-api-key"))
            # Identified keys only, and before anything is validated: a bad request counts.
            stage.meter.admit(self.key, route.method)
        validate(request, route, stage.settings)
        if route.method.integration.kind == "mock":
            return mock_answer(
                route.method.integration,
                request,
                self._variables(),
                binary_media_types=stage.api.binary_media_types,
                settings=stage.settings,
            )
        return await invoke_proxy(
            stage.invoker,
            route.method.integration,
            self._event(route),
            accept=request.header("accept"),
            binary_media_types=stage.api.binary_media_types,
            settings=stage.settings,
        )

    def refused(self, fault: Fault) -> Answer:
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
