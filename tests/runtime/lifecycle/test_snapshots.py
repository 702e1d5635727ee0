"""A function that Lambda restores from a snapshot behaves as one that has just started."""

from __future__ import annotations

import io
import json
import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import snapshot_restore_py
from aws_lambda_powertools import Logger
from awslambdaric import lambda_runtime_hooks_runner as hooks

from openapi_first.runtime import after_restore, before_snapshot, current_request, lambda_handler
from support.compiled import compiled_module, event

CONTRACT = """
openapi: 3.0.3
info: {title: Time, version: "1"}
paths:
  /left:
    get:
      operationId: getLeft
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: number}}}}
"""
CLOCKS = ("openapi_first.runtime.request", "openapi_first.runtime.telemetry.record")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_before_snapshot_registry", "_after_restore_registry"):
        monkeypatch.setattr(snapshot_restore_py, name, [])


def test_hooks_run_in_the_order_of_lambda_and_after_each_restore() -> None:
    ran: list[str] = []
    for name in ("first", "second"):
        before_snapshot(lambda name=name: ran.append(f"before {name}"))
        after_restore(lambda name=name: ran.append(f"after {name}"))
    hooks.run_before_snapshot()
    hooks.run_after_restore()
    hooks.run_after_restore()
    after = ["after first", "after second"]
    assert ran == ["before second", "before first", *after, *after]


def test_without_lambdas_package_nothing_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", None)
    before_snapshot(pytest.fail)
    after_restore(pytest.fail)
    hooks.run_before_snapshot()
    hooks.run_after_restore()


def test_a_restored_function_has_its_own_random_numbers_clock_and_cold_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [5_000.0]
    for module in CLOCKS:
        monkeypatch.setattr(f"{module}.monotonic", lambda: now[0])
    operations: Any = ModuleType("operations")
    operations.get_left = lambda: current_request().deadline - now[0]
    log = io.StringIO()
    compiled = compiled_module(tmp_path, CONTRACT)
    handler = lambda_handler(compiled, operations, logger=Logger(service="time", stream=log))

    def left() -> float:
        return float(json.loads(handler(event(resource="/left"), None)["body"]))

    assert (left(), left()) == (28, 28)
    memory = random.getstate()
    drawn = set()
    hooks.run_before_snapshot()
    for moment in (90_000.0, 3.0):  # another machine, whose clock began at another time
        random.setstate(memory)
        now[0] = moment
        hooks.run_after_restore()
        drawn.add(random.random())
        assert (left(), left()) == (28, 28)
    random.setstate(memory)
    drawn.add(random.random())
    assert len(drawn) == 3
    cold = [json.loads(line)["cold_start"] for line in log.getvalue().splitlines()]
    assert cold == [True, False] * 3
