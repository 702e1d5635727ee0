"""The store of a function that Lambda has restored from a snapshot (SnapStart)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import snapshot_restore_py
from awslambdaric import lambda_runtime_hooks_runner as hooks

from items import connection
from items.records import Content, Item
from items.settings import CLIENTS
from support.faults.answering import answering

_ITEM = Item.new("5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7", Content("name"), None)
_ANSWER = {"Item": _ITEM.as_attributes(), "ConsumedCapacity": {"TableName": "items"}}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("_before_snapshot_registry", "_after_restore_registry"):
        monkeypatch.setattr(snapshot_restore_py, name, [])
    connection.store.cache_clear()
    yield
    connection.store.cache_clear()


@pytest.mark.parametrize("kind", CLIENTS)
def test_connections_and_credentials_are_those_of_the_restored_environment(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = count()

    def credentials() -> dict[str, str]:
        """As under SnapStart, from the container's endpoint; they end within minutes."""
        ends = datetime.now(UTC) + timedelta(minutes=5)
        return {
            "AccessKeyId": f"key{next(keys)}",
            "SecretAccessKey": "secret",
            "Token": "token",
            "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    with answering(_ANSWER) as (url, calls), answering(credentials) as (container, asked):
        for name, value in {
            "AWS_ENDPOINT_URL_DYNAMODB": url,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{container}/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "of the container",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "TABLE_NAME": "items",
            "DYNAMODB_CLIENT": kind,
        }.items():
            monkeypatch.setenv(name, value)
        store = connection.store()
        for _ in range(2):
            assert store.get(_ITEM.id) == _ITEM
        hooks.run_before_snapshot()
        hooks.run_after_restore()
        for _ in range(2):
            assert store.get(_ITEM.id) == _ITEM
        hooks.run_after_restore()
        assert store.get(_ITEM.id) == _ITEM
    ports = [call.port for call in calls]
    assert ports[0] == ports[1]
    assert ports[2] == ports[3]
    assert len(set(ports)) == 3
    used = [call.headers["Authorization"].partition("Credential=")[2][:4] for call in calls]
    assert len({used[0], used[2], used[4]}) == 3, used
    assert {call.headers["Authorization"] for call in asked} == {"of the container"}
