"""A rule of `contract lint`, its verdict, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any

from openapi_first.aws import pages
from openapi_first.documents.node import Node

GUIDE = pages.GUIDE
REFERENCE = pages.REFERENCE
KNOWN_ISSUES = pages.KNOWN_ISSUES
VALIDATION = GUIDE + "api-gateway-method-request-validation.html"
QUOTAS = pages.QUOTAS
IMPORT = GUIDE + "api-gateway-import-api.html"

OPENAPI = "https://spec.openapis.org/oas/v3.0.3#"
OPENAPI_3_2 = "https://spec.openapis.org/oas/v3.2.0#"
SWAGGER_2_0 = "https://spec.openapis.org/oas/v2.0#"
JSON_SCHEMA = "https://json-schema.org/draft/2020-12/"
_AUTHORITIES = {
    "https://docs.aws.amazon.com/": "AWS",
    **dict.fromkeys((OPENAPI, OPENAPI_3_2, SWAGGER_2_0), "OpenAPI"),
    JSON_SCHEMA: "JSON Schema",
}

NOTHING = "Nothing."
LAMBDA_VALIDATES = "Nothing: the Lambda validates it."


class Verdict(Enum):
    """What API Gateway does with a constraint, or with another part of the contract; a note says
    what the engine has chosen where the contract leaves the choice. What the Lambda can only check
    within a time limit, it may refuse although it matches."""

    REJECTED = "rejected at import"
    NOWHERE = "enforced nowhere"
    CHANGED = "dropped or changed at import"
    LAMBDA = "enforced in the Lambda only"
    GATEWAY = "enforced at the gateway"
    LIMITED = "checked within a time limit"
    NOTE = "note"

    @property
    def fails(self) -> bool:
        """Whether a contract with such a finding does not pass."""
        return self in (Verdict.REJECTED, Verdict.NOWHERE)


FAILING = frozenset(verdict for verdict in Verdict if verdict.fails)
WARNED_OF = FAILING | {Verdict.LIMITED}
"""The verdicts of findings that a person should see without asking for them."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """`statement` summarises what the page at `source` says; `remedy` is for the contract. A rule
    equals only itself."""

    id: str
    verdict: Verdict
    title: str
    statement: str
    source: str
    remedy: str

    @property
    def authority(self) -> str:
        """Whose page the source is."""
        return next(name for page, name in _AUTHORITIES.items() if self.source.startswith(page))


@dataclass(frozen=True, slots=True)
class Finding:
    """`pointer` is a JSON Pointer into `file`; `locate` finds its line."""

    rule: Rule
    file: str
    pointer: str
    detail: str
    locate: Callable[[], int | None] = field(repr=False, compare=False)

    @property
    def line(self) -> int | None:
        """Counts from 1. The first one that is asked for reads the lines of the whole file."""
        return self.locate()

    def as_data(self) -> dict[str, Any]:
        """The finding as JSON."""
        return {
            "rule": self.rule.id,
            "verdict": self.rule.verdict.name.lower(),
            "file": self.file,
            "line": self.line,
            "pointer": self.pointer,
            "detail": self.detail,
            "statement": self.rule.statement,
            "source": self.rule.source,
            "remedy": self.rule.remedy,
        }


def finding(rule: Rule, node: Node, detail: str) -> Finding:
    """What a rule finds at a node."""
    source, pointer = node.source.origin(node.pointer)
    return Finding(rule, str(source.path), pointer, detail, partial(source.line, pointer))


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """In the order of the files."""
    return sorted(
        findings,
        key=lambda each: (each.file, each.line or 0, each.pointer, each.rule.id, each.detail),
    )
