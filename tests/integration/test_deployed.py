"""`contract serve --deployed`: a function on AWS behind the stage, its API on a socket here.

The service below speaks Lambda's Invoke as its API reference has it (API_Invoke).
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import boto3
import pytest
import requests

from support.commands import contract
from support.serving import KEY, ROOT, serving

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:shop:live"
ERRORS = {
    "missing": (404, "ResourceNotFoundException", "Function not found: missing"),
    "secret": (403, "AccessDeniedException", "not authorized to perform: lambda:InvokeFunction"),
}


class Lambda(http.server.BaseHTTPRequestHandler):
    server: LambdaServer

    def do_POST(self) -> None:
        event = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = unquote(self.path.split("/")[3])
        signed = "Credential=AKIDEXAMPLE/" in self.headers.get("Authorization", "")
        assert signed
        if name in ERRORS:
            self.refuse(*ERRORS[name])
        elif self.headers["X-Amz-Invocation-Type"] == "DryRun":
            self.server.dry_runs.append(name)
            self.reply(204, b"")
        else:
            self.server.events.append(json.loads(event))
            self.run(json.loads(event)["queryStringParameters"] or {})

    def run(self, query: dict[str, str]) -> None:
        wish = query.get("cursor")
        if wish == "throttle":
            self.refuse(429, "TooManyRequestsException", "Rate Exceeded.")
        elif wish == "raise":
            text = b'{"errorMessage": "boom", "errorType": "LookupError"}'
            self.reply(200, text, ("X-Amz-Function-Error", "Unhandled"))
        elif wish == "hang up":
            self.close_connection = True
        else:
            self.reply(200, json.dumps({"statusCode": 200, "body": '{"items": []}'}).encode())

    def refuse(self, status: int, code: str, message: str) -> None:
        self.reply(status, json.dumps({"Message": message}).encode(), ("x-amzn-ErrorType", code))

    def reply(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


class LambdaServer(http.server.ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Lambda)
        self.dry_runs: list[str] = []
        self.events: list[dict[str, Any]] = []

    @property
    def variables(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_LAMBDA": f"http://127.0.0.1:{self.server_port}",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "example",
            "AWS_DEFAULT_REGION": "eu-west-1",
        }


@pytest.fixture
def aws() -> Iterator[LambdaServer]:
    server = LambdaServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_deployed_function_answers_behind_the_stage(aws: LambdaServer) -> None:
    function = ("--deployed", ARN)
    with serving(ROOT, function=function, environment=aws.variables) as server:
        url, headers = server.base_url + "/items", {"x-api-key": KEY}

        def listed(cursor: str) -> requests.Response:
            return requests.get(url, params={"cursor": cursor}, headers=headers, timeout=10)

        answer = listed("x")
        assert (answer.status_code, answer.json()) == (200, {"items": []})
        assert aws.dry_runs == [ARN]
        assert aws.events[0]["resource"] == "/items"
        assert listed("raise").status_code == 502
        assert listed("throttle").status_code == 500
        assert listed("hang up").status_code == 500
        assert listed("x").status_code == 200
        # Each was invoked once: API Gateway does not try again.
        assert len(aws.events) == 5
        assert requests.get(url, timeout=10).status_code == 403
        assert len(aws.events) == 5


@pytest.mark.parametrize(
    ("name", "variables", "words"),
    [
        ("missing", {}, "Function not found: missing"),
        ("secret", {}, "not authorized to perform: lambda:InvokeFunction"),
        ("shop", {"AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:9"}, "Could not connect"),
        (
            "shop",
            {"AWS_DEFAULT_REGION": "", "AWS_ENDPOINT_URL_LAMBDA": ""},
            "Invalid endpoint",
        ),
        ("shop", {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "credentials"),
    ],
)
def test_a_function_that_cannot_be_invoked_is_told_at_the_start(
    aws: LambdaServer,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    variables: dict[str, str],
    words: str,
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # which has the credentials of another test
    nowhere = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null"}
    environment = {**aws.variables, **nowhere, **variables}
    done = contract("serve", "--deployed", name, "--port", "0", environment=environment)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_variables_are_not_for_a_function_that_runs_elsewhere() -> None:
    done = contract("serve", "--deployed", "shop", "--env", "TABLE_NAME=items", "--port", "0")
    assert done.returncode == 2
    assert "not for one that runs elsewhere" in done.stderr
