"""The rules as data, and their page."""

from __future__ import annotations

from diff import (
    test_contracts,
    test_documentation,
    test_gateway,
    test_messages,
    test_parameters,
    test_security,
)
from diff.schemas import test_properties
from diff_rules import PAGE, rules_page
from openapi_first.diff.findings.rules import RULES, SCHEMA_RULES, Verdict

CASES = (
    *(test_contracts.CASES + test_parameters.CASES + test_messages.CASES),
    *(test_properties.CASES + test_security.CASES + test_documentation.CASES),
    *test_gateway.CASES,
)


def test_every_rule_that_is_not_about_a_schema_has_a_case() -> None:
    shown = {rule for *_, there, back in CASES for rule in (*there, *back)}
    elsewhere = {
        "operation-removed-after-sunset",
        "webhooks-changed",
        "parameter-renamed",
        "string-content-changed",
        "xml-changed",
        "request-encoding-narrowed",
        "request-encoding-widened",
        "response-encoding-changed",
        "response-encoding-narrowed",
        "response-encoding-widened",
    }
    assert RULES.keys() - SCHEMA_RULES.keys() - shown <= elsewhere


def test_every_rule_has_its_own_id_and_a_verdict() -> None:
    assert all(id_ == rule.id and rule.statement for id_, rule in RULES.items())
    assert {rule.verdict for rule in RULES.values()} == set(Verdict)


def test_the_page_of_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "run python tools/diff_rules.py"
