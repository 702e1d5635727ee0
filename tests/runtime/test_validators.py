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
