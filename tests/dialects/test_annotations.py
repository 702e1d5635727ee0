"""An annotation in a wrong shape is a remark, and never refuses or changes anything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.compiler.compile import compile_contract
from openapi_first.import_document.document import render_document
from openapi_first.import_document.models import Models
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract, RemarkKind
from openapi_first.resources.resources import resources_of
from openapi_first.schemas.lowering import lowerings
from support.documents import operation, whole, written

WRONG: dict[str, Any] = {
    "title": 5,
    "description": [],
    "deprecated": "yes",
    "externalDocs": "https://example.com",
    "xml": "a",
    "$comment": {},
    "examples": {"a": 1},
}


def read(folder: Path, document: dict[str, Any]) -> Contract:
    contract = load(written(folder, document))
    compile_contract(contract, [])
    models = Models(contract, lowerings(contract.openapi, lambda pattern: pattern))
    render_document(contract, GatewaySettings(), models, resources_of(contract))
    return contract


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_in_a_schema_each_is_found_and_left_out(tmp_path: Path, version: str) -> None:
    document = whole() | {"openapi": version}
    wrong = {key: WRONG[key] for key in WRONG if key != "$comment" or version != "3.0.3"}
    document["components"] = {
        "schemas": {"A": {"type": "object", "properties": {"title": {"type": "string", **wrong}}}}
    }
    contract = read(tmp_path, document)
    assert {each.node.pointer.rpartition("/")[2] for each in contract.remarks} == set(wrong)
    assert {each.kind for each in contract.remarks} == {RemarkKind.MISSHAPEN}
    left = contract.root.value["components"]["schemas"]["A"]["properties"]
    assert left == {"title": {"type": "string"}}


def test_elsewhere_each_is_found_and_left_out(tmp_path: Path) -> None:
    document = whole()
    wrong = {"deprecated": 1, "summary": None, "description": 5, "tags": "a", "externalDocs": {}}
    operation(document).update(wrong)
    operation(document)["parameters"][0].update({"example": "a", "examples": {"b": {"value": 1}}})
    operation(document)["responses"]["200"]["description"] = None
    contract = read(tmp_path, document)
    assert sorted(each.node.pointer.rpartition("/")[2] for each in contract.remarks) == sorted(
        [*wrong, "example", "description"]
    )
    assert contract.operations[0].responses[0].node.value == {"description": ""}


def test_what_only_looks_like_one_is_left_alone(tmp_path: Path) -> None:
    document = whole() | {"openapi": "3.1.0"}
    values = {"title": 5, "description": [], "examples": {}, "$ref": 1}
    document["components"] = {
        "schemas": {
            "A": {
                "properties": {name: {"type": "string"} for name in values},
                "default": values,
                "enum": [values],
                "examples": [values],
                "x-own": values,
            }
        },
        "examples": {"description": {"value": values}},
    }
    assert read(tmp_path, document).remarks == ()


def test_an_effective_keyword_of_the_wrong_shape_is_still_an_error(tmp_path: Path) -> None:
    from openapi_first.documents.errors import ContractError

    document = whole() | {"openapi": "3.1.0"}
    operation(document)["parameters"][0]["schema"] = {"type": "string", "maxLength": "5"}
    with pytest.raises(ContractError, match="found a string"):
        read(tmp_path, document)
