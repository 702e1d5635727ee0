"""The function's policy has the calls that the service made in a run, and no others.

What a whole run has called is known at its end: tests/conftest.py judges it there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stack.policy import POLICY, SET_UP, WORKER, complaints, function_modules
from stack.template import ROOT
from support.recording import RECORDER, calls

SCRIPT = "import sys, json; import items.handler; print(json.dumps(sorted(sys.modules)))"
STORED = {("items.calls", call) for call in POLICY}


@pytest.fixture(scope="module")
def modules_of_the_function(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What a started function has imported: not the set-up of the table, which no function does."""
    folder = tmp_path_factory.mktemp("compiled")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(folder))),
        "TABLE_NAME": "items",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    compile_it = ["-m", "openapi_first", "compile", str(ROOT / "openapi.yaml"), "-o"]
    for command in ([*compile_it, str(folder / "compiled.py")], ["-c", SCRIPT]):
        done = subprocess.run(
            [sys.executable, *command],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    return {name for name in json.loads(done.stdout) if name.split(".")[0] == "items"}


def test_the_calls_of_the_function_are_told_from_those_that_set_up(
    modules_of_the_function: set[str],
) -> None:
    assert "items.calls" in modules_of_the_function
    assert modules_of_the_function <= function_modules()
    assert "items.table" not in function_modules()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("store.page(1, None)", {("items.calls", "dynamodb:Scan")}),
        ("table.create(client, 'items')", {("items.table", "dynamodb:CreateTable")}),
        ("client.describe_endpoints()", set()),
    ],
    ids=["the store's", "the table's", "a test's"],
)
def test_a_call_is_recorded_in_any_process_with_the_module_that_makes_it(
    request: pytest.FixtureRequest, tmp_path: Path, script: str, expected: set[tuple[str, str]]
) -> None:
    recorder = request.config.stash[RECORDER] / "sitecustomize.py"
    (tmp_path / recorder.name).write_bytes(recorder.read_bytes())
    preamble = (
        "from items import table\nfrom items.connection import client as connect\n"
        "from items.store import ItemStore\nclient = connect()\n"
        "store = ItemStore(client, 'items')\n"
    )
    subprocess.run(
        [sys.executable, "-c", f"{preamble}try:\n    {script}\nexcept Exception:\n    pass"],
        env={
            "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT / "src"))),
            "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        },
        check=True,
    )
    assert calls(tmp_path) == expected


def test_the_policy_has_exactly_the_calls_made(request: pytest.FixtureRequest) -> None:
    assert complaints(calls(request.config.stash[RECORDER]), whole=False) == []
    assert complaints(STORED, whole=True) == []
    assert complaints({(WORKER, call) for call in POLICY | SET_UP}, whole=True) == []


@pytest.mark.parametrize("call", sorted(POLICY))
def test_a_call_that_no_test_makes_is_found(call: str) -> None:
    made = STORED - {("items.calls", call)}
    assert complaints(made, whole=False) == []
    (complaint,) = complaints(made, whole=True)
    assert complaint.startswith(f"{call} is allowed")


@pytest.mark.parametrize(
    "made",
    [
        ("items.calls", "dynamodb:CreateTable"),
        (WORKER, "dynamodb:Query"),
        ("items.table", "dynamodb:DeleteTable"),
    ],
)
def test_a_call_that_the_policy_lacks_is_found(made: tuple[str, str]) -> None:
    (complaint,) = complaints({made}, whole=False)
    assert complaint.startswith(f"{made[1]} was called")
