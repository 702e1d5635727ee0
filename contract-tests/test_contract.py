"""The stage keeps the contract."""

from __future__ import annotations

import pytest

from openapi_first.conformance.model.run import Verdict


def test_keeps(verdict: Verdict) -> None:
    """Each finding says what was broken, where the contract says it, and how to see it again."""
    findings = "\n\n".join(
        f"{finding.detail}\n  promised at {finding.place}\n  {finding.curl}"
        for finding in verdict.findings
    )
    if findings:
        pytest.fail(f"{verdict.promise.text}, but:\n\n{findings}", pytrace=False)
    if not verdict.judged:
        pytest.skip(f"nothing on this stage could show whether it {verdict.promise.text}")
