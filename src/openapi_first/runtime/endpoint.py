"""Serves one operation of a compiled contract, within Powertools' Event Handler.

Parameters and body are read and validated, the operation's function is called with plain
arguments, its result is validated and serialised once. All errors of a request are reported
together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler.api_gateway import Response

from openapi_first.core.problem_details import Problem, ProblemEntry, invalid_request
from openapi_first.runtime.bodies import read_body
from openapi_first.runtime.parameters import read_parameter
from openapi_first.runtime.plan import OperationPlan, ParameterPlan, SchemaPlan
from openapi_first.runtime.problems.rendering import ProblemBody, ProblemRendering
from openapi_first.runtime.proxy_event import ProxyEvent
from openapi_first.runtime.request import BodyError, Request, current_request
from openapi_first.runtime.responses import Reply, ResponseContract
from openapi_first.runtime.sent_responses import SettledResponse, own_response
from openapi_first.runtime.startup import NotImplementedYet
from openapi_first.runtime.validators import (
    Validator,
    Violation,
    first_valid,
    pointer,
    validator_for,
)
from openapi_first.runtime.wire.bodies_sent import can_be_written
from openapi_first.runtime.wire.outgoing import Outgoing, SentHeaders, sendable_status
from openapi_first.runtime.wire.sendable import UnsendableError

CANNOT_BE_SENT = "the response cannot be sent"
"""The message in the log."""


@dataclass(frozen=True, slots=True)
class Service:
    """What all endpoints share.

    `mode` is that of RESPONSE_VALIDATION; `count` counts an operation's violations; `raised` are
    the kinds of Problem that have an exception handler; `problems` makes the bodies of the others.
    """

    compiled: ModuleType
    mode: str
    logger: Logger
    count: Callable[[int, str], None]
    raised: tuple[type[Problem], ...]
    problems: ProblemRendering


class Endpoint:
    """An operation with its function and its validators; made on its first request."""

    def __init__(
        self,
        service: Service,
        plan: OperationPlan,
        function: Callable[..., Any],
        middlewares: Sequence[Callable[..., Any]] = (),
    ) -> None:
        compiled = service.compiled
        self.operation_id = plan.operation_id
        self.middlewares = middlewares
        self._service = service
        self._plan = plan
        self._function = function
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
        # A function that is given the coding undoes it.
        self._decoding = not any(
            each.location == "header" and each.name.lower() == "content-encoding"
            for each in plan.parameters
        )
        self.judges = service.mode != "off"

    def respond(self, /, **_: Any) -> Response[Any]:
        """The operation's response. Powertools passes the path parameters, which are read from
        the event instead."""
        request = current_request()
        try:
            return self._response(self._reply(request), request)
        except Problem as problem:
            if isinstance(problem, self._service.raised):
                raise
            request.searches = None
            head = self._plan.method == "HEAD"
            return own_response(self.problem_reply(problem), problem.status, head=head)

    def problem_reply(self, problem: Problem) -> Reply[Any]:
        """The reply to the current request for a problem, as the contract declares its status."""
        declared = self._responses.declared(problem.status)

        def objects(body: ProblemBody) -> bool:
            if declared is not None and self._service.mode != "off":
                found = self._responses.body_violations(body.value, problem.status, body.media_type)
                if found and (found := self._decided(found, problem.status)):
                    self._report(found, problem.status)
                    if self._service.mode == "enforce":
                        return True
            return not can_be_written(body.value, body.media_type)

        body = self._service.problems.body(
            problem, declared, self.operation_id, current_request().request_id, objects
        )
        return Reply(body.value, problem.status, problem.headers, body.media_type)

    def lines(self, headers: Mapping[str, Any], status: int) -> SentHeaders:
        """Headers as they are sent with this status. Raises UnsendableError."""
        return self._responses.lines(headers, status)

    def added(self, status: int) -> Mapping[str, str]:
        """The headers that the engine adds to a response with this status."""
        return self._responses.added(status)

    def validate(self, sent: Outgoing) -> None:
        """Validates what is sent. Raises Problem in the mode `enforce`."""
        if not self.judges:
            return
        found = self._responses.violations(sent)
        if found and (found := self._decided(found, sent.status)):
            self._report(found, sent.status)
            if self._service.mode == "enforce":
                raise Problem(500, "The response does not match the API contract.")

    def _reply(self, request: Request) -> Reply[Any]:
        """The function's reply. Raises Problem for a request that violates the contract."""
        try:
            arguments = self._arguments(request)
        except Problem as problem:
            if request.record.refusals is None:
                request.record.refuse([f"body: {problem.status}"])
            raise
        try:
            answer = self._function(**arguments)
        except NotImplementedYet:  # the engine's own, like those that `respond` expects
            raise
        except NotImplementedError:
            self._service.logger.exception(
                "the operation is not implemented", operation=self.operation_id
            )
            raise NotImplementedYet(501, "The operation is not implemented.") from None
        except Problem as problem:
            if isinstance(problem, self._service.raised):
                raise
            if problem.status >= 500:
                # Logged with its cause, which the client does not see.
                self._service.logger.exception(
                    "the operation answered with a problem", operation=self.operation_id
                )
            return self.problem_reply(problem)
        return answer if isinstance(answer, Reply) else Reply(answer)

    def _response(self, reply: Reply[Any], request: Request) -> Response[Any]:
        request.searches = None  # a client cannot use up the time for the response
        status = reply.status if reply.status is not None else self._plan.success
        try:
            if type(status) is not int or not 200 <= status <= 599:
                status = sendable_status(status)
            sent = self._responses.outgoing(reply, status, request.proxy_event)
            self.validate(sent)
            return SettledResponse(sent)
        except (TypeError, ValueError, RecursionError) as error:
            self._service.logger.exception(CANNOT_BE_SENT, operation=self.operation_id)
            raise unsendable(error) from None

    def _decided(self, found: Sequence[Violation], status: int) -> tuple[Violation, ...]:
        """The violations of a response, without strings that could not be checked in time."""
        self._log_undecided("the response could not be checked in time", found, status)
        return tuple(each for each in found if each.undecided is None)

    def _log_undecided(self, message: str, found: Sequence[Violation], status: int) -> None:
        """Names the first pattern and its place in the contract, and nothing of the value."""
        pattern = next((each.undecided for each in found if each.undecided is not None), None)
        if pattern is not None:
            places = getattr(self._service.compiled, "BACKTRACKING", {})
            self._service.logger.warning(
                message,
                operation=self.operation_id,
                contract=places.get(pattern, self._plan.pointer),
                pattern=pattern,
                status=status,
            )

    def _report(self, found: Sequence[Violation], status: int) -> None:
        self._service.logger.error(
            "the response does not match the API contract",
            operation=self.operation_id,
            contract=self._plan.pointer,
            status=status,
            violations=[
                {"pointer": pointer(violation.path), "detail": violation.detail}
                for violation in found
            ],
        )
        self._service.count(len(found), self.operation_id)

    def _arguments(self, request: Request) -> dict[str, Any]:
        event = request.proxy_event
        errors: list[ProblemEntry] = []
        refused: list[str] = []
        violated: list[Violation] = []
        arguments: dict[str, Any] = {}
        for argument, (parameter, validator) in self._parameters.items():
            arguments[argument] = None
            try:
                values = read_parameter(parameter, event)
            except ValueError as error:
                errors.append(ProblemEntry(str(error), parameter=parameter.name))
                refused.append(_refused(parameter, "style"))
                continue
            if values is None:
                if parameter.required:
                    errors.append(ProblemEntry("is required", parameter=parameter.name))
                    refused.append(_refused(parameter, "required"))
                continue
            arguments[argument], found = first_valid(validator, values)
            for violation in found:
                detail = violation.detail + _at(violation)
                errors.append(ProblemEntry(detail, parameter=parameter.name))
                refused.append(_refused(parameter, pointer(violation.keyword)))
            violated.extend(found)
        if self._plan.body is not None:
            try:
                arguments["body"], found_in_body = self._body(event)
                errors.extend(violation.as_entry() for violation in found_in_body)
                refused.extend(f"body: {pointer(each.keyword)}" for each in found_in_body)
                violated.extend(found_in_body)
            except BodyError as unreadable:
                errors.extend(unreadable.entries)
                refused.append("body: unreadable")
        if errors:
            request.record.refuse(refused)
            self._log_undecided("the request could not be checked in time", violated, 400)
            raise invalid_request(errors)
        return arguments

    def _body(self, event: ProxyEvent) -> tuple[Any, Sequence[Violation]]:
        """The body's value, and its violations. Raises as `read_body` does."""
        assert self._plan.body is not None
        read = read_body(self._plan.body, event, decoding=self._decoding)
        if read is None:
            return None, []
        values, entry = read
        if entry.schema is None:
            return values[0], []
        validator = self._body_validator(entry.media_type, entry.schema)
        # Only forms and bodies without a known media type have bytes.
        binary = bool(entry.members) or isinstance(values[0], bytes)
        return first_valid(validator, values, binary=binary)

    def _body_validator(self, media_type: str, schema: SchemaPlan) -> Validator:
        validator = self._bodies.get(media_type)
        if validator is None:
            validator = validator_for(schema, self._definitions, self._dialect)
            self._bodies[media_type] = validator
        return validator


def unsendable(error: Exception) -> Problem:
    """The problem for a response that cannot be sent; it names what is wrong, if that is known."""
    reason = f": {error}" if isinstance(error, UnsendableError) else ""
    return Problem(500, f"The response cannot be sent{reason}.")


def _at(violation: Violation) -> str:
    return f" (at {pointer(violation.path)})" if violation.path else ""


def _refused(parameter: ParameterPlan, keyword: str) -> str:
    """A constraint that a parameter violates, for the log."""
    return f"{parameter.location} {parameter.name}: {keyword}"
