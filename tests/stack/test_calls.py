"""The function's policy has the calls that the service made in this run, and no others.

Runs last (see tests/conftest.py). When only some tests run, those calls are part of the policy's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from openapi_first.stage.functions import worker
from stack.template import ROOT, read, statements
from support.recording import RECORDER, calls

WORKER = worker.__name__
SCRIPT = "import sys, json; import items.handler; print(json.dumps(sorted(sys.modules)))"
# What `contract serve --setup items.table` does before the function starts, and in its environment,
# so that moto cannot tell the two apart. A function that did so would be seen in its own process.
SET_UP = {"dynamodb:CreateTable", "dynamodb:DescribeTable"}
POLICY = {
    action
    for role, statement in statements(read())
    if role == "FunctionRole" and statement.get("Resource") == {"Fn::GetAtt": ["Table", "Arn"]}
    for action in statement["Action"]
}


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


def complete(config: pytest.Config) -> bool:
    """Whether this run is of all tests."""
    chosen = any(
        config.getoption(name)
        for name in ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf")
    )
    return not chosen and [Path(argument).resolve() for argument in config.args] == [ROOT / "tests"]


def test_the_calls_of_the_function_are_told_from_those_that_set_up(
    modules_of_the_function: set[str],
) -> None:
    assert "items.store" in modules_of_the_function
    assert "items.table" not in modules_of_the_function


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("store.page(1, None)", {("items.store", "dynamodb:Scan")}),
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


def test_the_policy_has_exactly_the_calls_made(
    request: pytest.FixtureRequest, modules_of_the_function: set[str]
) -> None:
    found = calls(request.config.stash[RECORDER])
    made = {call for module, call in found if module in modules_of_the_function}
    made |= {call for module, call in found if module == WORKER} - SET_UP
    assert {call for module, call in found if module == "items.table"} <= SET_UP
    assert made <= POLICY, "called, and not in the policy of template.yaml"
    if complete(request.config):
        assert made == POLICY, "in the policy of template.yaml, and never called"
