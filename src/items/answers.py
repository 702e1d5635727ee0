"""Checks DynamoDB's answers before the service believes them.

botocore does not compare a body with its Content-Length, takes a body that is not JSON for `{}`,
and accepts an answer whose checksum is wrong twice. So a truncated answer, or one from a proxy or a
portal, would be "no such item" or "written". The checks use botocore's public events
(boto3 guide, "Extensibility guide"):

    provide-client-params   each call asks for its consumed capacity, which only DynamoDB can answer
    before-parse            the answer is checked; a damaged one becomes a transient error, which
                            botocore's standard retry mode sends again
    after-call              a damaged answer that is left after the retries is raised
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from mypy_boto3_dynamodb import DynamoDBClient


class DamagedAnswer(Exception):
    """An answer that is damaged, or not from DynamoDB; the message says how that was seen."""


# The members that DynamoDB always sends for the requests of this service. Each request asks for
# ConsumedCapacity, and UpdateItem for ALL_NEW.
_REQUIRED = {
    "GetItem": ("ConsumedCapacity",),
    "PutItem": ("ConsumedCapacity",),
    "DeleteItem": ("ConsumedCapacity",),
    "UpdateItem": ("Attributes", "ConsumedCapacity"),
    "Scan": ("Items", "ConsumedCapacity"),
}

TRANSIENT = "RequestTimeout"
"""The code that a damaged answer gets. botocore's standard mode sends such a call again (boto3
guide, "Retries", Standard retry mode)."""
_DAMAGE = "Damage"

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "blob": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
}


def check_answers(client: DynamoDBClient) -> DynamoDBClient:
    """The client, whose calls now raise DamagedAnswer for an answer that cannot be believed."""
    events = client.meta.events
    for operation in _REQUIRED:
        events.register(f"provide-client-params.dynamodb.{operation}", _ask_for_capacity)
    events.register("before-parse.dynamodb", _check)
    events.register("after-call.dynamodb", _raise)
    return client


def _ask_for_capacity(params: dict[str, Any], **_: Any) -> None:
    params["ReturnConsumedCapacity"] = "TOTAL"


def _check(
    operation_model: OperationModel,
    response_dict: dict[str, Any],
    customized_response_dict: dict[str, Any],
    **_: Any,
) -> None:
    status, headers = response_dict["status_code"], response_dict["headers"]
    damage = _damage(operation_model, status, headers, response_dict["body"])
    if damage is None:
        return
    # botocore's parser and its own check of the checksum fail on some of these answers.
    response_dict["body"] = b"{}"
    headers.pop("x-amz-crc32", None)
    customized_response_dict["Error"] = {"Code": TRANSIENT, "Message": damage}
    customized_response_dict[_DAMAGE] = f"{operation_model.name}, status {status}: {damage}"


def _raise(parsed: Mapping[str, Any], **_: Any) -> None:
    if _DAMAGE in parsed:
        raise DamagedAnswer(parsed[_DAMAGE])


def _damage(
    operation: OperationModel, status: int, headers: Mapping[str, str], body: bytes
) -> str | None:
    """Why the answer cannot be believed; None if it can be."""
    length = headers.get("content-length")
    if length is not None and length.strip() != str(len(body)):
        return f"{len(body)} bytes came, and Content-Length is {length[:20]!r}"
    checksum = headers.get("x-amz-crc32")
    if checksum is not None and checksum.strip() != str(zlib.crc32(body)):
        return "the body does not match its x-amz-crc32"
    try:
        answer = json.loads(body)
        mismatch = _mismatch(operation.output_shape, answer) if status == 200 else None
    except (ValueError, RecursionError):
        return "the body is not JSON of DynamoDB"
    if not isinstance(answer, dict):
        return "the body is not a JSON object"
    if status != 200:
        # Others than DynamoDB may send a 5xx, which is a transient error in any case.
        kind = answer.get("__type", "" if status >= 500 else None)
        message = answer.get("message", answer.get("Message")) or ""
        named = isinstance(kind, str) and isinstance(message, str)
        return None if named else "the error has no type"
    missing = [name for name in _REQUIRED.get(operation.name, ()) if answer.get(name) is None]
    if missing:
        return f"the answer has no {' and no '.join(missing)}"
    return mismatch


def _mismatch(shape: Any, value: Any, place: str = "") -> str | None:
    """Where the value does not have the type that a shape of botocore's model declares. Raises
    ValueError for binary data that is not Base64."""
    if shape is None or value is None:
        return None
    expected = _TYPES[shape.type_name]
    has_type = isinstance(value, expected)
    if not has_type or (isinstance(value, bool) and expected is not bool):
        return f"{place or 'the answer'} is not a {shape.type_name}"
    found = None
    if shape.type_name == "blob":
        base64.b64decode(value)
    if shape.type_name == "structure":
        # Members that botocore does not know yet are DynamoDB's business.
        for name, member in value.items():
            found = found or _mismatch(shape.members.get(name), member, f"{place}/{name}")
    elif shape.type_name == "map":
        for name, member in value.items():
            found = found or _mismatch(shape.value, member, f"{place}/{name}")
    elif shape.type_name == "list":
        for index, member in enumerate(value):
            found = found or _mismatch(shape.member, member, f"{place}/{index}")
    return found
