"""The faults that `make mutants` holds the contract tests to."""

from __future__ import annotations

import ast
from pathlib import Path

from contract.document import load
from contract.gateway import import_document
from mutation import ROOT, mutants, write_mutant


def test_each_fault_changes_something_that_is_there(tmp_path: Path) -> None:
    faults = mutants()
    assert len({mutant.name for mutant in faults}) == len(faults) >= 40
    document = import_document(load(ROOT / "openapi.yaml"))
    for mutant in faults:
        folder = tmp_path / mutant.name
        write_mutant(mutant, document, folder)
        for name in mutant.service:
            ast.parse((folder / "items" / name).read_text(), mutant.name)
