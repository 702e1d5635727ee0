"""`contract test` of a project with operations that have no function yet."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openapi_first.conformance.reports.left_out import judged_too_little
from support.report_runs import run_of

CONTRACT = """\
openapi: 3.0.3
info: {title: T, version: "1"}
security: [{key: []}]
paths:
  /a:
    get:
      operationId: getA
      parameters: [{name: n, in: query, schema: {type: integer}}]
      responses:
        "200": {description: Done}
        "400": {description: Refused, content: {application/problem+json: {}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
"""
HANDLER = """\
from openapi_first.runtime import lambda_handler
import compiled
from shop import operations
handler = lambda_handler(compiled, operations)
"""


def outcome_of(folder: Path, function: str, setting: str, *options: str) -> tuple[int, Any, str]:
    """The exit status, the report and what was printed."""
    (folder / "openapi.yaml").write_text(CONTRACT)
    settings = f'[tool.contract]\nhandler = "shop.handler.handler"\ndynamodb = false\n{setting}\n'
    (folder / "pyproject.toml").write_text(settings)
    (folder / "shop").mkdir()
    (folder / "shop" / "handler.py").write_text(HANDLER)
    (folder / "shop" / "operations.py").write_text(function)
    command = [sys.executable, "-m", "openapi_first", "test", "--format", "json", *options]
    done = subprocess.run(
        [*command, "--max-examples", "0"], cwd=folder, capture_output=True, text=True
    )
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


LEAVE_OUT = 'unfinished = "leave-out"'


@pytest.mark.parametrize("accepted", [True, False])
def test_a_run_that_judges_nothing_at_all_does_not_pass(accepted: bool) -> None:
    run = run_of("text", findings=0)
    nothing = replace(run, verdicts=tuple(replace(each, judged=0) for each in run.verdicts))
    assert judged_too_little(nothing, accepted=accepted) == (
        "not judged: nothing that was sent concerns a promise of the contract"
    )
    assert judged_too_little(run, accepted=accepted) is None


@pytest.mark.parametrize("count", [1, 2])
def test_a_run_with_unfinished_operations_passes_only_if_that_is_accepted(count: int) -> None:
    run = run_of("text", findings=0)
    unfinished = tuple(map(str, range(count)))
    run = replace(run, options=replace(run.options, unfinished=unfinished))
    assert judged_too_little(run, accepted=True) is None
    operations = "1 operation" if count == 1 else "2 operations"
    reason = judged_too_little(run, accepted=False)
    assert reason is not None
    assert reason.startswith(f"not judged: {operations} without a function. Write the functions")


def test_only_refusals_of_an_operation_without_a_function_are_judged(tmp_path: Path) -> None:
    status, report, printed = outcome_of(
        tmp_path, "def get_a(n=None): raise NotImplementedError\n", LEAVE_OUT
    )
    assert (status, report["findings"], report["unfinished"]) == (0, [], ["getA"]), printed
    judged = {each["check"] for each in report["verdicts"] if each["judged"]}
    assert {"key", "forbidden", "unknown-route"} <= judged
    assert "allowed" not in judged
    assert any("1 operation has no function yet" in note for note in report["notes"])


def test_without_the_setting_the_run_is_not_judged(tmp_path: Path, everything: bool) -> None:
    if not everything:
        pytest.skip("a second run, of all tests only")
    status, report, printed = outcome_of(tmp_path, "", "", "--phase", "gateway")
    assert (status, report["findings"]) == (2, [])
    assert "not judged: 1 operation without a function" in printed


def test_the_setting_can_go_when_every_operation_has_its_function(
    tmp_path: Path, everything: bool
) -> None:
    if not everything:
        pytest.skip("a third run, of all tests only")
    status, report, printed = outcome_of(tmp_path, "def get_a(n=None): return None\n", LEAVE_OUT)
    assert (status, report["unfinished"]) == (0, []), printed
    assert "every operation has its function: remove `unfinished`" in printed
