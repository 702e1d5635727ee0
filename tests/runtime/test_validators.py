"""Violations say what is wrong in words that a client understands."""

from __future__ import annotations

from typing import Any

import pytest

from openapi_first.runtime.plan import DRAFT_4, DRAFT_2020_12, SchemaPlan
from openapi_first.runtime.validators import validator_for, violations

INTEGER = {"type": "integer"}


@pytest.mark.parametrize(
    ("schema", "value", "detail"),
    [
        ({"properties": {"id": {"not": {}}}}, {"id": 1}, "no value is allowed here"),
        ({"properties": {"id": False}}, {"id": 1}, "no value is allowed here"),
        ({"contains": INTEGER}, ["a"], "the value has no item that matches `contains`"),
        (
            {"contains": INTEGER, "minContains": 2},
            [1],
            "the value has too few items that match `contains`",
        ),
        (
            {"contains": INTEGER, "maxContains": 1},
            [1, 2],
            "the value has too many items that match `contains`",
        ),
    ],
)
def test_details_are_clearer_than_the_librarys(schema: Any, value: Any, detail: str) -> None:
    validator = validator_for(SchemaPlan(schema), {}, DRAFT_2020_12)
    assert [each.detail for each in violations(validator, value)] == [detail]


def test_a_property_that_may_not_be_sent_is_named_in_3_0() -> None:
    validator = validator_for(SchemaPlan({"properties": {"id": {"not": {}}}}), {}, DRAFT_4)
    (violation,) = violations(validator, {"id": 1})
    assert (violation.path, violation.detail) == (("id",), "no value is allowed here")


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_the_closest_alternative_says_what_is_wrong_without_the_value(keyword: str) -> None:
    card: dict[str, Any] = {
        "required": ["number"],
        "properties": {"kind": {"const": "card"}, "cvc": {"not": {}}, "year": {"maximum": 9}},
    }
    bank = {"required": ["iban", "name"], "properties": {"kind": {"const": "bank"}}}
    schema = {"properties": {"source": {keyword: [bank, card]}}}
    sent = {"source": {"kind": "card", "number": "secret", "cvc": "secret"}}
    for dialect in (DRAFT_4, DRAFT_2020_12):
        validator = validator_for(SchemaPlan(schema), {}, dialect)
        (violation,) = violations(validator, sent)
        assert violation.path == ("source",)
        assert violation.detail.endswith(
            "; the closest is alternative 2, where /cvc: no value is allowed here"
        )
        wrong = {"source": {"kind": "secret", "year": 777}}
        (violation,) = violations(validator, wrong)
        assert "secret" not in violation.detail
        assert "777" not in violation.detail
