"""Contract tests judge the operations that functions serve, and name the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.conformance.cases.gateway_cases import preflight_cases, route_cases
from openapi_first.conformance.judging.openapi_core import ReferenceJudge
from openapi_first.conformance.model.errors import CannotJudge
from openapi_first.conformance.model.judged_operations import judged, not_judged
from openapi_first.conformance.model.messages import Response
from openapi_first.conformance.model.run import Options
from openapi_first.conformance.session import plan, replay
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from support.documents import written

ANY = "x-amazon-apigateway-any-method"
OWN = {"x-amazon-apigateway-integration": {"type": "mock"}}
OPTIONS = Options(url="http://127.0.0.1:9")


def contract(folder: Path, item: dict[str, Any], path: str = "/things") -> Contract:
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {path: item},
    }
    return load(written(folder, document))


def reading(**more: Any) -> dict[str, Any]:
    """A path item whose GET has a header without a schema."""
    found = {"description": "", "headers": {"X-A": {"type": "string"}}}
    return {"get": {"operationId": "read", "responses": {"200": found}}, **more}


def test_an_integration_of_its_own_and_any_method_are_not_judged(tmp_path: Path) -> None:
    item = reading(post=OWN)
    item[ANY] = {"responses": {"200": {"description": ""}}}
    whole = contract(tmp_path, item)
    assert [each.id for each in judged(whole).operations] == ["read"]
    assert list(not_judged(whole)) == [
        "not judged: post_things, since it has its own integration",
        "not judged: any_things, since it is for any method",
    ]
    assert {case.operation for case in plan(whole, OPTIONS).cases} <= {"read", None}


def test_a_contract_without_an_operation_to_judge_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotJudge, match="post_things, since it has its own integration"):
        replay(contract(tmp_path, {"post": OWN}), OPTIONS)


def test_openapi_core_judges_beside_what_it_does_not_know(tmp_path: Path) -> None:
    only = judged(contract(tmp_path, reading(post=OWN)))
    sent = Response(200, (("X-A", "a"),), b"")
    assert ReferenceJudge(only).schema_errors(only.operations[0], sent) == {}


@pytest.mark.parametrize(
    ("item", "path", "preflights", "titles"),
    [
        (reading(), "/things", 1, ["an unknown path", "PUT, which /things does not have"]),
        (reading(put=OWN), "/things", 1, ["an unknown path", "POST, which /things does not have"]),
        (reading(options=OWN), "/things", 0, ["an unknown path", "PUT, which /things does not"]),
        (reading(**{ANY: OWN}), "/things", 0, ["an unknown path"]),
        (reading(**{ANY: {"responses": {"200": {"description": ""}}}}), "/things", 1, ["an unkn"]),
    ],
)
def test_no_route_is_unknown_that_an_operation_answers(
    tmp_path: Path, item: dict[str, Any], path: str, preflights: int, titles: list[str]
) -> None:
    only = judged(contract(tmp_path, item, path))
    assert len(list(preflight_cases(only, "https://a"))) == preflights
    routes = [case.title for case in route_cases(only)]
    assert [title.startswith(start) for title, start in zip(routes, titles, strict=True)] == [
        True
    ] * len(titles)


def test_a_greedy_path_knows_every_path(tmp_path: Path) -> None:
    variable = {"name": "proxy", "in": "path", "required": True, "schema": {"type": "string"}}
    only = judged(contract(tmp_path, reading(parameters=[variable]), "/{proxy+}"))
    assert list(route_cases(only)) == []
