"""The Lambda handler of a compiled contract: finds the operation of each event and serves it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, TypeAlias

from aws_lambda_powertools import Logger

from openapi_first.core.problem_details import Problem
from openapi_first.runtime.cors import CorsHeaders
from openapi_first.runtime.endpoint import Endpoint
from openapi_first.runtime.request import Request, served
from openapi_first.runtime.responses import Reply, problem_reply, serialise
from openapi_first.runtime.startup import StartError, check_compiled, functions_of

_MODES = ("enforce", "report", "off")

Observer: TypeAlias = Callable[[str, Mapping[str, Any], Mapping[str, Any]], None]
"""Called with the contract's hash, the event of one of its operations, and the response."""

observers: list[Observer] = []


def lambda_handler(
    compiled: ModuleType, operations: ModuleType
) -> Callable[[dict[str, Any], object], dict[str, Any]]:
    """The handler that serves `compiled` with the functions of the module `operations`.

    Raises StartError, with every reason, when `compiled` is stale or functions do not match it.
    Environment: RESPONSE_VALIDATION is `enforce` (the default: a response that violates the
    contract becomes a 500 problem), `report` (it is logged, counted and sent) or `off`.
    CORS_ALLOW_ORIGIN is `*` (the default) or origins separated by commas.
    """
    check_compiled(compiled)
    mode = os.environ.get("RESPONSE_VALIDATION", "enforce")
    if mode not in _MODES:
        raise StartError([f"RESPONSE_VALIDATION is {mode!r}; set one of: {', '.join(_MODES)}"])
    functions = functions_of(operations, compiled.SIGNATURES)
    logger = Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME") or compiled.TITLE)
    cors = CorsHeaders(os.environ.get("CORS_ALLOW_ORIGIN", "*"), compiled.EXPOSED_HEADERS)
    endpoints: dict[tuple[str, str], Endpoint] = {}

    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        key = (event.get("httpMethod", ""), event.get("resource", ""))
        name = compiled.ROUTES.get(key)
        if name is None or "path" not in event:
            headers = cors.headers(event)
            preflight = compiled.preflights().get(key[1]) if key[0] == "OPTIONS" else None
            if preflight is not None:
                return serialise(Reply(), 204, None, {**headers, **preflight})
            problem = Problem(404, "The event does not match an operation of the contract.")
            reply = problem_reply(problem, Request(event).request_id)
            return serialise(reply, problem.status, reply.media_type, headers)
        endpoint = endpoints.get(key)
        if endpoint is None:
            endpoint = endpoints[key] = Endpoint(
                compiled, compiled.OPERATIONS[name](), functions[name], mode, cors, logger
            )
        token = served.set(Request(event))
        try:
            answer = endpoint.resolve(event, context)
        finally:
            served.reset(token)
        for observer in observers:
            observer(compiled.HASH, event, answer)
        return answer

    return handler


def observe(observer: Observer) -> Callable[[], None]:
    """Calls `observer` for every response; the result ends that when it is called."""
    observers.append(observer)
    return lambda: observers.remove(observer)
