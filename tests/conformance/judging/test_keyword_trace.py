"""Which keywords of a schema a value satisfies or violates."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.conformance.judging.keyword_trace import KeywordTracer
from openapi_first.openapi.loader import load
from openapi_first.samples.lowered_schemas import LoweredSchemas

_CONTRACT = """
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /a:
    get:
      parameters:
        - {in: query, name: n, schema: {type: number, minimum: 0, exclusiveMinimum: true}}
      responses: {default: {description: d}}
"""


@pytest.mark.parametrize(("value", "satisfied"), [(1, True), (0, False)])
def test_the_flag_of_a_bound_is_judged_with_its_bound(
    tmp_path: Path, value: int, satisfied: bool
) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(_CONTRACT)
    (operation,) = load(path).operations
    lowered = LoweredSchemas("3.0").request(operation.parameters[0].schema)
    traced = dict(KeywordTracer(lowered).trace(value))
    assert traced == {"/type": True, "/minimum": satisfied, "/exclusiveMinimum": satisfied}
