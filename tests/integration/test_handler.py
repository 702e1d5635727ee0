"""Events given straight to the handler, with no gateway in front: the Lambda validates alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = "import json, sys; from items.handler import handler; "
SCRIPT += "print(json.dumps([handler(event, None) for event in json.load(sys.stdin)]))"


def event(
    method: str, resource: str, body: str | None = None, *, id: str = "", **query: str
) -> dict[str, Any]:
    return {
        "resource": resource,
        "path": resource.replace("{id}", id),
        "httpMethod": method,
        "headers": {"Content-Type": "application/json"} if body is not None else {},
        "multiValueHeaders": {"Content-Type": ["application/json"]} if body is not None else {},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": {"id": id} if id else None,
        "stageVariables": None,
        "requestContext": {"requestId": "6f1fb7e7-02d7-4f8f-9d38-0f7ec1d1f6f2"},
        "body": body,
        "isBase64Encoded": False,
    }


ITEM = "/items/{id}"
UUID = "5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7"
CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no name": (event("POST", "/items", "{}"), ["#"]),
    "a number as name": (event("POST", "/items", '{"name": 5}'), ["#/name"]),
    "one member too many": (event("POST", "/items", '{"name":"x","extra":1}'), ["#"]),
    "all of it": (
        event("POST", "/items", '{"description": 5, "extra": 1}'),
        ["#", "#", "#/description"],
    ),
    "no JSON": (event("POST", "/items", "{"), ["#"]),
    "no body": (event("POST", "/items"), ["#"]),
    "limit 0": (event("GET", "/items", limit="0"), ["limit"]),
    "limit abc": (event("GET", "/items", limit="abc"), ["limit"]),
    "bad limit and empty cursor": (
        event("GET", "/items", limit="101", cursor=""),
        ["cursor", "limit"],
    ),
    "a bad cursor": (event("GET", "/items", cursor="garbage"), ["cursor"]),
    "a bad id": (event("GET", ITEM, id="not-a-uuid"), ["id"]),
    "a bad id and a bad body": (event("PUT", ITEM, '{"name": ""}', id="x"), ["#/name", "id"]),
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The answer to each case, from one fresh process that reaches no DynamoDB."""
    folder = tmp_path_factory.mktemp("build")
    compile_ = [sys.executable, "-m", "openapi_first", "compile", ROOT / "openapi.yaml"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(folder))),
        "TABLE_NAME": "items",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }
    subprocess.run([*compile_, "-o", folder / "compiled.py"], check=True, env=environment)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps([given for given, _ in CASES.values()]),
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return dict(zip(CASES, json.loads(done.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_every_fault_is_listed(name: str, answers: dict[str, dict[str, Any]]) -> None:
    answer = answers[name]
    assert answer["statusCode"] == 400
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/problem+json"]
    problem = json.loads(answer["body"])
    assert problem["instance"] == "urn:uuid:6f1fb7e7-02d7-4f8f-9d38-0f7ec1d1f6f2"
    places = sorted(fault.get("parameter") or fault["pointer"] for fault in problem["errors"])
    assert places == CASES[name][1]
    assert all(fault["detail"] for fault in problem["errors"])
