"""The checks of contract tests, and the promises that they make of a contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openapi_first.conformance.judging.check_types import ResponseCheck
from openapi_first.conformance.judging.checks import (
    CHECKS,
    PROBLEM_DETAILS,
    RESPONSE_CHECKS,
    STATUS,
    UNKNOWN_ROUTE,
)
from openapi_first.conformance.judging.ledger import Ledger
from openapi_first.conformance.judging.promises import promises
from openapi_first.conformance.judging.response_complaints import Evidence, undeclared_header
from openapi_first.conformance.model.errors import StopAtFinding
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Case, Exchange, Finding, Phase
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract


def test_every_check_of_responses_judges_them() -> None:
    assert set(RESPONSE_CHECKS) == {each for each in CHECKS if isinstance(each, ResponseCheck)}
    assert len(set(RESPONSE_CHECKS)) == len(RESPONSE_CHECKS)
    assert len({each.id for each in (*CHECKS, UNKNOWN_ROUTE)}) == len(CHECKS) + 1


def test_the_sample_contract_makes_every_promise(contract: Contract) -> None:
    found = promises(contract)
    assert {each.check for each in found} == {each.id for each in (*CHECKS, UNKNOWN_ROUTE)}
    assert len({each.id for each in found}) == len(found)
    assert found[0].id == "listItems-status"
    assert found[-1].id == "api-unknown-route"
    assert all(each.place.line for each in found)


@pytest.fixture
def small(tmp_path: Path) -> Contract:
    """A contract of one operation that neither takes nor promises much."""
    operation = {"operationId": "ping", "responses": {"204": {"description": ""}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/ping": {"get": operation}},
    }
    (tmp_path / "openapi.yaml").write_text(json.dumps(document))
    return load(tmp_path / "openapi.yaml")


def test_an_operation_promises_what_it_declares_only(small: Contract) -> None:
    made = {each.check for each in promises(small) if each.operation == "ping"}
    assert made == {
        *("status", "media-type", "body", "undocumented-header", "server-error", "key", "cors"),
        *("preflight", "allowed", "disclosure"),
    }


def _exchange() -> Exchange:
    case = Case("a request", Phase.EXAMPLE, "ping", Request("GET", "/ping"))
    return Exchange(1, case, Response(500, (), b""), 0.0, 0.1)


def test_a_record_for_no_promise_is_reported_and_is_no_finding(small: Contract) -> None:
    found: list[Finding] = []
    unknown: list[tuple[str, str]] = []
    ledger = Ledger(
        promises(small), found.append, lambda *names: unknown.append(names), fail_fast=True
    )
    for complaint in ("`title` is not a string", None):
        ledger.record(PROBLEM_DETAILS, "ping", complaint, exchange=_exchange())
    assert unknown == [("ping", "problem-details")] * 2
    assert found == []
    assert all(verdict.judged == 0 for verdict in ledger.verdicts())


def test_a_promise_keeps_one_finding_for_each_complaint(small: Contract) -> None:
    ledger = Ledger(promises(small), lambda _: None, pytest.fail, fail_fast=False)
    for complaint in ("a", None, "b", "a"):
        ledger.record(STATUS, "ping", complaint, exchange=_exchange())
    (verdict,) = [each for each in ledger.verdicts() if each.promise.id == "ping-status"]
    assert verdict.judged == 4
    assert [each.detail for each in verdict.findings] == ["a", "b"]
    assert not verdict.kept


def test_with_fail_fast_the_first_finding_ends_the_run(small: Contract) -> None:
    ledger = Ledger(promises(small), lambda _: None, pytest.fail, fail_fast=True)
    with pytest.raises(StopAtFinding):
        ledger.record(STATUS, "ping", "500 is not declared", exchange=_exchange())


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("X-Content-Type-Options", None),
        ("cache-control", None),
        ("X-Content-Type", "X-Content-Type: not declared for 204"),
    ],
)
def test_headers_that_protect_need_no_declaration(
    small: Contract, header: str, complaint: str | None
) -> None:
    (operation,) = small.operations
    case = Case("a request", Phase.EXAMPLE, "ping", Request("GET", "/ping"))
    exchange = Exchange(1, case, Response(204, ((header, "x"),), b""), 0.0, 0.1)
    evidence = Evidence(operation, exchange, operation.responses[0], dict, (), {})
    assert undeclared_header(evidence) == complaint
