"""The rules of the import of a REST API, each with the statement of AWS behind it.

Written from AWS's pages and from what its control plane was seen to answer, apart from `contract`
and from `stage`, which are held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
KNOWN_ISSUES = GUIDE + "api-gateway-known-issues.html"

Document = dict[str, Any]


class Outcome(Enum):
    """What becomes of the part that a rule is about."""

    REFUSED = "the import fails"
    QUOTA = "the import fails, until the quota is raised"
    LEFT_OUT = "the part is not in the API, which holds requests to less"
    IGNORED = "the part is not in the API, and would hold requests to nothing"
    UNSETTLED = "AWS does not support it, and does not say what becomes of it"


@dataclass(frozen=True)
class Rule:
    """`finds` gives the pointers of what breaks it in a document."""

    id: str
    outcome: Outcome
    statement: str
    source: str
    finds: Callable[[Document], Iterable[str]]


@dataclass(frozen=True)
class Found:
    """A rule that is broken, and where."""

    rule: Rule
    pointer: str


RULES: dict[str, Rule] = {}


def rule(
    id: str, outcome: Outcome, statement: str, source: str = KNOWN_ISSUES
) -> Callable[[Callable[[Document], Iterable[str]]], Callable[[Document], Iterable[str]]]:
    """Declares a rule by the function that finds what breaks it."""

    def declare(finds: Callable[[Document], Iterable[str]]) -> Callable[[Document], Iterable[str]]:
        assert id not in RULES
        RULES[id] = Rule(id, outcome, statement, source, finds)
        return finds

    return declare


def found(document: Document) -> tuple[Found, ...]:
    """Everything in a document that is not imported as it is written."""
    return tuple(_found(document))


def _found(document: Document) -> Iterator[Found]:
    for each in RULES.values():
        for pointer in each.finds(document):
            yield Found(each, pointer)
