"""Responses: the gateway validates none of them, the import leaves some out, and the bodies of
the engine's errors depend on what the contract declares."""

from __future__ import annotations

import json
from collections.abc import Iterator

from openapi_first.aws.extensions import BINARY_MEDIA_TYPES
from openapi_first.aws.gateway_responses import FIXED_RESPONSES, FixedResponse
from openapi_first.compiler.error_bodies import declared_for
from openapi_first.core.media_types import is_json
from openapi_first.core.problem_details import Problem
from openapi_first.core.problem_samples import sample_problems
from openapi_first.core.problem_templates import ErrorBody
from openapi_first.documents.node import Node
from openapi_first.import_document.document import is_binary
from openapi_first.import_document.gateway_responses import gateway_statuses
from openapi_first.import_document.methods import ANY_MEDIA_TYPE
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import (
    GUIDE,
    KNOWN_ISSUES,
    OPENAPI,
    REFERENCE,
    VALIDATION,
    Finding,
    Rule,
    Verdict,
    finding,
)
from openapi_first.lint.keywords import enforced
from openapi_first.lint.parameters import undescribed
from openapi_first.lint.schemas import constraints, forbidden, schemas
from openapi_first.openapi.model import Contract, Operation, Response
from openapi_first.runtime.plan import OperationPlan, ResponsePlan
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.effects import Effects

SCHEMA = Rule(
    "response-schema", Verdict.LAMBDA, "The gateway does not validate responses",
    "API Gateway validates requests only.", VALIDATION,
    "Nothing, as long as RESPONSE_VALIDATION is `enforce`.",
)  # fmt: skip
RANGE = Rule(
    "response-range", Verdict.CHANGED, "The response is left out",
    "A method response has one status code.", REFERENCE + "API_PutMethodResponse.html",
    "Nothing, or declare each status.",
)  # fmt: skip
BINARY = Rule(
    "binary-response", Verdict.CHANGED,
    "Only clients that list the media type first in Accept receive bytes",
    "The first media type in Accept decides whether a response returns binary media.",
    GUIDE + "lambda-proxy-binary-media.html",
    "Nothing, if clients send the media type in Accept. For browsers, set "
    '`binary_media_types = ["*/*"]` under `[tool.contract]` in pyproject.toml.',
)  # fmt: skip
ERROR_SHAPE = Rule(
    "error-shape", Verdict.NOTE, "The engine's own errors have this body",
    "The Responses Object describes the responses of an operation.", OPENAPI + "responses-object",
    "Nothing, or pass `render_problem` to `lambda_handler` for another body.",
)  # fmt: skip
ERROR_EMPTY = Rule(
    "error-without-body", Verdict.NOTE, "The engine's own errors have no body",
    "A response has a body if it has `content`.", OPENAPI + "response-object",
    "Nothing, or declare the `content` of the response to say what is wrong.",
)  # fmt: skip
ERROR_BODY = Rule(
    "error-body", Verdict.NOTE,
    "The engine answers its own errors with problem details, which the contract does not declare",
    "The Responses Object describes the responses of an operation.", OPENAPI + "responses-object",
    "Pass `render_problem` to `lambda_handler`, or declare application/problem+json as well.",
)  # fmt: skip
ERROR_UNDECLARED = Rule(
    "error-undeclared", Verdict.NOTE,
    "The engine can answer with statuses that the operation does not declare",
    "`default` describes the responses that are not declared.", OPENAPI + "responses-object",
    "Declare the statuses, a range such as `4XX`, or `default`.",
)  # fmt: skip
GATEWAY_ERROR = Rule(
    "gateway-error-body", Verdict.NOTE,
    "API Gateway answers with a body that the contract does not declare",
    "An API has one gateway response for each type of error.",
    GUIDE + "api-gateway-gatewayResponse-definition.html",
    "Set `body` under `[tool.contract.errors]` in pyproject.toml to one that all operations "
    "declare, or declare application/problem+json as well.",
)  # fmt: skip
GATEWAY_TEMPLATE = Rule(
    "gateway-error-template", Verdict.NOWHERE,
    "`[tool.contract.errors]` does not match any response that the contract declares",
    "API Gateway does not validate its own responses.",
    GUIDE + "api-gateway-gatewayResponse-definition.html",
    "Change `body` or `media_type`.",
)  # fmt: skip

GATEWAY_FIXED = Rule(
    "gateway-error-fixed", Verdict.NOTE,
    "API Gateway refuses what is too large with responses that the operation does not declare",
    "Not all gateway responses can be customised.", KNOWN_ISSUES,
    "Declare them as the finding shows them, with a member `message` where they are JSON.",
)  # fmt: skip


