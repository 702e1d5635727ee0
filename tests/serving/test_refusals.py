"""A refused body is explained by the contract, with pointers, whatever was sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from openapi_first.openapi.loader import load
from openapi_first.serving.refusals import contract_reasons
from openapi_first.stage.gateway.own_reasons import Reasons
from openapi_first.stage.messages.request import StageRequest

VESSEL = yaml.safe_load("""
type: object
required: [vessel]
additionalProperties: false
properties:
  id: {type: string, readOnly: true}
  tags: {type: array, items: {type: string, minLength: 2}}
  a/b: {type: integer}
  vessel:
    oneOf:
      - {type: string}
      - type: object
        required: [kind, length_m, mast_height_m]
        properties: {kind: {const: sail}, length_m: {type: number}, mast_height_m: {type: number}}
      - type: object
        required: [kind, length_m]
        properties: {kind: {const: motor}, length_m: {type: number}}
""")


@pytest.fixture(scope="module")
def reasons(tmp_path_factory: pytest.TempPathFactory) -> Reasons:
    return reasons_of(tmp_path_factory.mktemp("contract"), VESSEL)


def reasons_of(folder: Path, schema: Any) -> Reasons:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    responses = {"200": {"description": "ok"}}
    contract = {
        "openapi": "3.1.0",
        "info": {"title": "Harbour", "version": "1"},
        "paths": {"/a": {"post": {"requestBody": body, "responses": responses}}},
    }
    path = folder / "openapi.json"
    path.write_text(json.dumps(contract))
    return contract_reasons(load(path))


def request(body: bytes, media_type: str | None = "application/json") -> StageRequest:
    headers = () if media_type is None else (("Content-Type", media_type),)
    return StageRequest("POST", "/prod/a", "", headers, body, "127.0.0.1")


SAIL = {"kind": "sail", "length_m": 3}
CLOSEST = "(by alternative 2 of oneOf, the closest one)"
MISSING = f"/vessel/mast_height_m is missing {CLOSEST}"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, ["/vessel is missing"]),
        ({"vessel": SAIL}, [MISSING]),
        (
            {"vessel": {"kind": "sail", "mast_height_m": "1", "length_m": "3"}},
            [
                f'/vessel/{name}: is not of type "number" {CLOSEST}'
                for name in ("length_m", "mast_height_m")
            ],
        ),
        ({"vessel": SAIL, "more": 1}, ["/more is not allowed", MISSING]),
        ({"vessel": "x", "tags": ["ok", "x"]}, ["/tags/1: is shorter than 2 characters"]),
        ({"vessel": "x", "a/b": "1"}, ['/a~1b: is not of type "integer"']),
        ({"vessel": "x", "id": "1"}, ["/id is not allowed"]),
        ([], ['the body: is not of type "object"']),
    ],
)
def test_each_reason_has_its_place(reasons: Reasons, body: Any, found: list[str]) -> None:
    assert sorted(reasons.find("POST /a", request(json.dumps(body).encode()))) == sorted(found)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "the body is empty"),
        (b'{"vessel":', "the body is not JSON: "),
        (b"\xff", "the body is not UTF-8 at byte 0"),
        (b'{"vessel": "x", "vessel": "x"}', "duplicate name"),
        (b'{"vessel": "\\ud800"}', "is "),
        (b"[" * 5000, "the body is "),
    ],
)
def test_a_body_that_cannot_be_read_is_explained(reasons: Reasons, body: bytes, word: str) -> None:
    (reason,) = reasons.find("POST /a", request(body))
    assert word in reason
    assert reasons.find("POST /a", request(body, None)) == (reason,)


def test_what_is_not_the_contracts_has_no_reasons(reasons: Reasons) -> None:
    assert reasons.find("GET /a", request(b"{}")) == ()
    assert reasons.find("POST /a", request(b"{}", "text/plain")) == ()
    assert reasons.find("POST /a", request(b" " * 100_000)) == ()


def test_many_reasons_are_cut(reasons: Reasons) -> None:
    tags = json.dumps({"vessel": "x", "tags": ["x"] * 1000}).encode()
    assert len(reasons.find("POST /a", request(tags))) == 6


def test_quick_reasons_are_the_same_once_the_schema_is_known(tmp_path: Path) -> None:
    reasons = reasons_of(tmp_path, VESSEL)
    for body in (b"{}", b'{"vessel":', b"", json.dumps({"vessel": SAIL, "more": 1}).encode()):
        sent = request(body)
        found = reasons.find("POST /a", sent)
        assert found
        assert reasons.quick("POST /a", sent) == found


def test_what_may_take_long_is_not_quick(tmp_path: Path) -> None:
    backtracking = {"type": "object", "properties": {"a": {"pattern": "^(?!x)(a+)+$"}}}
    reasons = reasons_of(tmp_path, backtracking)
    linear, slow = request(b"[]"), request(b'{"a": "ab"}')
    assert reasons.quick("POST /a", linear) is None  # the schema is not known yet
    assert reasons.find("POST /a", slow)
    assert reasons.quick("POST /a", slow) is None
    assert reasons.quick("POST /a", linear) == reasons.find("POST /a", linear)
    assert reasons.quick("POST /a", request(b'{"a": 1}' + b" " * 5000)) is None
