"""The image under SnapStart: it starts, waits for its snapshot, and goes on once it is restored.

No memory is copied here: between the snapshot and the restore, the process stands still.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from image.conftest import get, json_lines, log_of
from image.runtime_api import RuntimeApi
from image.test_start import LOCKED, Start
from items.records import Content, Item
from support.faults.answering import answering

pytestmark = pytest.mark.timeout(120)

ITEM = Item.new("5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7", Content("name"), None)
FOUND = {"Item": ITEM.as_attributes(), "ConsumedCapacity": {"TableName": "items"}}


def test_it_waits_for_its_snapshot_and_answers_with_the_credentials_of_after_its_restore(
    start: Start,
) -> None:
    api = RuntimeApi()

    def credentials() -> dict[str, str]:
        ends = datetime.now(UTC) + timedelta(minutes=5)
        return {
            "AccessKeyId": "restored" if api.restored.is_set() else "snapshot",
            "SecretAccessKey": "its-own-key",
            "Token": "token",
            "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    with (
        api.serving() as address,
        answering(FOUND) as (dynamodb, calls),
        answering(credentials) as (container_url, _),
    ):
        environment = {
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
            "AWS_LAMBDA_FUNCTION_NAME": "items",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{container_url}/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "of-the-container",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_DYNAMODB": dynamodb,
            "TABLE_NAME": "items",
        }
        container = start(environment=environment, **{**LOCKED, "network_mode": "host"})
        assert api.asked.get(timeout=20) == "/restore/next", log_of(container)
        container.pause()
        container.unpause()
        assert api.asked.empty(), "no event is asked for before the environment is restored"
        api.restored.set()
        event = {**get("/items/{id}"), "path": f"/items/{ITEM.id}"}
        event["pathParameters"] = {"id": ITEM.id}
        answers = [api.invoke(event) for _ in range(2)]
        container.kill()
        container.wait(timeout=20)
        cold = [each["cold_start"] for each in json_lines(container) if "cold_start" in each]
        log = log_of(container)
    assert [each["statusCode"] for each in answers] == [200, 200], log
    assert cold == [True, False], log
    keys = [call.headers["Authorization"].partition("Credential=")[2] for call in calls]
    assert {key.partition("/")[0] for key in keys} == {"restored"}
    assert len(keys) == 2
