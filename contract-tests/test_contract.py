"""The stage keeps the promises of the contract."""

from __future__ import annotations

import pytest

from openapi_first.conformance.model.run import Verdict


def test_keeps(verdict: Verdict) -> None:
    findings = "\n\n".join(
        f"{finding.detail}\n  promised at {finding.place}\n  {finding.curl}"
        for finding in verdict.findings
    )
    if findings:
        pytest.fail(f"{verdict.promise.text}, but:\n\n{findings}", pytrace=False)
    if not verdict.judged:
        pytest.skip(f"not checked on this stage: {verdict.promise.text}")