def find(rendered: Rendered) -> Iterator[Finding]:
    yield from _errors(rendered)
    binary_media_types = rendered.document.get(BINARY_MEDIA_TYPES, ())
    for operation in rendered.contract.operations:
        for response in operation.responses:
            if not response.status.isdecimal():
                yield finding(RANGE, response.node, f"the response {response.status}")
            for header in response.headers:
                yield from undescribed(header)
            if operation.own_integration is not None:
                continue
            for entry in response.content:
                if is_binary(entry.name) and ANY_MEDIA_TYPE not in binary_media_types:
                    yield finding(BINARY, entry.node, f"{operation.id}: {entry.name}")
    yield from _keywords(rendered.contract, rendered.effects[Direction.RESPONSE])


def _keywords(contract: Contract, effects: Effects) -> Iterator[Finding]:
    described: list[Node] = []
    for operation in contract.served:
        for response in operation.responses:
            described += [header.schema for header in response.headers]
            described += [each.schema for each in response.content if each.schema is not None]
    for visit in schemas(described, effects):
        for keyword in constraints(visit, effects):
            yield enforced(SCHEMA, visit.node, keyword, effects)
        for child, _ in forbidden(visit, effects):
            yield finding(SCHEMA, child, "no value is allowed")
        if visit.node.value.get("writeOnly") is True and visit.owner is not None:
            yield enforced(SCHEMA, visit.node, "writeOnly", effects)


def _errors(rendered: Rendered) -> Iterator[Finding]:
    """What the engine answers by itself, and whether the contract declares it."""
    plans = {plan.operation_id: plan for plan in rendered.plans.operations}
    unfit: list[tuple[Response, str]] = []
    fit = False
    for operation in rendered.contract.operations:
        plan = plans.get(operation.id)
        if plan is None:
            continue
        yield from _undeclared(operation, plan)
        yield from _not_as_sent(rendered, operation, plan)
        declared = {status: declared_for(plan, status) for status in gateway_statuses()}
        for response, planned in zip(operation.responses, plan.responses, strict=True):
            statuses = [
                status for status, sent in declared.items() if sent is planned and planned.content
            ]
            wrong = [each for each in statuses if not _fits_gateway(rendered, planned, each)]
            fit = fit or len(wrong) < len(statuses)
            if wrong:
                unfit.append((response, ", ".join(map(str, wrong))))
            if sample_problems(response.status):
                yield _error(response, planned)
    failing = rendered.settings.errors is not None and not fit
    for response, statuses_of in unfit:
        rule = GATEWAY_TEMPLATE if failing else GATEWAY_ERROR
        yield finding(rule, response.node, f"{response.status}: API Gateway's {statuses_of}")


def _undeclared(operation: Operation, plan: OperationPlan) -> Iterator[Finding]:
    """400 is for requests that violate the contract, 415 for media types, 500 for exceptions."""
    can_be_wrong = bool(operation.parameters or operation.body)
    possible = {400: can_be_wrong, 415: operation.body is not None, 500: True}
    missing = [
        str(status)
        for status, applies in possible.items()
        if applies and declared_for(plan, status) is None
    ]
    if missing:
        node = operation.node.child("responses") or operation.node
        yield finding(ERROR_UNDECLARED, node, f"{operation.id}: {', '.join(missing)}")


def _not_as_sent(
    rendered: Rendered, operation: Operation, plan: OperationPlan
) -> Iterator[Finding]:
    """The fixed responses of API Gateway that the operation does not declare as they are."""
    missing = [
        f"{each.status} {each.media_type} {json.dumps(_content(each))}"
        for each in FIXED_RESPONSES
        if (operation.body is not None or not each.needs_body)
        and not _declares(rendered, plan, each)
    ]
    if missing:
        node = operation.node.child("responses") or operation.node
        yield finding(GATEWAY_FIXED, node, f"{operation.id}: {', '.join(missing)}")


def _declares(rendered: Rendered, plan: OperationPlan, fixed: FixedResponse) -> bool:
    declared = declared_for(plan, fixed.status)
    body = ErrorBody(fixed.media_type, _content(fixed))
    problem = Problem(fixed.status)
    return declared is not None and rendered.plans.error_bodies.fits(declared, body, problem)


def _content(fixed: FixedResponse) -> dict[str, str] | str:
    return {"message": fixed.message} if is_json(fixed.media_type) else fixed.message


def _error(response: Response, planned: ResponsePlan) -> Finding:
    status, problem = response.status, planned.problem
    if not planned.content:
        return finding(ERROR_EMPTY, response.node, f"the response {status}")
    if problem is None:
        declared = ", ".join(each.media_type for each in planned.content)
        return finding(ERROR_BODY, response.node, f"{status}: declared is {declared}")
    shape = "problem details"
    if problem.template is not None:
        shape = f"{problem.media_type} {json.dumps(problem.template)}"
    return finding(ERROR_SHAPE, response.node, f"{status}: {shape}")


def _fits_gateway(rendered: Rendered, planned: ResponsePlan, status: int) -> bool:
    body = rendered.gateway_bodies.get(status)
    if body is None:
        return planned.problem is not None and planned.problem.template is None
    return rendered.plans.error_bodies.fits(planned, body, Problem(status, "A detail."))
