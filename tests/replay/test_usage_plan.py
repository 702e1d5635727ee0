"""A usage plan is read from API Gateway's own API, here moto's."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws

from replay.client import CannotJudge
from replay.usage_plan import usage_plan


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


def test_a_key_without_a_plan_of_the_stage_is_told(gateway: Any) -> None:
    key, url = deployed(gateway)
    with pytest.raises(CannotJudge, match="in no usage plan"):
        usage_plan(key, url.replace("/prod", "/other"))
    with pytest.raises(CannotJudge, match="cannot be read"):
        usage_plan("missing", url)
