"""A run as JUnit XML, with a test case for each promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from openapi_first.conformance.model.run import Run, Verdict
from openapi_first.conformance.reports.coverage import uncounted_lines
from openapi_first.conformance.reports.grouping import FindingGroup, grouped, same_finding_in
from openapi_first.conformance.reports.request_ids import request_ids

# XML 1.0 §2.2: characters that a document may not contain, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(run: Run) -> str:
    """Promises that were not checked are skipped test cases. What was not judged, and an early end,
    are errors."""
    errors = []
    if run.not_judged:
        errors.append(("every step is judged", "\n".join(map(str, run.not_judged))))
    if run.ended_early is not None:
        errors.append(("the run is complete", run.ended_early))
    suites = ElementTree.Element("testsuites")
    failures = sum(1 for verdict in run.verdicts if verdict.findings)
    skipped = sum(1 for verdict in run.verdicts if not verdict.judged and not verdict.findings)
    suite = ElementTree.SubElement(
        suites,
        "testsuite",
        {
            "name": _text(f"{run.title} {run.version}"),
            "hostname": _text(run.options.url),
            "timestamp": run.date,
            "tests": str(len(run.verdicts) + len(errors)),
            "failures": str(failures),
            "errors": str(len(errors)),
            "skipped": str(skipped),
            "time": f"{run.seconds:.3f}",
        },
    )
    properties = ElementTree.SubElement(suite, "properties")
    about = {"contract": str(run.contract), "contract sha256": run.contract_hash, **run.versions}
    about["coverage"] = run.coverage.headline
    about["not counted"] = "; ".join(uncounted_lines(run.coverage))
    for name, value in about.items():
        given = {"name": _text(name), "value": _text(value)}
        ElementTree.SubElement(properties, "property", given)
    for verdict in run.verdicts:
        _case(suite, verdict)
    for name, message in errors:
        attributes = {"classname": "api", "name": name, "time": "0"}
        case = ElementTree.SubElement(suite, "testcase", attributes)
        ElementTree.SubElement(case, "error", {"message": _text(message)})
    if run.notes:
        ElementTree.SubElement(suite, "system-out").text = _text("\n".join(run.notes))
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, verdict: Verdict) -> None:
    promise = verdict.promise
    case = ElementTree.SubElement(
        suite,
        "testcase",
        {
            "classname": _text(promise.operation or "api"),
            "name": _text(f"{promise.check}: {promise.text}"),
            "file": _text(promise.place.file),
            "line": str(promise.place.line or 0),
            "time": "0",
        },
    )
    if verdict.findings:
        details = "\n\n".join("\n".join(_finding(group)) for group in grouped(verdict.findings))
        attributes = {"message": _text(verdict.findings[0].detail), "type": promise.check}
        ElementTree.SubElement(case, "failure", attributes).text = _text(details)
    elif not verdict.judged:
        ElementTree.SubElement(case, "skipped", {"message": "this promise was not checked"})


def _finding(group: FindingGroup) -> Iterator[str]:
    finding = group.first
    yield finding.detail
    if group.others:
        yield f"the same in: {', '.join(same_finding_in(group))}"
    yield f"{finding.place}: #{finding.place.pointer}"
    if finding.reference is not None:
        yield f"which {finding.reference} refers to"
    if finding.exchange.response.status >= 500:
        for name, value in request_ids(finding.exchange.response):
            yield f"request id: {value} ({name})"
    yield finding.curl


def _text(value: str) -> str:
    return _FORBIDDEN.sub("\ufffd", value)
