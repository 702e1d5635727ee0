"""The one definition of coverage: a record compared with a contract.

`contract test`, `contract coverage`, the pytest plugin and the console of `contract serve` use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openapi_first.conformance.coverage.promised_points import promised_points, unprovoked_points
from openapi_first.conformance.coverage.uncounted import uncounted_parts
from openapi_first.conformance.judging.request_reader import OperationReader, operation_readers
from openapi_first.conformance.model.coverage import Coverage, CoverageRecord, Point, Uncounted
from openapi_first.conformance.model.judged_operations import judged
from openapi_first.openapi.model import Contract

_NO_TEST = "only `contract test` checks promises, and none of its runs is in the record"


@dataclass(frozen=True)
class ContractCoverage:
    """What a contract promises, and what of it no point stands for."""

    promised: tuple[Point, ...]
    unprovoked: frozenset[Point]
    uncounted: tuple[Uncounted, ...]

    @classmethod
    def of(
        cls, contract: Contract, readers: Mapping[str, OperationReader] | None = None
    ) -> ContractCoverage:
        """Of a whole contract, with its operations that are not judged. Raises ContractError."""
        counted = judged(contract)
        if readers is None:
            readers = operation_readers(counted)
        promised = promised_points(counted, readers)
        return cls(promised, unprovoked_points(promised), uncounted_parts(contract, readers))

    def compared(self, record: CoverageRecord) -> Coverage:
        """The coverage of a record. Promises are points only if the record has a run of `contract
        test`, since traffic itself checks none of them."""
        promised, uncounted = self.promised, self.uncounted
        if not any(point.aspect == "promise" for point in record.seen):
            checks = sum(point.aspect == "promise" for point in promised)
            promised = tuple(point for point in promised if point.aspect != "promise")
            if checks:
                uncounted = (*uncounted, Uncounted("*", f"{checks} promises", _NO_TEST))
        return Coverage(promised, self.unprovoked, record, uncounted)
