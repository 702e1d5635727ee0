"""The image tries out a version of itself, as CodeDeploy has it do before the version gets traffic.

Both run as Lambda runs them: no root, nothing to write but /tmp, under the emulator.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from image.conftest import ROOT, Image
from items.table import create
from openapi_first.openapi.loader import load
from openapi_first.pre_traffic.example_events import example_events
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.container import Container, FunctionImage
from runtime.pre_traffic.aws import LIFE_CYCLE, Aws, FunctionError
from support import engines

pytestmark = pytest.mark.timeout(120)

HOOK = "openapi_first.runtime.pre_traffic.hook.handler"
ITEMS = "items.handler.handler"
EXAMPLES = example_events(load(ROOT / "openapi.yaml")).events
CONTENT = "content-of-a-row"
BROKEN = f"""
import json


def fails(event, context):
    return {{"statusCode": 500, "body": "{CONTENT}"}}


def violates(event, context):
    headers = {{"Content-Type": "application/json", "ETag": '"{CONTENT}"'}}
    return {{"statusCode": 200, "headers": headers, "body": json.dumps({{"items": "{CONTENT}"}})}}
"""


@contextmanager
def running(
    image: Image, name: str, handler: str, environment: dict[str, str]
) -> Iterator[Container]:
    """A container of the image `name`, as the template configures both functions."""
    found = FunctionImage.find(name, image.emulator, handler)
    configuration = FunctionConfiguration(
        handler=handler, task_root=Path(), environment=environment, timeout=600
    )
    with closing(found):
        container = asyncio.run(found.start(configuration))
        try:
            yield container
        finally:
            asyncio.run(container.kill())


def invoked(container: Container, event: dict[str, Any]) -> Any:
    """What the function returns. Raises FunctionError."""
    result = asyncio.run(container.invoke(json.dumps(event).encode()))
    answer = json.loads(result.payload)
    if result.function_error:
        raise FunctionError(answer)
    return answer


def tried(image: Image, version: Container) -> tuple[Aws, dict[str, Any], list[dict[str, Any]]]:
    """The account, what the hook returns and what it logs, for a version that runs."""
    account = Aws(lambda event: invoked(version, event))
    with account.serving() as variables, running(image, image.name, HOOK, variables) as hook:
        result = invoked(hook, LIFE_CYCLE)
        log = image.engine.containers.get(hook.id).logs().decode()
    for secret in (CONTENT, variables["AWS_SECRET_ACCESS_KEY"]):
        assert secret not in log
    return account, result, [json.loads(line) for line in log.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def broken(image: Image) -> str:
    lines = ("COPY version.py /var/task/",)
    return image.with_files(f"{image.name}-broken", *lines, **{"version.py": BROKEN})


def test_a_version_that_keeps_the_contract_gets_traffic(image: Image) -> None:
    with engines.start("moto") as dynamodb:
        variables = {"TABLE_NAME": "items", "AWS_ENDPOINT_URL_DYNAMODB": dynamodb.endpoint_url}
        client = boto3.client(
            "dynamodb",
            endpoint_url=dynamodb.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        create(client, "items")
        client.close()
        with running(image, image.name, ITEMS, variables) as version:
            account, result, log = tried(image, version)
    assert result["failures"] == []
    assert result["status"] == account.reports[0]["status"] == "Succeeded"
    assert result["invoked"] == len(account.events) == len(EXAMPLES) > 1
    assert [line["level"] for line in log] == ["INFO"]


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        ("version.fails", "the status is 500"),
        ("version.violates", "the response violates the contract: "),
        ("version.is_missing", "the function failed: Runtime.HandlerNotFound: "),
        (ITEMS, "the function failed: "),
    ],
)
def test_a_version_that_does_not_is_reported_with_one_line_for_each_example(
    image: Image, broken: str, handler: str, reason: str
) -> None:
    """That of the service itself has no table."""
    with running(image, broken, handler, {}) as version:
        account, result, log = tried(image, version)
    assert result["status"] == account.reports[0]["status"] == "Failed"
    told = [line["message"] for line in log if line["level"] == "ERROR"]
    assert told == result["failures"]
    assert [line.partition(", request ")[0] for line in told] == [
        f"{each['operation']} (example {each['example']})" for each in EXAMPLES
    ]
    assert all(reason in line for line in told), told
