"""openapi-core judges a response by the schema of its own operation, whatever its path is."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.conformance.judging.openapi_core import ReferenceJudge
from openapi_first.conformance.model.messages import Response
from openapi_first.openapi.loader import load
from openapi_first.openapi.path_templates import variable_names
from support.compiled import contract_of
from support.documents import written

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
