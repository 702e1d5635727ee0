"""The events that the tests of a project send are those of API Gateway, and what they read of the
result is what was sent."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from openapi_first.project.files import rendered
from support.compiled import Handler, contract_of, serve

PNG = b"\x89PNG\r\n\x1a\n\0"


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("proxy_events")
    monkeypatch.setitem(sys.modules, module.__name__, module)  # dataclasses looks there
    exec(rendered("every/tests/proxy_events.py.jinja", {}), module.__dict__)
    return module


def answer(
    events: ModuleType,
    handler: Handler,
    *,
    query: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    body: object = None,
) -> Any:
    return events.answer_of(
        handler(*events.event_of("PUT", "/things", {}, query or {}, headers or {}, body))
    )


def served(folder: Path, function: Callable[..., Any], **operation: Any) -> Handler:
    handler, _ = serve(folder, contract_of(method="put", **operation), function)
    return handler


def test_bytes_are_sent_as_they_are_and_come_back_as_bytes(
    events: ModuleType, tmp_path: Path
) -> None:
    content = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
    handler = served(
        tmp_path,
        lambda body: body,
        requestBody={"required": True, "content": content},
        responses={"200": {"description": "", "content": content}},
    )
    got = answer(events, handler, headers={"Content-Type": "image/png"}, body=PNG)
    assert (got.status, got.body) == (200, PNG)


def test_text_without_the_media_type_json_is_sent_as_it_is(
    events: ModuleType, tmp_path: Path
) -> None:
    content = {"text/csv": {"schema": {"type": "string"}}}
    handler = served(
        tmp_path,
        lambda body: body,
        requestBody={"required": True, "content": content},
        responses={"200": {"description": "", "content": content}},
    )
    got = answer(events, handler, headers={"Content-Type": "text/csv"}, body="a,b")
    assert (got.status, got.body) == (200, "a,b")


def test_json_is_encoded_whatever_the_spelling_of_its_header(
    events: ModuleType, tmp_path: Path
) -> None:
    media_type = "application/merge-patch+json"
    handler = served(
        tmp_path,
        lambda body: body,
        requestBody={"required": True, "content": {media_type: {"schema": {"type": "string"}}}},
    )
    for name in ("Content-Type", "content-type"):
        got = answer(events, handler, headers={name: media_type}, body="text")
        assert (got.status, got.body) == (200, "text")
    assert answer(events, handler, body="text").status == 415


def test_a_list_in_the_query_is_a_parameter_that_is_repeated(
    events: ModuleType, tmp_path: Path
) -> None:
    schema = {"type": "array", "items": {"type": "string"}}
    handler = served(
        tmp_path,
        lambda tag: tag,
        parameters=[{"name": "tag", "in": "query", "required": True, "schema": schema}],
    )
    assert answer(events, handler, query={"tag": ["a", "b"]}).body == ["a", "b"]
    assert answer(events, handler, query={"tag": "a"}).body == ["a"]
