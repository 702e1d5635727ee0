"""The answers of a mock: by examples, by what is preferred, or made up, always as declared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.compiled import JSON, Mock, contract_of

PET = {
    "type": "object",
    "required": ["name", "age"],
    "properties": {
        "name": {"type": "string", "example": "Rex"},
        "age": {"type": "integer", "minimum": 3},
        "secret": {"type": "string", "writeOnly": True},
    },
    "additionalProperties": False,
}


def response(content: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    return {"description": "", **({"content": content} if content else {}), **parts}


def mocked(folder: Path, responses: dict[str, Any], *, seed: int = 0, **operation: Any) -> Mock:
    return Mock(folder, contract_of(responses=responses, **operation), seed=seed)


def test_examples_come_first_and_those_that_do_not_match_never(tmp_path: Path) -> None:
    examples = {"bad": {"value": {"name": 1}}, "good": {"value": {"name": "Ada", "age": 4}}}
    mock = mocked(tmp_path, {"200": response({JSON: {"schema": PET, "examples": examples}})})
    assert mock("GET", "/things")[2] == {"name": "Ada", "age": 4}


def test_a_made_up_body_has_the_examples_of_its_parts_and_matches_its_schema(
    tmp_path: Path,
) -> None:
    mock = mocked(tmp_path, {"200": response({JSON: {"schema": PET}})})
    status, _, body = mock("GET", "/things")
    assert (status, body["name"], sorted(body)) == (200, "Rex", ["age", "name"])
    assert body["age"] >= 3


def test_the_same_seed_has_the_same_answers(tmp_path: Path) -> None:
    responses = {"200": response({JSON: {"schema": {"type": "string", "pattern": "^[a-z]{9}$"}}})}
    preferred = {"Prefer": "dynamic=true"}
    found = []
    for number, seed in enumerate((1, 1, 2)):
        mock = mocked(tmp_path / str(number), responses, seed=seed)
        bodies = [mock("GET", "/things", headers=preferred)[2] for _ in range(4)]
        found.append([mock("GET", "/things")[2], *bodies])
    assert found[0] == found[1] != found[2]
    assert len(set(found[0])) > 2


def test_a_client_chooses_the_status_and_the_example(tmp_path: Path) -> None:
    error = {"type": "object", "properties": {"why": {"type": "string"}}}
    mock = mocked(
        tmp_path,
        {
            "200": response({JSON: {"examples": {"a": {"value": 1}, "b": {"value": 2}}}}),
            "4XX": response({JSON: {"schema": error, "example": {"why": "no"}}}),
        },
    )
    for header, expected in (
        ("example=b", (200, 2)),
        ("code=418", (418, {"why": "no"})),
        ("code=200, example=a", (200, 1)),
    ):
        status, _, body = mock("GET", "/things", headers={"Prefer": header})
        assert (status, body) == expected
    assert mock("GET", "/things", query={"__example": "b"})[2] == 2


def test_what_does_not_exist_is_a_problem_that_lists_what_does(tmp_path: Path) -> None:
    bad = {"schema": {"type": "integer"}, "examples": {"odd": {"value": "x"}}}
    mock = mocked(tmp_path, {"200": response({JSON: bad}), "404": response()})
    for header, status, said in (
        ("code=500", 400, "It declares 200, 404."),
        ("example=even", 400, "has no example even. The operation's examples are odd (200)."),
        ("code=404, example=even", 400, "The response 404 of GET /things has no example even."),
        ("example=odd", 501, "does not match the schema"),
        ("code=x", 400, "code=x"),
    ):
        found, _, body = mock("GET", "/things", headers={"Prefer": header})
        assert found == status
        assert said in body["detail"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("text/csv", "text/csv"),
        ("text/csv;q=0.1, application/json", JSON),
        ("image/png", "image/png"),
        ("application/x-unknown", JSON),
    ],
)
def test_the_client_chooses_the_media_type(
    tmp_path: Path, accept: str | None, expected: str
) -> None:
    content = {
        JSON: {"schema": {"type": "integer"}},
        "text/csv": {"schema": {"type": "string", "minLength": 2}},
        "image/*": {"schema": {"type": "string", "format": "binary"}},
    }
    mock = mocked(tmp_path, {"200": response(content)})
    _, headers, body = mock("GET", "/things", headers={"Accept": accept} if accept else {})
    assert headers["content-type"] == expected
    if expected == "image/png":
        assert body.startswith(b"\x89PNG")


def test_declared_headers_are_filled_and_encodings_are_not_made_up(tmp_path: Path) -> None:
    text = {"schema": {"type": "string"}}
    headers = {
        "ETag": {"required": True, "schema": {"type": "string", "pattern": '^"[a-z]+"$'}},
        "X-Count": {"schema": {"type": "integer", "minimum": 7}},
        "X-Kind": {"schema": {"type": "string"}, "example": "plain"},
        "Content-Encoding": text,
    }
    mock = mocked(tmp_path, {"200": response({JSON: {}}, headers=headers)})
    _, found, body = mock("GET", "/things")
    assert found["etag"] == '"mock"'
    assert int(found["x-count"]) >= 7
    assert found["x-kind"] == "plain"
    assert "content-encoding" not in found
    assert body == {}


@pytest.mark.parametrize("status", ["204", "304", "205"])
def test_a_status_without_content_has_no_body(tmp_path: Path, status: str) -> None:
    mock = mocked(tmp_path, {status: response()}, method="delete")
    found, _, body = mock("DELETE", "/things")
    assert (str(found), body) == (status, "")


def test_head_has_the_headers_and_no_body(tmp_path: Path) -> None:
    mock = mocked(tmp_path, {"200": response({JSON: {"example": {"a": 1}}})}, method="head")
    status, headers, body = mock("HEAD", "/things")
    assert (status, headers["content-type"], body) == (200, JSON, "")


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["404", "202", "201"], 201),
        (["2XX", "404"], 200),
        (["default"], 200),
        (["404", "302"], 302),
        (["4XX"], 400),
    ],
)
def test_without_a_preference_the_lowest_success_is_sent(
    tmp_path: Path, statuses: list[str], expected: int
) -> None:
    mock = mocked(tmp_path, {each: response() for each in statuses})
    assert mock("GET", "/things")[0] == expected


def test_a_response_that_nothing_fits_is_a_501_that_says_what_to_add(tmp_path: Path) -> None:
    content = {"application/xml": {"schema": {"type": "object"}}}
    status, _, body = mocked(tmp_path, {"200": response(content)})("GET", "/things")
    assert status == 501
    assert "no value for application/xml in the response 200 of GET /things" in body["detail"]
    assert "add an example" in body["detail"]


def test_requests_are_validated_as_the_contract_declares(tmp_path: Path) -> None:
    body = {"required": True, "content": {JSON: {"schema": PET}}}
    mock = mocked(tmp_path, {"200": response()}, method="post", requestBody=body)
    status, _, problem = mock("POST", "/things", body={"name": 4})
    assert status == 400
    assert {each["pointer"] for each in problem["errors"]} == {"#", "#/name"}
