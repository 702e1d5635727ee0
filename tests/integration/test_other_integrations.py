"""`contract serve` for a contract whose operations have integrations of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from openapi_first.cli.main import main
from support.documents import whole, written
from support.serving import serving

INTEGRATION = "x-amazon-apigateway-integration"
OTHER = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"
MOCK = {
    "type": "mock",
    "requestTemplates": {"application/json": '{"statusCode": 200}'},
    "responses": {
        "default": {"statusCode": "200", "responseTemplates": {"application/json": '{"by":"mock"}'}}
    },
}
FUNCTION = (
    "def handler(event, context):\n    return {'statusCode': 200, 'body': event['resource']}\n"
)


def of_others() -> dict[str, Any]:
    """A contract without an operation for a function of its own."""
    integrations = {
        "/mock": MOCK,
        "/given": {"type": "aws_proxy", "uri": OTHER.format("arn:aws:lambda:function:given")},
        "/missing": {"type": "aws_proxy", "uri": OTHER.format("arn:aws:lambda:function:missing")},
        "/queue": {"type": "aws", "uri": "arn:aws:apigateway:us-east-1:sqs:path/q"},
    }
    paths = {
        path: {"x-amazon-apigateway-any-method": {INTEGRATION: integration}}
        for path, integration in integrations.items()
    }
    return {**whole(), "paths": paths}


def test_each_integration_is_performed_or_explained(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", database)
    written(tmp_path, of_others())
    (tmp_path / "given.py").write_text(FUNCTION)
    with serving(tmp_path, function=("--function", "given=given.handler")) as server:
        base = server.base_url
        assert requests.put(f"{base}/mock", timeout=10).json() == {"by": "mock"}
        assert requests.delete(f"{base}/given", timeout=10).text == "/given"
        assert requests.get(f"{base}/missing", timeout=10).status_code == 500
        assert requests.get(f"{base}/queue", timeout=10).status_code == 500
        server.wait_for("ANY /missing: the function 'missing' has no handler here")
        server.wait_for(r"it calls an AWS service \(sqs\)")


def test_operations_for_functions_need_a_handler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    contract = written(tmp_path, whole())
    assert main(["serve", str(contract), "--port", "0"]) == 2
    assert "name the handler with --handler" in capsys.readouterr().err
