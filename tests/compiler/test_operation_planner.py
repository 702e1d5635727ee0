"""How much work the plans of operations make."""

from __future__ import annotations

import json
from pathlib import Path

from openapi_first.compiler.compile import compile_contract, plan_contract
from openapi_first.openapi.loader import load
from support.documents import whole, written


def test_a_place_that_operations_share_is_planned_once(tmp_path: Path) -> None:
    document = whole()
    document["components"] = {
        "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}}
    }
    for path in ("/a", "/b"):
        document["paths"][path] = {
            "get": {
                "operationId": f"list{path[1:]}",
                "parameters": [{"$ref": "#/components/parameters/Limit"}],
                "responses": {"200": {"description": ""}},
            }
        }
    first, second = plan_contract(load(written(tmp_path, document))).operations[1:]
    assert first.parameters[0].schema is second.parameters[0].schema


def test_nothing_is_located_in_a_contract_without_errors(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(whole()))
    contract = load(path)
    compile_contract(contract, [])
    assert "lines" not in vars(contract.root.source)
