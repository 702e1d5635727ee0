"""Metrics and traces of each operation, if settings ask for them."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.metrics import EphemeralMetrics
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.runtime import Problem, StartError, current_request
from openapi_first.runtime.telemetry.operation_metrics import operation_metrics
from openapi_first.runtime.telemetry.record import Record
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


@given(
    operation=st.text(min_size=1).filter(str.strip),
    namespace=st.text(min_size=1),
    service=st.text(min_size=1).filter(str.strip),
    status=st.sampled_from((200, 304, 404, 500)),
    milliseconds=st.floats(min_value=0, max_value=1e9).map(lambda each: round(each, 1)),
)
def test_the_metrics_are_those_that_powertools_writes(
    operation: str, namespace: str, service: str, status: int, milliseconds: float
) -> None:
    logger = SimpleNamespace(service=service)
    measure = operation_metrics(namespace, logger)  # type: ignore[arg-type] # reads its service
    for number in (1, 2):  # the second one is written from what the first one left
        record = Record()
        record.operation, record.status, record.milliseconds = operation, status, milliseconds
        with redirect_stdout(io.StringIO()) as mine:
            measure(record)
        metrics = EphemeralMetrics(namespace=namespace, service=service)
        metrics.add_dimension("operation", operation)
        metrics.add_metric("Count", "Count", 1)
        metrics.add_metric("Latency", "Milliseconds", milliseconds)
        metrics.add_metric("4XXError", "Count", int(400 <= status < 500))
        metrics.add_metric("5XXError", "Count", int(status >= 500))
        with redirect_stdout(io.StringIO()) as theirs:
            metrics.flush_metrics()
        assert _timeless(mine.getvalue()) == _timeless(theirs.getvalue()), number


def _timeless(line: str) -> str:
    assert abs(json.loads(line)["_aws"]["Timestamp"] / 1000 - time.time()) < 60
    return re.sub(r'"Timestamp":[0-9]+', "", line)


def test_powertools_switch_turns_the_metrics_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("OPERATION_METRICS", "on")
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
    handler, _ = serve(tmp_path, contract_of())
    handler(event(), None)
    assert "_aws" not in capsys.readouterr().out
