"""Merges the coverage records of several runs, and compares them with one contract."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from openapi_first.conformance.model.coverage import CoverageError, CoverageRecord
from openapi_first.conformance.model.run import Run
from openapi_first.openapi.model import Contract


def read_records(paths: Iterable[Path], contract: Contract) -> CoverageRecord:
    """The sum of the records in these files, with the contract's title and version. Raises
    CoverageError with a line for each file that is not a record of this API or cannot be read."""
    whole = CoverageRecord(contract.title, contract.version, Counter())
    errors = []
    for path in paths:
        try:
            record = CoverageRecord.read(path)
        except OSError as error:
            errors.append(f"{path}: {error.strerror}")
        except CoverageError as error:
            errors.append(str(error))
        else:
            if record.title == contract.title:
                whole = whole.merged(record)
            else:
                errors.append(
                    f"{path}: a record of {record.title!r}, but the contract is {contract.title!r}"
                )
    if errors:
        raise CoverageError("\n".join(errors))
    return whole


def record_text(record: CoverageRecord) -> str:
    return json.dumps(record.value(), indent=1) + "\n"


def with_record(run: Run, earlier: CoverageRecord | None) -> Run:
    """The run with the earlier record added to its coverage."""
    if earlier is None:
        return run
    record = run.coverage.record.merged(earlier)
    return replace(run, coverage=replace(run.coverage, record=record))
