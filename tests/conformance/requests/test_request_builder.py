"""Requests that are built match the contract and reach the service."""

from __future__ import annotations

import random
from pathlib import Path

from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.conformance.requests.request_builder import RequestBuilder
from openapi_first.openapi.loader import load
from openapi_first.samples.lowered_schemas import LoweredSchemas
from support.compiled import contract_of
from support.documents import written


def test_a_required_parameter_is_not_blank(tmp_path: Path) -> None:
    schema = {"type": "array", "items": {"type": "string", "enum": ["album", "artist"]}}
    parameter = {"name": "kinds", "in": "query", "required": True, "schema": schema}
    contract = load(written(tmp_path, contract_of(parameters=[{**parameter, "explode": False}])))
    builder = RequestBuilder(
        LoweredSchemas(contract.openapi), Credentials(contract), (), random.Random(0)
    )
    assert builder.request(contract.operations[0]).target == "/things?kinds=album"
