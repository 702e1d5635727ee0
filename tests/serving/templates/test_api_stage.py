"""Each REST API of a template has a port, and an API of a template may be served by itself."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from openapi_first.serving.separate_stage import separate_stage
from support.commands import contract

URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${{{}.Arn}}/invocations"


def rest_api(title: str, path: str, function: str) -> dict[str, object]:
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": {"Fn::Sub": URI.format(function)},
    }
    method = {"responses": {}, "x-amazon-apigateway-integration": integration}
    info = {"title": title, "version": "1"}
    body = {"openapi": "3.0.1", "info": info, "paths": {path: {"get": method}}}
    return {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}}


def stage(name: str, api: str) -> dict[str, object]:
    properties = {"StageName": name, "RestApiId": {"Ref": api}}
    return {"Type": "AWS::ApiGateway::Stage", "Properties": properties}


CODE = """\
def handler(event, context):
    context = event["requestContext"]
    return {"statusCode": 200, "body": " ".join((event["path"], context["path"], context["stage"]))}
"""


def function(**properties: object) -> dict[str, object]:
    given = {"Handler": "index.handler", "Runtime": "python3.13", **properties}
    return {"Type": "AWS::Lambda::Function", "Properties": given}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    resources = {
        "One": rest_api("One", "/a", "Hello"),
        "OneStage": stage("first", "One"),
        "Two": rest_api("Two", "/b", "Missing"),
        "TwoStage": stage("second", "Two"),
        "Hello": function(Code={"ZipFile": CODE}),
        "Missing": function(Code="nowhere"),
    }
    (tmp_path / "template.json").write_text(json.dumps({"Resources": resources}))
    return tmp_path


def test_all_are_announced_and_served_without_their_stages_if_that_is_asked_for(
    project: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    options = ("--no-stage-prefix", "--no-dynamodb", str(project / "template.json"))
    with separate_stage(options, log) as starting:
        base_urls = starting.announcement().base_urls
        with urlopen(f"{base_urls['One']}/a") as response:
            assert response.read() == b"/a /a first"
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{base_urls['Two']}/b")
        refused.value.close()
        assert refused.value.code == 500
    printed = log.read_text()
    assert [f"Base URL   {each}\n" in printed for each in base_urls.values()] == [True, True]
    assert "Missing does not run, and its integrations answer 500" in printed


def test_a_port_in_use_is_an_error_also_for_the_second_api(project: Path) -> None:
    with neighbours() as (free, taken):
        found = contract("serve", "--port", str(free), "template.json", folder=project)
    assert found.returncode == 2
    assert f"port {taken} on 127.0.0.1 is in use" in found.stderr


@contextlib.contextmanager
def neighbours() -> Iterator[tuple[int, int]]:
    """A port that is free, and the one after it, which is in use."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            try:
                socket.create_server(("127.0.0.1", port - 1)).close()
            except OSError:
                continue
            yield port - 1, port
            return


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--api", "Three"), "there is no REST API Three"),
        (("--stage", "third"), "One has no stage third"),
        (("--handler", "a.b"), "--handler: not for a template"),
        (("--env-vars", "nowhere.json"), "nowhere.json: cannot be read"),
        (("--parameter", "Size=1"), "there is no parameter Size"),
        (("--parameter", "Size"), "NAME=VALUE"),
    ],
)
def test_wrong_arguments_say_what_is_there(
    project: Path, arguments: tuple[str, str], said: str
) -> None:
    found = contract("serve", *arguments, "template.json", folder=project)
    assert found.returncode == 2
    assert said in found.stderr


def test_a_template_without_a_rest_api_lists_what_it_has(tmp_path: Path) -> None:
    web = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}}
    (tmp_path / "template.json").write_text(json.dumps({"Resources": {"Web": web}}))
    found = contract("serve", folder=tmp_path)
    assert found.returncode == 2
    assert "declares no REST API" in found.stderr
    assert "Web (AWS::ApiGatewayV2::Api) is not served: HTTP APIs are not" in found.stderr


def test_options_of_templates_are_refused_for_a_contract(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text("openapi: 3.0.3\npaths: {}\n")
    found = contract("serve", "--api", "One", folder=tmp_path)
    assert (found.returncode, "--api: only for a template" in found.stderr) == (2, True)
