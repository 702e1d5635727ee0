from __future__ import annotations

import json
from typing import Any

import pytest
from benchmarks.candidates import stub
from benchmarks.events import WrongAnswer, check, check_refused, headers_of

ITEM = {name: value for name, value in stub.item(7).items() if name != "version"}


def answer(**changes: Any) -> dict[str, Any]:
    headers = {
        "Content-Type": "application/json",
        "ETag": f'"{stub.VERSION}"',
        "access-control-allow-origin": "*",
    }
    body = json.dumps({**ITEM, **changes.pop("body", {})})
    return {"statusCode": 200, "headers": headers, "body": body, **changes}


def test_a_right_answer_passes() -> None:
    check("get", answer(), ITEM["id"])


@pytest.mark.parametrize(
    "wrong",
    [
        answer(statusCode=500),
        answer(body={"id": stub.WRONG_ID}),
        answer(body={"version": stub.VERSION}),
        answer(headers={**answer()["headers"], "ETag": '""'}),
        answer(headers={**answer()["headers"], "Content-Type": "text/plain"}),
        answer(headers={**answer()["headers"], "access-control-allow-origin": "null"}),
    ],
    ids=["status", "id", "member", "tag", "type", "origin"],
)
def test_a_wrong_answer_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongAnswer, match="get: "):
        check("get", wrong, ITEM["id"])


def test_a_page_has_every_item() -> None:
    page = {"items": [ITEM] * 49, "next_cursor": "A" * 28}
    with pytest.raises(WrongAnswer, match="list: "):
        check("list", {**answer(), "body": json.dumps(page)}, ITEM["id"])


def test_headers_are_read_in_both_forms() -> None:
    assert headers_of({"headers": {"ETag": "a"}, "multiValueHeaders": {"X-B": ["b"]}}) == {
        "etag": "a",
        "x-b": "b",
    }


def test_validation_that_lets_a_request_through_is_refused() -> None:
    check_refused("a limit", answer(statusCode=400))
    with pytest.raises(WrongAnswer, match="a limit: "):
        check_refused("a limit", answer())
