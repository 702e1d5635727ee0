"""Reports findings as text, JSON, SARIF and annotations of a pull request."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from openapi_first.core.terminal_text import on_one_line, visible
from openapi_first.lint.findings.rule import Finding, Verdict, in_order

_LEVELS = {
    Verdict.REJECTED: "error",
    Verdict.NOWHERE: "error",
    Verdict.CHANGED: "warning",
    Verdict.LAMBDA: "note",
    Verdict.GATEWAY: "none",
    Verdict.LIMITED: "warning",
    Verdict.NOTE: "note",
}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(findings: Sequence[Finding], shown: Collection[Verdict]) -> str:
    """The findings with one of the verdicts, and a count for each verdict. A rule whose findings do
    not fail is explained below the first of them only: a contract has many."""
    lines: list[str] = []
    explained: set[str] = set()
    for verdict in Verdict:
        if verdict not in shown:
            continue
        for each in in_order(one for one in findings if one.rule.verdict is verdict):
            file = on_one_line(each.file)
            place = f"{file}:{each.line}" if each.line else file
            rule = each.rule
            found = on_one_line(f"{each.detail} [{rule.id}] at #{each.pointer}")
            lines.append(f"{place}: {verdict.value}: {found}")
            if verdict.fails or rule.id not in explained:
                explained.add(rule.id)
                lines += [
                    f"    {rule.title}. {rule.authority}: {rule.statement} <{rule.source}>",
                    f"    {rule.remedy}",
                ]
    lines += [f"{count:5} {verdict.value}" for verdict, count in _counts(findings).items()]
    if len(shown) < len(Verdict):
        lines.append("--all lists every finding.")
    return visible("\n".join(lines))


def _counts(findings: Sequence[Finding]) -> dict[Verdict, int]:
    return {verdict: sum(each.rule.verdict is verdict for each in findings) for verdict in Verdict}


def as_json(findings: Sequence[Finding], shown: Collection[Verdict] = tuple(Verdict)) -> str:
    """An object with `holds`, the `counts` of verdicts and the list `findings` of those shown."""
    listed = in_order(each for each in findings if each.rule.verdict in shown)
    report = {
        "holds": not any(each.rule.verdict.fails for each in findings),
        "counts": {verdict.name.lower(): n for verdict, n in _counts(findings).items()},
        "findings": [each.as_data() for each in listed],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def as_sarif(findings: Sequence[Finding]) -> str:
    """SARIF 2.1.0 (OASIS), for code scanning."""
    findings = in_order(findings)
    used = list(dict.fromkeys(each.rule for each in findings))
    index = {rule.id: number for number, rule in enumerate(used)}
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": rule.statement},
            "help": {"text": rule.remedy},
            "helpUri": rule.source,
            "defaultConfiguration": {"level": _LEVELS[rule.verdict]},
        }
        for rule in used
    ]
    driver = {"name": "contract lint", "rules": rules}
    results = [_result(each, index[each.rule.id]) for each in findings]
    run = {"tool": {"driver": driver}, "results": results}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False)


def _result(each: Finding, index: int) -> dict[str, Any]:
    verdict = each.rule.verdict
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(Path(each.file).as_posix())}}
    if each.line:
        location["region"] = {"startLine": each.line}
    return {
        "ruleId": each.rule.id,
        "ruleIndex": index,
        "kind": "fail" if _LEVELS[verdict] != "none" else "pass",
        "level": _LEVELS[verdict],
        "message": {"text": f"{verdict.value}: {each.detail}. {each.rule.remedy}"},
        "locations": [
            {
                "physicalLocation": location,
                "logicalLocations": [{"fullyQualifiedName": each.pointer}],
            }
        ],
    }


def as_annotations(findings: Sequence[Finding]) -> str:
    """Workflow commands of GitHub Actions, a line for each finding that fails or is a change
    (GitHub: workflow-commands-for-github-actions)."""
    return "\n".join(
        f"::{_LEVELS[each.rule.verdict]} file={_property(each.file)},line={each.line or 1},"
        f"title={_property(each.rule.id)}::"
        + _data(f"{each.rule.verdict.value}: {each.detail}. {each.rule.remedy}")
        for each in in_order(findings)
        if _LEVELS[each.rule.verdict] in ("error", "warning")
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
