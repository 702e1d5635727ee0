"""The session of the README over a real socket, each answer judged by openapi-core."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from support.engines import missing, start
from support.judging import Judge
from support.serving import KEY, serving
from support.stages import remove_items

ROOT = Path(__file__).parents[2]
OPTIONS = ("--env", "TABLE_NAME=items", "--setup", "items.table")


@pytest.fixture(scope="module")
def base_url(request: pytest.FixtureRequest, function: tuple[str, ...]) -> Iterator[str]:
    """Of the image, if the run has one; of the stage that other tests use otherwise."""
    if "--image" not in function:
        url: str = request.getfixturevalue("running_stage")
        yield url
        remove_items(url)
        return
    with serving(ROOT, *OPTIONS, function=function) as server:
        yield server.base_url


@pytest.fixture(scope="module")
def api(base_url: str) -> Iterator[Judge]:
    judge = Judge(ROOT / "openapi.yaml", base_url, KEY)
    yield judge
    judge.close()


def created(api: Judge, name: str = "Serverless Guide", **more: str) -> requests.Response:
    answer = api("POST", "/items", {"name": name, **more})
    assert answer.status_code == 201, answer.text
    return answer


def problem(answer: requests.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert uuid.UUID(body["instance"].removeprefix("urn:uuid:"))
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return body


def places(body: dict[str, Any]) -> list[str]:
    return [fault.get("parameter") or fault["pointer"] for fault in body["errors"]]


def test_an_item_lives_from_creation_to_deletion(api: Judge) -> None:
    answer = created(api, description="A comprehensive tutorial")
    item = answer.json()
    assert item["name"] == "Serverless Guide"
    assert item["description"] == "A comprehensive tutorial"
    assert answer.headers["Location"] == f"/prod/items/{item['id']}"
    assert answer.headers["ETag"]
    path = f"/items/{item['id']}"

    assert item in api("GET", "/items?limit=100").json()["items"]
    read = api("GET", path)
    assert read.json() == item
    assert read.headers["ETag"] == answer.headers["ETag"]

    replaced = api("PUT", path, {"name": "Second edition"})
    assert replaced.status_code == 200
    changed = replaced.json()
    assert changed["created_at"] == item["created_at"]
    assert changed["updated_at"] > item["updated_at"]
    assert "description" not in changed
    assert replaced.headers["ETag"] != read.headers["ETag"]

    deleted = api("DELETE", path)
    assert deleted.status_code == 204
    assert deleted.content == b""
    problem(api("GET", path), 404)
    assert api("DELETE", path).status_code == 204


def test_put_on_an_unknown_id_creates_nothing(api: Judge) -> None:
    path = f"/items/{uuid.uuid4()}"
    problem(api("PUT", path, {"name": "x"}), 404)
    problem(api("GET", path), 404)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", 'missing required properties (["name"])'),
        ('{"name": 5}', "instance type (integer) does not match"),
        ("not json", "Unknown error parsing request body"),
        ("", "Unknown error parsing request body"),
        ('{"name": "x", "extra": 1}', 'not allowed by the schema: ["extra"]'),
        ("[" * 100_000, ""),
        ('{"name": NaN}', ""),
        ('{"name": "a", "name": "b"}', ""),
    ],
)
def test_a_body_that_breaks_the_contract_is_400_and_says_why(
    api: Judge, content: str, words: str
) -> None:
    answer = api("POST", "/items", content=content)
    assert words in json.dumps(problem(answer, 400), ensure_ascii=False).replace('\\"', '"')


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/items?limit=0", "limit"),
        ("/items?limit=101", "limit"),
        ("/items?limit=abc", "limit"),
        ("/items?cursor=garbage", "cursor"),
        ("/items/not-a-uuid", "id"),
    ],
)
def test_a_parameter_that_breaks_the_contract_is_400_and_named(
    api: Judge, path: str, parameter: str
) -> None:
    assert places(problem(api("GET", path), 400)) == [parameter]


def test_a_body_of_another_media_type_is_415(api: Judge) -> None:
    answer = api("POST", "/items", content="hello", headers={"Content-Type": "text/plain"})
    problem(answer, 415)


@pytest.mark.parametrize("key", [None, "", "a-wrong-key-of-twenty-characters"])
def test_without_the_key_nothing_is_answered(api: Judge, key: str | None) -> None:
    problem(api("GET", "/items", key=key), 403)


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PATCH", "/items")])
def test_an_unknown_path_or_method_is_a_404_problem(api: Judge, method: str, path: str) -> None:
    problem(api(method, path, judged=False), 404)


def test_a_preflight_is_answered_without_a_key(api: Judge) -> None:
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    answer = api("OPTIONS", "/items", key=None, headers=headers, judged=False)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].split(",")
    assert {"Content-Type", "Idempotency-Key", "x-api-key"} <= set(allowed)


def test_one_idempotency_key_makes_one_item(api: Judge) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = api("POST", "/items", {"name": "once"}, headers=headers)
    again = api("POST", "/items", {"name": "once"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    problem(api("POST", "/items", {"name": "twice"}, headers=headers), 409)


def test_an_old_etag_changes_nothing(api: Judge) -> None:
    answer = created(api)
    path = f"/items/{answer.json()['id']}"
    current = api("PUT", path, {"name": "newer"}).headers["ETag"]
    headers = {"If-Match": answer.headers["ETag"]}
    problem(api("PUT", path, {"name": "lost"}, headers=headers), 412)
    problem(api("DELETE", path, headers=headers), 412)
    read = api("GET", path)
    assert (read.json()["name"], read.headers["ETag"]) == ("newer", current)


def test_an_item_the_client_has_is_304_without_body(api: Judge) -> None:
    answer = created(api)
    path = f"/items/{answer.json()['id']}"
    read = api("GET", path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (read.status_code, read.content) == (304, b"")
    assert read.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize(
    "name",
    [
        "🎉🧑\u200d🚀",
        "\u0000",
        "\u202eright to left\u202c שלום مرحبا",
        "a" * 255,
        "\U0010ffff\ufffe",
        '"\\/\b\f\n\r\t',
    ],
)
def test_every_text_comes_back_as_it_was_sent(api: Judge, name: str) -> None:
    item = created(api, name, description=name).json()
    assert (item["name"], item["description"]) == (name, name)
    assert api("GET", f"/items/{item['id']}").json() == item


def test_an_empty_description_is_kept(api: Judge) -> None:
    item = created(api, description="").json()
    assert api("GET", f"/items/{item['id']}").json()["description"] == ""


@pytest.mark.parametrize(
    "content", ['{"name": "\\ud800"}', '{"name": ""}', json.dumps({"name": "a" * 256})]
)
def test_a_name_that_cannot_be_is_400(api: Judge, content: str) -> None:
    problem(api("POST", "/items", content=content), 400)


def test_an_item_above_400_kb_is_413(api: Judge) -> None:
    problem(api("POST", "/items", {"name": "x", "description": "x" * 410_000}), 413)
    path = f"/items/{created(api).json()['id']}"
    problem(api("PUT", path, {"name": "x", "description": "x" * 409_600}), 413)


def test_a_body_above_10_mb_is_refused_by_the_gateway_in_plain_text(api: Judge) -> None:
    answer = api("POST", "/items", {"name": "x", "description": "x" * 10_485_760})
    assert answer.status_code == 413
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("engine", ["moto", "dynalite"])
def test_many_items_come_in_full_pages_each_once(
    engine: str, function: tuple[str, ...], everything: bool
) -> None:
    count = 2_500 if everything else 300
    lacking = missing(engine)
    if lacking is not None and not os.environ.get("CI"):
        pytest.skip(lacking)
    with start(engine) as database:
        endpoint = database.endpoint_url
        environment = {"AWS_ENDPOINT_URL_DYNAMODB": endpoint}
        with serving(ROOT, *OPTIONS, function=function, environment=environment) as server:
            api = Judge(ROOT / "openapi.yaml", server.base_url, KEY)
            assert server.database == endpoint
            expected = {stored["id"] for stored in stored_items(endpoint, count)}
            seen: list[str] = []
            pages, path = 0, "/items?limit=100"
            while path:
                page = api("GET", path).json()
                pages += 1
                seen += [item["id"] for item in page["items"]]
                cursor = page.get("next_cursor")
                path = f"/items?limit=100&cursor={cursor}" if cursor else ""
            api.close()
    assert pages == count / 100
    assert len(seen) == count
    assert set(seen) == expected


def stored_items(endpoint: str, count: int) -> list[dict[str, str]]:
    moment = "2026-11-24T09:30:00.000000Z"
    items = [
        {
            "id": str(uuid.uuid4()),
            "name": f"item {number}",
            "created_at": moment,
            "updated_at": moment,
            "version": uuid.uuid4().hex,
        }
        for number in range(count)
    ]
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    for first in range(0, count, 25):
        requests: Any = [
            {"PutRequest": {"Item": {name: {"S": value} for name, value in item.items()}}}
            for item in items[first : first + 25]
        ]
        left = client.batch_write_item(RequestItems={"items": requests})["UnprocessedItems"]
        assert not left
    client.close()
    return items
