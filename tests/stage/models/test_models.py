"""The stage's models decide about numbers as the Lambda does, and bad input never crashes them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.runtime.plan import DRAFT_4, SchemaPlan
from openapi_first.runtime.validators import validator_for, violations
from openapi_first.runtime.wire.json_text import JSONTextError, read_json
from openapi_first.stage.models.models import UNPARSABLE, Model

COMPONENTS = "#/components/schemas/"


def told(schema: dict[str, Any], text: str) -> str | None:
    return asyncio.run(Model(schema, {}).violations(text.encode()))


def lambda_allows(schema: dict[str, Any], text: str) -> bool:
    return not violations(validator_for(SchemaPlan(schema), {}, DRAFT_4), read_json(text))


digits = st.text("0123456789", min_size=1, max_size=12)
numbers = st.builds(
    lambda sign, whole, rest: sign + str(int(whole)) + rest,
    st.sampled_from(["", "-"]),
    digits,
    st.just("") | digits.map(lambda d: f".{d}") | st.integers(-30, 30).map(lambda e: f"e{e}"),
)
values = numbers.map(read_json)
schemas = st.one_of(
    st.builds(
        lambda divisor: {"multipleOf": divisor}, st.sampled_from([0.01, 0.1, 0.5, 1e-7, 2.5, 3, 10])
    ),
    st.builds(lambda bound, name: {name: bound}, values, st.sampled_from(["minimum", "maximum"])),
    st.builds(lambda bound: {"minimum": bound, "exclusiveMinimum": True}, values),
    st.builds(lambda each: {"enum": each}, st.lists(values, min_size=1, max_size=3)),
    st.sampled_from([{"type": "integer"}, {"type": "number"}, {"uniqueItems": True}]),
)


@given(schema=schemas, texts=st.lists(numbers, min_size=1, max_size=3), data=st.data())
def test_stage_and_lambda_agree_about_the_text_of_numbers(
    schema: dict[str, Any], texts: list[str], data: st.DataObject
) -> None:
    if "enum" in schema and data.draw(st.booleans()):
        texts.append(str(schema["enum"][0]))
    for text in [*texts, f"[{', '.join(texts)}]", f'{{"a": {texts[0]}}}']:
        whole = {"items": schema, "properties": {"a": schema}, **schema}
        assert (told(whole, text) is None) == lambda_allows(whole, text), text


@pytest.mark.parametrize("price", ["0.58", "2.34", "283.66", "5.1", "18.15", "1.11"])
def test_a_price_is_a_multiple_of_a_cent(price: str) -> None:
    assert told({"multipleOf": 0.01}, price) is None
    assert told({"multipleOf": 0.01}, price + "001") == (
        '[instance does not satisfy keyword "multipleOf"]'
    )


@pytest.mark.parametrize(
    ("schema", "text", "message"),
    [
        ({"maximum": 0.5}, "0.58", "(maximum: 0.5, found: 0.58)"),
        ({"maximum": 1}, "1E+400", "(maximum: 1, found: 1E+400)"),
        ({"enum": [0.1]}, '[{"a": 0.20}]', 'instance value ([{"a":0.20}]) not found in enum'),
        ({"type": "integer"}, "1.0", "instance type (number) does not match"),
    ],
)
def test_messages_have_numbers_as_they_were_sent(
    schema: dict[str, Any], text: str, message: str
) -> None:
    assert message in (told(schema, text) or "")


@pytest.mark.parametrize(
    "text", ["1e400", "-1e999999999", "1e-999999999", "9" * 100_000, "0." + "9" * 100_000]
)
def test_no_number_crashes_or_stops_a_model(text: str) -> None:
    schema = {
        "multipleOf": 0.01,
        "maximum": 1e308,
        "minimum": -1e308,
        "enum": [1],
        "type": "integer",
    }
    for each in (text, f"[{text}, {text}]", f'{{"a": {text}}}'):
        assert told({**schema, "items": schema, "uniqueItems": True}, each) not in (
            None,
            UNPARSABLE,
        )
    assert told({}, text) is None


NAMED = {
    "properties": {"known": {}},
    "patternProperties": {"^(a+)+$": {"type": "integer"}},
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("schema", "text", "message"),
    [
        (NAMED, '{"a": 1, "known": 2}', None),
        (NAMED, '{"a": "x"}', "[instance type (string) does not match any allowed primitive"),
        (NAMED, '{"a": 1, "b": 2, "known": 3}', 'not allowed by the schema: ["b"]]'),
        (NAMED, '[{"b": 2}]', None),
        ({**NAMED, "additionalProperties": {"type": "null"}}, '{"b": 2}', "(allowed: "),
        ({"additionalProperties": False}, '{"b": 2}', 'not allowed by the schema: ["b"]]'),
        ({"additionalProperties": True}, '{"b": 2}', None),
    ],
    ids=range(7),
)
def test_names_of_properties_match_patterns(
    schema: dict[str, Any], text: str, message: str | None
) -> None:
    found = told(schema, text)
    assert message in found if message and found else found is message


@pytest.mark.timeout(60)
@pytest.mark.parametrize("pattern", ["^(a+)+$", "^((?=a)a|a)*$"])
def test_no_name_of_a_property_stops_a_model(pattern: str) -> None:
    names = ", ".join(f'"{"a" * 40}!{number}": 1' for number in range(500))
    for schema in (
        {"patternProperties": {pattern: {}}},
        {"patternProperties": {pattern: {}}, "additionalProperties": False},
    ):
        told(schema, f"{{{names}}}")


@pytest.mark.parametrize("text", ["1e2147483648", "1e99999999999999999999", "NaN", "01", "1."])
def test_what_is_no_number_cannot_be_parsed(text: str) -> None:
    assert told({}, text) == UNPARSABLE
    with pytest.raises(JSONTextError):
        read_json(text)


def test_a_body_that_refers_to_a_schema_is_validated_as_that_schema_says() -> None:
    item = {"type": "object", "required": ["a"], "properties": {"b": {"$ref": f"{COMPONENTS}Item"}}}
    schemas = {"Item": item, "Alias": {"$ref": f"{COMPONENTS}Item"}}
    for name in schemas:
        model = Model({"$ref": f"{COMPONENTS}{name}", "type": "array"}, schemas)
        for body in (b"{}", b'{"a": 1, "b": {}}', b"[]"):
            assert asyncio.run(model.violations(body)) is not None
        assert asyncio.run(model.violations(b'{"a": 1, "b": {"a": 1}}')) is None
