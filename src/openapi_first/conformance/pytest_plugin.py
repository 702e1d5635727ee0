"""A pytest plugin that records the contract coverage of tests that call the Lambda handler.

    pytest -p openapi_first.conformance.pytest_plugin --contract-coverage build/unit.json

`contract coverage` merges the record with those of other runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from openapi_first.conformance.model.coverage import CoverageRecord


_OUTPUT = "contract_coverage"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract coverage")
    group.addoption(
        "--contract-coverage",
        type=Path,
        metavar="FILE",
        help="add the contract coverage of calls to the handler to this record",
    )
    group.addoption(
        "--covered-contract",
        type=Path,
        default=Path("openapi.yaml"),
        metavar="FILE",
        help="the contract of --contract-coverage; default: openapi.yaml",
    )


def pytest_configure(config: pytest.Config) -> None:
    file = config.getoption("--contract-coverage")
    if file is not None:
        contract = config.getoption("--covered-contract")
        root = config.invocation_params.dir
        config.pluginmanager.register(_HandlerCoverage(root / file, root / contract))


class _HandlerCoverage:
    def __init__(self, file: Path, contract: Path) -> None:
        from openapi_first.conformance.judging.request_reader import operation_readers
        from openapi_first.conformance.model.coverage import CoverageRecord, Point
        from openapi_first.conformance.reports.coverage_records import read_records
        from openapi_first.core.errors import UserError
        from openapi_first.openapi.loader import load
        from openapi_first.openapi.model import contract_hash
        from openapi_first.runtime.handler import observe

        try:
            self._contract = load(contract)
            self._earlier = (
                read_records([file], self._contract)
                if file.exists()
                else CoverageRecord(self._contract.title, self._contract.version, Counter())
            )
        except (UserError, OSError) as error:
            raise pytest.UsageError(f"--contract-coverage: {error}") from None
        self._file, self._hash = file, contract_hash(self._contract)
        self._readers = {
            (reader.operation.method, reader.operation.path): reader
            for reader in operation_readers(self._contract).values()
        }
        self._seen: Counter[Point] = Counter()
        self._forget = observe(self._observed)

    def _observed(self, hash: str, event: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        from openapi_first.conformance.coverage.observed_points import observed_points
        from openapi_first.conformance.lambda_events import request_of, response_of

        if hash == self._hash:  # tests may serve other contracts, too
            reader = self._readers.get((event["httpMethod"], event["resource"]))
            if reader is None:
                return  # an operation for any method
            self._seen.update(observed_points(reader, request_of(event), response_of(result)))

    def pytest_unconfigure(self) -> None:
        self._forget()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        # A worker of pytest-xdist hands its record to the process that writes the file.
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = self._record().value()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended, perhaps by crashing."""
        from openapi_first.conformance.model.coverage import CoverageRecord

        record = getattr(node, "workeroutput", {}).get(_OUTPUT)
        if record is not None:
            self._seen.update(CoverageRecord.of(record).seen)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        from openapi_first.conformance.coverage.contract_coverage import ContractCoverage
        from openapi_first.conformance.reports.coverage_records import record_text
        from openapi_first.core.files import replace_file

        record = self._earlier.merged(self._record())
        replace_file(self._file, record_text(record))
        coverage = ContractCoverage.of(self._contract).compared(record)
        terminalreporter.write_line(f"Contract coverage {coverage.headline}: {self._file}")

    def _record(self) -> CoverageRecord:
        from openapi_first.conformance.model.coverage import CoverageRecord

        return CoverageRecord(self._contract.title, self._contract.version, self._seen)
