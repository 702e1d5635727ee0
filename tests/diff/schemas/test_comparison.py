"""Narrower schemas break requests, wider schemas break responses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diff.comparing import OBJECT, compared, rules, with_bodies
from openapi_first.diff.findings.changes import Change

B, C = "breaking", "compatible"
# A name, both schemas, the kinds of change, and the verdicts for requests and for responses.
SCHEMAS: list[tuple[str, Any, Any, set[str], str, str]] = [
    ("type narrowed", {}, {"type": "string"}, {"type-narrowed"}, B, C),
    ("number to integer", {"type": "number"}, {"type": "integer"}, {"type-narrowed"}, B, C),
    ("type changed", {"type": "string"}, {"type": "number"}, {"type-changed"}, B, B),
    (
        "made nullable",
        {"type": "string"},
        {"type": "string", "nullable": True},
        {"type-widened"},
        C,
        B,
    ),
    ("value removed", {"enum": ["a", "b"]}, {"enum": ["a"]}, {"enum-narrowed"}, B, C),
    ("values exchanged", {"enum": ["a", "b"]}, {"enum": ["a", "c"]}, {"enum-changed"}, B, B),
    (
        "list of values added",
        {"type": "string"},
        {"type": "string", "enum": ["a"]},
        {"enum-narrowed"},
        B,
        C,
    ),
    ("minimum raised", {"minimum": 1}, {"minimum": 2}, {"minimum-narrowed"}, B, C),
    ("minimum added", {}, {"minimum": -1}, {"minimum-narrowed"}, B, C),
    (
        "minimum made exclusive",
        {"minimum": 1},
        {"minimum": 1, "exclusiveMinimum": True},
        {"minimum-narrowed"},
        B,
        C,
    ),
    ("maximum lowered", {"maximum": 2}, {"maximum": 1}, {"maximum-narrowed"}, B, C),
    (
        "int64 to int32",
        {"type": "integer", "format": "int64"},
        {"type": "integer", "format": "int32"},
        {"minimum-narrowed", "maximum-narrowed"},
        B,
        C,
    ),
    ("multiple coarser", {"multipleOf": 2}, {"multipleOf": 4}, {"multiple-of-narrowed"}, B, C),
    ("multiple changed", {"multipleOf": 2}, {"multipleOf": 3}, {"multiple-of-changed"}, B, B),
    ("longer at least", {"minLength": 1}, {"minLength": 2}, {"min-length-narrowed"}, B, C),
    ("length limited", {}, {"maxLength": 2}, {"max-length-narrowed"}, B, C),
    ("pattern added", {}, {"pattern": "^a"}, {"pattern-narrowed"}, B, C),
    ("pattern changed", {"pattern": "^a"}, {"pattern": "^b"}, {"pattern-changed"}, B, B),
    (
        "format added",
        {"type": "string"},
        {"type": "string", "format": "date"},
        {"format-narrowed"},
        B,
        C,
    ),
    (
        "format changed",
        {"type": "string", "format": "date"},
        {"type": "string", "format": "uuid"},
        {"format-changed"},
        B,
        B,
    ),
    ("more items at least", {"minItems": 1}, {"minItems": 2}, {"min-items-narrowed"}, B, C),
    ("fewer items at most", {"maxItems": 2}, {"maxItems": 1}, {"max-items-narrowed"}, B, C),
    ("items unique", {}, {"uniqueItems": True}, {"unique-items-narrowed"}, B, C),
    (
        "items narrowed",
        {"type": "array", "items": {"type": "number"}},
        {"type": "array", "items": {"type": "integer"}},
        {"type-narrowed"},
        B,
        C,
    ),
    (
        "items described",
        {"type": "array", "items": {}},
        {"type": "array", "items": {"type": "string"}},
        {"type-narrowed"},
        B,
        C,
    ),
    (
        "more properties",
        {"minProperties": 1},
        {"minProperties": 2},
        {"min-properties-narrowed"},
        B,
        C,
    ),
    (
        "fewer properties",
        {"maxProperties": 2},
        {"maxProperties": 1},
        {"max-properties-narrowed"},
        B,
        C,
    ),
    ("property required", OBJECT, {**OBJECT, "required": ["a"]}, {"required-narrowed"}, B, C),
    (
        "property closed",
        {"type": "object"},
        {"type": "object", "additionalProperties": False},
        {"additional-properties-narrowed"},
        B,
        C,
    ),
    (
        "other properties narrowed",
        {"type": "object", "additionalProperties": {"type": "number"}},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type-narrowed"},
        B,
        C,
    ),
    (
        "alternative of anyOf removed",
        {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "array", "items": {}}]},
        {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        {"any-of-narrowed"},
        B,
        C,
    ),
    (
        "alternative of oneOf removed, exclusive",
        {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]},
        {"oneOf": [{"type": "string"}, {"type": "boolean"}]},
        {"one-of-narrowed"},
        B,
        C,
    ),
    (
        "alternative of oneOf removed that overlaps",
        {"oneOf": [{"type": "string"}, {"type": "integer"}, {"minLength": 3}]},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"one-of-changed"},
        B,
        B,
    ),
    ("not added", {}, {"not": {"type": "string"}}, {"not-narrowed"}, B, C),
    (
        "not widened",
        {"not": {"type": "integer"}},
        {"not": {"type": "number"}},
        {"type-narrowed"},
        B,
        C,
    ),
    (
        "allOf longer",
        {"allOf": [{"type": "string"}]},
        {"allOf": [{"type": "string"}, {"maxLength": 3}]},
        {"max-length-narrowed"},
        B,
        C,
    ),
    (
        "wrapped in an alternative",
        {"anyOf": [{"type": "string"}, {"type": "object"}]},
        {"type": "string", "maxLength": 5},
        {"any-of-narrowed"},
        B,
        C,
    ),
]

TEXT = {"allOf": [{"type": "string"}]}
INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}
EXCLUSIVE = [{"type": "string", "maxLength": 3}, {"type": "array", "items": {}}]


def verdict(changes: tuple[Change, ...]) -> str:
    return B if any(change.breaking for change in changes) else C


@pytest.mark.parametrize("case", SCHEMAS, ids=[case[0] for case in SCHEMAS])
def test_narrowing_breaks_requests_and_widening_breaks_responses(
    case: tuple[str, Any, Any, set[str], str, str], tmp_path: Path
) -> None:
    _, old, new, expected, request, response = case
    turned = {"narrowed": "widened", "widened": "narrowed", "changed": "changed"}
    for direction, judged, back in (
        ("request", request, response),
        ("response", response, request),
    ):
        pair = [
            with_bodies(each, {}) if direction == "request" else with_bodies({}, each)
            for each in (old, new)
        ]
        there = compared(tmp_path, *pair)
        assert rules(there) == {f"{direction}-{rule}" for rule in expected}
        assert verdict(there) == judged
        again = compared(tmp_path, *reversed(pair))
        assert verdict(again) == (back if request != response else B)
        assert rules(again) == {
            f"{direction}-{kind}-{turned[word]}"
            for kind, _, word in (rule.rpartition("-") for rule in expected)
        }


SCHEMAS_3_1: list[tuple[str, Any, Any, set[str]]] = [
    ("type list", {"type": ["string", "null"]}, {"type": "string"}, {"type-narrowed"}),
    ("const", {}, {"const": 1}, {"type-narrowed", "enum-narrowed"}),
    ("const and enum", {"enum": [1]}, {"const": 1}, set()),
    ("exclusive limit", {"exclusiveMinimum": 1}, {"exclusiveMinimum": 2}, {"minimum-narrowed"}),
    ("prefix", {"prefixItems": [{}]}, {"prefixItems": [{"type": "string"}]}, {"type-narrowed"}),
    ("contains", {}, {"contains": {"type": "string"}}, {"contains-narrowed"}),
    ("dependent", {}, {"dependentRequired": {"a": ["b"]}}, {"dependent-narrowed"}),
    (
        "dependent schema",
        {},
        {"dependentSchemas": {"a": {"minProperties": 2}}},
        {"dependent-narrowed"},
    ),
    ("names", {}, {"propertyNames": {"maxLength": 3}}, {"property-names-narrowed"}),
    (
        "pattern properties",
        {},
        {"patternProperties": {"^x": {"type": "string"}}},
        {"pattern-properties-narrowed"},
    ),
    (
        "condition",
        {},
        {"if": {"type": "string"}, "then": {"minLength": 1}},
        {"conditional-narrowed"},
    ),
    ("unevaluated", {}, {"unevaluatedProperties": False}, {"unevaluated-narrowed"}),
    (
        "beside a reference",
        {"$ref": "#/components/schemas/Text"},
        {"$ref": "#/components/schemas/Text", "maxLength": 3},
        {"max-length-narrowed"},
    ),
]


@pytest.mark.parametrize("case", SCHEMAS_3_1, ids=[case[0] for case in SCHEMAS_3_1])
def test_keywords_of_3_1_are_compared(case: tuple[str, Any, Any, set[str]], tmp_path: Path) -> None:
    _, old, new, expected = case
    pair = []
    for schema in (old, new):
        document = with_bodies(schema, {})
        document["openapi"] = "3.1.0"
        document["components"]["schemas"] = {"Text": {"type": "string"}}
        pair.append(document)
    assert rules(compared(tmp_path, *pair)) == {f"request-{rule}" for rule in expected}


SAME: list[tuple[str, Any, Any]] = [
    ("finite sets", {"type": "integer", "minimum": 1, "maximum": 3}, {"enum": [3, 2, 1]}),
    ("booleans", {"type": "boolean"}, {"enum": [True, False]}),
    ("one value each", {"enum": ["a", "b"]}, {"oneOf": [{"enum": ["a"]}, {"enum": ["b"]}]}),
    ("number format", {"type": "integer", "format": "int32"}, {"type": "integer", **INT32}),
    ("idle limits", {"type": "string"}, {"type": "string", "minLength": 0}),
    ("implied limits", {"enum": ["a", "b"]}, {"enum": ["a", "b"], "maxLength": 9}),
    ("open objects", {"type": "object"}, {"type": "object", "additionalProperties": True}),
    ("idle nullable", {"allOf": [{"type": "string"}]}, {"nullable": True, **TEXT}),
    ("exclusive alternatives", {"oneOf": EXCLUSIVE}, {"anyOf": EXCLUSIVE}),
    ("decimals", {"multipleOf": 0.1}, {"allOf": [{"multipleOf": 0.1}, {"multipleOf": 0.05}]}),
    ("negation twice", {"type": "string"}, {"not": {"not": {"type": "string"}}}),
]


@pytest.mark.parametrize("case", SAME, ids=[case[0] for case in SAME])
def test_the_same_values_in_other_words_are_no_change(
    case: tuple[str, Any, Any], tmp_path: Path
) -> None:
    _, old, new = case
    for one, other in ((old, new), (new, old)):
        assert compared(tmp_path, with_bodies(one, one), with_bodies(other, other)) == ()


def test_multiples_are_compared_as_decimals(tmp_path: Path) -> None:
    coarse, fine = ({"type": "number", "multipleOf": each} for each in (0.3, 0.1))
    found = compared(tmp_path, with_bodies(coarse, {}), with_bodies(fine, {}))
    assert rules(found) == {"request-multiple-of-widened"}


def test_a_password_is_no_other_value(tmp_path: Path) -> None:
    plain, hidden = {"type": "string"}, {"type": "string", "format": "password"}
    found = compared(tmp_path, with_bodies(plain, {}), with_bodies(hidden, {}))
    assert rules(found) == {"description-changed"}
