"""What leads from page to page follows from the contract alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Case, Exchange, Phase
from openapi_first.conformance.roles.pagers import Page, PageSize, page_size_of, pager_of
from openapi_first.openapi.links import Link
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Operation
from support.documents import written


def listing(
    folder: Path, parameters: dict[str, Any], body: dict[str, Any], headers: tuple[str, ...] = ()
) -> Operation:
    found = {
        "description": "",
        "headers": {name: {"schema": {"type": "string"}} for name in headers},
        "content": {"application/json": {"schema": {"type": "object", "properties": body}}},
    }
    get = {
        "parameters": [
            {"name": name, "in": "query", "schema": schema} for name, schema in parameters.items()
        ],
        "responses": {"200": found},
    }
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/things": {"get": get}},
    }
    return load(written(folder, document)).operations[0]


def page(items: int, values: dict[str, Any], body: bytes = b"{}", link: str = "") -> Page:
    case = Case("list", Phase.LIFE_CYCLE, "x", Request("GET", "/things"))
    headers = (("Link", link),) if link else ()
    exchange = Exchange(1, case, Response(200, headers, body), 0.0, 0.0)
    return Page(exchange, {("query", name): value for name, value in values.items()}, items)


_STRING, _INTEGER = {"type": "string"}, {"type": "integer"}


@pytest.mark.parametrize(
    ("parameter", "member"),
    [
        ("cursor", "next_cursor"),
        ("page_token", "nextPageToken"),
        ("cursor", "cursor"),
        ("after", "next"),
        ("starting", "next_starting"),
    ],
)
def test_a_member_named_after_a_parameter_is_its_next_value(
    tmp_path: Path, parameter: str, member: str
) -> None:
    for body, text in (
        ({member: _STRING}, f'{{"{member}": "b"}}'),
        ({"meta": {"type": "object", "properties": {member: _STRING}}},
         f'{{"meta": {{"{member}": "b"}}}}'),
    ):  # fmt: skip
        pager, _ = pager_of(listing(tmp_path, {parameter: _STRING}, body), ())
        assert pager is not None
        assert pager.following(page(1, {}, text.encode())) == {("query", parameter): "b"}
        for last in (b"{}", b'{"meta": {}}', text.replace('"b"', "null").encode(), b"[", b"[]"):
            assert pager.following(page(1, {}, last)) is None


def test_a_url_gives_the_parameters_that_are_declared(tmp_path: Path) -> None:
    uri = {"type": "string", "format": "uri-reference"}
    parameters = {"limit": _INTEGER, "at": _STRING}
    by_member, _ = pager_of(listing(tmp_path, parameters, {"next": uri}), ())
    by_header, _ = pager_of(listing(tmp_path, parameters, {}, ("Link",)), ())
    assert by_member is not None
    assert by_header is not None
    found = {("query", "limit"): 5, ("query", "at"): "a b"}
    url = "https://example.com/things?limit=5&at=a%20b"
    assert by_member.following(page(5, {}, f'{{"next": "{url}"}}'.encode())) == found
    assert by_header.following(page(5, {}, link=f'<{url}>; rel="next"')) == found
    both = f'<https://example.com/things>; rel="first", <{url}>; title=x; rel="last next"'
    assert by_header.following(page(5, {}, link=both)) == found
    for last in ('<https://example.com/things?at=a>; rel="prev"', "", f"<{url}>"):
        assert by_header.following(page(5, {}, link=last)) is None
    assert by_header.following(page(5, {}, link="</things?unknown=1>; rel=next")) is None


def test_positions_are_counted_to_an_empty_page(tmp_path: Path) -> None:
    offset, _ = pager_of(listing(tmp_path, {"offset": _INTEGER, "limit": _INTEGER}, {}), ())
    number, _ = pager_of(listing(tmp_path, {"page": {**_INTEGER, "minimum": 0}}, {}), ())
    assert offset is not None
    assert number is not None
    assert offset.positional
    assert offset.following(page(2, {"limit": 3})) == {("query", "offset"): 3}
    assert offset.following(page(3, {"limit": 3, "offset": 3})) == {("query", "offset"): 6}
    assert offset.following(page(0, {"limit": 3, "offset": 6})) is None
    assert offset.following(page(3, {})) is None
    assert number.following(page(3, {})) == {("query", "page"): 1}
    assert number.following(page(0, {"page": 4})) is None


@pytest.mark.parametrize(
    ("parameters", "body", "unknown"),
    [
        ({}, {"next_cursor": _STRING}, None),
        ({"cursor": _STRING}, {}, None),
        ({"offset": _INTEGER}, {}, None),
        ({"offset": {**_INTEGER, "minimum": 1}, "limit": _INTEGER}, {}, None),
        ({"page": _INTEGER}, {}, "page"),
        ({"page": {**_INTEGER, "default": 7}}, {}, "page"),
        ({"next": _STRING}, {"next": _STRING}, None),
        ({"at": _STRING}, {"next": _STRING}, None),
    ],
)
def test_nothing_is_guessed(
    tmp_path: Path, parameters: dict[str, Any], body: dict[str, Any], unknown: str | None
) -> None:
    assert pager_of(listing(tmp_path, parameters, body), ()) == (None, unknown)


def test_a_size_may_be_of_a_shirt(tmp_path: Path) -> None:
    shirts = listing(tmp_path, {"size": _INTEGER}, {})
    assert page_size_of(shirts, paged=False) is None
    bounded = listing(tmp_path, {"Page-Size": {**_INTEGER, "minimum": 5, "maximum": 50}}, {})
    (parameter,) = bounded.parameters
    assert page_size_of(bounded, paged=False) == PageSize(parameter, 5, 50)


def test_a_link_passes_nothing_for_what_the_request_did_not_have(tmp_path: Path) -> None:
    operation = listing(tmp_path, {"at": _INTEGER, "kind": _STRING}, {"next_at": _INTEGER})
    parameters = {"query at": "$response.body#/next_at", "query kind": "$request.query.kind"}
    link = Link("next", operation, "200", operation, parameters, None, operation.node)
    pager, _ = pager_of(operation, (link,))
    assert pager is not None
    assert pager.following(page(1, {}, b'{"next_at": 4}')) == {("query", "at"): 4}
    assert pager.following(page(1, {}, b"{}")) is None
