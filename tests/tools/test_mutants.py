"""The faults that `make mutants` holds the contract tests to."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from mutants.mutation import ROOT, Mutant, mutants, serving_mutant, write_mutant
from mutants.run import contract_test, reported_peers
from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "mutant" in metafunc.fixturenames:
        count = 8 if metafunc.config.getoption("--all") else 2
        sample = random.Random(4).sample(mutants(), count)
        metafunc.parametrize("mutant", sample, ids=lambda mutant: mutant.name)


def test_each_fault_changes_something_that_is_there(tmp_path: Path) -> None:
    faults = mutants()
    assert len({mutant.name for mutant in faults}) == len(faults) >= 40
    document = import_document(load(ROOT / "openapi.yaml"))
    for mutant in faults:
        folder = tmp_path / mutant.name
        write_mutant(mutant, document, folder)
        for name in mutant.service:
            ast.parse((folder / "items" / name).read_text(), mutant.name)


def test_the_contract_tests_find_it(mutant: Mutant, database: str, tmp_path: Path) -> None:
    """Some of them; `make mutants` runs all."""
    with serving_mutant(mutant, database, tmp_path / "mutant") as stage:
        verdict = contract_test(stage, "--seed", "1", "--fail-fast")
    assert verdict.status == 1
    assert verdict.checks


def test_the_verdicts_of_schemathesis_are_kept_from_a_report_of_the_same_version() -> None:
    report = (ROOT / "docs/mutants.md").read_text()
    kept = reported_peers(report)
    assert set(kept) - {"fault"} <= {mutant.fault for mutant in mutants()}
    assert kept["Location leads nowhere"].checks == ()
    assert kept["items come as text/html"].checks == ("ST105 Undocumented Content-Type",)
    with pytest.raises(SystemExit, match="leave out --keep"):
        reported_peers(report.replace("(version ", "(version 0."))
