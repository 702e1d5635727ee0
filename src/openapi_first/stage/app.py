"""The stage as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from openapi_first.aws.names import STAGE_NAME
from openapi_first.stage.access.api_keys import ApiKey, KeyRing
from openapi_first.stage.access.authorizers import Authorization
from openapi_first.stage.access.resource_policy import ResourcePolicy
from openapi_first.stage.access.tokens import KeySet
from openapi_first.stage.api.importer import read_document
from openapi_first.stage.api.rest_api import RestApi
from openapi_first.stage.api.routing import Router
from openapi_first.stage.console.control import PREFIX, control
from openapi_first.stage.console.coverage import Coverage, Origin
from openapi_first.stage.console.recorder import Recorder
from openapi_first.stage.console.routes import console_routes, read_documentation
from openapi_first.stage.functions.registry import FunctionRegistry
from openapi_first.stage.gateway.compression import decoded_request, encoded_response
from openapi_first.stage.gateway.gateway_responses import (
    body_too_large,
    head_too_large,
    stage_ended,
)
from openapi_first.stage.gateway.observation import Observation
from openapi_first.stage.gateway.own_reasons import OwnReasons
from openapi_first.stage.gateway.pipeline import CLIENT_GONE, Pipeline
from openapi_first.stage.http.wire import (
    ClientLeft,
    read_body,
    read_request,
    send_response,
)
from openapi_first.stage.integrations.http_endpoint import NotCalled, check_endpoint
from openapi_first.stage.messages.invoker import Invoker, InvokerError, StreamingInvoker
from openapi_first.stage.messages.request import RequestIds
from openapi_first.stage.messages.response import StreamBroken
from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.support.unsupported import grouped, unsupported
from openapi_first.stage.usage.meter import Meter
from openapi_first.stage.usage.usage_file import UsageFile
from openapi_first.stage.usage.usage_plans import UsagePlan, plans_by_key

_execution_log = logging.getLogger("stage.execution")
_access_log = logging.getLogger("stage.access")

_NOT_STREAMED = (
    "its function does not stream here, and as Lambda's Python runtime does not: its result must "
    "begin with metadata and eight NUL bytes, or it responds with 502"
)


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """One answered request. `answered_by` is a gateway response type, `mock` or `lambda`. `reason`
    is the gateway's own for a failure, `own_reasons` are those of the contract for a body."""

    method: str
    path: str
    status: int
    answered_by: str
    milliseconds: float
    request_id: str
    reason: str | None = None
    own_reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The line of an access log."""
        return (
            f"{self.method} {self.path} {self.status} "
            f"({self.answered_by}, {self.milliseconds:.0f} ms)"
        )


class Stage:
    """A stage of a REST API. `app` is the ASGI application that serves it.

    `invoker` is the function called `function_name`; without the name, it is every function that
    is not in `functions`.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        invoker: Invoker,
        functions: Mapping[str, Invoker] | None = None,
        function_name: str | None = None,
        name: str = "prod",
        stage_variables: Mapping[str, str] | None = None,
        api_keys: Sequence[ApiKey] = (),
        usage_plans: Sequence[UsagePlan] | None = None,
        usage_file: Path | None = None,
        key_set: KeySet | None = None,
        clock: Callable[[], float] = time.time,
        documentation: Path | None = None,
        origin: Origin | None = None,
        settings: Settings | None = None,
        tokens: Mapping[str, str] | None = None,
        on_access: Callable[[AccessRecord], None] = _access_log.info,
    ) -> None:
        if not STAGE_NAME.fullmatch(name) or f"/{name}/" == PREFIX:
            raise ValueError(f"{name!r} is not a stage name")
        self.name = name
        self._functions = FunctionRegistry(invoker, functions or {}, function_name)
        self._stage_variables = dict(stage_variables or {})
        self._settings = settings or Settings()
        self._key_set = key_set
        self._tokens = tokens or {}
        self._clock = clock
        # Without usage plans, every key is accepted and nothing is metered.
        plans = None if usage_plans is None else plans_by_key(usage_plans, api_keys, name)
        self.keys = KeyRing(api_keys, plans)
        self.meter = Meter(plans or {}, self._settings, clock=clock)
        self._on_access = on_access
        self._usage_file = UsageFile(usage_file, self.meter) if usage_file else None
        self._recorder, self._coverage, self._reasons = Recorder(), Coverage(), OwnReasons()
        self._document = document
        self._documentation, self._origin = documentation, origin
        self._pipeline = self._deployed(document, self._stage_variables)

    @property
    def app(self) -> ASGIApp:
        """The ASGI application. It reads raw paths: decoded ones would lose what AWS keeps."""
        routes = console_routes(
            recorder=self._recorder,
            about=self._about,
            document=lambda: read_documentation(self._documentation, self._document),
            coverage=lambda: self._coverage.value(self._document, self._origin),
            usage=self._usage,
        )
        return control(routes, self._serve)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What AWS would do with the current document and this stage does not."""
        return grouped(
            (
                *self._pipeline.api.warnings,
                *self._pipeline.policy.warnings(self._settings.condition_keys),
                *unsupported(
                    self._document,
                    self._pipeline.api.methods,
                    upstreams=bool(self._settings.upstreams),
                ),
                *self._not_called(),
            )
        )

    def _not_called(self) -> Iterator[str]:
        """The methods whose function or endpoint this stage does not have."""
        variables = self._stage_variables
        for method in self._pipeline.api.methods:
            kind, uri = method.integration.kind, method.integration.uri
            try:
                if kind in ("aws", "aws_proxy"):
                    function = self._functions.for_integration(uri, variables)
                    if method.integration.streams and not isinstance(function, StreamingInvoker):
                        yield f"{method.http_method} {method.resource}: {_NOT_STREAMED}"
                elif kind in ("http", "http_proxy"):
                    check_endpoint(uri, variables, self._settings.upstreams)
            except (InvokerError, NotCalled) as error:
                yield f"{method.http_method} {method.resource}: {error}; it responds with 500"
        uris = [each.integration.uri for each in self._pipeline.api.methods]
        yield from self._functions.replacements(uris, variables)

    def replace_document(
        self,
        document: Mapping[str, Any],
        stage_variables: Mapping[str, str] | None = None,
        origin: Origin | None = None,
    ) -> None:
        """Deploys another document with its origin, and other stage variables if they are given.

        Raises StageDocumentError and then keeps the current document. Requests under way finish
        with the document they started with.
        """
        variables = self._stage_variables if stage_variables is None else dict(stage_variables)
        self._pipeline = self._deployed(document, variables)
        self._document, self._origin = document, origin
        self._stage_variables = variables

    def close(self) -> None:
        """Writes the usage counters to their file. The stage can still be used."""
        self._coverage.close()
        self._reasons.close()
        if self._usage_file is not None:
            self._usage_file.save()

    def _deployed(
        self, document: Mapping[str, Any], stage_variables: Mapping[str, str]
    ) -> Pipeline:
        api: RestApi = read_document(document)
        return Pipeline(
            api=api,
            router=Router(api.methods, case_sensitive=self._settings.paths_case_sensitive),
            name=self.name,
            stage_variables=stage_variables,
            keys=self.keys,
            meter=self.meter,
            functions=self._functions,
            policy=ResourcePolicy(api.policy, self._settings.api_arn, api.private),
            # A new one for each document, so that no authorizer's output is kept.
            authorization=Authorization(
                self._functions, self._key_set, self._settings, self._clock
            ),
            settings=self._settings,
        )

    def _operation(self, method: str, observation: Observation) -> str | None:
        if observation.resource is None or self._origin is None:
            return observation.resource and f"{method} {observation.resource}"
        return self._origin.operation(method, observation.resource, observation.path_parameters)

    def _about(self) -> Mapping[str, Any]:
        """What the console needs to call the stage: the API key if there is exactly one, and the
        tokens that it was given, by authorizer."""
        keys = list(self.keys.by_id.values())
        return {
            "title": self._pipeline.api.title,
            "stage": self.name,
            "base": f"/{self.name}" if self._settings.stage_in_path else "",
            "api_key": keys[0].value if len(keys) == 1 else None,
            "tokens": self._tokens,
        }

    def _usage(self) -> Mapping[str, Any]:
        """The limits of the plans and the use of each key; ids of keys, never their values."""
        return {"stage": self.name, "plans": self.meter.report(self.keys.by_id)}

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"a stage of a REST API does not serve {scope['type']}")
        started = time.perf_counter()
        pipeline = self._pipeline
        try:
            body = await read_body(scope, receive)
        except ClientLeft:
            return
        except asyncio.CancelledError:
            request = read_request(scope, b"")
            await send_response(stage_ended(), RequestIds.of(request), request, send)
            return
        request = read_request(scope, body or b"")
        ids, observation = RequestIds.of(request), Observation()
        if body is None:
            response = body_too_large()
        else:
            oversized = head_too_large(request) if self._settings.request_size_limits else None
            request, undecoded = decoded_request(request, observation)
            refused = oversized or undecoded
            response = refused or await pipeline.respond(request, ids, observation)
        counted = request
        if not self._settings.stage_in_path:
            counted = replace(request, path=f"/{self.name}{request.path}")
        # Before it is sent: a client that has the response finds it in the log.
        elapsed = (time.perf_counter() - started) * 1000
        operation = self._operation(request.method, observation)
        if self._origin is not None and operation is not None:
            reasons = self._origin.reasons
            await self._reasons.observe(reasons, operation, request, response, observation)
        self._recorder.keep(request, ids, response, observation, elapsed)
        if response.status != CLIENT_GONE:
            self._coverage.count(self._origin, operation, counted, response)
        self._on_access(
            AccessRecord(
                scope["method"],
                request.path,
                response.status,
                response.answered_by,
                elapsed,
                ids.request_id,
                observation.reason,
                observation.own_reasons,
            )
        )
        sent = encoded_response(request, response, pipeline.api.minimum_compression_size)
        try:
            await send_response(sent, ids, request, send)
        except StreamBroken as error:
            # Left unfinished, the connection is closed: the client sees that something is missing.
            _execution_log.warning("%s %s: %s", request.method, request.path, error)
