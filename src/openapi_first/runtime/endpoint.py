"""Serves one operation of a compiled contract, within Powertools' Event Handler.

Parameters and body are read and validated, the operation's function is called with plain
arguments, its result is validated and serialised once. All errors of a request are reported
together.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver, Response

from openapi_first.core.problem_details import Problem, ProblemEntry, invalid_request
from openapi_first.runtime.bodies import read_body
from openapi_first.runtime.cors import CorsHeaders
from openapi_first.runtime.parameters import Absent, raw_header, read_parameter
from openapi_first.runtime.plan import OperationPlan, SchemaPlan
from openapi_first.runtime.request import BodyError, Request, current_request
from openapi_first.runtime.responses import Reply, ResponseContract, problem_reply, serialise
from openapi_first.runtime.validators import (
    Validator,
    Violation,
    pointer,
    validator_for,
    violations,
)


class Endpoint:
    """An operation with its function, its route and its validators; made on its first request."""

    def __init__(
        self,
        compiled: ModuleType,
        plan: OperationPlan,
        function: Callable[..., Any],
        mode: str,
        cors: CorsHeaders,
        logger: Logger,
    ) -> None:
        self._plan = plan
        self._function = function
        self._mode = mode
        self._cors = cors
        self._logger = logger
        self._definitions = compiled.REQUEST_SCHEMAS
        self._dialect: str = compiled.DIALECT
        self._responses = ResponseContract(plan, compiled.RESPONSE_SCHEMAS, self._dialect)
        self._parameters = {
            parameter.argument: (
                parameter,
                validator_for(parameter.schema, self._definitions, self._dialect),
            )
            for parameter in plan.parameters
        }
        self._bodies: dict[str, Validator] = {}
        resolver = APIGatewayRestResolver()
        resolver.route(rule="(?s:.*)", method=plan.method)(self._respond)
        self.resolve: Callable[[dict[str, Any], Any], dict[str, Any]] = resolver.resolve

    def _respond(self) -> Response[Any]:
        request = current_request()
        self._logger.set_correlation_id(request.request_id)
        try:
            answer = self._serialised(self._reply(request), request)
        except Problem as problem:
            reply = problem_reply(problem, request.request_id)
            answer = serialise(
                reply, problem.status, reply.media_type, self._cors.headers(request.event)
            )
        self._logger.info(
            "request served",
            operation=self._plan.operation_id,
            status=answer["statusCode"],
        )
        response: Response[Any] = Response(
            answer["statusCode"], body=answer["body"], headers=answer["headers"]
        )
        response.base64_encoded = answer["isBase64Encoded"]
        return response

    def _reply(self, request: Request) -> Reply[Any]:
        """The function's reply. Raises Problem for a request that violates the contract."""
        arguments = self._arguments(request.event)
        try:
            answer = self._function(**arguments)
        except Problem as problem:
            if problem.status >= 500:
                # Logged with its cause, which the client does not see.
                self._logger.exception(
                    "the operation answered with a problem", operation=self._plan.operation_id
                )
            return problem_reply(problem, request.request_id)
        except Exception:
            self._logger.exception("the operation raised", operation=self._plan.operation_id)
            raise Problem(500, "The operation failed.") from None
        return answer if isinstance(answer, Reply) else Reply(answer)

    def _serialised(self, reply: Reply[Any], request: Request) -> dict[str, Any]:
        status = reply.status if reply.status is not None else self._plan.success
        accept = ", ".join(raw_header(request.event, "Accept"))
        media_type = self._responses.media_type(reply, status, accept)
        if self._mode != "off":
            found = self._responses.violations(reply, status, media_type)
            if found:
                self._report(found, status)
                if self._mode == "enforce":
                    raise Problem(500, "The response does not match the API contract.")
        try:
            return serialise(reply, status, media_type, self._cors.headers(request.event))
        except (TypeError, ValueError):
            self._logger.exception("the response cannot be sent as JSON")
            raise Problem(500, "The response cannot be sent.") from None

    def _report(self, found: tuple[Violation, ...], status: int) -> None:
        # Imported here, since a service without violations never needs it.
        from aws_lambda_powertools.metrics import MetricUnit, single_metric

        self._logger.error(
            "the response does not match the API contract",
            operation=self._plan.operation_id,
            contract=self._plan.pointer,
            status=status,
            violations=[
                {"pointer": pointer(violation.path), "detail": violation.detail}
                for violation in found
            ],
        )
        # The service is the only dimension: an alarm names every dimension of its metric and cannot
        # search for others (Amazon CloudWatch: Create_alarm_on_metric_math_expression).
        with single_metric(
            name="ContractViolations",
            unit=MetricUnit.Count,
            value=len(found),
            namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or "contract",
            default_dimensions={"service": self._logger.service},
        ) as metric:
            metric.add_metadata("operation", self._plan.operation_id)

    def _arguments(self, event: Mapping[str, Any]) -> dict[str, Any]:
        errors: list[ProblemEntry] = []
        arguments: dict[str, Any] = {}
        for argument, (parameter, validator) in self._parameters.items():
            arguments[argument] = None
            try:
                values = read_parameter(parameter, event)
            except Absent:
                if parameter.required:
                    errors.append(ProblemEntry("is required", parameter=parameter.name))
                continue
            except ValueError as error:
                errors.append(ProblemEntry(str(error), parameter=parameter.name))
                continue
            arguments[argument], found = _first_valid(validator, values)
            errors.extend(
                ProblemEntry(violation.detail + _at(violation), parameter=parameter.name)
                for violation in found
            )
        if self._plan.body is not None:
            arguments["body"], found_in_body = self._body(event)
            errors.extend(found_in_body)
        if errors:
            raise invalid_request(errors)
        return arguments

    def _body(self, event: Mapping[str, Any]) -> tuple[Any, Sequence[ProblemEntry]]:
        """The body's value, and its errors."""
        assert self._plan.body is not None
        content_types = raw_header(event, "Content-Type")
        try:
            read = read_body(self._plan.body, event, content_types[0] if content_types else None)
        except BodyError as error:
            return None, error.entries
        if read is None:
            return None, []
        values, entry = read
        if entry.schema is None:
            return values[0], []
        validator = self._body_validator(entry.media_type, entry.schema)
        value, found = _first_valid(validator, values)
        return value, [violation.as_entry() for violation in found]

    def _body_validator(self, media_type: str, schema: SchemaPlan) -> Validator:
        validator = self._bodies.get(media_type)
        if validator is None:
            validator = validator_for(schema, self._definitions, self._dialect)
            self._bodies[media_type] = validator
        return validator


def _first_valid(validator: Validator, values: list[Any]) -> tuple[Any, tuple[Violation, ...]]:
    """The first valid value, or the first value with its violations."""
    found: tuple[Violation, ...] = ()
    for value in values:
        violated = violations(validator, value)
        if not violated:
            return value, ()
        found = found or violated
    return values[0], found


def _at(violation: Violation) -> str:
    return f" (at {pointer(violation.path)})" if violation.path else ""
