"""Metrics and traces of each operation, if settings ask for them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from openapi_first.runtime import Problem, StartError, current_request
from support.compiled import contract_of, event, serve


def test_metrics_of_each_operation_are_written_by_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPERATION_METRICS", "on")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Shop")

    def call() -> Any:
        current_request().count("Retries", 2)
        raise Problem(503)

    responses = {"503": {"description": "", "content": {"application/problem+json": {}}}}
    handler, _ = serve(tmp_path, contract_of(responses=responses), call)
    for resource in ("/things", "/none"):
        handler(event(resource=resource), None)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (metric,) = (line for line in lines if "_aws" in line)
    directive = metric["_aws"]["CloudWatchMetrics"][0]
    assert directive["Namespace"] == "Shop"
    assert sorted(directive["Dimensions"][0]) == ["operation", "service"]
    assert metric["operation"] == "call"
    assert metric["Latency"][0] >= 0
    counts = {name: metric[name] for name in ("Count", "4XXError", "5XXError", "Retries")}
    assert counts == {"Count": [1.0], "4XXError": [0.0], "5XXError": [1.0], "Retries": [2.0]}


@pytest.mark.parametrize("name", ["OPERATION_METRICS", "OPERATION_TRACES"])
def test_another_value_of_a_switch_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "yes")
    with pytest.raises(StartError, match=f"{name} is 'yes'; set one of: off, on"):
        serve(tmp_path, contract_of())


def test_an_event_that_cannot_be_served_gets_the_declared_500(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["code"],
        "properties": {"code": {"type": "string"}},
        "additionalProperties": False,
    }
    declared = {"description": "", "content": {"application/json": {"schema": schema}}}
    responses = {"200": {"description": "", "content": {"application/json": {}}}, "500": declared}
    query = [{"name": "q", "in": "query", "schema": {"type": "string"}}]
    handler, _ = serve(tmp_path, contract_of(responses=responses, parameters=query))
    answer = handler(event() | {"multiValueQueryStringParameters": 5}, None)
    assert answer["statusCode"] == 500
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert list(json.loads(answer["body"])) == ["code"]


def test_an_operation_that_exits_is_a_500(tmp_path: Path) -> None:
    def call() -> Any:
        sys.exit(3)

    handler, _ = serve(tmp_path, contract_of(), call)
    assert handler(event(), None)["statusCode"] == 500
