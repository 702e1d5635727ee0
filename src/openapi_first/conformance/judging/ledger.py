"""Records for every promise how often it was judged, and what broke it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from openapi_first.conformance.judging.check_types import Check
from openapi_first.conformance.model.errors import StopAtFinding
from openapi_first.conformance.model.run import Exchange, Finding, Promise, Verdict
from openapi_first.documents.node import Place

_MOST_FINDINGS = 10


class Ledger:
    """The verdicts of a run so far. A promise keeps its first findings, one for each way in which
    it was broken."""

    def __init__(
        self,
        promises: Sequence[Promise],
        found: Callable[[Finding], None],
        unknown: Callable[[str, str], None],
        *,
        fail_fast: bool,
    ) -> None:
        """`unknown` gets the operation and the check of a record that is for no promise."""
        self._promises = {(each.operation, each.check): each for each in promises}
        self._judged: Counter[Promise] = Counter()
        self._findings: dict[Promise, list[Finding]] = {}
        self._found = found
        self._unknown = unknown
        self._fail_fast = fail_fast

    def record(
        self,
        check: Check,
        operation: str,
        complaint: str | None = None,
        *,
        exchange: Exchange,
        part: Place | None = None,
        reference: Place | None = None,
    ) -> None:
        """Records that an exchange was judged, and the complaint if it broke the promise. Raises
        StopAtFinding."""
        promise = self._promises.get((operation, check.id))
        if promise is None:
            self._unknown(operation, check.id)
            return
        self._judged[promise] += 1
        if complaint is None:
            return
        findings = self._findings.setdefault(promise, [])
        if len(findings) < _MOST_FINDINGS and all(each.detail != complaint for each in findings):
            finding = Finding(promise, complaint, exchange, part, reference)
            findings.append(finding)
            self._found(finding)
            if self._fail_fast:
                raise StopAtFinding

    def findings(self) -> tuple[Finding, ...]:
        """The findings so far, in the order in which promises were first broken."""
        return tuple(each for found in self._findings.values() for each in found)

    def replace(self, finding: Finding, detail: str, exchange: Exchange) -> None:
        """Lets another exchange show a finding. Drops the finding if the promise has one with the
        same detail."""
        findings = self._findings[finding.promise]
        others = {each.detail for each in findings if each is not finding}
        better = replace(finding, detail=detail, exchange=exchange)
        self._findings[finding.promise] = [
            better if each is finding else each
            for each in findings
            if each is not finding or detail not in others
        ]

    def verdicts(self) -> tuple[Verdict, ...]:
        """A verdict for each promise, in the order in which they were given."""
        return tuple(
            Verdict(promise, self._judged[promise], tuple(self._findings.get(promise, ())))
            for promise in self._promises.values()
        )
