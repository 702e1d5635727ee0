"""openapi-core judges a response by the schema of its own operation, whatever its path is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.conformance.judging.openapi_core import ReferenceJudge
from openapi_first.conformance.model.messages import Response
from openapi_first.openapi.loader import load
from openapi_first.openapi.path_templates import variable_names
from support.compiled import contract_of
from support.documents import written

JSON = "application/json"
PATHS = ["/{id}", "/a/{id}", "/a/{key}.json", "/a/{p+}", "/a/@me", "/{x},{y}", "/a/{id}/"]


@pytest.mark.parametrize("index", range(len(PATHS)))
def test_each_path_has_its_own_schema(index: int, tmp_path: Path) -> None:
    contract = load(
        written(
            tmp_path,
            {
                "openapi": "3.0.3",
                "info": {"title": "t", "version": "1"},
                "paths": {
                    path: {
                        "get": {
                            "operationId": f"f{number}",
                            "parameters": [
                                {"name": n, "in": "path", "required": True, "schema": {}}
                                for n in variable_names(path)
                            ],
                            "responses": {
                                "200": {
                                    "description": "",
                                    "content": {"application/json": {"schema": {"enum": [number]}}},
                                }
                            },
                        }
                    }
                    for number, path in enumerate(PATHS)
                },
            },
        )
    )
    judge = ReferenceJudge(contract)
    for number in range(len(PATHS)):
        body = str(number).encode()
        response = Response(200, (("Content-Type", "application/json"),), body)
        assert bool(judge.schema_errors(contract.operations[index], response)) == (number != index)


def judged(
    folder: Path,
    schema: dict[str, Any],
    body: str,
    *,
    openapi: str = "3.0.3",
    media_type: str = JSON,
) -> dict[str, str]:
    """The findings about one response, whose header X-Ratio has the body's value, too."""
    response = {
        "description": "",
        "headers": {"X-Ratio": {"schema": schema}},
        "content": {media_type.partition(";")[0]: {"schema": schema}},
    }
    contract = load(
        written(
            folder,
            {
                "openapi": openapi,
                "info": {"title": "t", "version": "1"},
                "paths": {"/a": {"get": {"operationId": "f", "responses": {"200": response}}}},
            },
        )
    )
    sent = Response(200, (("Content-Type", media_type), ("X-Ratio", body)), body.encode())
    return ReferenceJudge(contract).schema_errors(contract.operations[0], sent)


@pytest.mark.parametrize("openapi", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    ("keywords", "number", "right"),
    [
        ({"multipleOf": 0.01}, "0.58", True),
        ({"multipleOf": 0.01}, "283.66", True),
        ({"multipleOf": 0.01}, "0.585", False),
        ({"multipleOf": 0.01}, "1e300", True),
        ({"maximum": 0.3}, "0.3", True),
        ({"minimum": 0.3, "enum": [0.1, 0.3]}, "0.3", True),
        ({"enum": [0.1, 0.3]}, "0.2", False),
        ({"format": "double"}, "0.1", True),
        ({"format": "float", "multipleOf": 3}, "1e2", False),
    ],
)
def test_decimals_are_judged_exactly(
    tmp_path: Path, openapi: str, keywords: dict[str, Any], number: str, right: bool
) -> None:
    found = judged(tmp_path, {"type": "number", **keywords}, number, openapi=openapi)
    assert set(found) == (set() if right else {"body", "header"})


def test_an_integer_may_have_a_fraction_of_zero_in_3_1(tmp_path: Path) -> None:
    for number, right in (("1.0", True), ("1.5", False)):
        found = judged(tmp_path, {"type": "integer"}, number, openapi="3.1.0")
        assert ("body" not in found) is right


@pytest.mark.parametrize(
    "media_type", ["application/hal+json", "application/json; charset=utf-8", "application/x+json"]
)
def test_every_json_media_type_is_read_as_json(tmp_path: Path, media_type: str) -> None:
    schema = {"type": "number"}
    assert judged(tmp_path, schema, "5", media_type=media_type) == {}
    assert "body" in judged(tmp_path, {"type": "string"}, "5", media_type=media_type)


