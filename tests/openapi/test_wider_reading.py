"""What many public contracts write, and what it means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.openapi.errors import ContractError
from openapi_first.openapi.loader import load
from support.compiled import contract_of, serve
from support.documents import written


def status(folder: Path, schema: dict[str, Any], value: Any, openapi: str = "3.0.3") -> int:
    """The status of a request with `value` as its body."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    handler, _ = serve(folder, contract_of(method="post", requestBody=body, openapi=openapi))
    answer = handler(
        {
            "httpMethod": "POST",
            "resource": "/things",
            "path": "/things",
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps(value),
        },
        None,
    )
    return int(answer["statusCode"])


def test_a_reference_in_an_extension_is_the_vendors(tmp_path: Path) -> None:
    document = contract_of()
    document["x-topics"] = [{"content": {"$ref": "./docs/start.md"}}]
    document["paths"]["x-more"] = {"$ref": "#/nowhere"}
    assert load(written(tmp_path, document)).operations
    document["components"]["headers"] = {"x-rate-limit": {"$ref": "#/nowhere"}}
    with pytest.raises(ContractError, match="'#/nowhere' has no target at #/components/headers"):
        load(written(tmp_path, document))


MEMBERS = {"properties": {"name": {"type": "string"}, "count": {"type": "integer"}}}
CHAIN = {"$ref": "#/components/schemas/One"}


@pytest.mark.parametrize(
    "form",
    [
        MEMBERS,
        {"allOf": [MEMBERS]},
        {"oneOf": [{"required": ["x"]}, MEMBERS]},
        {"anyOf": [CHAIN, {"type": "object"}]},
        CHAIN,
        {"additionalProperties": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
        {"type": "object", "additionalProperties": {"type": ["integer", "string"]}},
        {"patternProperties": {"^n": {"type": "string"}}, **MEMBERS},
    ],
)
def test_a_form_without_a_type_is_an_object(tmp_path: Path, form: dict[str, Any]) -> None:
    content = {"application/x-www-form-urlencoded": {"schema": form}}
    body = {"required": True, "content": content}
    schemas = {"One": {"$ref": "#/components/schemas/Two"}, "Two": {"allOf": [MEMBERS]}}
    document = contract_of(method="post", openapi="3.1.0", requestBody=body, schemas=schemas)
    handler, seen = serve(tmp_path, document)
    event = {
        "httpMethod": "POST",
        "resource": "/things",
        "path": "/things",
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        "body": "name=a+b&count=2",
    }
    assert handler(event, None)["statusCode"] == 200
    assert seen[0]["body"] == {"name": "a b", "count": 2}


def test_a_discriminator_over_inline_branches_selects_nothing(tmp_path: Path) -> None:
    """OpenAPI 3.0.3 §4.7.25: inline schemas are not considered."""
    kinds = [{"type": "object", "required": [name]} for name in ("a", "b")]
    schema = {"oneOf": kinds, "discriminator": {"propertyName": "kind"}}
    assert status(tmp_path / "1", schema, {"a": 1, "kind": "anything"}) == 200
    assert status(tmp_path / "2", schema, {"a": 1, "b": 2}) == 400


def test_nullable_means_nothing_in_3_1(tmp_path: Path) -> None:
    schema = {"type": "string", "nullable": True}
    assert status(tmp_path / "1", schema, None, "3.1.0") == 400
    assert status(tmp_path / "2", schema, None, "3.0.3") == 200


def test_a_document_of_3_2_is_read_as_3_1_unless_it_uses_what_is_new(tmp_path: Path) -> None:
    document = contract_of(openapi="3.2.0")
    assert load(written(tmp_path, document)).openapi == "3.1"
    document["paths"]["/things"]["query"] = {"responses": {"200": {"description": "ok"}}}
    with pytest.raises(ContractError, match="query"):
        load(written(tmp_path, document))
