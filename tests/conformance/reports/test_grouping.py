"""The same finding is one finding, with a list of where it was found."""

from __future__ import annotations

from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Case, Exchange, Finding, Phase, Promise
from openapi_first.conformance.reports.grouping import grouped, same_finding_in
from openapi_first.documents.node import Place


def finding(operation: str, status: int, detail: str, pointer: str, check: str = "body") -> Finding:
    place = Place("openapi.yaml", 7, pointer)
    case = Case("a case", Phase.EXAMPLE, operation, Request("GET", "/a"))
    exchange = Exchange(1, case, Response(status, (), b""), 0.0, 0.0)
    return Finding(Promise(operation, check, "promised", place), detail, exchange)


def test_statuses_operations_and_cases_of_one_finding_are_a_list() -> None:
    uuid = "5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a"
    (group,) = grouped(
        [
            finding("a", 404, f"{uuid}1 is missing on 404", "/paths/~1a/get/responses/404"),
            finding("a", 500, f"{uuid}2 is missing on 500", "/paths/~1a/get/responses/500"),
            finding("b", 404, f"{uuid}3 is missing on 404", "/paths/~1b/get/responses"),
        ]
    )
    assert (group.operations, group.statuses) == (("a", "b"), (404, 500))
    assert same_finding_in(group) == ["a (404, 500)", "b (404)"]
    assert same_finding_in(group, 1) == ["a (404, 500)", "1 more"]


def test_other_checks_details_and_parts_of_requests_are_other_findings() -> None:
    shared = "/components/responses/Problem"
    findings = [
        finding("a", 404, "`a` is missing", shared),
        finding("a", 404, "`b` is missing", shared),
        finding("a", 404, "`a` is missing", shared, "header"),
        finding("a", 404, "`a` is missing", "/paths/~1a/get/responses/404"),
        finding("a", 404, "`a` is missing", "/paths/~1a/get/parameters/0/schema"),
        finding("b", 404, "`a` is missing", "/paths/~1b/get/parameters/0/schema"),
    ]
    assert [len(each.findings) for each in grouped(findings)] == [1] * len(findings)
