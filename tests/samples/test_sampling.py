"""Values that are made up for a schema."""

from __future__ import annotations

import random
import re
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from openapi_first.openapi.loader import load
from openapi_first.samples.boundary_values import boundary_values
from openapi_first.samples.lowered_schemas import LoweredSchema, LoweredSchemas
from openapi_first.samples.sampling import NoSample, sample, samples
from openapi_first.samples.values.pattern_samples import matching
from support.compiled import contract_of
from support.documents import written


def lowered(folder: Path, schema: dict[str, Any]) -> LoweredSchema:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    contract = load(written(folder, contract_of(method="post", requestBody=body)))
    found = contract.operations[0].body
    assert found is not None
    assert found.content[0].schema is not None
    return LoweredSchemas("3.0").request(found.content[0].schema)


@pytest.mark.parametrize(
    "pattern",
    [
        *("^[a-z]{3}-[0-9]{2,4}$", "^(GET|PUT)$", r"^\d+(\.\d+)?$", r"^(a+)\1b$", "x", ""),
        *("^[^@]+@[^@]+$", "^(?=.*[A-Z])(?=.*[0-9]).{2,}$", r"^(?<year>\d{4})-\k<year>$"),
    ],
)
def test_strings_are_written_for_a_pattern(pattern: str) -> None:
    found = list(matching(pattern, random.Random(0)))
    python = re.sub(r"\\k<(\w+)>", r"(?P=\1)", pattern.replace("(?<y", "(?P<y"))
    assert any(re.search(python, each) for each in found)
    assert found == list(matching(pattern, random.Random(0)))


@pytest.mark.parametrize(
    "pattern",
    ["^(?=(a+)+$)a*b?$", "(a?){50}a{50}", "(.*)(.*)(.*)(.*)(.*)[^b]$", "((a{900}){900}){900}"],
)
def test_no_pattern_takes_long(tmp_path: Path, pattern: str) -> None:
    """Each of them takes a search engine that backtracks longer than any run."""
    for each in matching(pattern, random.Random(0)):
        assert len(each) <= 20_000


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "maximum": 1.7976931348623157e308},
        {"type": "number", "minimum": 1e308, "multipleOf": 0.01},
        {"type": "integer", "minimum": 10**400},
        {"type": "number", "minimum": 10**400},
    ],
)
def test_bounds_near_infinity_have_a_value(tmp_path: Path, schema: dict[str, Any]) -> None:
    found = lowered(tmp_path, schema)
    assert found.allows(sample(found, random.Random(0)))
    assert boundary_values(found, random.Random(0))


@pytest.mark.parametrize(
    ("form", "length"),
    [("email", 90), ("idn-email", 90), ("hostname", 253), ("uri", 100), ("json-pointer", 30)],
)
def test_a_string_with_a_format_has_a_value_at_each_bound_of_its_length(
    tmp_path: Path, form: str, length: int
) -> None:
    schema = {"type": "string", "format": form, "minLength": 12, "maxLength": length}
    found = lowered(tmp_path, {"type": "object", "properties": {"a": schema}})
    values = [each.value for each in boundary_values(found, random.Random(0))]
    right = [each for each in values if isinstance(each, dict) and found.allows(each)]
    lengths = {len(each["a"]) for each in right if "a" in each}
    assert {12, length} <= lengths


@pytest.mark.parametrize("items", [{"type": "string"}, {"type": "integer"}, {"type": "object"}])
def test_unique_items_are_different_at_each_bound_of_their_number(
    tmp_path: Path, items: dict[str, Any]
) -> None:
    schema = {"type": "array", "minItems": 2, "maxItems": 4, "uniqueItems": True, "items": items}
    found = lowered(tmp_path, schema)
    sizes = {len(each.value) for each in boundary_values(found, random.Random(0))
             if isinstance(each.value, list) and found.allows(each.value)}  # fmt: skip
    assert sizes >= {2, 3, 4}


def test_a_part_has_one_validator(tmp_path: Path) -> None:
    found = lowered(tmp_path, {"type": "object", "properties": {"name": {"type": "string"}}})
    part = found.schema["properties"]["name"]
    assert found.part_validator(part) is found.part_validator(part)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "minProperties": 1, "properties": {"a": {"type": "string"}}},
        {"type": "object", "minProperties": 3, "additionalProperties": {"type": "integer"}},
        {"type": "array", "minItems": 9, "uniqueItems": True, "items": {"type": "integer"}},
        {"type": "string", "pattern": "^[a-z]+$", "minLength": 30, "maxLength": 32},
        {"type": "string", "format": "email", "minLength": 40},
        {"type": "number", "minimum": 0.575, "maximum": 0.585, "multipleOf": 0.01},
        {
            "type": "number",
            "minimum": 0.57,
            "exclusiveMinimum": True,
            "maximum": 0.58,
            "multipleOf": 0.01,
        },
        {"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 9, "multipleOf": 4}]},
        {"allOf": [{"type": "string", "minLength": 2}, {"minLength": 5, "maxLength": 5}]},
        {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]},
        {"type": "integer", "not": {"enum": [0, 1, 2]}},
    ],
)
def test_keywords_are_met_together(tmp_path: Path, schema: dict[str, Any]) -> None:
    found = lowered(tmp_path, schema)
    assert found.allows(sample(found, random.Random(0)))


def test_different_samples_begin_with_the_plain_one(tmp_path: Path) -> None:
    found = lowered(tmp_path, {"type": "object", "properties": {"a": {"type": "string"}}})
    first, second, third = islice(samples(found, random.Random(0)), 3)
    assert first == {}
    assert second == {"a": "sample"}
    assert third not in (first, second)
    assert found.allows(third)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "string", "minLength": 3, "maxLength": 2}, "no value matches the schema"),
        (
            {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "integer", "minimum": 3, "maximum": 2}},
            },
            "see /properties/a (type, minimum, maximum)",
        ),
        ({"type": "string", "pattern": "^(?!.*)$"}, "no value was found"),
    ],
)
def test_the_reason_names_the_schema_without_a_value(
    tmp_path: Path, schema: dict[str, Any], reason: str
) -> None:
    with pytest.raises(NoSample, match=re.escape(reason)):
        sample(lowered(tmp_path, schema), random.Random(0))
