"""The console and `contract coverage` count the same traffic alike."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from openapi_first.conformance.coverage.observed_points import gateway_points, observed_points
from openapi_first.conformance.judging.request_reader import operation_readers
from openapi_first.conformance.model.coverage import CoverageRecord
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.openapi.loader import load
from openapi_first.serving.builds import ServedContract
from openapi_first.serving.coverage import contract_origin, document_origin
from openapi_first.stage.api.importer import read_document
from openapi_first.stage.console.coverage import Coverage
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import StageResponse
from support.commands import contract
from support.documents import whole, written
from support.serving import serving

_CONTRACT = """
openapi: 3.1.0
info: {title: Notes, version: "1"}
paths:
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, maxLength: 3}}]
    get:
      operationId: readNote
      parameters: [{name: n, in: query, schema: {type: integer, minimum: 1}}]
      responses:
        "200": {description: A note., content: {application/json: {schema: {type: object}}}}
        default: {$ref: "#/components/responses/Problem"}
    put:
      operationId: writeNote
      requestBody:
        content:
          application/json: {schema: {type: object, required: [a]}}
          application/x-www-form-urlencoded:
            schema: {type: object, properties: {a: {type: integer}}}
          text/plain: {}
      responses:
        "200": {description: Written., content: {application/json: {schema: {type: object}}}}
        "4XX": {$ref: "#/components/responses/Problem"}
        "500": {$ref: "#/components/responses/Problem"}
  /other:
    get:
      operationId: other
      responses: {"200": {description: "."}}
components:
  responses:
    Problem:
      description: Not done.
      content: {application/problem+json: {schema: {type: object}}}
"""
_SERVICE = """
import sys

import compiled
from openapi_first.runtime import Problem, lambda_handler

def read_note(id, n=None):
    if id == "no":
        raise Problem(404)
    return {}

def write_note(id, body=None):
    if id == "bad":
        raise RuntimeError
    return {}

def other():
    raise RuntimeError

handler = lambda_handler(compiled, sys.modules[__name__])
"""
_FORM = "application/x-www-form-urlencoded"
_NOTE = "/notes/{id}"
_TRAFFIC: tuple[tuple[str, str | None, str, dict[str, str], bytes | None], ...] = (
    ("GET", _NOTE, "/notes/1?n=1", {}, None),
    ("GET", _NOTE, "/notes/no", {}, None),
    ("GET", _NOTE, "/notes/1?n=x", {}, None),
    ("GET", _NOTE, "/notes/tolong", {}, None),
    ("PUT", _NOTE, "/notes/1", {"Content-Type": "application/json"}, b'{"a": 1}'),
    ("PUT", _NOTE, "/notes/1", {"Content-Type": "application/json"}, b"{}"),
    ("PUT", _NOTE, "/notes/1", {"Content-Type": "application/json"}, b"{"),
    ("PUT", _NOTE, "/notes/1", {"Content-Type": _FORM}, b"a=1"),
    ("PUT", _NOTE, "/notes/1", {"Content-Type": _FORM}, b"a=x"),
    ("PUT", _NOTE, "/notes/bad", {"Content-Type": "text/plain"}, b"x"),
    ("GET", "/other", "/other", {}, None),
    ("GET", None, "/nowhere", {}, None),
    ("GET", None, "/%ff%00?%zz=%", {}, None),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notes")
    (folder / "openapi.yaml").write_text(_CONTRACT)
    (folder / "notes_service.py").write_text(_SERVICE)
    return folder


@pytest.fixture(scope="module")
def seen(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the console says after the traffic, and `contract coverage` about what a client saw."""
    whole = load(folder / "openapi.yaml")
    readers = {each.name: each for each in operation_readers(whole).values()}
    record = CoverageRecord(whole.title, whole.version, Counter())
    elsewhere = ("--env", "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:1")
    with serving(folder, *elsewhere, handler="notes_service.handler") as server:
        for method, path, target, headers, body in _TRAFFIC:
            reply = requests.request(
                method, server.base_url + target, headers=headers, data=body, timeout=30
            )
            response = Response(reply.status_code, tuple(reply.headers.items()), reply.content)
            request = Request(method, target, tuple(headers.items()), body)
            record.seen.update(
                observed_points(readers[f"{method} {path}"], request, response)
                if path is not None
                else gateway_points(response)
            )
        console = requests.get(
            f"{server.base_url.rpartition('/')[0]}/_stage/coverage", timeout=30
        ).json()
    (folder / "client.json").write_text(json.dumps(record.value()))
    (folder / "console.json").write_text(json.dumps(console))
    done = contract("coverage", "client.json", "--format", "json", folder=folder)
    assert done.returncode == 0, done.stderr
    return console, json.loads(done.stdout)


