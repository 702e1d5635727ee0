"""Requests as tests write them."""

from __future__ import annotations

from typing import Any

import pytest

from openapi_first.serving.testing.messages import NOTHING, Request


def request(path: str, **given: Any) -> Request:
    names = ("headers", "query", "body", "api_key")
    options: dict[str, Any] = {"json": NOTHING, **dict.fromkeys(names), **given}
    return Request.of("GET", path, **options)


@pytest.mark.parametrize(
    ("path", "query", "target"),
    [
        ("/", {}, "/"),
        ("/a%20b/ü c", {}, "/a%20b/%C3%BC%20c"),
        ("/a?x=1&y=ü?", {"z": ["1", "2"]}, "/a?x=1&y=%C3%BC?&z=1&z=2"),
        ("/a#b", {"x": "", "y": []}, "/a%23b?x="),
        ("/a", {"x": "a&b+c"}, "/a?x=a%26b%2Bc"),
    ],
)
def test_a_target_is_escaped_once(path: str, query: Any, target: str) -> None:
    assert request(path, query=query).target == target


def test_headers_of_the_test_win() -> None:
    headers = {"content-TYPE": "text/plain", "X-Api-Key": "mine"}
    sent = request("/", headers=headers, json={}, api_key="local")
    assert sent.headers == tuple(headers.items())
    assert sent.body == b"{}"


@pytest.mark.parametrize(
    ("path", "given", "message"),
    [
        ("items", {}, "does not begin with a slash"),
        ("/", {"json": 1, "body": b""}, "either `json` or `body`"),
        ("/", {"headers": {"a": "b\r\nc: d"}}, "the header 'a' cannot be sent"),
        ("/", {"headers": {"a": "☃"}}, "the header 'a' cannot be sent"),
    ],
)
def test_what_cannot_be_sent_is_refused(path: str, given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        request(path, **given)
