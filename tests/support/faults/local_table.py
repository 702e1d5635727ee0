"""A DynamoDB table in this process, for a client whose every call would otherwise use a socket.

It takes the requests of `items.calls` as botocore writes them, and gives answers as bytes, which
botocore reads: a test sends many times as many requests as with a server. It knows the expressions
of this service only; the tests that use it run on a real server as well.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import json
import re
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError

from support.faults.proxy import Answer, Call, Fault

Attributes = dict[str, Any]

_EXISTS = re.compile(r"attribute_(not_)?exists\((#\w+)\)")
_IN = re.compile(r"(#\w+) IN \(([^)]*)\)")
_EQUAL = re.compile(r"(#\w+) = (:\w+)")
_JSON = "application/x-amz-json-1.0"


@dataclass
class LocalTable:
    """`items` are by key. `met` counts the calls that met a fault since `inject`."""

    items: dict[str, Attributes] = field(default_factory=dict)
    met: int = 0
    _fault: Fault | None = None
    _skip: int = 0
    _times: int = 0
    _random: Random = field(default_factory=lambda: Random(0))

    def serve(self, client: Any) -> None:
        """From now on the calls of this client come here."""
        client.meta.events.register_last("before-send.dynamodb", self._answer)

    def plant(self, attributes: Attributes) -> None:
        """Another program writes an item."""
        self.items[attributes["id"]["S"]] = attributes

    def clear(self) -> None:
        self.items.clear()

    def inject(self, fault: Fault, times: int, skip: int = 0) -> None:
        """After `skip` calls, `times` calls meet the fault."""
        self._fault, self._times, self._skip, self.met = fault, times, skip, 0

    def heal(self) -> None:
        """No call meets a fault from now on."""
        self._fault = None

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        headers = dict(request.headers.items())
        operation = _text(headers["X-Amz-Target"]).rpartition(".")[2]
        given = json.loads(request.body)  # type: ignore[arg-type] # bytes

        def forward() -> Answer:
            return self._served(operation, given)

        fault = self._next_fault()
        if fault is None:
            answer = forward()
            return _response(request.url, answer.status, answer.headers, answer.body)
        wire = _Wire()
        call = Call(operation, wire, forward, self._random, threading.Event())  # type: ignore[arg-type]
        fault.act(call)
        try:
            read = http.client.HTTPResponse(wire)  # type: ignore[arg-type]
            read.begin()
            body = read.read()
        except http.client.IncompleteRead as cut:
            body = cut.partial
        except (OSError, http.client.HTTPException) as error:
            raise ConnectionClosedError(endpoint_url=request.url) from error
        return _response(request.url, read.status, dict(read.headers.items()), body)

    def _next_fault(self) -> Fault | None:
        if self._fault is None or self.met >= self._times:
            return None
        if self._skip:
            self._skip -= 1
            return None
        self.met += 1
        return self._fault

    def _served(self, operation: str, given: Mapping[str, Any]) -> Answer:
        act: Callable[[Mapping[str, Any]], Attributes | None] = {
            "GetItem": self._get,
            "PutItem": self._put,
            "UpdateItem": self._update,
            "DeleteItem": self._delete,
            "Scan": self._scan,
        }[operation]
        content = act(given)
        if content is None:
            kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
            return _answer(400, {"__type": kind, "message": "The conditional request failed"})
        capacity = {"TableName": given["TableName"], "CapacityUnits": 1.0}
        return _answer(200, {**content, "ConsumedCapacity": capacity})

    def _get(self, given: Mapping[str, Any]) -> Attributes:
        found = self.items.get(given["Key"]["id"]["S"])
        return {} if found is None else {"Item": found}

    def _put(self, given: Mapping[str, Any]) -> Attributes | None:
        key = given["Item"]["id"]["S"]
        if not _holds(given, self.items.get(key, {})):
            return None
        self.items[key] = given["Item"]
        return {}

    def _update(self, given: Mapping[str, Any]) -> Attributes | None:
        key = given["Key"]["id"]["S"]
        item = dict(self.items.get(key, {}))
        if not _holds(given, item):
            return None
        names, values = given["ExpressionAttributeNames"], given["ExpressionAttributeValues"]
        assignments, _, removed = given["UpdateExpression"].partition(" REMOVE ")
        for assignment in assignments.removeprefix("SET ").split(", "):
            name, _, value = assignment.partition(" = ")
            item[names[name]] = values[value]
        for name in filter(None, removed.split(", ")):
            item.pop(names[name], None)
        self.items[key] = item
        return {"Attributes": item}

    def _delete(self, given: Mapping[str, Any]) -> Attributes | None:
        key = given["Key"]["id"]["S"]
        if not _holds(given, self.items.get(key, {})):
            return None
        self.items.pop(key, None)
        return {}

    def _scan(self, given: Mapping[str, Any]) -> Attributes:
        """In the order of a hash of the key, as in DynamoDB."""
        start, limit = given.get("ExclusiveStartKey"), given["Limit"]
        keys = sorted(self.items, key=_place)
        if start is not None:
            keys = [key for key in keys if _place(key) > _place(start["id"]["S"])]
        found = keys[:limit]
        # DynamoDB names the last key whenever it has read as many items as it may.
        last = {"LastEvaluatedKey": {"id": {"S": found[-1]}}} if len(found) == limit else {}
        return {"Items": [self.items[key] for key in found], "Count": len(found), **last}


class _Wire:
    """What a fault sends in place of a connection."""

    def __init__(self) -> None:
        self._sent = b""

    def sendall(self, data: bytes) -> None:
        self._sent += data

    def setsockopt(self, *_: Any) -> None:
        """Is only how a connection is to be closed."""

    def close(self) -> None:
        self._sent = b""

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._sent)


def _place(key: str) -> bytes:
    return hashlib.md5(key.encode(), usedforsecurity=False).digest()


def _holds(given: Mapping[str, Any], item: Attributes) -> bool:
    """Whether the condition of a request is true for an item; `{}` stands for no item."""
    condition = given.get("ConditionExpression")
    if condition is None:
        return True
    names = given["ExpressionAttributeNames"]
    values = given.get("ExpressionAttributeValues", {})

    def value(name: str) -> Any:
        return item.get(names[name])

    for pattern, is_true in (
        (_EXISTS, lambda found: (value(found[2]) is None) == bool(found[1])),
        (_IN, lambda found: value(found[1]) in [values[each] for each in found[2].split(", ")]),
        (_EQUAL, lambda found: value(found[1]) == values[found[2]]),
    ):
        condition = pattern.sub(lambda found, is_true=is_true: str(is_true(found)), condition)
    words = re.findall(r"[()]|\w+|.", condition)
    known = {"(", ")", " ", "AND", "OR", "True", "False"}
    assert known.issuperset(words), f"this table does not know the condition {condition}"
    return bool(eval(condition.replace("AND", "and").replace("OR", "or"), {}))


def _answer(status: int, content: Attributes) -> Answer:
    body = json.dumps(content, default=_base64).encode()
    return Answer(status, {"Content-Type": _JSON, "x-amz-crc32": str(zlib.crc32(body))}, body)


def _base64(binary: bytes) -> str:
    return base64.b64encode(binary).decode()


def _response(url: str, status: int, headers: Mapping[str, str], body: bytes) -> AWSResponse:
    raw = urllib3.HTTPResponse(
        io.BytesIO(body), headers, status, preload_content=False, enforce_content_length=False
    )
    return AWSResponse(url, status, raw.headers, raw)  # type: ignore[arg-type] # as botocore does


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
