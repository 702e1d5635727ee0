"""The tables of a stack as parameters of CreateTable (AWS: aws-resource-dynamodb-table)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openapi_first.templates.intrinsics.parameters import text_of
from openapi_first.templates.intrinsics.stack import Stack
from openapi_first.templates.model import DeclaredTable

_TABLE = "AWS::DynamoDB::Table"
_GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable"
_COPIED = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "ProvisionedThroughput",
    "TimeToLiveSpecification",
)
_INDEXES = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
_OF_INDEX = ("IndexName", "KeySchema", "Projection", "ProvisionedThroughput")
_PAY = "PAY_PER_REQUEST"


def declared_tables(stack: Stack) -> Iterator[DeclaredTable]:
    """Encryption, tags and backups are left out: they change no answer. A table that a condition
    leaves out is noted, since functions may use one that exists on AWS."""
    for resource in stack.left_out(_TABLE, _GLOBAL_TABLE):
        condition = resource.written["Condition"]
        stack.problems.note(
            resource.pointer,
            f"the condition {condition} leaves the table {resource.logical_id} out, and none is "
            "made here for functions to use: set AWS_ENDPOINT_URL_DYNAMODB to where it exists",
        )
    for resource in stack.of_type(_TABLE, _GLOBAL_TABLE):
        properties = stack.properties(resource)
        name = stack.name(resource)
        parameters = {"TableName": name, **_parameters(properties)}
        for key in ("AttributeDefinitions", "KeySchema"):
            if not isinstance(parameters.get(key), list):
                detail = f"the table {resource.logical_id} has no {key}"
                stack.problems.report(resource.properties_pointer, detail, f"Give it {key}.")
        yield DeclaredTable(
            logical_id=resource.logical_id,
            name=name,
            parameters=parameters,
            pointer=resource.pointer,
        )


def _parameters(properties: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: _numeric(properties[key]) for key in _COPIED if key in properties}
    for key in _INDEXES:
        indexes = [_index(each) for each in _array(properties.get(key))]
        if indexes:
            found[key] = indexes
    if "ProvisionedThroughput" not in found:
        found["BillingMode"] = _PAY
    if found.get("BillingMode") == _PAY:
        for each in (found, *(index for key in _INDEXES for index in found.get(key, ()))):
            each.pop("ProvisionedThroughput", None)
    stream = properties.get("StreamSpecification")
    if isinstance(stream, dict):
        view = stream.get("StreamViewType")
        found["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": view}
    return found


def _index(written: Any) -> dict[str, Any]:
    index: Mapping[str, Any] = written if isinstance(written, dict) else {}
    return {key: _numeric(index[key]) for key in _OF_INDEX if key in index}


def _numeric(value: Any) -> Any:
    """A throughput, whose numbers a parameter makes strings of."""
    if isinstance(value, dict) and "ReadCapacityUnits" in value:
        return {
            key: int(text_of(each)) if text_of(each).isdecimal() else each
            for key, each in value.items()
        }
    return value


def _array(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