@pytest.mark.parametrize(
    ("media_type", "schema", "allowed"),
    [
        ("application/octet-stream", None, True),
        ("text/plain", {"type": "string"}, True),
        ("text/plain", {"type": "string", "minLength": 1}, False),
        ("image/png", {"type": "string", "format": "binary"}, True),
        ("application/json", {"type": "string"}, False),
    ],
)
def test_an_empty_file_is_content_and_empty_json_is_not(
    media_type: str, schema: dict[str, object] | None, allowed: bool, tmp_path: Path
) -> None:
    content = {media_type: {} if schema is None else {"schema": schema}}
    document = contract_of(responses={"200": {"description": "", "content": content}})
    contract = load(written(tmp_path, document))
    response = Response(200, (("Content-Type", media_type),), b"")
    found = ReferenceJudge(contract).schema_errors(contract.operations[0], response)
    assert (found == {}) is allowed


TEXT = {"type": "string", "maxLength": 12}


@pytest.mark.parametrize("openapi", ["3.0.3", "3.1.0", "3.2.0"])
@pytest.mark.parametrize(
    ("media_type", "schema", "body", "right"),
    [
        ("text/csv", TEXT, "id,name\r\n", True),
        ("text/csv", TEXT, "id,name\r\n1,one\r\n", False),
        ("text/calendar", {"type": "string", "pattern": "^BEGIN"}, "END", False),
        ("text/plain; charset=utf-8", {"type": "string", "maxLength": 1}, "\u20ac", True),
        ("application/yaml", TEXT, "a: 1", True),
        ("application/xml", TEXT, "<people/>", True),
        ("application/xml", TEXT, "<people></people>", False),
        ("application/xml", {"type": "object", "required": ["a"]}, "<a/>", True),
        ("image/svg+xml", {"type": "object"}, "<svg", False),
        ("application/xml", {}, "<svg", False),
        ("image/png", {"type": "string", "maxLength": 4}, "\u20ac", True),
        ("application/octet-stream", {"type": "string"}, "", True),
        ("text/plain", {"type": "integer", "minimum": 5}, "5", True),
        ("text/plain", {"type": "integer", "minimum": 5}, "4", False),
        ("text/plain", {"type": "integer"}, "four", False),
        ("text/plain", {"type": "boolean"}, "true", True),
        ("text/plain", {"enum": ["up", "down"]}, "up", True),
        ("text/plain", {"enum": ["up", "down"]}, "left", False),
        ("application/x-ndjson", {"type": "array"}, "1\n2\n", True),
        ("application/problem+xml", {"allOf": [{"type": "object"}]}, "<problem/>", True),
    ],
)
def test_what_is_not_json_is_judged_as_text_if_its_schema_describes_text(
    openapi: str, media_type: str, schema: dict[str, Any], body: str, right: bool, tmp_path: Path
) -> None:
    found = judged_body(tmp_path, schema, body.encode(), openapi=openapi, media_type=media_type)
    assert (found == {}) is right, found


def test_xml_says_its_encoding_itself(tmp_path: Path) -> None:
    body = "<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>".encode("latin-1")
    assert judged_body(tmp_path, {"type": "object"}, body, media_type="text/xml") == {}


def judged_body(
    folder: Path,
    schema: dict[str, Any],
    body: bytes,
    *,
    openapi: str = "3.0.3",
    media_type: str = JSON,
) -> dict[str, str]:
    content = {media_type.partition(";")[0]: {"schema": schema}}
    document = contract_of(responses={"200": {"description": "", "content": content}})
    contract = load(written(folder, {**document, "openapi": openapi}))
    sent = Response(200, (("Content-Type", media_type),), body)
    return ReferenceJudge(contract).schema_errors(contract.operations[0], sent)


def test_a_file_without_a_schema_may_be_anything(tmp_path: Path) -> None:
    content: dict[str, Any] = {"image/png": {}}
    document = contract_of(responses={"200": {"description": "", "content": content}})
    contract = load(written(tmp_path, document))
    sent = Response(200, (("Content-Type", "image/png"),), b"\x89PNG")
    assert ReferenceJudge(contract).schema_errors(contract.operations[0], sent) == {}
