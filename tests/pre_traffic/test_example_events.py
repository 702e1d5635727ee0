"""The events of a contract's examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.cli.main import main
from openapi_first.openapi.loader import load
from openapi_first.pre_traffic.example_events import ExampleEvents, example_events
from support.documents import written

ROOT = Path(__file__).parents[2]
OK = {"200": {"description": "fine"}}


def events_of(folder: Path, paths: dict[str, Any], **components: Any) -> ExampleEvents:
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        "components": components,
    }
    return example_events(load(written(folder, document)))


def test_only_operations_that_read_are_called_and_no_example_that_is_refused() -> None:
    found = example_events(load(ROOT / "openapi.yaml"))
    assert [(each["operation"], each["example"]) for each in found.events] == [
        ("listItems", "onePage"),
        ("getItem", "found"),
        ("getItem", "notModified"),
        ("getItem", "replaced"),
    ]
    assert found.left_out == ()
    assert "x-api-key" not in json.dumps(found.events).lower(), "the gateway has checked the key"


def test_an_operation_without_an_example_gets_a_plain_event(tmp_path: Path) -> None:
    limit = {"name": "limit", "in": "query", "required": True, "schema": {"enum": [3]}}
    found = events_of(tmp_path, {"/a": {"get": {"parameters": [limit], "responses": OK}}})
    (only,) = found.events
    assert only["example"] == ""
    assert only["event"]["queryStringParameters"] == {"limit": "3"}


def test_the_resource_and_its_variables_are_those_of_api_gateway(tmp_path: Path) -> None:
    def at(name: str, value: str) -> dict[str, Any]:
        parameter = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        return {"get": {"parameters": [{**parameter, "example": value}], "responses": OK}}

    found = events_of(tmp_path, {"/a/{id}.json": at("id", "x y"), "/b/{key}": at("key", "ä")})
    first, second = (each["event"] for each in found.events)
    assert second["resource"] == "/b/{key}"
    assert second["pathParameters"] == {"key": "%C3%A4"}
    assert list(first["pathParameters"].values()) == ["x%20y.json"]
    assert first["resource"] != "/a/{id}.json"


def test_what_needs_an_authorizer_is_left_out_with_a_line(tmp_path: Path) -> None:
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
        "token": {"type": "http", "scheme": "bearer"},
    }
    paths = {
        "/a": {"get": {"operationId": "a", "security": [{"token": []}], "responses": OK}},
        "/b": {"get": {"operationId": "b", "security": [{"key": []}], "responses": OK}},
        "/c": {"get": {"operationId": "c", "security": [{"token": []}, {}], "responses": OK}},
    }
    found = events_of(tmp_path, paths, securitySchemes=schemes)
    assert [each["operation"] for each in found.events] == ["b", "c"]
    assert found.left_out == ("a: needs what an authorizer adds to the event",)


def test_what_no_value_matches_is_left_out_with_a_line(tmp_path: Path) -> None:
    never = {
        "name": "q",
        "in": "query",
        "required": True,
        "schema": {"enum": ["a"], "maxLength": 0},
    }
    found = events_of(
        tmp_path, {"/a": {"get": {"operationId": "a", "parameters": [never], "responses": OK}}}
    )
    assert found.events == ()
    (line,) = found.left_out
    assert line.startswith("a: ")


def test_the_compiler_writes_the_same_file_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        output = ["-o", str(tmp_path / "compiled.py"), "--examples", str(tmp_path / name)]
        assert main(["compile", str(ROOT / "openapi.yaml"), *output]) == 0
    capsys.readouterr()
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert json.loads((tmp_path / "one").read_bytes()).keys() == {"events", "left_out"}
