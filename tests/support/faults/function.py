"""The sample service's function in this process, behind a proxy that injects faults."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from items import connection, operations, table
from items.settings import BOTO3
from items.store import ItemStore
from openapi_first.runtime import lambda_handler
from support.compiled import Handler, compiled_module
from support.faults.items_events import event
from support.faults.proxy import FaultProxy, faulty
from support.serving import ROOT


@dataclass(frozen=True)
class Reply:
    """A response of the function."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


@dataclass(frozen=True)
class _Context:
    """Of an invocation with this much time, in milliseconds."""

    remaining: int

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


@dataclass(frozen=True)
class Function:
    """Sends requests to the handler as API Gateway does. `direct` reads what is in the table."""

    handler: Handler
    proxy: FaultProxy
    direct: ItemStore

    def send(
        self,
        method: str,
        id: str | None = None,
        body: object = None,
        *,
        milliseconds: int = 25_000,
        **headers: str | None,
    ) -> Reply:
        """`headers` are by their names with `_` for `-`; those that are None are not sent."""
        given = {
            name.replace("_", "-"): value for name, value in headers.items() if value is not None
        }
        sent = event(method, id, body=body, headers=given)
        reply = self.handler(sent, _Context(milliseconds))
        sent_headers = {name: lines[0] for name, lines in reply["multiValueHeaders"].items()}
        return Reply(reply["statusCode"], sent_headers, reply["body"])


@dataclass(frozen=True)
class FaultyStore:
    """A store behind the proxy, and one that reads and writes the same table directly."""

    store: ItemStore
    direct: ItemStore
    proxy: FaultProxy


@contextlib.contextmanager
def faulty_store(endpoint_url: str, seed: int = 0, kind: str = BOTO3) -> Iterator[FaultyStore]:
    """With a table of its own at `endpoint_url`. botocore's attempts follow each other at once."""
    name = f"faults-{uuid4().hex}"
    direct = boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )
    table.create(direct, name)
    with faulty(endpoint_url, seed) as proxy, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.url)
        patch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
        patch.setattr("botocore.retries.quota.RetryQuota.acquire", lambda *_: 1)
        client = connection.client(kind)
        try:
            yield FaultyStore(ItemStore(client, name), ItemStore(direct, name), proxy)
        finally:
            client.close()
            direct.delete_table(TableName=name)
            direct.close()


@contextlib.contextmanager
def faulty_function(
    endpoint_url: str, folder: Path, seed: int = 0, kind: str = BOTO3
) -> Iterator[Function]:
    """The function on a `faulty_store`."""
    compiled = compiled_module(folder, (ROOT / "openapi.yaml").read_text())
    with faulty_store(endpoint_url, seed, kind) as faulty, pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "store", lambda: faulty.store)
        yield Function(lambda_handler(compiled, operations), faulty.proxy, faulty.direct)
