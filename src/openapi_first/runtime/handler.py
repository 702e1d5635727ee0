"""The Lambda handler of a compiled contract: each event passes through Powertools' resolver."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler.api_gateway import Response

from openapi_first.core.problem_details import Problem
from openapi_first.runtime.endpoint import Endpoint, Service
from openapi_first.runtime.lifecycle.garbage import resume_collection
from openapi_first.runtime.lifecycle.snapshots import after_restore
from openapi_first.runtime.plan import ANY
from openapi_first.runtime.problems.rendering import ProblemRendering
from openapi_first.runtime.proxy_event import ProxyEvent, in_contract_terms, malformation
from openapi_first.runtime.request import Request, served
from openapi_first.runtime.resolver import ContractResolver, Key
from openapi_first.runtime.startup import (
    StartError,
    check_compiled,
    check_renderer,
    extensions_of,
    functions_of,
)
from openapi_first.runtime.telemetry.operation_metrics import (
    Measure,
    flush,
    namespace,
    operation_metrics,
    violation_counter,
)
from openapi_first.runtime.telemetry.request_log import RequestLog
from openapi_first.runtime.telemetry.tracing import Tracing, own_tracing
from openapi_first.runtime.wire.added_headers import AddedHeaders

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics, Tracer

    from openapi_first.runtime.problems.renderer import ProblemRenderer

_MODES = ("enforce", "report", "off")
_UNFINISHED = ("refuse", "answer")
_SWITCH = ("off", "on")

Handler: TypeAlias = Callable[[dict[str, Any], Any], dict[str, Any]]

Middleware: TypeAlias = Callable[..., Response[Any]]
"""`(app, next_middleware) -> Response`, as Powertools documents it."""

Observer: TypeAlias = Callable[[str, Mapping[str, Any], Mapping[str, Any]], None]
"""Called with the contract's hash, the event of one of its operations, and the response."""

observers: list[Observer] = []


def lambda_handler(
    compiled: ModuleType,
    operations: ModuleType,
    *,
    middlewares: Sequence[Middleware] = (),
    operation_middlewares: Mapping[str, Sequence[Middleware]] | None = None,
    exception_handlers: Mapping[type[Exception], Callable[[Any], Response[Any]]] | None = None,
    render_problem: ProblemRenderer | None = None,
    logger: Logger | None = None,
    metrics: Metrics | None = None,
    tracer: Tracer | None = None,
) -> Handler:
    """The handler that serves `compiled` with the functions of the module `operations`.

    `middlewares` run for every request, those of `operation_middlewares` for one operation, by its
    function's name or its operationId. `exception_handlers` are by type. `render_problem` makes the
    bodies of problems where the contract does not declare problem details (docs/errors.md).
    `logger`, `metrics` and `tracer` are Powertools' (docs/powertools.md).

    Raises StartError, with every reason, when `compiled` is stale, functions do not match it, or
    `render_problem` makes a body that the contract does not allow.
    Environment: RESPONSE_VALIDATION is `enforce` (the default: a response that violates the
    contract becomes a 500 problem), `report` (it is logged, counted and sent) or `off`.
    CORS_ALLOW_ORIGIN is `*` (the default) or origins separated by commas. UNFINISHED_OPERATIONS is
    `refuse` (the default) or `answer`, which `contract serve` sets: functions that do not match the
    contract are logged, and their operations answer 501. OPERATION_METRICS and OPERATION_TRACES are
    `off` (the default) or `on`, for metrics of each operation and for a Tracer of the engine.
    """
    check_compiled(compiled)
    mode = _setting("RESPONSE_VALIDATION", _MODES)
    logger = logger or _own_logger(compiled.TITLE)
    functions = functions_of(
        operations, compiled.SIGNATURES, compiled.SKIPPED, unfinished=_unfinished(logger)
    )
    handlers = exception_handlers or {}
    of_operation = extensions_of(compiled, middlewares, operation_middlewares or {}, handlers)
    check_renderer(render_problem, compiled)
    tracing = Tracing(tracer) if tracer is not None else _own_tracing(logger)
    functions = {name: tracing.function(each) for name, each in functions.items()}
    raised = tuple(kind for kind in handlers if issubclass(kind, Problem))
    problems = ProblemRendering(render_problem, logger)
    count = violation_counter(logger, metrics)
    service = Service(compiled, mode, logger, count, raised, problems)

    def endpoint(key: Key) -> Endpoint | None:
        name = compiled.ROUTES.get(key) or compiled.ROUTES.get(_for_any(key))
        if name is None:
            return None
        plan = replace(compiled.OPERATIONS[name](), method=key[0])
        return Endpoint(service, plan, functions[name], of_operation.get(name, ()))

    def preflight(resource: str) -> Mapping[str, str] | None:
        headers: Mapping[str, str] | None = compiled.preflights().get(resource)
        return headers

    added = AddedHeaders(os.environ.get("CORS_ALLOW_ORIGIN", "*"), compiled.EXPOSED_HEADERS)
    resolver = ContractResolver(endpoint, preflight, added, problems, logger)
    resolver.use(middlewares=list(middlewares))
    resolver.exception_handler_manager.update_exception_handlers(handlers)

    templates = compiled.templates()
    log = RequestLog(logger, compiled.HASH)
    measure = _measure(logger, metrics)
    # Each restored environment begins with the same memory.
    after_restore(random.seed)
    after_restore(log.restored)

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        resume_collection()
        request = Request(ProxyEvent(event), context)
        token = served.set(request)
        try:
            log.begin(event, context)
            request.proxy_event.raw = in_contract_terms(event, templates)
            answer = resolver.resolve(request.proxy_event.raw, context)
            log.end(request.record, event, answer["statusCode"])
        except BaseException as error:
            # Everything that a request can cause is a response already. Nothing may leave, not even
            # SystemExit or CancelledError, which do not derive from Exception.
            return log.end_failed(
                request.record, error, malformation(event), resolver.failure(error)
            )
        finally:
            served.reset(token)
            if measure is not None:
                measure(request.record)
            if metrics is not None:
                flush(metrics, logger)
        key = request.proxy_event.key
        if observers and (key in compiled.ROUTES or _for_any(key) in compiled.ROUTES):
            for observer in observers:
                observer(compiled.HASH, request.proxy_event.raw, answer)
        return answer

    return tracing.handler(handler)


