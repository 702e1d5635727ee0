"""What is written as JSON is what the standard library writes, and numbers keep their digits."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.runtime.wire.bodies_sent import dump_value
from openapi_first.runtime.wire.json_text import dump_json
from openapi_first.runtime.wire.sendable import UnsendableError

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


def _values(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars, lambda each: st.lists(each) | st.dictionaries(st.text(), each), max_leaves=8
    )


@given(_values(_SCALARS.filter(lambda each: each not in (float("inf"), float("-inf")))))
def test_json_is_compact_and_has_the_characters_themselves(value: Any) -> None:
    assert dump_json(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(_values(_SCALARS.filter(lambda each: not isinstance(each, float)) | st.decimals(
    allow_nan=False, allow_infinity=False
)))  # fmt: skip
def test_a_decimal_keeps_its_digits(value: Any) -> None:
    assert json.loads(dump_json(value), parse_float=Decimal, parse_int=Decimal) == value


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ({"a": {1}}, TypeError, "set is not a JSON type"),
        ([Decimal("NaN")], ValueError, "NaN is not a JSON number"),
        (float("nan"), ValueError, "not JSON compliant"),
        ({(1, 2): 3}, TypeError, "keys must be"),
    ],
)
def test_what_json_does_not_have_is_an_error(
    value: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        dump_json(value)


def test_a_value_in_itself_is_nested_too_deep() -> None:
    value: dict[str, Any] = {}
    value["a"] = [value]
    with pytest.raises(RecursionError):
        dump_json(value)
    with pytest.raises(UnsendableError, match="nested too deep"):
        dump_value(value, "application/json")
