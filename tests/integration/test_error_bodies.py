"""Contracts with error bodies of their own are served and tested, and nothing is called broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from openapi_first.conformance.model.run import Options, Phase
from openapi_first.conformance.session import replay
from openapi_first.openapi.loader import load
from support.documents import written
from support.serving import serving

FUNCTIONS = """
from openapi_first.runtime import Problem

def find_coded(limit=None):
    return ["a"]

def save_coded(body, limit=None):
    return ["a"]

save_empty = save_markup = save_silent = save_problem = save_coded

def _handler():
    import sys

    import compiled
    from openapi_first.runtime import lambda_handler
    return lambda_handler(compiled, sys.modules[__name__])

handler = _handler()
"""
MESSAGE = {"type": "string"}
CODED = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {"code": {"type": "integer"}, "message": MESSAGE},
}


def api() -> dict[str, Any]:
    done = {
        "description": "",
        "content": {"application/json": {"schema": {"type": "array", "items": MESSAGE}}},
    }
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}}
    body = {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "required": ["name"]}}},
    }

    def refusing(name: str, **responses: Any) -> dict[str, Any]:
        return {
            "operationId": f"save{name}",
            "parameters": [limit],
            "requestBody": body,
            "responses": {"200": done, **responses},
        }

    def content(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
        return {"description": "", "content": {media_type: {"schema": schema}}}

    coded = {"default": content(CODED)}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Refusals", "version": "1"},
        "paths": {
            "/coded": {
                "get": {
                    "operationId": "findCoded",
                    "parameters": [limit],
                    "responses": {"200": done, **coded},
                },
                "post": refusing("Coded", **coded),
            },
            "/empty": {"post": refusing("Empty", **{"400": {"description": ""}})},
            "/markup": {"post": refusing("Markup", **{"400": content(CODED, "application/xml")})},
            "/silent": {"post": refusing("Silent")},
            "/problem": {
                "post": refusing("Problem", **{"4XX": content({}, "application/problem+json")})
            },
        },
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("refusals")
    contract = written(folder, api())
    (folder / "functions.py").write_text(FUNCTIONS)
    with serving(folder, handler="functions.handler") as server:
        yield contract, server.base_url


def test_a_run_has_no_finding_and_notes_what_is_not_declared(served: tuple[Path, str]) -> None:
    contract, url = served
    phases = frozenset({Phase.EXAMPLE, Phase.BOUNDARY})
    found = replay(load(contract), Options(url, max_examples=0, phases=phases))
    assert [f"{each.promise.id}: {each.detail}" for each in found.findings] == []
    noted = {name for note in found.notes for name in note.partition(":")[0].split(", ")}
    assert noted >= {"saveEmpty", "saveMarkup", "saveSilent"}
    assert noted.isdisjoint({"findCoded", "saveProblem"})


@pytest.mark.parametrize(
    ("path", "media_type", "body"),
    [
        ("coded", "application/json", {"code": 400}),
        ("empty", "application/json", None),  # API Gateway adds the Content-Type
        ("markup", "application/problem+json", {"status": 400}),
        ("silent", "application/problem+json", {"status": 400}),
        ("problem", "application/problem+json", {"status": 400}),
    ],
)
def test_the_lambda_refuses_as_the_contract_declares(
    served: tuple[Path, str], path: str, media_type: str, body: Any
) -> None:
    _, url = served
    answer = requests.post(f"{url}/{path}?limit=x", json={"name": "n"}, timeout=30)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == media_type
    if path == "empty":
        assert answer.text == ""
    else:
        assert body.items() <= answer.json().items()


def test_the_gateway_has_problem_details_where_operations_differ(served: tuple[Path, str]) -> None:
    answer = requests.post(f"{served[1]}/coded", json={}, timeout=30)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "x-amzn-ErrorType" in answer.headers
