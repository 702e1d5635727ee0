"""Creates the DynamoDB tables of a template in the local DynamoDB.

AWS CloudFormation: aws-resource-dynamodb-table; Amazon DynamoDB: API_CreateTable,
API_UpdateTimeToLive. The resource has properties that the call does not take, and numbers that
parameters of the template have made strings.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.templates.model import DeclaredTable

_STREAM = "StreamSpecification"
_TIME_TO_LIVE = "TimeToLiveSpecification"
_ENCRYPTION = "SSESpecification"
_BILLING = "BillingMode"
_THROUGHPUT = "ProvisionedThroughput"


@dataclass(frozen=True, slots=True)
class CreatedTables:
    """The names of the tables that were created, those of the tables that could not be, and a
    sentence for each of the latter."""

    names: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def create_tables(
    tables: Iterable[DeclaredTable], endpoint_url: str, region: str = "us-east-1"
) -> CreatedTables:
    """Creates the tables that do not exist yet. It blocks until DynamoDB has answered."""
    from botocore.exceptions import BotoCoreError, ClientError

    client = _client(endpoint_url, region)
    shape = client.meta.service_model.operation_model("CreateTable").input_shape
    names, failed, notes = [], [], []
    try:
        for table in tables:
            try:
                parameters = _fitting(_of_call(table), shape)
                client.create_table(**parameters)
                names.append(table.name)
                _expire(client, table)
            except client.exceptions.ResourceInUseException:
                continue
            except (ClientError, BotoCoreError, ValueError) as error:
                reason = " ".join(str(error).split())
                failed.append(table.name)
                notes.append(
                    f"{table.pointer}: the table {table.logical_id} is not created: {reason}; "
                    "correct its Properties"
                )
    finally:
        client.close()
    return CreatedTables(tuple(names), tuple(failed), tuple(notes))


def _client(endpoint_url: str, region: str) -> Any:
    """A client without the profile, the files and the proxy of the shell."""
    from botocore.config import Config
    from botocore.session import Session

    nothing = (None, None, None, None)
    files = (None, None, os.devnull, None)
    own = {"profile": nothing, "config_file": files, "credentials_file": files}
    return Session(session_vars=own).create_client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - the local DynamoDB checks none
        config=Config(retries={"total_max_attempts": 2}, proxies={}),
    )


def _of_call(table: DeclaredTable) -> dict[str, Any]:
    """Parameters where the resource writes the same differently."""
    parameters = {**table.parameters, "TableName": table.name}
    stream = parameters.get(_STREAM)
    if isinstance(stream, Mapping):
        parameters[_STREAM] = {"StreamEnabled": True, **stream}
    encryption = parameters.get(_ENCRYPTION)
    if isinstance(encryption, Mapping) and "SSEEnabled" in encryption:
        parameters[_ENCRYPTION] = {"Enabled": encryption["SSEEnabled"], **encryption}
    if _BILLING not in parameters and _THROUGHPUT not in parameters:
        parameters[_BILLING] = "PAY_PER_REQUEST"
    return parameters


def _expire(client: Any, table: DeclaredTable) -> None:
    given = table.parameters.get(_TIME_TO_LIVE)
    if isinstance(given, Mapping):
        shape = client.meta.service_model.operation_model("UpdateTimeToLive").input_shape
        fitting = _fitting({"TableName": table.name, _TIME_TO_LIVE: given}, shape)
        if fitting[_TIME_TO_LIVE].get("Enabled"):
            client.update_time_to_live(**fitting)


def _fitting(value: Any, shape: Any) -> Any:
    """A value of a template according to the API's shape, without members that it does not have."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        return {
            name: _fitting(value[name], member)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if kind == "list" and isinstance(value, list | tuple):
        return [_fitting(each, shape.member) for each in value]
    if kind in ("integer", "long") and isinstance(value, str | float):
        return int(value)
    if kind == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value
