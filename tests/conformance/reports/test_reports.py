"""Reports of a run: each is well-formed, and escapes what a stage has sent."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from openapi_first.conformance.model.coverage import Uncounted
from openapi_first.conformance.model.messages import Response
from openapi_first.conformance.reports.html import html_page
from openapi_first.conformance.reports.json import json_report
from openapi_first.conformance.reports.junit import junit_xml
from openapi_first.conformance.reports.terminal import summary
from openapi_first.core.problem_details import MEDIA_TYPE as PROBLEM
from openapi_first.documents.node import Place
from support.report_runs import SCRIPT, run_of


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        self.tags[tag] += 1
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


TEXTS = st.text(st.characters(exclude_categories=()), max_size=40) | st.just(SCRIPT)


@given(TEXTS, st.binary(max_size=60))
def test_any_run_gives_reports_that_are_well_formed(text: str, body: bytes) -> None:
    run = run_of(text, body)
    page = Elements()
    page.feed(html_page(run).encode("utf-8").decode("utf-8"))
    assert page.open == []
    assert page.tags["script"] == 1, "the page's own"
    suite = ElementTree.fromstring(junit_xml(run)).find("testsuite")
    assert suite is not None
    assert [len(list(case)) for case in suite.iter("testcase")] == [1, 1]
    json.loads(json.dumps(json_report(run)))


def test_junit_has_a_case_for_each_promise_and_fails_those_that_are_broken() -> None:
    suite = ElementTree.fromstring(junit_xml(run_of("it broke", findings=2))).find("testsuite")
    assert suite is not None
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "2", "failures": "1", "errors": "0", "skipped": "1"}
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.text
    assert failure.text.startswith("it broke\nthe same in: getA (418)\nopenapi.yaml:7: #/paths")


def test_the_page_separates_seen_never_seen_and_undocumented() -> None:
    page = html_page(run_of("x"))
    assert '<summary class="warn">1 of 2</summary>' in page
    assert "200: seen 2 times" in page
    assert "404: never seen" in page
    assert "500: no request can cause it" in page
    assert "<li>418</li>" in page
    assert "Broken: 1 finding<" in page
    assert "No promise was broken<" in html_page(run_of("x", findings=0))


def test_the_page_has_notes_below_the_findings() -> None:
    page = html_page(replace(run_of("x"), notes=("listThings: may leave something out",)))
    assert page.index("Findings (1)") < page.index("Notes (1)") < page.index("Kept promises")
    assert "may leave something out" in page


def test_every_report_says_when_and_with_what_it_was_made_and_what_is_not_counted() -> None:
    run = run_of("x")
    uncounted = (Uncounted("GET /a", "body text/csv", "only JSON and forms are read"),)
    run = replace(
        run,
        contract_hash="ab" * 32,
        versions={"schemathesis": "4.0"},
        coverage=replace(run.coverage, uncounted=uncounted),
    )
    for report in (html_page(run), junit_xml(run), json.dumps(json_report(run)), summary(run)):
        assert "1970-01-01T00:00:00+00:00" in report
        assert "ab" * 6 in report
        assert "schemathesis" in report
        assert "body text/csv" in report
        assert "only JSON and forms are read" in report


def test_a_5xx_shows_the_ids_by_which_the_log_has_it() -> None:
    run = run_of("x")
    headers = (("X-Amzn-RequestId", "id-of-the-gateway"), ("Content-Type", PROBLEM))
    response = Response(503, headers, b'{"instance": "urn:uuid:of-the-function"}')
    finding = run.findings[0]
    broken = replace(finding, exchange=replace(finding.exchange, response=response))
    run = replace(run, verdicts=(replace(run.verdicts[0], findings=(broken,)),))
    for report in (html_page(run), junit_xml(run), json.dumps(json_report(run)), summary(run)):
        assert "id-of-the-gateway" in report
        assert "urn:uuid:of-the-function" in report


def test_a_shared_response_shows_the_line_that_refers_to_it() -> None:
    run = run_of("x")
    reference = Place("openapi.yaml", 41, "/paths/~1a/get/responses/default")
    broken = replace(run.findings[0], reference=reference)
    run = replace(run, verdicts=(replace(run.verdicts[0], findings=(broken,)),))
    for report in (html_page(run), junit_xml(run), summary(run)):
        assert "openapi.yaml:41" in report
    assert json_report(run)["findings"][0]["reference"]["line"] == 41


def test_the_page_lists_the_kept_promises_of_each_operation() -> None:
    page = html_page(replace(run_of("x", findings=0), labels={"getA": "GET /a"}))
    assert "Kept promises (1 of 2)" in page
    assert "<code>GET /a</code> getA: 1 kept" in page
    assert "x: checked 3 times" in page


def test_a_finding_in_several_places_is_one_in_every_report() -> None:
    run = run_of("x", findings=3)
    assert "Broken: 1 finding<" in html_page(run)
    (finding,) = json_report(run)["findings"]
    assert len(finding["occurrences"]) == 3
    assert summary(run).count("BROKEN") == 1
