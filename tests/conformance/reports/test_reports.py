"""Reports of a run: each is well-formed, and escapes what a stage has sent."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from openapi_first.conformance.reports.html import html_page
from openapi_first.conformance.reports.json import json_report
from openapi_first.conformance.reports.junit import junit_xml
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
    assert "1 of 2, 1 never seen" in page
    assert "200: seen 2 times" in page
    assert "404: never seen" in page
    assert "500: no request can cause it" in page
    assert "<li>418</li>" in page
    assert "Broken: 1 finding<" in page
    assert "No promise was broken<" in html_page(run_of("x", findings=0))
