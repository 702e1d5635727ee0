"""Requests that are built match the contract and reach the service."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.conformance.requests.request_builder import RequestBuilder
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from openapi_first.samples.lowered_schemas import LoweredSchemas
from openapi_first.samples.sampling import NoSample
from support.compiled import contract_of
from support.documents import written


def builder_of(contract: Contract) -> RequestBuilder:
    schemas, credentials = LoweredSchemas(contract.openapi), Credentials(contract)
    return RequestBuilder(schemas, credentials, (), random.Random(0))


@pytest.mark.parametrize(
    ("entry", "schema", "sent_as"),
    [
        ("application/pdf", {"type": "string", "format": "binary", "maxLength": 9}, None),
        ("application/pdf", None, None),
        ("application/octet-stream", {"type": "string", "minLength": 3}, None),
        ("application/zip", {}, None),
        ("image/*", {"type": "string", "format": "binary"}, "image/png"),
        ("*/*", None, "application/octet-stream"),
    ],
)
def test_a_file_is_sent_as_a_body_of_bytes(
    tmp_path: Path, entry: str, schema: dict[str, Any] | None, sent_as: str | None
) -> None:
    content = {entry: {} if schema is None else {"schema": schema}}
    body = {"required": True, "content": content}
    contract = load(written(tmp_path, contract_of(method="put", requestBody=body)))
    request = builder_of(contract).request(contract.operations[0])
    assert dict(request.headers)["Content-Type"] == (sent_as or entry)
    assert request.body


@pytest.mark.parametrize("entry", ["application/xml", "application/pdf"])
def test_an_object_is_not_written_in_a_media_type_of_bytes(tmp_path: Path, entry: str) -> None:
    body = {"required": True, "content": {entry: {"schema": {"type": "object"}}}}
    contract = load(written(tmp_path, contract_of(method="put", requestBody=body)))
    with pytest.raises(NoSample, match="no media type of its body can be made up"):
        builder_of(contract).request(contract.operations[0])


def test_a_required_parameter_is_not_blank(tmp_path: Path) -> None:
    schema = {"type": "array", "items": {"type": "string", "enum": ["album", "artist"]}}
    parameter = {"name": "kinds", "in": "query", "required": True, "schema": schema}
    contract = load(written(tmp_path, contract_of(parameters=[{**parameter, "explode": False}])))
    assert builder_of(contract).request(contract.operations[0]).target == "/things?kinds=album"
