"""A stage beside the tests: what they learn of it, and that it ends with them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from openapi_first.serving.errors import CannotServe
from openapi_first.serving.testing import RunningStage, running_stage

ROOT = Path(__file__).parents[3]
CONTRACT = """
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /{name}:
    get:
      operationId: getName
      security: [{key: []}]
      parameters: [{name: name, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: d}}
components:
  securitySchemes:
    key: {type: apiKey, name: x-api-key, in: header}
"""
SETTINGS = """
[tool.contract]
handler = "shown.handler"
"""
FUNCTION = """
import json, os

def handler(event, context):
    print("served", event["path"])
    seen = {name: os.environ.get(name) for name in ("WHO", "AWS_ENDPOINT_URL_DYNAMODB")}
    cookies = ["a=1", "b=2"]
    return {
        "statusCode": 200,
        "multiValueHeaders": {"Set-Cookie": cookies},
        "body": json.dumps({**seen, "path": event["path"]}),
    }
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shown.py").write_text(FUNCTION)
    (tmp_path / "openapi.yaml").write_text(CONTRACT)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_stages_run_at_once_and_end_with_their_blocks(project: Path) -> None:
    environment, used = {"WHO": "x"}, []
    other: dict[str, Any] = {"stage": "two", "api_key": "k" * 20, "dynamodb": False}
    with (
        contextlib.suppress(ZeroDivisionError),
        running_stage(environment=environment) as first,
        running_stage("openapi.yaml", handler="shown.handler", **other) as second,
    ):
        used += [first, second]
        check(first, second)
        _ = 1 / 0
    assert not used[0].log_file.exists()
    for ended in used:
        with pytest.raises(OSError, match="refused"):
            ended.request("GET", "/x")


def check(first: RunningStage, second: RunningStage) -> None:
    answer = first.request("GET", "/größe")
    assert answer.status == 200, first.log
    assert answer.json() == {
        "WHO": "x",
        "AWS_ENDPOINT_URL_DYNAMODB": first.dynamodb_url,
        "path": "/gr%C3%B6%C3%9Fe",
    }
    assert answer.headers.getlist("set-cookie") == ["a=1", "b=2"]
    assert "served /gr%C3%B6%C3%9Fe" in first.log
    refused = first.request("GET", "/x", send_key=False)
    assert (refused.status, refused.json()["title"]) == (403, "Forbidden")
    assert first.api_keys == {"local": first.api_key}
    assert (second.url[-4:], second.api_key, second.dynamodb_url) == ("/two", "k" * 20, None)
    assert second.request("GET", "/x").json()["AWS_ENDPOINT_URL_DYNAMODB"] is None


def test_a_stage_that_does_not_start_shows_its_log(project: Path) -> None:
    (project / "broken.py").write_text("import no_such_module")
    with (
        pytest.raises(CannotServe, match=r"(?s)broken.handler.*No module named 'no_such_module'"),
        running_stage(handler="broken.handler"),
    ):
        pass


def test_a_stage_that_takes_too_long_to_start_shows_its_log(project: Path) -> None:
    with (
        pytest.raises(CannotServe, match=r"did not listen within 0\.01 seconds"),
        running_stage(seconds_to_start=0.01),
    ):
        pass


def test_the_options_of_the_command_are_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command in the place of Python says what it is given, and ends."""
    command = tmp_path / "python"
    command.write_text('#!/bin/sh\nfor each in "$@"; do echo "$each"; done\n')
    command.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(command))
    with (
        pytest.raises(CannotServe) as raised,
        running_stage(
            "template.yaml",
            parameters={"Stage": "dev", "Name": "a=b"},
            environment={"TABLE": "t"},
            api="Shop",
            stage_prefix=False,
            arguments=("--concurrency", "1"),
        ),
    ):
        pass
    lines = str(raised.value).splitlines()
    assert lines[:-4] == [
        "-m",
        "openapi_first",
        "serve",
        "template.yaml",
        "--parameter=Stage=dev",
        "--parameter=Name=a=b",
        "--env=TABLE=t",
        "--api=Shop",
        "--no-stage-prefix",
        "--concurrency",
        "1",
    ]


def test_its_name_is_imported_without_the_stage() -> None:
    script = """
    import sys
    from openapi_first.serving.testing import running_stage
    print(*sorted(name for name in sys.modules if name.startswith("openapi_first.stage.gateway")))
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert ran.stdout.strip() == ""


def test_a_template_announces_its_apis_keys_and_database() -> None:
    template = ROOT / "tests/serving/templates/project/template.yaml"
    parameters = {"Upstream": "http://127.0.0.1:9", "Stage": "dev"}
    private = ("--context", "aws:SourceVpce=vpce-1a2b3c4d")
    with running_stage(
        template, parameters=parameters, stage_prefix=False, arguments=private
    ) as stage:
        assert stage.urls == {"Shop": stage.url}
        assert stage.api_keys == {"Key": stage.api_key}
        assert stage.dynamodb_url
        assert stage.request("GET", "/echo", api="Shop").status == 200, stage.log
        assert stage.request("GET", "/echo", send_key=False).status == 403
