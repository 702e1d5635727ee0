"""What a schema lets a service change is no difference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.conformance.phases.comparison import difference
from openapi_first.openapi.loader import load
from openapi_first.samples.lowered_schemas import LoweredSchema, LoweredSchemas
from support.documents import whole, written

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)  # fmt: skip


def schema(folder: Path, value: dict[str, Any]) -> LoweredSchema:
    document = whole()
    document["components"] = {"schemas": {"A": value}}
    node = load(written(folder, document)).root.get("components")
    assert node is not None
    found = node.get("schemas")
    assert found is not None
    part = found.get("A")
    assert part is not None
    return LoweredSchemas("3.0").response(part)


@given(_JSON)
def test_a_value_is_not_different_from_itself(value: Any) -> None:
    assert difference(value, value) is None


@given(_JSON, st.dictionaries(st.text(max_size=3), _JSON, max_size=3))
def test_what_the_service_adds_is_no_difference(value: Any, more: dict[str, Any]) -> None:
    assert difference({"a": value}, {**more, "a": value}) is None


@pytest.mark.parametrize(
    ("part", "written_value", "read"),
    [
        ({"type": "number"}, 1, 1.0),
        ({"type": "number"}, 0.1, 0.10000000000000001),
        ({"type": "string", "format": "date-time"}, "2024-01-01T12:00:00Z",
         "2024-01-01T13:00:00.000+01:00"),
        ({"type": "string", "format": "uuid"}, "5F0C6A0E-6d6f-4d9c-9d54-3f1f4ce9c1a7",
         "5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7"),
        ({"type": "string", "format": "email"}, "A@Example.com", "a@example.com"),
        ({"type": "string", "format": "ipv6"}, "2001:db8::1", "2001:0db8:0:0::1"),
        ({"type": "array", "uniqueItems": True, "items": {"type": "string"}}, ["b", "a"],
         ["a", "b"]),
        ({"type": "object", "properties": {"b": {"type": "string"}}}, {"b": "x", "c": 1},
         {"b": "x"}),
        ({"type": "string", "nullable": True}, None, None),
        ({"type": "string", "enum": ["open"]}, "OPEN", "open"),
        ({"type": "integer"}, "12", 12),
    ],
)  # fmt: skip
def test_a_lawful_spelling_is_no_difference(
    tmp_path: Path, part: dict[str, Any], written_value: Any, read: Any
) -> None:
    lowered = schema(tmp_path, {"type": "object", "properties": {"a": part}})
    assert difference({"a": written_value}, {"a": read}, lowered) is None


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        ({"a": 1}, {}, "`a` is missing"),
        ({"a": 1}, {"a": 2}, "`a` is different"),
        ({"a": True}, {"a": 1}, "`a` is different"),
        ({"a": 0}, {"a": False}, "`a` is different"),
        ({"a": {"b": [1, {"c": 2}]}}, {"a": {"b": [1, {"c": 3}]}}, "`a/b/c` is different"),
        ({"a": [1]}, {"a": [1, 1]}, "`a` is different"),
        ({"a": ""}, {}, "`a` is missing"),
        ({"a": "2024-01-01T12:00:00Z"}, {"a": "2024-01-01T12:00:00+01:00"}, "`a` is different"),
    ],
)
def test_what_is_lost_or_changed_is_a_difference(one: Any, other: Any, text: str) -> None:
    found = difference(one, other)
    assert found is not None
    assert (found.text, found.normalised) == (text, False)


def test_another_case_is_kept_apart_from_what_accuses() -> None:
    found = difference({"a": "Ab ", "b": 1}, {"a": "ab", "b": 1})
    assert found is not None
    assert found.normalised
    worse = difference({"a": "Ab ", "b": 1}, {"a": "ab", "b": 2})
    assert worse is not None
    assert worse.text == "`b` is different"


_QUOTE = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string"}, "by": {"type": "string", "nullable": True}},
}
_PROBLEM = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_a_value_is_compared_by_the_alternative_that_it_matches(
    tmp_path: Path, keyword: str
) -> None:
    lowered = schema(tmp_path, {keyword: [_PROBLEM, {"allOf": [_QUOTE]}]})
    found = difference({"text": "a"}, {"text": "b"}, lowered)
    assert found is not None
    assert found.text == "`text` is different"
    sent = {"text": "a", "title": "not a member of a quote"}
    assert difference(sent, {"text": "a"}, lowered) is None


def test_a_value_of_another_alternative_is_a_difference(tmp_path: Path) -> None:
    part = {"oneOf": [{"type": "integer"}, {"type": "string"}]}
    lowered = schema(tmp_path, {"type": "object", "properties": {"a": part}})
    found = difference({"a": 1}, {"a": "b"}, lowered)
    assert found is not None
    assert found.text == "`a` is different"
