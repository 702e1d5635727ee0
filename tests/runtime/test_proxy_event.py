"""Headers, query and cookies of an event are read once, whatever their spelling."""

from __future__ import annotations

from typing import Any

import pytest

from openapi_first.runtime.proxy_event import ProxyEvent


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        ({"multiValueHeaders": {"X-A": ["1", "2"]}, "headers": {"X-A": "2"}}, ["1", "2"]),
        ({"multiValueHeaders": {"x-a": ["1"]}, "headers": None}, ["1"]),
        ({"multiValueHeaders": None, "headers": {"X-a": "2"}}, ["2"]),
        ({"multiValueHeaders": {"X-B": ["1"]}, "headers": {"X-A": "2"}}, ["2"]),
        ({"multiValueHeaders": {"X-A": ["1"]}, "headers": {"x-a": "2"}}, ["1"]),
        ({"multiValueHeaders": {}}, None),
        ({}, None),
    ],
)
def test_a_header_is_found_in_any_case(event: dict[str, Any], lines: list[str] | None) -> None:
    read = ProxyEvent(event)
    assert read.headers.get("x-a") == lines
    assert read.header("X-A") == (", ".join(lines) if lines else None)


def test_an_empty_header_is_there() -> None:
    assert ProxyEvent({"headers": {"X-A": ""}}).header("x-a") == ""


def test_the_query_has_every_value() -> None:
    both = {
        "multiValueQueryStringParameters": {"a": ["1", "2"]},
        "queryStringParameters": {"a": "2"},
    }
    assert ProxyEvent(both).query == {"a": ["1", "2"]}
    assert ProxyEvent({"queryStringParameters": {"a": "2"}}).query == {"a": ["2"]}
    assert ProxyEvent({}).query == {}


def test_cookies_are_decoded_and_may_come_in_several_lines() -> None:
    event = ProxyEvent({"multiValueHeaders": {"Cookie": ["a=1; b=%C3%A9", "a=2; c"]}})
    assert event.cookies == {"a": ["1", "2"], "b": ["é"]}
    with pytest.raises(UnicodeDecodeError):
        _ = ProxyEvent({"headers": {"cookie": "a=%ff"}}).cookies