def _for_any(key: Key) -> Key:
    """The key of the operation for any method; OPTIONS is the preflight's (docs/extensions.md)."""
    return (ANY if key[0] != "OPTIONS" else "OPTIONS"), key[1]


def observe(observer: Observer) -> Callable[[], None]:
    """Calls `observer` for every response; the result ends that when it is called."""
    observers.append(observer)
    return lambda: observers.remove(observer)


def _setting(name: str, values: tuple[str, ...]) -> str:
    """The environment variable, by default the first of its values. Raises StartError."""
    value = os.environ.get(name, values[0])
    if value not in values:
        raise StartError([f"{name} is {value!r}; set one of: {', '.join(values)}"])
    return value


def _unfinished(logger: Logger) -> Callable[[list[str]], None] | None:
    """What receives the mismatches of functions; None if they must not start. Raises StartError."""
    if _setting("UNFINISHED_OPERATIONS", _UNFINISHED) == "refuse":
        return None

    def log(mismatches: list[str]) -> None:
        for mismatch in mismatches:
            logger.warning(mismatch)

    return log


def _own_logger(title: str) -> Logger:
    """A Logger that writes each traceback once, in `exception`."""
    service = os.environ.get("POWERTOOLS_SERVICE_NAME") or title
    return Logger(service=service, serialize_stacktrace=False)


def _measure(logger: Logger, metrics: Metrics | None) -> Measure | None:
    """What writes the metrics of each operation, if OPERATION_METRICS asks for them."""
    if _setting("OPERATION_METRICS", _SWITCH) == "off":
        return None
    given = metrics.provider.namespace if metrics is not None else None
    return operation_metrics(given or namespace(), logger)


def _own_tracing(logger: Logger) -> Tracing:
    """What OPERATION_TRACES asks for. Raises StartError."""
    if _setting("OPERATION_TRACES", _SWITCH) == "off":
        return Tracing()
    try:
        return own_tracing(logger.service)
    except ModuleNotFoundError as error:
        raise StartError(
            [
                f"OPERATION_TRACES is 'on' and the module {error.name} is missing; "
                "install `aws-lambda-powertools[tracer]`"
            ]
        ) from None
