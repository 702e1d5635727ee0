"""Python's collector of cycles waits while the function starts, and no longer."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from openapi_first.runtime import lambda_handler
from openapi_first.runtime.lifecycle.garbage import defer_collection
from support.compiled import compiled_module, event

ROOT = Path(__file__).parents[3]
CONTRACT = """
openapi: 3.0.3
info: {title: Objects, version: "1"}
paths:
  /frozen:
    get:
      operationId: getFrozen
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: integer}}}}
"""


@pytest.fixture
def thresholds() -> Iterator[tuple[int, int, int]]:
    """Those of before, which are there again afterwards."""
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)
    gc.unfreeze()


def test_the_first_request_ends_the_wait(tmp_path: Path, thresholds: tuple[int, int, int]) -> None:
    operations: Any = ModuleType("operations")
    operations.get_frozen = gc.get_freeze_count
    compiled = compiled_module(tmp_path, CONTRACT)

    defer_collection()
    defer_collection()
    handler = lambda_handler(compiled, operations)
    assert gc.get_threshold()[0] == 200_000
    frozen = [int(handler(event(resource="/frozen"), None)["body"]) for _ in range(2)]
    assert gc.get_threshold() == thresholds
    # What the start has made is never looked at again, and requests add nothing to it.
    assert frozen[0] > 10_000
    assert frozen[1] <= frozen[0]


def test_a_process_that_has_not_waited_is_left_alone(
    tmp_path: Path, thresholds: tuple[int, int, int]
) -> None:
    operations: Any = ModuleType("operations")
    operations.get_frozen = gc.get_freeze_count
    handler = lambda_handler(compiled_module(tmp_path, CONTRACT), operations)
    before = gc.get_freeze_count()
    assert int(handler(event(resource="/frozen"), None)["body"]) == before
    assert gc.get_threshold() == thresholds


def test_the_bootstrap_waits_before_the_runtime_client_is_imported(tmp_path: Path) -> None:
    client = tmp_path / "awslambdaric"
    client.mkdir()
    (client / "__init__.py").write_text("import gc; print(gc.get_threshold()[0])")
    (client / "__main__.py").write_text("def main(arguments): print(arguments[1])")
    ended = subprocess.run(
        [sys.executable, "-S", "-m", "openapi_first.runtime.bootstrap", "a.handler"],
        capture_output=True,
        text=True,
        env={
            "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT / "src")]),
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9",
        },
        timeout=20,
    )
    assert (ended.stdout.split(), ended.stderr) == (["200000", "a.handler"], "")
