"""The same finding on many statuses, operations or cases, as one finding with a list.

Findings are the same if the check, the place and the detail are: a place in the responses of one
operation is as good as that of another, and numbers and ids in a detail do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from openapi_first.conformance.model.run import Finding
from openapi_first.documents.node import Place

_OF_AN_OPERATION = re.compile(r"/paths/[^/]+/[^/]+((?:/responses(?:/[^/]+)?)?)")
_ID = re.compile(r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings that are the same; there is at least one."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one that is shown in full."""
        return self.findings[0]

    @property
    def others(self) -> tuple[Finding, ...]:
        return self.findings[1:]

    @property
    def operations(self) -> tuple[str, ...]:
        """The operationIds, each once; "" is the whole API."""
        return tuple(dict.fromkeys(each.promise.operation for each in self.findings))

    @property
    def statuses(self) -> tuple[int, ...]:
        """The statuses of the responses, each once, sorted."""
        return tuple(sorted({each.exchange.response.status for each in self.findings}))


def grouped(findings: Iterable[Finding]) -> tuple[FindingGroup, ...]:
    """The groups in the order of their first findings."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_key(finding), []).append(finding)
    return tuple(FindingGroup(tuple(each)) for each in groups.values())


def _key(finding: Finding) -> tuple[str, ...]:
    detail = _NUMBER.sub("0", _ID.sub("id", finding.detail))
    return (finding.promise.check, _place(finding.place), detail)


def _place(place: Place) -> str:
    found = _OF_AN_OPERATION.fullmatch(place.pointer)
    if found is None:
        return f"{place.file}#{place.pointer}"
    return "responses" if found[1] else "operation"


def same_finding_in(group: FindingGroup, most: int | None = None) -> list[str]:
    """A line for each operation of the group with the statuses that it had there."""
    statuses: dict[str, dict[int, None]] = {}
    for each in group.findings:
        found = statuses.setdefault(each.promise.operation, {})
        found[each.exchange.response.status] = None
    lines = [
        f"{operation or 'the API'} ({', '.join(map(str, sorted(found)))})"
        for operation, found in statuses.items()
    ]
    if most is not None and len(lines) > most:
        return [*lines[:most], f"{len(lines) - most} more"]
    return lines
