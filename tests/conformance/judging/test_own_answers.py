"""What counts as an answer that no function has written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openapi_first.conformance.judging.checks import (
    is_undeclared_answer,
    judge_response,
    undeclared_answer,
)
from openapi_first.conformance.judging.response_complaints import Evidence
from openapi_first.conformance.judging.unjudged import Unjudged
from openapi_first.conformance.model.declarations import declared_response
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Case, Exchange, Expectation, Phase
from openapi_first.core.problem_details import Problem
from openapi_first.openapi.loader import load
from support.documents import operation, whole, written

OWN = json.dumps(Problem(400).as_dict("1b4e28ba-2fa1-11d2-883f-0016d3cca427"))
PROBLEM = ("Content-Type", "application/problem+json")
JSON = ("Content-Type", "application/json")
GATEWAY = ("x-amzn-ErrorType", "BadRequestException")


def evidence(
    folder: Path,
    status: int,
    *headers: tuple[str, str],
    body: str = OWN,
    expectation: Expectation = Expectation.OPEN,
    declared: bool = False,
) -> Evidence:
    document = whole()
    if declared:
        content = {"application/json": {"schema": {"type": "object"}}}
        operation(document)["responses"]["4XX"] = {"description": "", "content": content}
    (found,) = load(written(folder, document)).operations
    case = Case("a request", Phase.EXAMPLE, found.id, Request("GET", "/things/1"), expectation)
    exchange = Exchange(1, case, Response(status, headers, body.encode()), 0.0, 0.1)
    return Evidence(found, exchange, declared_response(found, status), dict, (), {})


def complaints(found: Evidence) -> set[str]:
    return {check.id for check, complaint in judge_response(found, Unjudged({}).step) if complaint}


def test_a_gateway_response_in_another_media_type_has_to_be_declared(tmp_path: Path) -> None:
    html = ("Content-Type", "text/html")
    assert "media-type" in complaints(evidence(tmp_path, 400, html, GATEWAY, declared=True))
    assert complaints(evidence(tmp_path, 413, ("Content-Type", "text/plain"), GATEWAY)) == set()


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize("headers", [[PROBLEM], [PROBLEM, GATEWAY]])
def test_the_engines_own_answer_is_noted_and_is_no_finding(
    tmp_path: Path, headers: list[tuple[str, str]], declared: bool
) -> None:
    found = evidence(tmp_path, 400, *headers, declared=declared)
    assert complaints(found) == set()
    assert is_undeclared_answer(found)


def test_a_refusal_of_a_violation_may_have_any_body(tmp_path: Path) -> None:
    found = evidence(tmp_path, 400, JSON, body="{}", expectation=Expectation.FORBIDDEN)
    assert complaints(found) == set()
    assert is_undeclared_answer(found)


@pytest.mark.parametrize(
    ("status", "headers", "body", "complaint"),
    [
        (400, [JSON], "{}", "status"),
        (400, [PROBLEM], "[]", "status"),
        (400, [PROBLEM], "x", "status"),
        (400, [PROBLEM], '{"type": "/errors/own", "title": "Bad Request"}', "status"),
        (404, [GATEWAY], "{}", "status"),
        (409, [PROBLEM], OWN, "status"),
        (500, [GATEWAY], "{}", "status"),
    ],
)
def test_a_functions_answer_is_a_finding(
    tmp_path: Path, status: int, headers: list[tuple[str, str]], body: str, complaint: str
) -> None:
    found = evidence(tmp_path, status, *headers, body=body)
    assert complaint in complaints(found)
    assert not is_undeclared_answer(found)


def test_an_answer_as_declared_is_judged_and_not_noted(tmp_path: Path) -> None:
    found = evidence(tmp_path, 400, JSON, GATEWAY, body="{}", declared=True)
    assert {check.id for check, _ in judge_response(found, Unjudged({}).step)} >= {
        "status",
        "media-type",
        "body",
    }
    assert not is_undeclared_answer(found)


def test_one_note_says_what_to_declare_for_all_operations() -> None:
    note = undeclared_answer(401, {"getThing": None, "listThings": None})
    assert note.startswith("getThing, listThings: 401 was not answered by the function")
    assert "under its status, a range such as `4XX`, or `default`" in note
