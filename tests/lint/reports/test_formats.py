"""What `contract lint` prints."""

from __future__ import annotations

from functools import partial

from openapi_first.lint.findings.rule import Finding, Rule, Verdict
from openapi_first.lint.reports.formats import as_text

SOURCE = "https://docs.aws.amazon.com/page"


def text(*verdicts: Verdict) -> str:
    """The report of a finding at each line, of a rule for each verdict."""
    findings = [
        Finding(
            Rule(verdict.name.lower(), verdict, "Title", "Statement.", SOURCE, "Remedy."),
            "openapi.yaml",
            f"/{line}",
            "detail",
            partial(int, line),
        )
        for line, verdict in enumerate(verdicts, 1)
    ]
    return as_text(findings, frozenset(Verdict))


def test_a_rule_that_does_not_fail_is_explained_once_and_each_finding_is_listed() -> None:
    report = text(Verdict.LAMBDA, Verdict.GATEWAY, Verdict.LAMBDA)
    assert [report.count(f"openapi.yaml:{line}: ") for line in (1, 2, 3)] == [1, 1, 1]
    assert report.count("    Title. AWS: Statement.") == report.count("    Remedy.") == 2


def test_each_finding_that_fails_says_how_to_fix_it() -> None:
    assert text(Verdict.NOWHERE, Verdict.NOWHERE).count("    Remedy.") == 2
