"""The reader says what the contract and API Gateway do with a request."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.conformance.judging.request_reader import operation_readers
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Expectation
from openapi_first.openapi.loader import load
from support.compiled import contract_of
from support.documents import written


@pytest.mark.parametrize(
    ("required", "query", "expectation"),
    [
        (True, "q=", Expectation.OPEN),
        (True, "q=%20", Expectation.OPEN),
        (True, "q=a", Expectation.ALLOWED),
        (False, "q=", Expectation.ALLOWED),
        (True, "", Expectation.FORBIDDEN),
    ],
)
def test_a_required_parameter_that_is_blank_may_be_refused(
    tmp_path: Path, required: bool, query: str, expectation: Expectation
) -> None:
    parameter = {"name": "q", "in": "query", "required": required, "schema": {"type": "string"}}
    (reader,) = operation_readers(
        load(written(tmp_path, contract_of(parameters=[parameter])))
    ).values()
    assert reader.expectation(Request("GET", f"/things?{query}")) is expectation
