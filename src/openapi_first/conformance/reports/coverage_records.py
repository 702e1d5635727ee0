"""Coverage records of several runs, held against one contract."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from openapi_first.conformance.judging.coverage_points import promised_points, unprovoked_points
from openapi_first.conformance.judging.request_reader import operation_readers
from openapi_first.conformance.model.coverage import Coverage, CoverageError, CoverageRecord
from openapi_first.conformance.model.run import Run
from openapi_first.openapi.model import Contract


def read_records(paths: Iterable[Path], contract: Contract) -> CoverageRecord:
    """The records of these files together, under the contract's title and version. Raises
    CoverageError that tells every file which is none, cannot be read, or is of another API."""
    whole = CoverageRecord(contract.title, contract.version, Counter())
    faults = []
    for path in paths:
        try:
            record = CoverageRecord.read(path)
        except OSError as error:
            faults.append(f"{path}: {error.strerror}")
        except CoverageError as error:
            faults.append(str(error))
        else:
            if record.title == contract.title:
                whole = whole.merged(record)
            else:
                faults.append(
                    f"{path}: a record of {record.title!r}, and the contract is {contract.title!r}"
                )
    if faults:
        raise CoverageError("\n".join(faults))
    return whole


def record_text(record: CoverageRecord) -> str:
    """The text of the record's file."""
    return json.dumps(record.value(), indent=1) + "\n"


def coverage_of(contract: Contract, record: CoverageRecord) -> Coverage:
    """What a record shows of a contract."""
    promised = promised_points(contract, operation_readers(contract))
    return Coverage(promised, unprovoked_points(contract, promised), record)


def with_record(run: Run, earlier: CoverageRecord | None) -> Run:
    """The run, its coverage that of the earlier record as well."""
    if earlier is None:
        return run
    record = run.coverage.record.merged(earlier)
    return replace(run, coverage=replace(run.coverage, record=record))
