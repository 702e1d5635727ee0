"""A usage plan is read from API Gateway's own API, here moto's."""

from __future__ import annotations

import http.server
import json
import threading
from typing import Any, ClassVar

import boto3
import pytest
from moto import mock_aws

from openapi_first.conformance.http.usage_plan import usage_plan
from openapi_first.conformance.model.errors import CannotJudge


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        yield boto3.client("apigateway", region_name="eu-west-1")


def deployed(gateway: Any, **limits: Any) -> tuple[str, str]:
    """The id of a key in a plan with these limits, and the URL of its stage."""
    api = gateway.create_rest_api(name="a")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    gateway.create_deployment(restApiId=api, stageName="prod")
    stages = [{"apiId": api, "stage": "prod"}]
    plan = gateway.create_usage_plan(name="p", apiStages=stages, **limits)["id"]
    key = gateway.create_api_key(name="k", value="a-key-of-twenty-letters", enabled=True)["id"]
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    return key, f"https://{api}.execute-api.eu-west-1.amazonaws.com/prod"


def test_key_rate_and_burst_come_from_the_plan(gateway: Any) -> None:
    key, url = deployed(gateway, throttle={"rateLimit": 10.0, "burstLimit": 20})
    plan = usage_plan(key, url)
    assert (plan.key, plan.rate, plan.burst, plan.left) == ("a-key-of-twenty-letters", 10, 20, None)


def test_a_key_without_a_plan_of_the_stage_is_reported(gateway: Any) -> None:
    key, url = deployed(gateway)
    with pytest.raises(CannotJudge, match="not in a usage plan"):
        usage_plan(key, url.replace("/prod", "/other"))
    with pytest.raises(CannotJudge, match="cannot be read"):
        usage_plan("missing", url)


class ControlPlane(http.server.BaseHTTPRequestHandler):
    """The calls that are made, answered as the API reference has them (API_GetUsage)."""

    usage: ClassVar[dict[str, Any]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        answer: dict[str, Any] = {"id": "k", "value": "a-key-of-twenty-letters"}
        if path == "/usageplans":
            stages = [{"apiId": "abc", "stage": "prod"}]
            quota = {"limit": 1000, "period": "MONTH"}
            answer = {"item": [{"id": "p", "apiStages": stages, "quota": quota}]}
        elif path == "/usageplans/p/usage":
            self.asked.append(query)
            answer = {"usagePlanId": "p", "values": self.usage}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.mark.parametrize(
    ("usage", "left"),
    [({}, 1000), ({"k": [[0, 1000], [12, 988], [8, 980]]}, 980), ({"k": [[1000, 0]]}, 0)],
)
def test_what_is_left_of_the_quota_is_what_the_last_day_left(
    monkeypatch: pytest.MonkeyPatch, usage: dict[str, Any], left: int
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setattr(ControlPlane, "usage", usage)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ControlPlane)
    monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        plan = usage_plan("k", "https://abc.execute-api.eu-west-1.amazonaws.com/prod")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert plan.left == left
    assert "keyId=k" in ControlPlane.asked[-1]
    assert "-01" in ControlPlane.asked[-1].split("startDate=")[1][:10], (
        "from the first of the month"
    )
