"""Headers are written in the style `simple`, and only what HTTP can send is sent."""

from __future__ import annotations

import datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.runtime.parameters import header_value
from openapi_first.runtime.plan import HeaderPlan, SchemaPlan, TextPlan
from openapi_first.runtime.wire.header_values import header_lines
from openapi_first.runtime.wire.json_text import dump_json
from openapi_first.runtime.wire.sendable import UnsendableError, are_plain

NOON = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)
ID = UUID("6f1fb7e7-02d7-4f8f-9d38-0f7ec1d1f6f2")


class Colour(Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


class Spelled(str, Enum):  # noqa: UP042 # its `str()` is not its value
    RED = "red"


def plan(*types: str, explode: bool = False, media_type: str | None = None) -> HeaderPlan:
    text = TextPlan(types, items=("integer",), others=("integer",))
    return HeaderPlan("X", False, explode, text, SchemaPlan({}), media_type)


def line(value: Any, header: HeaderPlan | None = None, name: str = "X") -> Any:
    declared = {} if header is None else {name.lower(): header}
    return header_lines({name: value}, declared, dump_json).get(name)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a, b", "a, b"),
        (3, "3"),
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
        (Decimal("0.10"), "0.10"),
        (Colour.RED, "red"),
        (Level.HIGH, "3"),
        (Spelled.RED, "red"),
        (NOON, "2026-11-28T12:00:00+00:00"),
        (NOON.date(), "2026-11-28"),
        (ID, str(ID)),
        (None, None),
        ([], None),
        ([1, "b"], ["1", "b"]),
        ("caf\xe9", "caf\xe9"),
        ("tab\there", "tab\there"),
    ],
)
def test_a_value_is_written_as_its_text(value: Any, text: Any) -> None:
    assert line(value) == text
    assert type(line(value)) is type(text)


@pytest.mark.parametrize("name", ["Last-Modified", "expires", "Retry-After"])
def test_dates_of_http_have_its_format(name: str) -> None:
    assert line(NOON, name=name) == "Sat, 28 Nov 2026 12:00:00 GMT"
    with pytest.raises(UnsendableError, match="without a time zone"):
        line(NOON.replace(tzinfo=None), name=name)


def test_arrays_and_objects_are_written_in_the_declared_style() -> None:
    assert line([1, 2], plan("array")) == "1,2"
    assert line((1, 2), plan("integer")) == ["1", "2"]
    assert line({"R": 100, "G": 2, "B": None}, plan("object")) == "R,100,G,2"
    assert line({"R": 100, "G": 2}, plan("object", explode=True)) == "R=100,G=2"
    assert line({"a": ["ü", "\U0001f600"]}, plan("object", media_type="application/json")) == (
        '{"a":["\\u00fc","\\ud83d\\ude00"]}'
    )
    assert line(["a=1", "b=2"], plan("array"), "Set-Cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a\r\nSet-Cookie: b=1", "line break"),
        ("a\x00", "control character"),
        ("a\x7f", "control character"),
        ("\u20ac", "ISO 8859-1"),
        ("\ud800", "ISO 8859-1"),
        (["ok", "a\nb"], "line break"),
        ({1}, "type set"),
        (b"x", "type bytes"),
        (object(), "type object"),
        ([[1]], "type list"),
        ({"a": 1}, "mapping"),
        (float("nan"), "finite"),
        (Decimal("Infinity"), "finite"),
        pytest.param(10**5000, "too many digits", id="long"),
    ],
)
def test_what_http_cannot_send_is_named_without_its_value(value: Any, words: str) -> None:
    with pytest.raises(UnsendableError) as caught:
        line(value)
    assert words in str(caught.value)
    assert "the header X " in str(caught.value)
    assert "Set-Cookie" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nb", "ä", 5, None])
def test_what_is_not_the_name_of_a_header_is_refused(name: Any) -> None:
    with pytest.raises(UnsendableError, match="not the name of a header"):
        header_lines({name: "x"}, {}, dump_json)
    assert not are_plain({name: "x"})


def test_all_wrong_headers_are_named_at_once_and_commas_do_not_divide_items() -> None:
    with pytest.raises(UnsendableError) as caught:
        header_lines({"A": ["x,y"], "B": {1}, "C": 1}, {"a": plan("array")}, dump_json)
    assert str(caught.value) == (
        "the header A has a comma in an item, which would divide it; "
        "the header B has a value of the type set; send a string"
    )


@given(st.dictionaries(st.text(max_size=4), st.text(max_size=4) | st.integers(), max_size=3))
def test_plain_headers_are_sent_as_they_are(headers: dict[str, Any]) -> None:
    if are_plain(headers):
        assert header_lines(headers, {}, dump_json) == headers


@given(st.lists(st.integers() | st.booleans(), min_size=1))
def test_what_is_written_is_read_as_the_same_value(items: list[Any]) -> None:
    text = TextPlan(("array",), items=("integer", "boolean"))
    header = HeaderPlan("X", False, False, text, SchemaPlan({}))
    assert header_value(line(items, header), text)[0] == items
