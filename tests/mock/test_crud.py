"""A mock that remembers, by the roles that contract tests infer."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from support.compiled import JSON, Mock

PART = {"open": {"type": "string"}, "secret": {"type": "string", "writeOnly": True}}
NOTE = {
    "type": "object",
    "required": ["id", "text", "created_at"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "readOnly": True},
        "text": {"type": "string"},
        "tag": {"type": "string"},
        "parts": {
            "type": "object",
            "properties": {
                **PART,
                "list": {"type": "array", "items": {"type": "object", "properties": PART}},
            },
        },
        "secret": {"type": "string", "writeOnly": True},
        "created_at": {"type": "string", "format": "date-time", "readOnly": True},
        "updated_at": {"type": "string", "format": "date-time", "readOnly": True},
    },
}
TAG = {"ETag": {"required": True, "schema": {"type": "string"}}}
PROBLEM = {"description": "", "content": {"application/problem+json": {}}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}


def header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": {"type": "string"}}


def shown(status: str, **headers: Any) -> dict[str, Any]:
    return {
        status: {
            "description": "",
            "headers": {**TAG, **headers},
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/Note"}}},
        }
    }


def notes() -> dict[str, Any]:
    body = {"required": True, "content": {JSON: {"schema": {"$ref": "#/components/schemas/Note"}}}}
    patches = {
        "application/merge-patch+json": {"schema": {"type": "object"}},
        "application/json-patch+json": {"schema": {"type": "array", "items": {"type": "object"}}},
    }
    location = {"required": True, "schema": {"type": "string"}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/notes": {
                "post": {
                    "operationId": "addNote",
                    "parameters": [header("Idempotency-Key")],
                    "requestBody": body,
                    "responses": {**shown("201", Location=location), "409": PROBLEM},
                }
            },
            "/notes/{id}": {
                "parameters": [ID],
                "get": {
                    "operationId": "getNote",
                    "parameters": [header("If-None-Match")],
                    "responses": {
                        **shown("200"),
                        "304": {"description": "", "headers": TAG},
                        "404": PROBLEM,
                    },
                },
                "put": {
                    "operationId": "putNote",
                    "parameters": [header("If-Match")],
                    "requestBody": body,
                    "responses": {**shown("200"), "404": PROBLEM, "412": PROBLEM},
                },
                "patch": {
                    "operationId": "patchNote",
                    "requestBody": {"required": True, "content": patches},
                    "responses": {**shown("200"), "404": PROBLEM, "409": PROBLEM},
                },
                "delete": {
                    "operationId": "deleteNote",
                    "parameters": [header("If-Match")],
                    "responses": {
                        "204": {"description": ""},
                        "404": PROBLEM,
                        "412": PROBLEM,
                    },
                },
            },
            "/notes/{id}/share": {
                "post": {
                    "operationId": "shareNote",
                    "parameters": [ID],
                    "responses": {"202": {"description": ""}, "404": PROBLEM},
                }
            },
        },
        "components": {"schemas": {"Note": NOTE}},
    }


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Mock:
    return Mock(tmp_path_factory.mktemp("notes"), notes(), remembers=True)


def added(mock: Mock, text: str = "a", **members: Any) -> dict[str, str]:
    """The path variables of a new note."""
    _, _, body = mock("POST", "/notes", body={"text": text, **members})
    return {"id": body["id"]}


def test_what_is_created_can_be_read_where_location_says(mock: Mock) -> None:
    status, headers, made = mock("POST", "/notes", body={"text": "a", "secret": "s"})
    assert status == 201
    assert headers["location"] == f"/prod/notes/{made['id']}"
    assert made["text"] == "a"
    assert "secret" not in made
    assert "tag" not in made, "nobody has sent it"
    _, found, read = mock("GET", "/notes/{id}", {"id": made["id"]})
    assert (read, found["etag"]) == (made, headers["etag"])


def test_two_creations_are_two_things(mock: Mock) -> None:
    assert added(mock) != added(mock)


def test_put_replaces_what_a_client_may_send_and_nothing_else(mock: Mock) -> None:
    path = added(mock, tag="x")
    _, headers, before = mock("GET", "/notes/{id}", path)
    _, changed_headers, after = mock("PUT", "/notes/{id}", path, body={"text": "b"})
    assert (after["text"], after["id"], "tag" in after) == ("b", path["id"], False)
    assert after["created_at"] == before["created_at"]
    assert after["updated_at"] > before["updated_at"]
    assert changed_headers["etag"] != headers["etag"]
    assert mock("GET", "/notes/{id}", path)[2] == after


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("merge-patch", {"text": "b", "tag": None}),
        (
            "json-patch",
            [{"op": "replace", "path": "/text", "value": "b"}, {"op": "remove", "path": "/tag"}],
        ),
    ],
)
def test_patch_changes_a_part(mock: Mock, kind: str, patch: Any) -> None:
    path = added(mock, tag="x")
    media_type = f"application/{kind}+json"
    _, _, after = mock("PATCH", "/notes/{id}", path, body=patch, media_type=media_type)
    assert (after["text"], "tag" in after) == ("b", False)


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("merge-patch", {"id": "x", "created_at": None, "text": "b"}),
        ("json-patch", [{"op": "remove", "path": "/id"}]),
    ],
)
def test_no_patch_changes_what_only_the_server_sets(mock: Mock, kind: str, patch: Any) -> None:
    variables = added(mock)
    before = mock("GET", "/notes/{id}", variables)[2]
    own = {"id": before["id"], "created_at": before["created_at"]}
    status, _, found = mock(
        "PATCH", "/notes/{id}", variables, body=patch, media_type=f"application/{kind}+json"
    )
    assert (status, {**found, **own}) == (200, found)


def test_a_member_that_only_requests_have_is_hidden_at_any_depth(mock: Mock) -> None:
    parts = {"open": "o", "secret": "s", "list": [{"open": "p", "secret": "s"}]}
    _, _, made = mock("POST", "/notes", body={"text": "a", "parts": parts})
    assert made["parts"] == {"open": "o", "list": [{"open": "p"}]}


def test_a_patch_that_does_not_fit_is_refused_and_changes_nothing(mock: Mock) -> None:
    path = added(mock)
    patch = [{"op": "remove", "path": "/text"}, {"op": "test", "path": "/id", "value": 1}]
    sent = {"body": patch, "media_type": "application/json-patch+json"}
    assert mock("PATCH", "/notes/{id}", path, **sent)[0] == 409
    assert mock("GET", "/notes/{id}", path)[2]["text"] == "a"


def test_what_is_removed_is_gone_with_what_is_below_it(mock: Mock) -> None:
    path = added(mock)
    assert mock("POST", "/notes/{id}/share", path)[0] == 202
    assert mock("DELETE", "/notes/{id}", path)[0] == 204
    for method in ("GET", "DELETE"):
        assert mock(method, "/notes/{id}", path)[0] == 404
    assert mock("PUT", "/notes/{id}", path, body={"text": "b"})[0] == 404
    assert mock("POST", "/notes/{id}/share", path)[0] == 404


def test_conditions_are_kept(mock: Mock) -> None:
    path = added(mock)
    tag = mock("GET", "/notes/{id}", path)[1]["etag"]
    for wanted, status in ((tag, 304), (f"W/{tag}", 304), ("*", 304), ('"x"', 200)):
        assert mock("GET", "/notes/{id}", path, headers={"If-None-Match": wanted})[0] == status
    stale, body = {"If-Match": '"x"'}, {"text": "b"}
    assert mock("PUT", "/notes/{id}", path, headers=stale, body=body)[0] == 412
    assert mock("DELETE", "/notes/{id}", path, headers=stale)[0] == 412
    assert (
        mock("PUT", "/notes/{id}", path, headers={"If-Match": f'"x", {tag}'}, body=body)[0] == 200
    )
    assert mock("DELETE", "/notes/{id}", path, headers={"If-Match": "*"})[0] == 204


@pytest.mark.parametrize("pattern", ['^W/"[0-9a-f]+"$', '^"[0-9]{1,6}"$', "^[0-9a-f]+$"])
def test_entity_tags_have_the_declared_form_and_change(tmp_path: Path, pattern: str) -> None:
    document = copy.deepcopy(notes())
    responses = document["paths"]["/notes/{id}"]["get"]["responses"]
    responses["200"]["headers"]["ETag"]["schema"]["pattern"] = pattern
    mock = Mock(tmp_path, document, remembers=True)
    path = added(mock)
    tag = mock("GET", "/notes/{id}", path)[1]["etag"]
    assert mock("GET", "/notes/{id}", path, headers={"If-None-Match": tag})[0] == 304
    mock("PUT", "/notes/{id}", path, body={"text": "b"})
    assert mock("GET", "/notes/{id}", path)[1]["etag"] != tag


def test_a_key_creates_once(mock: Mock) -> None:
    def create(key: str, text: str) -> tuple[int, Any]:
        headers = {"Idempotency-Key": key}
        status, _, body = mock("POST", "/notes", headers=headers, body={"text": text})
        return status, body.get("id")

    first = create("k", "a")
    assert first[0] == 201
    assert create("k", "a") == first
    assert create("k", "b")[0] == 409
    assert create("l", "a") != first
    mock("DELETE", "/notes/{id}", {"id": first[1]})
    assert create("k", "a")[0] == 201


def test_a_preference_wins_over_what_is_remembered(mock: Mock) -> None:
    path = added(mock)
    assert mock("GET", "/notes/{id}", path, headers={"Prefer": "code=404"})[0] == 404


def test_a_status_that_is_not_declared_is_not_sent(tmp_path: Path) -> None:
    document = notes()
    del document["paths"]["/notes/{id}"]["get"]["responses"]["404"]
    mock = Mock(tmp_path, document, remembers=True)
    path = {"id": "5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7"}
    assert mock("GET", "/notes/{id}", path)[0] == 200, "the answer of the plain mock"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 100},
        {"type": "string", "pattern": "^note-[a-f]{6}$"},
        {"type": "string", "minLength": 12, "maxLength": 12},
        {"type": "string"},
    ],
)
def test_ids_match_their_schemas(tmp_path: Path, schema: dict[str, Any]) -> None:
    document = copy.deepcopy(notes())
    document["components"]["schemas"]["Note"]["properties"]["id"] = {**schema, "readOnly": True}
    for path in document["paths"].values():
        for parameter in (each for each in path.get("parameters", ()) if each["name"] == "id"):
            parameter["schema"] = schema
    mock = Mock(tmp_path, document, remembers=True)
    found = set()
    for _ in range(20):
        status, _, made = mock("POST", "/notes", body={"text": "a"})
        assert status == 201
        path = {"id": str(made["id"])}
        assert mock("GET", "/notes/{id}", path)[2] == made
        found.add(made["id"])
    assert len(found) == 20


def test_an_id_that_the_client_sends_identifies_what_only_location_leads_to(
    tmp_path: Path,
) -> None:
    till = {"type": "object", "required": ["no"], "properties": {"no": {"type": "integer"}}}
    content = {JSON: {"schema": till}}
    number = {"name": "no", "in": "path", "required": True, "schema": {"type": "integer"}}
    location = {"Location": {"schema": {"type": "string"}}}
    add = {
        "operationId": "addTill",
        "requestBody": {"required": True, "content": content},
        "responses": {"201": {"description": "", "headers": location}, "409": PROBLEM},
    }
    get = {
        "operationId": "getTill",
        "parameters": [number],
        "responses": {"200": {"description": "", "content": content}, "404": PROBLEM},
    }
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/tills": {"post": add}, "/tills/{no}": {"get": get}},
    }
    mock = Mock(tmp_path, document, remembers=True)
    status, headers, _ = mock("POST", "/tills", body={"no": 7})
    assert (status, headers["location"]) == (201, "/prod/tills/7")
    assert mock("GET", "/tills/{no}", {"no": "7"})[2] == {"no": 7}
    assert mock("POST", "/tills", body={"no": 7})[0] == 409
