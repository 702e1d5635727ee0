"""What template.yaml promises that can be read from it as it stands."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from items import connection, table
from openapi_first.import_document.document import import_document
from openapi_first.openapi.gateway_extensions import FUNCTION_VARIABLE
from openapi_first.openapi.loader import load
from stack.template import ROOT, alternatives, read, statements

TEMPLATE = read()
RESOURCES = TEMPLATE["Resources"]
PARAMETERS = TEMPLATE["Parameters"]
DOCUMENT = import_document(load(ROOT / "openapi.yaml"))
# AWS has no resource for these (Service Authorization Reference: AWS X-Ray).
WITHOUT_RESOURCE = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
# Each of AWS's own policies that a role of the stack gets, with the service it is for.
MANAGED = {
    "AWSCodeDeployRoleForLambdaLimited": "codedeploy.amazonaws.com",
    "AmazonAPIGatewayPushToCloudWatchLogs": "apigateway.amazonaws.com",
}


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = RESOURCES[name]["Properties"]
    return found


def environment() -> dict[str, Any]:
    variables: dict[str, Any] = properties("Function")["Environment"]["Variables"]
    return variables


def test_every_time_limit_is_shorter_than_the_one_outside_it() -> None:
    client = connection._CONFIG
    attempts = client.retries["total_max_attempts"]
    # botocore's standard mode waits between attempts up to 2**attempt seconds, the first up to 1.
    pauses = sum(2**attempt for attempt in range(attempts - 1))
    call = attempts * (client.connect_timeout + client.read_timeout) + pauses
    timeout = PARAMETERS["Timeout"]
    integration = {
        method["x-amazon-apigateway-integration"].get("timeoutInMillis")
        for item in DOCUMENT["paths"].values()
        for method in item.values()
        if method["x-amazon-apigateway-integration"]["type"] == "aws_proxy"
    }
    limits = [
        client.read_timeout,
        call,  # several end at the request's deadline: tests/items/test_deadline.py
        *sorted({timeout["MinValue"], timeout["Default"], timeout["MaxValue"]}),
        *(milliseconds / 1000 for milliseconds in integration),
    ]
    assert all(inner < outer for inner, outer in pairwise(limits)), limits
    assert limits[-1] == 29


def test_the_table_is_the_one_that_the_service_makes_on_a_laptop() -> None:
    stack = properties("Table")
    for name, value in table.definition("items").items():
        if name != "TableName":
            assert stack[name] == value


def test_data_outlives_the_stack() -> None:
    assert RESOURCES["Table"]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert RESOURCES["Table"]["UpdateReplacePolicy"] == "Retain"
    stack = properties("Table")
    assert stack["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    for encryption in alternatives(stack["SSESpecification"]):
        assert encryption["SSEEnabled"] is True
    assert PARAMETERS["TableDeletionProtection"]["Default"] == "true"


def test_the_function_is_told_its_table_and_all_else_that_it_takes() -> None:
    read_anywhere = set()
    for file in (ROOT / "src").rglob("*.py"):
        package = ".".join(file.relative_to(ROOT / "src").parts[:2])
        if package.startswith(("openapi_first.core", "openapi_first.runtime", "items")):
            pattern = r"(?:environ\.get|_setting)\(\s*\"([A-Z_]+)\""
            read_anywhere |= set(re.findall(pattern, file.read_text()))
    assert {"TABLE_NAME", "RESPONSE_VALIDATION", "CORS_ALLOW_ORIGIN"} <= read_anywhere
    assert environment().keys() >= {"TABLE_NAME", "RESPONSE_VALIDATION", "CORS_ALLOW_ORIGIN"}
    assert list(alternatives(environment()["TABLE_NAME"])) == [
        {"Ref": "Table"},
        {"Ref": "ExistingTable"},
    ]


@pytest.mark.parametrize(
    ("parameter", "default"),
    [
        ("KeyRateLimit", 10),
        ("KeyBurstLimit", 20),
        ("KeyQuota", 1000),
        ("KeyQuotaPeriod", "MONTH"),
        ("ContractTestRateLimit", 50),
        ("ProvisionedConcurrency", 0),
    ],
)
def test_the_defaults_are_those_of_the_documents(parameter: str, default: object) -> None:
    assert PARAMETERS[parameter]["Default"] == default


def test_every_parameter_is_used_and_asked_for_in_a_group() -> None:
    parts = ("Resources", "Conditions", "Rules", "Outputs")
    text = json.dumps({part: TEMPLATE[part] for part in parts})
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    for name in PARAMETERS:
        assert f'"Ref": "{name}"' in text or f"${{{name}}}" in text, name
    assert sorted(grouped) == sorted(PARAMETERS)


def test_no_policy_has_a_wildcard_but_where_aws_has_no_resource() -> None:
    for name, statement in statements(TEMPLATE):
        actions = statement["Action"]
        actions = {actions} if isinstance(actions, str) else set(actions)
        assert not any("*" in action for action in actions), name
        assert statement["Effect"] == "Allow"
        if "Principal" in statement:
            assert list(statement["Principal"]) == ["Service"]
            assert actions == {"sts:AssumeRole"}
        elif statement["Resource"] == "*":
            assert actions <= WITHOUT_RESOURCE, name
        else:
            for resource in alternatives(statement["Resource"]):
                assert "*" not in json.dumps(resource), name


def test_managed_policies_are_two_each_for_its_service() -> None:
    found = {}
    for resource in RESOURCES.values():
        for policy in resource.get("Properties", {}).get("ManagedPolicyArns", []):
            (statement,) = resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            found[policy["Fn::Sub"].rpartition("/")[2]] = statement["Principal"]["Service"]
    assert found == MANAGED


def test_the_alarm_watches_the_metric_that_a_violation_writes(tmp_path: Path) -> None:
    """In a process with the function's environment, as the template gives it."""
    script = """
import json, sys
import compiled
from types import ModuleType
from openapi_first.runtime import lambda_handler
operations = ModuleType("operations")
operations.ping = lambda: {"pong": 5}
event = {"httpMethod": "GET", "resource": "/ping", "path": "/ping", "requestContext": {}}
print(lambda_handler(compiled, operations)(event, None)["statusCode"], file=sys.stderr)
"""
    contract = {
        "openapi": "3.0.3",
        "info": {"title": "Pings", "version": "1"},
        "paths": {
            "/ping": {
                "get": {
                    "operationId": "ping",
                    "responses": {
                        "200": {
                            "description": "ok",
                            "content": {
                                "application/json": {
                                    "schema": {
                                        "type": "object",
                                        "properties": {"pong": {"type": "string"}},
                                    }
                                }
                            },
                        }
                    },
                }
            }
        },
    }
    (tmp_path / "openapi.json").write_text(json.dumps(contract))
    stack = "shop-prod"
    values = {
        name: stack for name, value in environment().items() if value == {"Ref": "AWS::StackName"}
    }
    given = {
        **os.environ,
        **values,
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(tmp_path))),
    }
    compile_it = ["-m", "openapi_first", "compile", str(tmp_path / "openapi.json"), "-o"]
    for command in ([*compile_it, str(tmp_path / "compiled.py")], ["-c", script]):
        done = subprocess.run(
            [sys.executable, *command], env=given, capture_output=True, text=True, check=True
        )
    assert done.stderr.strip() == "500"
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    (written,) = [line for line in lines if "_aws" in line]
    (metrics,) = written["_aws"]["CloudWatchMetrics"]
    alarm = properties("ContractViolationsAlarm")
    assert alarm["Namespace"] == {"Ref": "AWS::StackName"}
    assert metrics["Namespace"] == stack
    assert [metric["Name"] for metric in metrics["Metrics"]] == [alarm["MetricName"]]
    dimensions = {
        dimension["Name"]: stack if dimension["Value"] == {"Ref": "AWS::StackName"} else None
        for dimension in alarm["Dimensions"]
    }
    assert [{name: written[name] for name in names} for names in metrics["Dimensions"]] == [
        dimensions
    ]
    assert written["operation"] == "ping"


