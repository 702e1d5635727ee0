"""Keeps account of every promise: how often it was judged, and what broke it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from openapi_first.conformance.model.errors import StopAtFinding
from openapi_first.conformance.model.run import Exchange, Finding, Promise, Verdict
from openapi_first.openapi.node import Place

_KEPT = 10


class Ledger:
    """Verdicts in the making. Of the findings of one promise the first few are kept, one for each
    way in which it was broken."""

    def __init__(
        self, promises: Sequence[Promise], found: Callable[[Finding], None], *, fail_fast: bool
    ) -> None:
        self._promises = {(each.operation, each.check): each for each in promises}
        self._judged: Counter[Promise] = Counter()
        self._findings: dict[Promise, list[Finding]] = {}
        self._found = found
        self._fail_fast = fail_fast

    def judged(self, operation: str, check: str) -> None:
        """Something was held against a promise, and kept it."""
        promise = self._promises.get((operation, check))
        if promise is not None:
            self._judged[promise] += 1

    def broken(
        self,
        operation: str,
        check: str,
        detail: str,
        exchange: Exchange,
        part: Place | None = None,
    ) -> None:
        """A promise was broken. Raises StopAtFinding when one is enough."""
        promise = self._promise(operation, check)
        self._judged[promise] += 1
        kept = self._findings.setdefault(promise, [])
        if len(kept) < _KEPT and detail not in {finding.detail for finding in kept}:
            finding = Finding(promise, detail, exchange, part)
            kept.append(finding)
            self._found(finding)
            if self._fail_fast:
                raise StopAtFinding

    def hold(
        self,
        operation: str,
        check: str,
        detail: str | None,
        exchange: Exchange,
        part: Place | None = None,
    ) -> None:
        """Judges: `detail` is what is wrong, None for nothing."""
        if detail is None:
            self.judged(operation, check)
        else:
            self.broken(operation, check, detail, exchange, part)

    def findings(self) -> tuple[Finding, ...]:
        """What was found so far, in the order in which promises were first broken."""
        return tuple(each for found in self._findings.values() for each in found)

    def replace(self, finding: Finding, detail: str, exchange: Exchange) -> None:
        """Another exchange shows what a finding says; one that says the same already will do."""
        kept = self._findings[finding.promise]
        others = {each.detail for each in kept if each is not finding}
        better = Finding(finding.promise, detail, exchange, finding.part)
        self._findings[finding.promise] = [
            better if each is finding else each
            for each in kept
            if each is not finding or detail not in others
        ]

    def verdicts(self) -> tuple[Verdict, ...]:
        """One for each promise, in the order they were given."""
        return tuple(
            Verdict(promise, self._judged[promise], tuple(self._findings.get(promise, ())))
            for promise in self._promises.values()
        )

    def _promise(self, operation: str, check: str) -> Promise:
        return self._promises[(operation, check)]