def test_the_console_and_the_command_show_the_same_numbers(
    seen: tuple[dict[str, Any], dict[str, Any]], folder: Path
) -> None:
    console, command = seen
    assert console["seen"] == command["record"]["seen"]
    done = contract("coverage", "console.json", "--format", "json", folder=folder)
    for value in (command, json.loads(done.stdout)):
        assert {**console["report"], "record": value["record"]} == value


def test_each_status_stands_once_and_default_and_ranges_are_declared(
    seen: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    console, _ = seen
    statuses = {each["operation"]: each["statuses"] for each in console["report"]["operations"]}
    assert statuses["GET /notes/{id}"] == [
        {"status": "200", "state": "seen", "count": 1},
        {"status": "default", "state": "seen", "count": 3},
    ]
    assert statuses["PUT /notes/{id}"] == [
        {"status": "200", "state": "seen", "count": 2},
        {"status": "4XX", "state": "seen", "count": 3},
        {"status": "500", "state": "seen", "count": 1},
    ]
    assert statuses["GET /other"] == [
        {"status": "200", "state": "never seen", "count": 0},
        {"status": "500", "state": "undeclared", "count": 1},
    ]
    assert console["statuses"]["GET /notes/{id}"] == {"200": 1, "400": 2, "404": 1}


def test_forms_keywords_and_what_is_not_counted_are_in_the_console(
    seen: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    report = seen[0]["report"]
    put = next(each for each in report["operations"] if each["operation"] == "PUT /notes/{id}")
    assert put["kinds"]["field"] == {"seen": 2, "counted": 3}
    assert {"body text/plain"} <= {each["part"] for each in report["not_counted"]}


def test_the_console_names_operations_as_the_contract_does(tmp_path: Path) -> None:
    document = whole()
    answer = {"responses": {"202": {"description": "."}}}
    document["paths"]["/things/@me"] = {"get": {"operationId": "me", **answer}}
    served = ServedContract(written(tmp_path, document), tmp_path / "none.toml", ("*",))
    origin = served.build(tmp_path / "build").origin
    assert origin is not None
    assert origin.operation("GET", "/things/{id}", {"id": "@me"}) == "GET /things/@me"
    assert origin.operation("GET", "/things/{id}", {"id": "7"}) == "GET /things/{id}"
    assert origin.operation("GET", "/other", {}) is None


def test_an_import_document_declares_statuses_and_media_types_and_the_rest_is_not_counted() -> None:
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri}
    responses = {
        "200": {"description": ".", "content": {"application/json": {}}},
        "4XX": {"description": "."},
        "default": {"description": "."},
    }
    item = {"get": {"responses": responses, "x-amazon-apigateway-integration": integration}}
    document = {
        "openapi": "3.0.1",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": item},
    }
    origin = document_origin(document, read_document(document))
    counting = Coverage()
    request = StageRequest("GET", "/prod/a", "", (), b"", "127.0.0.1")
    for status, kind in ((200, "application/json"), (200, "text/plain"), (404, "a/b"), (302, "")):
        headers = (("Content-Type", kind),) if kind else ()
        response = StageResponse(status, headers, b"x", "lambda")
        counting.count(origin, origin.operation("GET", "/a", {}), request, response)
    report = counting.value(document, origin)["report"]
    counting.close()
    (operation, _) = report["operations"]
    assert [(each["status"], each["count"]) for each in operation["statuses"]] == [
        ("200", 2), ("4XX", 1), ("default", 1)
    ]  # fmt: skip
    assert report["undocumented"] == [["GET /a", "media type|200 text/plain"]]
    assert report["summary"] == "100.0 % of what is counted; 1 point is not counted"


def test_what_cannot_be_read_is_listed_and_ends_nothing(tmp_path: Path) -> None:
    origin = contract_origin(load(written(tmp_path, whole())))
    counting = Coverage()
    request = StageRequest("GET", "/prod/things/1", "", (), b"", "127.0.0.1")
    response = StageResponse(200, (), b"", "lambda")
    counting.count(origin, "GET /gone", request, response)
    counting.count(origin, "GET /things/{id}", request, response)
    value = counting.value({}, origin)
    counting.close()
    assert list(value["unread"]) == ["GET /gone: KeyError: 'GET /gone'"]
    assert value["seen"]["GET /things/{id}"]["status|200"] == 1
