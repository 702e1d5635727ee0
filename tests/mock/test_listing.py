"""The lists of a mock that remembers, in every way in which a contract turns pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from support.compiled import JSON, Mock

THING = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string", "readOnly": True}, "name": {"type": "string"}},
}
COUNT = 7
WORD, NUMBER = {"type": "string"}, {"type": "integer", "minimum": 0}
PAGE = {"type": "integer", "minimum": 1, "default": 1}


def things(
    query: dict[str, Any], members: dict[str, Any] | None = None, **response: Any
) -> dict[str, Any]:
    """A contract with a list whose pages are arrays, or objects with `members`."""
    items: dict[str, Any] = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
    if members is not None:
        required = ["data", *(name for name, each in members.items() if each.pop("must", False))]
        properties = {"data": items, **members}
        items = {"type": "object", "required": required, "properties": properties}
    thing = {"schema": {"$ref": "#/components/schemas/Thing"}}
    limit = {"type": "integer", "minimum": 1, "maximum": 50, "default": 3}
    identity = {"name": "id", "in": "path", "required": True, "schema": WORD}
    listed = {
        "operationId": "listThings",
        "parameters": [
            {"name": name, "in": "query", "schema": schema}
            for name, schema in {"limit": limit, "name": WORD, **query}.items()
        ],
        "responses": {
            "200": {"description": "", "content": {JSON: {"schema": items}}, **response},
            "400": {"description": ""},
        },
    }
    created = {
        "operationId": "addThing",
        "requestBody": {"required": True, "content": {JSON: thing}},
        "responses": {"201": {"description": "", "content": {JSON: thing}}},
    }
    read = {
        "operationId": "getThing",
        "parameters": [identity],
        "responses": {"200": {"description": "", "content": {JSON: thing}}},
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/things": {"get": listed, "post": created}, "/things/{id}": {"get": read}},
        "components": {"schemas": {"Thing": THING}},
    }


def filled(folder: Path, document: dict[str, Any]) -> tuple[Mock, list[str]]:
    mock = Mock(folder, document, remembers=True)
    made = [mock("POST", "/things", body={"name": f"n{n}"})[2]["id"] for n in range(COUNT)]
    return mock, made


def ids(body: Any) -> list[str]:
    return [each["id"] for each in (body if isinstance(body, list) else body["data"])]


def link(**parameters: str) -> dict[str, Any]:
    return {"links": {"next": {"operationId": "listThings", "parameters": parameters}}}


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


NULL = {"type": "string", "nullable": True}
WAYS: dict[str, tuple[dict[str, Any], Any]] = {
    "a cursor": (
        things({"cursor": {**WORD, "pattern": "^[A-Z]{8}$"}}, {"next_cursor": {**WORD}}),
        lambda body, _: {"cursor": body["next_cursor"]} if "next_cursor" in body else None,
    ),
    "a cursor that is null at the end": (
        things({"cursor": WORD}, {"next": {**NULL, "must": True}}),
        lambda body, _: {"cursor": body["next"]} if body["next"] else None,
    ),
    "a link to a header": (
        things(
            {"token": {**WORD, "format": "uuid"}},
            headers={"X-Next": {"schema": WORD}},
            **link(token="$response.header.X-Next"),
        ),
        lambda _, headers: {"token": headers["x-next"]} if "x-next" in headers else None,
    ),
    "a link with an offset": (
        things(
            {"offset": NUMBER}, {"more_at": {**NUMBER}}, **link(offset="$response.body#/more_at")
        ),
        lambda body, _: {"offset": body["more_at"]} if "more_at" in body else None,
    ),
    "a header Link": (
        things({"page": PAGE}, headers={"Link": {"schema": WORD}}),
        lambda _, headers: (
            query_of(headers["link"][1:].partition(">")[0]) if "link" in headers else None
        ),
    ),
    "a URL in the body": (
        things({"page": PAGE}, {"next": {**NULL, "format": "uri"}, "total": {**NUMBER}}),
        lambda body, _: query_of(body["next"]) if body.get("next") else None,
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_pages_have_everything_once(tmp_path: Path, way: str) -> None:
    document, following = WAYS[way]
    mock, made = filled(tmp_path, document)
    found: list[str] = []
    query: dict[str, Any] | None = {}
    while query is not None:
        status, headers, body = mock("GET", "/things", query=query)
        assert status == 200
        assert len(ids(body)) <= 3
        found += ids(body)
        if isinstance(body, dict) and "total" in body:
            assert body["total"] == COUNT
        query = following(body, headers)
    assert found == made


@pytest.mark.parametrize(("name", "schema"), [("offset", NUMBER), ("page", PAGE)])
def test_pages_can_be_counted(tmp_path: Path, name: str, schema: dict[str, Any]) -> None:
    mock, made = filled(tmp_path, things({name: schema}, {}))
    starts = (0, 2, 4, 6, 8) if name == "offset" else (1, 2, 3, 4, 5)
    found = [
        each
        for start in starts
        for each in ids(mock("GET", "/things", query={"limit": 2, name: start})[2])
    ]
    assert found == made


def test_a_cursor_of_no_page_is_refused(tmp_path: Path) -> None:
    mock, _ = filled(tmp_path, things({"cursor": WORD}, {"next_cursor": {**WORD}}))
    assert mock("GET", "/things", query={"cursor": "made-up"})[0] == 400


def test_a_parameter_with_the_name_of_a_member_filters(tmp_path: Path) -> None:
    mock, made = filled(tmp_path, things({}, {}))
    assert ids(mock("GET", "/things", query={"name": "n4"})[2]) == [made[4]]


def test_a_list_is_empty_at_first(tmp_path: Path) -> None:
    document = things({}, {"has_more": {"type": "boolean", "must": True}})
    assert Mock(tmp_path, document, remembers=True)("GET", "/things")[2] == {
        "data": [],
        "has_more": False,
    }
