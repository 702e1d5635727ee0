"""The Lambda handler of a compiled contract: finds the operation of an event and has it served."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, TypeAlias

from aws_lambda_powertools import Logger

from openapi_first.core.problem_details import Problem
from openapi_first.runtime.cors import Origins
from openapi_first.runtime.endpoint import Endpoint
from openapi_first.runtime.request import Request, served
from openapi_first.runtime.responses import Reply, problem_reply, serialise
from openapi_first.runtime.startup import StartError, check_compiled, functions_of

_MODES = ("enforce", "report", "off")

Observer: TypeAlias = Callable[[str, Mapping[str, Any], Mapping[str, Any]], None]
"""Is given the contract's hash, the event of one of its operations, and the answer."""


observers: list[Observer] = []


def lambda_handler(
    compiled: ModuleType, operations: ModuleType
) -> Callable[[dict[str, Any], object], dict[str, Any]]:
    """The handler that serves `compiled` with the functions of the module `operations`.

    Raises StartError, listing everything, when the module is stale or functions do not fit.
    Environment: RESPONSE_VALIDATION (`enforce`, the default: a violation is answered with a 500
    problem; `report`: logged, counted and sent; `off`), CORS_ALLOW_ORIGIN (`*`, the default, or
    origins, separated by commas).
    """
    check_compiled(compiled)
    mode = os.environ.get("RESPONSE_VALIDATION", "enforce")
    if mode not in _MODES:
        raise StartError([f"RESPONSE_VALIDATION is {mode!r}; set one of: {', '.join(_MODES)}"])
    functions = functions_of(operations, compiled.SIGNATURES)
    logger = Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME") or compiled.TITLE)
    origins = Origins(os.environ.get("CORS_ALLOW_ORIGIN", "*"), compiled.EXPOSED_HEADERS)
    endpoints: dict[tuple[str, str], Endpoint] = {}

    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        key = (event.get("httpMethod", ""), event.get("resource", ""))
        name = compiled.ROUTES.get(key)
        if name is None or "path" not in event:
            headers = origins.headers(event)
            preflight = compiled.preflights().get(key[1]) if key[0] == "OPTIONS" else None
            if preflight is not None:
                return serialise(Reply(), 204, None, {**headers, **preflight})
            problem = Problem(404, "The event names no operation of the contract.")
            reply = problem_reply(problem, Request(event).request_id)
            return serialise(reply, problem.status, reply.media_type, headers)
        endpoint = endpoints.get(key)
        if endpoint is None:
            endpoint = endpoints[key] = Endpoint(
                compiled, compiled.OPERATIONS[name](), functions[name], mode, origins, logger
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
    """Tells `observer` of every answer, until what is returned is called."""
    observers.append(observer)
    return lambda: observers.remove(observer)
