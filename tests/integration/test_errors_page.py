"""docs/errors.md does what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from openapi_first.cli.main import main
from openapi_first.runtime import lambda_handler
from support.compiled import Operations, compiled_module, event

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_renderer_of_the_page_makes_the_bodies_of_its_contract(tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    operations = Operations("operations")
    operations.list_rooms = lambda limit=None: []  # type: ignore[attr-defined]
    compiled = compiled_module(tmp_path, block("yaml"))
    handler = lambda_handler(compiled, operations, render_problem=names["render_problem"])
    answer = handler(event(resource="/rooms", query={"limit": ["x"]}), None)
    assert json.loads(answer["body"]) == {
        "status": 400,
        "severity": "low",
        "message": "The request does not match the API contract.",
        "fields": ["limit"],
    }


def test_the_settings_of_the_page_make_the_gateways_bodies(tmp_path: Path) -> None:
    contract, output = tmp_path / "openapi.yaml", tmp_path / "api.json"
    contract.write_text(block("yaml"))
    (tmp_path / "pyproject.toml").write_text(block("toml"))
    assert main(["lint", str(contract)]) == 0
    assert main(["gateway", str(contract), "-o", str(output)]) == 0
    document = json.loads(output.read_text())
    throttled = document["x-amazon-apigateway-gateway-responses"]["THROTTLED"]
    assert json.loads(throttled["responseTemplates"]["application/json"]) == {
        "status": 429,
        "severity": "low",
        "message": "Too Many Requests",
    }
