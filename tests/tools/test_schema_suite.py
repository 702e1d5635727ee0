"""The official JSON Schema test suite through the compiler: no wrong verdict, refusals by name."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from schema_suite import DRAFTS, results

# The errors that are allowed: the compiler refuses every schema that it could not enforce in full.
REFUSALS = {
    "3.0": {
        "OpenAPI 3.0 has no such keyword": r"OpenAPI does not allow [\w$ ,-]+ here",
        "OpenAPI 3.0 has one type, without null": r"'null' is not one of|found an array",
        "OpenAPI 3.0 has no boolean schemas": r"found a boolean",
        "schemas from the network": r"the reference to .* is remote",
        "names relative to `id`": r"the reference '.*' has no target",
    },
    "3.1": {
        "$id, and names relative to it": r"\$id is not supported|the reference '.*' has no target",
        "$dynamicRef": r"\$dynamicRef is not supported",
        "schemas from the network": r"the reference to .* is remote",
        "other dialects": r"the dialect .* is not supported",
    },
}


@pytest.mark.parametrize("openapi", DRAFTS)
def test_no_verdict_is_wrong(openapi: str) -> None:
    found = list(results(openapi))
    outcomes = Counter(result.outcome for result in found)
    failed = [result for result in found if result.outcome == "failed"]
    # JSON Schema leaves formats to the validator; OpenAPI's are checked here.
    assert all(result.keyword == "format" for result in failed), failed
    assert all("only an annotation by default" in result.test for result in failed)
    for result in found:
        if result.outcome == "refused":
            known = REFUSALS[openapi].values()
            assert any(re.search(pattern, result.reason) for pattern in known), result
    assert (
        outcomes
        == {
            "3.0": {"passed": 386, "refused": 224},
            "3.1": {"passed": 1104, "refused": 134, "failed": 19},
        }[openapi]
    )
