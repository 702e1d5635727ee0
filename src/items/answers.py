"""Checks DynamoDB's answers before the service believes them.

botocore does not compare a body with its Content-Length, takes a body that is not JSON for `{}`,
and accepts an answer whose checksum is wrong twice. So a truncated answer, or one from a proxy or a
portal, would be "no such item" or "written". The checks use botocore's public events
(boto3 guide, "Extensibility guide"):

    provide-client-params   each call asks for its consumed capacity, which only DynamoDB can answer
    before-parse            the answer is checked; a damaged one becomes a transient error, which
                            botocore's standard retry mode sends again. Items pass botocore's
                            parser, which takes ten times as long as the check
    after-call              a damaged answer that is left after the retries is raised
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jsonschema_rs import Draft7Validator

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

    from items.calls import Client


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

_STRING = {"S"}
_READ_HERE: Mapping[str, tuple[str, ...]] = {
    "GetItem": ("Item",),
    "PutItem": (),
    "DeleteItem": (),
    "UpdateItem": ("Attributes",),
    "Scan": ("Items", "LastEvaluatedKey"),
}
"""The operations whose answers botocore need not parse, and what the service reads of them. Binary
attributes stay Base64 in a page, which is never written back."""

_SCALARS: Mapping[str, Mapping[str, Any]] = {
    "string": {"type": "string"},
    "blob": {"type": "string", "contentEncoding": "base64"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "long": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "timestamp": {"type": "number"},
}
"""JSON Schema of what DynamoDB's protocol sends for the types of botocore's model."""


def check_answers(client: Client) -> Client:
    """The client, whose calls now raise DamagedAnswer for an answer that cannot be believed."""
    events = client.meta.events
    for operation in _REQUIRED:
        events.register(f"provide-client-params.dynamodb.{operation}", _ask_for_capacity)
    events.register("before-parse.dynamodb", _check)
    events.register("after-call.dynamodb", _raise)
    for operation in _REQUIRED:
        # Made now, since Lambda gives a starting function its full CPU.
        _validator(client.meta.service_model.operation_model(operation))
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
    answer = _answer(operation_model, status, headers, response_dict["body"])
    if isinstance(answer, str):
        # botocore's parser and its own check of the checksum fail on some of these answers.
        response_dict["body"] = b"{}"
        headers.pop("x-amz-crc32", None)
        customized_response_dict["Error"] = {"Code": TRANSIENT, "Message": answer}
        customized_response_dict[_DAMAGE] = f"{operation_model.name}, status {status}: {answer}"
    elif status == 200 and _is_read_here(operation_model.name, answer):
        response_dict["body"] = b"{}"
        for name in _READ_HERE[operation_model.name]:
            if answer.get(name) is not None:
                customized_response_dict[name] = answer[name]


def _is_read_here(operation: str, answer: Mapping[str, Any]) -> bool:
    """An item that can be written back, when it is repaired, has to have its binary attributes as
    botocore's parser reads them. Items of this service have only strings."""
    if operation not in _READ_HERE:
        return False
    item = answer.get("Item") or answer.get("Attributes") or {}
    return all(value.keys() == _STRING for value in item.values())


def _raise(parsed: Mapping[str, Any], **_: Any) -> None:
    if _DAMAGE in parsed:
        raise DamagedAnswer(parsed[_DAMAGE])


def _answer(
    operation: OperationModel, status: int, headers: Mapping[str, str], body: bytes
) -> dict[str, Any] | str:
    """The content of the body; a string that says why the answer cannot be believed."""
    length = headers.get("content-length")
    if length is not None and length.strip() != str(len(body)):
        return f"{len(body)} bytes came, and Content-Length is {length[:20]!r}"
    checksum = headers.get("x-amz-crc32")
    if checksum is not None and checksum.strip() != str(zlib.crc32(body)):
        return "the body does not match its x-amz-crc32"
    try:
        answer = json.loads(body)
        has_types = status != 200 or _validator(operation).is_valid(answer)
    except (ValueError, RecursionError):
        return "the body is not JSON of DynamoDB"
    if not isinstance(answer, dict):
        return "the body is not a JSON object"
    if status != 200:
        # Others than DynamoDB may send a 5xx, which is a transient error in any case.
        kind = answer.get("__type", "" if status >= 500 else None)
        message = answer.get("message", answer.get("Message")) or ""
        named = isinstance(kind, str) and isinstance(message, str)
        return answer if named else "the error has no type"
    missing = [name for name in _REQUIRED.get(operation.name, ()) if answer.get(name) is None]
    if missing:
        return f"the answer has no {' and no '.join(missing)}"
    if not has_types:
        first = next(_validator(operation).iter_errors(answer))
        place = "".join(f"/{each}" for each in first.instance_path)
        return f"{place} is not as botocore's model of DynamoDB declares it"
    return answer


_VALIDATORS: dict[str, Draft7Validator] = {}


def _validator(operation: OperationModel) -> Draft7Validator:
    """Of the types that botocore's model declares for the operation's answer."""
    found = _VALIDATORS.get(operation.name)
    if found is None:
        definitions: dict[str, Any] = {}
        schema = _schema(operation.output_shape, definitions)
        found = Draft7Validator({**schema, "definitions": definitions})
        _VALIDATORS[operation.name] = found
    return found


def _schema(shape: Shape | None, definitions: dict[str, Any]) -> Mapping[str, Any]:
    """JSON Schema of a shape; adds the shapes in it to `definitions`, since they can be recursive.

    Members that botocore does not know yet are DynamoDB's business.
    """
    if shape is None:
        return {}
    declared: Any = shape  # the stubs have no `members` for all shapes
    if shape.type_name in _SCALARS:
        return _SCALARS[shape.type_name]
    if shape.name not in definitions:
        made = definitions[shape.name] = {}
        if shape.type_name == "list":
            made |= {"type": "array", "items": _schema(declared.member, definitions)}
        elif shape.type_name == "map":
            values = _schema(declared.value, definitions)
            made |= {"type": "object", "additionalProperties": values}
        else:
            # botocore takes null for a member that is absent.
            members = {
                name: {"anyOf": [{"type": "null"}, _schema(member, definitions)]}
                for name, member in declared.members.items()
            }
            made |= {"type": "object", "properties": members}
    return {"$ref": f"#/definitions/{shape.name}"}