def test_the_alarm_for_malformed_items_watches_the_metric_that_counts_them() -> None:
    stack = "shop-prod"
    values = {
        name: stack for name, value in environment().items() if value == {"Ref": "AWS::StackName"}
    }
    script = "from items import reporting; reporting.count(2)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **values, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    written = json.loads(done.stdout)
    (metrics,) = written["_aws"]["CloudWatchMetrics"]
    alarm = properties("MalformedItemsAlarm")
    assert alarm["Namespace"] == {"Ref": "AWS::StackName"}
    assert metrics["Namespace"] == stack
    assert [metric["Name"] for metric in metrics["Metrics"]] == [alarm["MetricName"]]
    assert metrics["Dimensions"] == [[each["Name"] for each in alarm["Dimensions"]]]
    assert {written[each["Name"]] for each in alarm["Dimensions"]} == {stack}
    assert (alarm["Threshold"], written[alarm["MetricName"]]) == (0, [2])


def test_access_logs_are_json_of_what_is_no_secret() -> None:
    form = properties("Api")["AccessLogSetting"]["Format"]
    assert len(form) <= 3000  # AWS: the quota of an access log's format
    logged = json.loads(form)
    assert {"requestId", "status", "latency"} <= logged.keys()
    for variable in logged.values():
        assert re.fullmatch(r"\$context\.[A-Za-z.]+", variable)
        # The key itself, and messages that quote what was sent.
        assert not variable.startswith("$context.error.message")
        assert variable not in ("$context.identity.apiKey", "$context.error.validationErrorString")


def test_the_stage_variable_is_the_one_that_the_import_document_names() -> None:
    assert list(properties("Api")["Variables"]) == [FUNCTION_VARIABLE]
    uris = {
        method["x-amazon-apigateway-integration"]["uri"]
        for item in DOCUMENT["paths"].values()
        for method in item.values()
        if "uri" in method["x-amazon-apigateway-integration"]
    }
    assert all("function:${stageVariables.function}/invocations" in uri for uri in uris)


def test_no_output_is_the_value_of_a_key() -> None:
    for output in TEMPLATE["Outputs"].values():
        assert "Value" not in json.dumps(output["Value"])


def test_each_suppression_has_its_reason() -> None:
    for name, resource in RESOURCES.items():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert len(skip["comment"]) > 20, (name, skip["id"])
