"""What the console counts: the points of a contract, as `contract coverage` does, or those of an
import document.

What counts is imported when it first does: the first answer does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from openapi_first.compiler.compile import template_plans
from openapi_first.conformance.model.coverage import Coverage, CoverageRecord, Point, Uncounted
from openapi_first.conformance.model.judged_operations import judged
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.openapi.model import Contract, method_key
from openapi_first.resources.resources import resources_of
from openapi_first.runtime.bounded_patterns import shared_time
from openapi_first.runtime.proxy_event import in_contract_terms
from openapi_first.serving.refusals import contract_reasons
from openapi_first.stage.api.rest_api import RestApi
from openapi_first.stage.console.coverage import Origin
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import StageResponse

if TYPE_CHECKING:
    from openapi_first.conformance.coverage.contract_coverage import ContractCoverage
    from openapi_first.conformance.judging.request_reader import OperationReader

_BODILESS = (204, 304)
_REMEMBERED = 64
"""Clients repeat themselves: a page that polls, a load test. The points of such a request are read
once, and those of the head of such a response; neither depend on the other."""
_SMALL = 4096
"""Bytes of a body that is remembered with its request."""
_NO_CONTRACT = "only a contract says what to expect, and this stage serves an import document"


def contract_origin(contract: Contract) -> Origin:
    """That of a document which was rendered from a contract. The plans of an operation are made for
    its first request, and all points when the console first asks."""
    templates = template_plans(resources_of(contract))
    counted = {each.label: each for each in judged(contract).operations}

    def operation(method: str, resource: str, parameters: Mapping[str, str]) -> str | None:
        event = {"httpMethod": method, "resource": resource, "pathParameters": dict(parameters)}
        name = f"{method} {in_contract_terms(event, templates)['resource']}"
        return name if name in counted else None

    @cache
    def reader(name: str) -> OperationReader:
        from openapi_first.conformance.judging.request_reader import operation_readers

        found = counted[name]
        return operation_readers(replace(contract, operations=(found,)))[found.id]

    def of_request(name: str, request: Request) -> tuple[str, ...]:
        with shared_time():
            return tuple(point.key for point in reader(name).read(request).points)

    remembered = lru_cache(_REMEMBERED)(of_request)

    @lru_cache(_REMEMBERED)
    def of_response(name: str, response: Response) -> tuple[str, ...]:
        from openapi_first.conformance.coverage.observed_points import response_points

        # Not the gateway's: the stage itself knows which gateway response it was.
        return tuple(point.key for point in response_points(reader(name), response))

    def points(name: str, request: StageRequest, response: StageResponse) -> tuple[str, ...]:
        found = _response(request, response)
        # Whether there is a body is all that counts of it.
        head = replace(found, body=found.body[:1])
        is_small = len(request.body) <= _SMALL
        read = remembered if is_small else of_request
        return (*of_response(name, head), *read(name, _request(request)))

    @cache
    def definition() -> ContractCoverage:
        from openapi_first.conformance.coverage.contract_coverage import ContractCoverage

        return ContractCoverage.of(contract)

    report = _report(definition)
    return Origin(frozenset(counted), operation, points, report, contract_reasons(contract))


def document_origin(document: Mapping[str, Any], api: RestApi) -> Origin:
    """That of an import document which is served without its contract: it declares statuses and
    media types."""
    declared = dict(_declared(document, api))

    def operation(method: str, resource: str, _: Mapping[str, str]) -> str | None:
        names = (f"{method} {resource}", f"ANY {resource}")
        return next((name for name in names if name in declared), None)

    def points(name: str, request: StageRequest, response: StageResponse) -> Iterator[str]:
        found = _response(request, response)
        own, range_ = str(found.status), f"{found.status // 100}XX"
        status = next((each for each in (own, range_, "default") if each in declared[name]), own)
        yield f"status|{status}"
        # Without `content` the document says nothing about bodies.
        if found.media_type and found.body and declared[name].get(status):
            yield f"media type|{status} {found.media_type}"

    promised = tuple(_document_points(declared))
    uncounted = (
        Uncounted("*", "headers, parameters, bodies, schema keywords, promises", _NO_CONTRACT),
    )

    def definition() -> ContractCoverage:
        from openapi_first.conformance.coverage.contract_coverage import ContractCoverage

        return ContractCoverage(promised, frozenset(), uncounted)

    report = _report(definition)
    return Origin(frozenset(declared), operation, points, report)


def _report(
    definition: Callable[[], ContractCoverage],
) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    def report(record: Mapping[str, Any]) -> Mapping[str, Any]:
        from openapi_first.conformance.reports.coverage import coverage_value

        compared: Coverage = definition().compared(CoverageRecord.of(record))
        value = coverage_value(compared)
        del value["record"]  # it stands around the report
        return value

    return report


def _declared(
    document: Mapping[str, Any], api: RestApi
) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    """The operations by name with the media types of each status, without mock preflights."""
    paths = document.get("paths", {})
    for method in api.methods:
        if method.integration.kind == "mock":
            continue
        item = paths.get(method.resource, {})
        responses = item.get(method_key(method.http_method), {}).get("responses") or {}
        yield (
            f"{method.http_method} {method.resource}",
            {str(status): _media_types(document, each) for status, each in responses.items()},
        )


def _media_types(document: Mapping[str, Any], response: Any) -> tuple[str, ...]:
    reference = response.get("$ref") if isinstance(response, dict) else None
    if isinstance(reference, str):
        name = reference.rpartition("/")[2]
        response = document.get("components", {}).get("responses", {}).get(name)
    content = response.get("content") if isinstance(response, dict) else None
    return tuple(content) if isinstance(content, dict) else ()


def _document_points(declared: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Iterator[Point]:
    for name, statuses in declared.items():
        for status, media_types in statuses.items():
            yield Point(name, "status", status)
            for media_type in media_types:
                yield Point(name, "media type", f"{status} {media_type}")


def _request(request: StageRequest) -> Request:
    """The request below the stage's name."""
    path = "/" + "/".join(request.path.split("/")[2:])
    target = f"{path}?{request.query}" if request.query else path
    return Request(request.method, target, request.headers, request.body or None)


def _response(request: StageRequest, response: StageResponse) -> Response:
    bodiless = request.method == "HEAD" or response.status in _BODILESS
    return Response(response.status, response.headers, b"" if bodiless else response.body)
