"""The function that tries out a new version, with Lambda and CodeDeploy behind HTTP.

The version is a service that was compiled here, called as Lambda calls it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from openapi_first.openapi.loader import load
from openapi_first.pre_traffic.example_events import write_example_events
from openapi_first.runtime import Reply
from openapi_first.runtime.pre_traffic.hook import handler
from runtime.pre_traffic.aws import ARN, LIFE_CYCLE, Aws
from support.compiled import compiled_module, contract_of, serve
from support.documents import written

SCHEMA = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
NOTE = {
    "path": "/notes/{id}",
    "parameters": [
        {
            "name": "id",
            "in": "path",
            "required": True,
            "schema": {"type": "string"},
            "examples": {"first": {"value": "n1"}},
        }
    ],
    "responses": {"200": {"description": "", "content": {"application/json": {"schema": SCHEMA}}}},
}


class Context:
    """Lambda's, of a function that has `left` milliseconds."""

    aws_request_id = "r"
    function_name, memory_limit_in_mb, invoked_function_arn = "items", 128, ARN

    def __init__(self, left: int = 600_000) -> None:
        self.left = left

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Aws]:
    found = Aws(lambda event: {"statusCode": 200})
    with found.serving() as variables:
        for name, value in {**variables, "LAMBDA_TASK_ROOT": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        yield found


@pytest.fixture
def deployed(
    aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[..., Any]], None]:
    """Makes the version that answers with a function, and what its image has."""

    def deploy(function: Callable[..., Any], **contract: Any) -> None:
        document = contract_of(**{**NOTE, **contract})
        service, _ = serve(tmp_path / "service", document, function)
        aws.version = lambda event: service(event, Context())
        monkeypatch.setitem(sys.modules, "compiled", compiled_module(tmp_path / "image", document))
        write_example_events(load(written(tmp_path, document)), tmp_path / "examples.json")

    return deploy


Deploy = Callable[..., None]


def test_a_version_that_keeps_the_contract_gets_traffic(aws: Aws, deployed: Deploy) -> None:
    deployed(lambda id: {"name": id})
    found = handler(LIFE_CYCLE, Context())
    assert found == {"status": "Succeeded", "invoked": 1, "failures": []}
    assert aws.reports == [
        {
            "deploymentId": "d-1",
            "lifecycleEventHookExecutionId": "e-1",
            "status": "Succeeded",
        }
    ]
    (event,) = aws.events
    assert event["pathParameters"] == {"id": "n1"}
    assert event["requestContext"]["stage"] == "live"
    assert event["requestContext"]["path"] == "/live/notes/n1"


def boom(id: str) -> Any:
    raise LookupError(id)


@pytest.mark.parametrize(
    ("function", "mode"),
    [
        pytest.param(boom, "enforce", id="an exception"),
        pytest.param(lambda id: {"title": id}, "enforce", id="a violation that becomes a 500"),
        pytest.param(lambda id: Reply({}, status=503), "off", id="a 503"),
        pytest.param(lambda id: {"title": id}, "report", id="a violation that is only logged"),
        pytest.param(lambda id: {"title": id}, "off", id="a violation that nobody looks at"),
        pytest.param(lambda id: Reply({"name": id}, status=201), "off", id="an undeclared status"),
    ],
)
def test_a_version_that_breaks_it_does_not(
    function: Callable[..., Any],
    mode: str,
    aws: Aws,
    deployed: Deploy,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("RESPONSE_VALIDATION", mode)
    deployed(function)
    found = handler(LIFE_CYCLE, Context())
    assert found["status"] == aws.reports[0]["status"] == "Failed"
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (line,) = [each for each in lines if each.get("level") == "ERROR" and len(each) == 2]
    assert line["message"].startswith("call (example first), request ")
    assert line["message"] == found["failures"][0]
    assert "n1" not in line["message"], "nothing of a body is logged"


def test_a_function_that_fails_before_its_handler_is_named_with_what_lambda_says(
    aws: Aws, deployed: Deploy
) -> None:
    deployed(lambda id: {"name": id})

    def fails(event: dict[str, Any]) -> Any:
        raise TimeoutError("Task timed out after 25.00 seconds")

    aws.version = fails
    (failure,) = handler(LIFE_CYCLE, Context())["failures"]
    assert failure.endswith("the function failed: TimeoutError: Task timed out after 25.00 seconds")


@pytest.mark.parametrize("answer", [None, "text", {"statusCode": "200"}, {"body": "x"}, []])
def test_an_answer_that_is_none_is_a_failure(answer: Any, aws: Aws, deployed: Deploy) -> None:
    deployed(lambda id: {"name": id})
    aws.version = lambda event: answer
    (failure,) = handler(LIFE_CYCLE, Context())["failures"]
    assert "not a response of a proxy integration" in failure


@pytest.mark.parametrize("status", [404, 410])
def test_what_an_example_names_may_be_absent(status: int, aws: Aws, deployed: Deploy) -> None:
    deployed(lambda id: {"name": id})
    aws.version = lambda event: {"statusCode": status, "body": "gone"}
    assert handler(LIFE_CYCLE, Context())["status"] == "Succeeded"


def test_a_refused_invocation_is_a_failure(aws: Aws, deployed: Deploy) -> None:
    deployed(lambda id: {"name": id})
    aws.refusal = 403, "AccessDeniedException"
    found = handler(LIFE_CYCLE, Context())
    assert found["status"] == aws.reports[0]["status"] == "Failed"
    assert "AccessDeniedException" in found["failures"][0]


def test_a_contract_without_examples_that_can_be_invoked_passes_with_a_line(
    aws: Aws, deployed: Deploy, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed(lambda id: {"name": id}, method="post")
    assert handler(LIFE_CYCLE, Context())["status"] == "Succeeded"
    assert aws.events == []
    assert "no example that can be invoked" in capsys.readouterr().out


def test_it_reports_before_its_own_time_is_up(aws: Aws, deployed: Deploy) -> None:
    deployed(lambda id: {"name": id})
    found = handler(LIFE_CYCLE, Context(left=60_000))
    assert found["status"] == aws.reports[0]["status"] == "Failed"
    assert "fit into the time" in found["failures"][0]


def test_an_image_without_examples_is_a_failure_that_is_reported(aws: Aws) -> None:
    found = handler(LIFE_CYCLE, Context())
    assert found["status"] == aws.reports[0]["status"] == "Failed"
    assert "examples.json" in found["failures"][0]


def test_called_by_hand_it_reports_nothing_to_codedeploy(aws: Aws, deployed: Deploy) -> None:
    deployed(lambda id: {"name": id})
    assert handler({}, Context())["status"] == "Succeeded"
    assert aws.reports == []
