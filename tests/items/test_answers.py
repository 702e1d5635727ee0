"""A damaged answer of DynamoDB, or one that is not DynamoDB's, is never believed.

`tests/faults` has every call behind every fault; here is what the store sees of it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse

from items import failures
from items.answers import DamagedAnswer, check_answers
from items.records import Content
from support import engines
from support.faults.catalogue import FAULTS
from support.faults.function import FaultyStore, faulty_store


@pytest.fixture(scope="module")
def faulty(engine: engines.Engine) -> Iterator[FaultyStore]:
    with faulty_store(engine.endpoint_url) as faulty:
        yield faulty


def test_the_cause_says_what_was_seen(faulty: FaultyStore) -> None:
    item = faulty.direct.create(Content("name"))
    causes = {
        "portal": "GetItem, status 200: the body is not JSON",
        "portal with JSON": "the answer has no ConsumedCapacity",
        "redirect": "GetItem, status 307: the body is not JSON",
        "truncated": "Content-Length is",
        "bit flipped, with checksum": "x-amz-crc32",
        "JSON 403": "the error has no type",
        "wrong types": "/\\w+ is not as botocore's model of DynamoDB declares it",
    }
    for fault, cause in causes.items():
        faulty.proxy.inject(FAULTS[fault], times=None)
        with pytest.raises(failures.StoreUnavailable, match=cause):
            faulty.store.get(item.id)


def test_botocore_still_emits_the_events_that_the_checks_need() -> None:
    """Without any connection: `before-send` gives the answers. Fails when a release of botocore
    changes the events, what they pass, or what standard mode sends again."""
    session = botocore.session.Session()
    session.set_credentials("test", "test")
    config = botocore.config.Config(retries={"mode": "standard", "total_max_attempts": 2})
    client = check_answers(
        session.create_client("dynamodb", region_name="us-east-1", config=config)
    )
    good = b'{"Item":{"id":{"S":"a"}},"ConsumedCapacity":{"TableName":"items","CapacityUnits":1}}'
    answers: list[bytes] = []
    requests: list[dict[str, Any]] = []

    def send(request: Any, **_: Any) -> AWSResponse:
        requests.append(json.loads(request.body))
        # The checksum is that of the good answer: a bad one does not match it.
        headers = {"x-amz-crc32": str(zlib.crc32(good)), "Content-Length": str(len(good))}
        return AWSResponse(request.url, 200, headers, _Raw(answers.pop(0)))

    client.meta.events.register("before-send.dynamodb", send)
    call = {"TableName": "items", "Key": {"id": {"S": "a"}}}
    answers[:] = [good]
    assert client.get_item(**call)["Item"] == {"id": {"S": "a"}}
    assert requests == [{**call, "ReturnConsumedCapacity": "TOTAL"}]
    bad = good.replace(b'"a"', b'"b"')
    answers[:] = [bad, good]
    answer = client.get_item(**call)
    assert answer["Item"] == {"id": {"S": "a"}}
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    answers[:] = [bad, bad]
    with pytest.raises(DamagedAnswer, match="x-amz-crc32"):
        client.get_item(**call)
    assert not answers


def test_an_item_is_what_botocore_reads() -> None:
    """Binary attributes, too, which an item has to have when its repair writes it back."""
    session = botocore.session.Session()
    session.set_credentials("test", "test")
    answers: dict[str, Any] = {}

    def send(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, {}, _Raw(json.dumps(answers).encode()))

    plain, checked = (session.create_client("dynamodb", region_name="us-east-1") for _ in range(2))
    check_answers(checked)
    for client in (plain, checked):
        client.meta.events.register("before-send.dynamodb", send)
    nested = {"M": {"in": {"L": [{"BS": ["YQ==", "Yg=="]}, {"N": "1"}, {"NULL": True}]}}}
    for other in ({"S": ""}, {"N": "1"}, {"B": "YQ=="}, nested):
        item = {"id": {"S": "a"}, "other": other}
        for call, member in (("get_item", "Item"), ("update_item", "Attributes")):
            answers = {member: item, "ConsumedCapacity": {"TableName": "items"}}
            found = [
                getattr(client, call)(TableName="items", Key={"id": {"S": "a"}})
                for client in (plain, checked)
            ]
            assert found[0][member] == found[1][member]
            assert [each["ResponseMetadata"]["HTTPStatusCode"] for each in found] == [200, 200]


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body
