"""All rules of `contract lint`, and what they find in a contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from openapi_first.lint import (
    bodies,
    document,
    extensions,
    import_errors,
    keywords,
    links,
    parameters,
    quotas,
    responses,
    security,
)
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import Finding, Rule


class Subject(Protocol):
    """A module whose constants are rules, with the code that finds them."""

    def find(self, rendered: Rendered, /) -> Iterator[Finding]: ...


SUBJECTS: tuple[Subject, ...] = (
    import_errors,
    quotas,
    document,
    extensions,
    keywords,
    parameters,
    bodies,
    responses,
    links,
    security,
)
RULES = {
    rule.id: rule
    for subject in SUBJECTS
    for rule in vars(subject).values()
    if isinstance(rule, Rule)
}


def lint(rendered: Rendered) -> tuple[Finding, ...]:
    """Each finding once, in no useful order: `in_order` sorts those that are shown."""
    return tuple(dict.fromkeys(found for subject in SUBJECTS for found in subject.find(rendered)))
