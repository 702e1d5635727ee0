"""Powertools' resolver for a contract: one look-up by method and resource finds the operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler.api_gateway import (
    APIGatewayRestResolver,
    Response,
    ResponseBuilder,
    Route,
)
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from openapi_first.core.problem_details import MEDIA_TYPE, Problem
from openapi_first.runtime.endpoint import CANNOT_BE_SENT, Endpoint, unsendable
from openapi_first.runtime.problems.rendering import ProblemRendering
from openapi_first.runtime.proxy_event import MalformedEvent, ProxyEvent, malformation
from openapi_first.runtime.request import current_request
from openapi_first.runtime.responses import Reply
from openapi_first.runtime.sent_responses import (
    SettledResponse,
    as_sent,
    own_response,
    prepare_compression,
)
from openapi_first.runtime.telemetry.raised import loggable
from openapi_first.runtime.wire.added_headers import PROTECTIVE, AddedHeaders
from openapi_first.runtime.wire.bodies_sent import can_be_written, dump_value
from openapi_first.runtime.wire.outgoing import SentHeaders, sent_headers

Key = tuple[str, str]
"""A method and a resource, `("GET", "/items/{id}")`."""

_UNUSED_RULE = re.compile("")
_CANNOT_BE_SERVED = "The event cannot be served."
_NOT_FOUND = "The API has no such path, or not this method."  # what the gateway answers


class ContractResolver(APIGatewayRestResolver):
    """Its routes are the contract's operations; Powertools runs middlewares and exception handlers.

    `endpoint` makes the endpoint of a key, or returns None for a key without an operation;
    `preflight` returns the headers of a preflight response of a resource, or None; `problems`
    makes the bodies of problems.
    """

    def __init__(
        self,
        endpoint: Callable[[Key], Endpoint | None],
        preflight: Callable[[str], Mapping[str, str] | None],
        added: AddedHeaders,
        problems: ProblemRendering,
        logger: Logger,
    ) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._preflight = preflight
        self._added = added
        self._problems = problems
        self._engine_logger = logger
        self._found: dict[Key, tuple[Route, Endpoint]] = {}
        self.exception_handler_manager.update_exception_handlers(
            {Problem: self._problem, ServiceError: self._service_error}
        )

    def _resolve(self) -> ResponseBuilder[Any]:
        request = current_request()
        event = request.proxy_event
        key = event.key
        route, endpoint = self._route(key) if "path" in event.raw else (None, None)
        if endpoint is not None:
            request.record.operation = endpoint.operation_id
        if route is None:
            route = Route(key[0], key[1], _UNUSED_RULE, self._unmatched, cors=False, compress=False)
        builder = self._call_route(route, event.path_parameters if endpoint else {})
        response = builder.response = self._settled(builder.response, endpoint)
        self._add_headers(response, endpoint, event)
        return builder

    def _to_proxy_event(self, event: dict[str, Any]) -> APIGatewayProxyEvent:
        """As Powertools, which looks the class up for each event."""
        return APIGatewayProxyEvent(event, self._json_body_deserializer)

    def _call_route(self, route: Route, route_arguments: Mapping[str, str]) -> ResponseBuilder[Any]:
        """Without middlewares the function itself: Powertools' frames around it would only write
        lines for its own debugging."""
        if self._debug or self._router_middlewares or route.middlewares:
            path = current_request().proxy_event.raw.get("path")
            self.context.update(_route=route, _path=path)
            # Powertools passes the path parameters on to the route's function.
            return super()._call_route(route, dict(route_arguments))
        try:
            return ResponseBuilder(route.func(), route=route)
        except Exception as error:
            return self._call_exception_handler(error, route)

    def _build_response(self, response_builder: ResponseBuilder[Any]) -> dict[str, Any]:
        """As Powertools, for a response that is written already and not compressed."""
        response = response_builder.response
        if not response.compress:
            return answer_of(response)
        prepare_compression(response)
        answer: dict[str, Any] = super()._build_response(response_builder)
        return answer

    def failure(self, error: BaseException) -> dict[str, Any]:
        """The answer to the current request if it raised: 500 as the contract declares it, and
        problem details if that fails, too. KeyboardInterrupt is Ctrl-C and is raised again."""
        if isinstance(error, KeyboardInterrupt):
            raise error
        problem, head = Problem(500, _CANNOT_BE_SERVED), False
        try:
            head = current_request().proxy_event.key[0] == "HEAD"
            response = own_response(self._reply(problem), problem.status, head=head)
            _, endpoint = self._route(current_request().proxy_event.key)
            self._add_headers(response, endpoint, None)
        except BaseException:
            response = own_response(
                Reply(problem.as_dict(None), headers=PROTECTIVE, media_type=MEDIA_TYPE),
                problem.status,
                head=head,
            )
        return answer_of(response)

    def _add_headers(
        self, response: Response[Any], endpoint: Endpoint | None, event: ProxyEvent | None
    ) -> None:
        """Adds the headers that the response does not have itself. `event` is None if its headers
        cannot be read."""
        origin = event.header("origin") if event is not None and self._added.by_caller else None
        of_operation = endpoint.added(response.status_code) if endpoint is not None else PROTECTIVE
        response.headers = self._added.added_to(response.headers, of_operation, origin)

    def _route(self, key: Key) -> tuple[Route, Endpoint] | tuple[None, None]:
        found = self._found.get(key)
        if found is None:
            endpoint = self._endpoint(key)
            if endpoint is None:
                return None, None
            route = Route(
                *key,
                _UNUSED_RULE,
                endpoint.respond,
                cors=False,
                compress=False,
                operation_id=endpoint.operation_id,
                middlewares=list(endpoint.middlewares),
            )
            found = self._found[key] = route, endpoint
        return found

    def _settled(self, response: Response[Any], endpoint: Endpoint | None) -> Response[Any]:
        """The response as it is sent: valid if it is an operation's, and serialised."""
        settled = isinstance(response, SettledResponse) and response.is_settled()
        if settled and not response.own:  # type: ignore[attr-defined] # a SettledResponse
            return response
        try:
            if settled:
                response.headers = _own_lines(response.headers)
                return response
            sent, outgoing = as_sent(
                response,
                endpoint.lines if endpoint is not None else _lines,
                head=current_request().proxy_event.key[0] == "HEAD",
                judged=endpoint is not None and endpoint.judges,
            )
            if endpoint is not None:
                endpoint.validate(outgoing)
            return sent
        except Problem as problem:
            return self._engine_problem(problem)
        except (TypeError, ValueError, RecursionError) as error:
            self._engine_logger.exception(CANNOT_BE_SENT)
            return self._engine_problem(unsendable(error))

    def _to_response(self, result: Any) -> Response[Any]:
        """A middleware and an exception handler must return a Response."""
        if not isinstance(result, Response):
            raise TypeError(f"a middleware returned {type(result).__name__}; return a Response")
        return result

    def _call_exception_handler(self, exp: Exception, route: Route) -> ResponseBuilder[Any]:
        """Always a response: Powertools would log the exception and raise it again. Only a
        malformed event is for the handler; nothing of it can be trusted."""
        malformed = malformation(current_request().proxy_event.raw)
        if malformed:
            raise MalformedEvent(malformed) from exp
        try:
            builder = super()._call_exception_handler(exp, route)
            if builder is not None:
                self._to_response(builder.response)
                return builder
            raised = exp
        except Exception as error:
            raised = error
        self._engine_logger.error(
            "the operation or a middleware raised",
            operation=route.operation_id,
            exc_info=loggable(raised),
        )
        response = self._engine_problem(Problem(500, "The operation failed."))
        return ResponseBuilder(response, route=route)

    def _problem(self, problem: Problem) -> Response[Any]:
        if problem.status >= 500:
            self._engine_logger.exception("a middleware answered with a problem")
        return self._problem_response(problem)

    def _service_error(self, error: ServiceError) -> Response[Any]:
        return self._problem_response(Problem(error.status_code, str(error.msg)))

    def _unmatched(self) -> Response[Any]:
        """The response to a preflight, else 404, as Powertools does it: middlewares see it, and
        the exception handler for NotFoundError replaces it."""
        method, resource = current_request().proxy_event.key
        headers = self._preflight(resource) if method == "OPTIONS" else None
        if headers is not None:
            return Response(204, headers=headers, body="")
        handler = self.exception_handler_manager.lookup_exception_handler(NotFoundError)
        if handler is None or handler == self._service_error:
            return self._problem_response(Problem(404, _NOT_FOUND))
        try:
            return self._to_response(handler(NotFoundError(_NOT_FOUND)))
        except ServiceError as error:
            # Powertools would answer in its own format.
            raise RuntimeError("the exception handler for NotFoundError raised") from error

    def _engine_problem(self, problem: Problem) -> Response[Any]:
        """A problem of the engine, which no operation has to declare."""
        head = current_request().proxy_event.key[0] == "HEAD"
        return own_response(self._reply(problem), problem.status, head=head)

    def _problem_response(self, problem: Problem) -> Response[Any]:
        """A problem to be validated as an operation's response."""
        reply = self._reply(problem)
        body, encoded = dump_value(reply.value, reply.media_type)
        response = Response(problem.status, reply.media_type, body, dict(problem.headers))
        response.base64_encoded = encoded
        return response

    def _reply(self, problem: Problem) -> Reply[Any]:
        request = current_request()
        _, endpoint = self._route(request.proxy_event.key)
        if endpoint is not None:
            return endpoint.problem_reply(problem)
        body = self._problems.body(
            problem,
            None,
            None,
            request.request_id,
            lambda body: not can_be_written(body.value, body.media_type),
        )
        return Reply(body.value, problem.status, problem.headers, body.media_type)


def answer_of(response: Response[Any]) -> dict[str, Any]:
    """The answer to API Gateway (AWS: set-up-lambda-proxy-integrations, output format)."""
    return {
        "statusCode": response.status_code,
        "body": response.body,
        "isBase64Encoded": response.base64_encoded,
        "multiValueHeaders": {
            name: [line] if isinstance(line, str) else line
            for name, line in response.headers.items()
        },
    }


def _lines(headers: Mapping[str, Any], _: int) -> SentHeaders:
    return sent_headers(headers, {})


def _own_lines(headers: Mapping[str, Any]) -> dict[str, Any]:
    """The headers of the engine's own response, which a middleware may have changed."""
    lines, media_type, _ = sent_headers(headers, {})
    return {**lines, "Content-Type": media_type} if media_type is not None else {**lines}
