"""What unit tests show of a contract, and what several runs show together."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from openapi_first.compiler.compile import write_compiled
from openapi_first.conformance import pytest_plugin
from openapi_first.conformance.model.coverage import CoverageRecord, Point
from openapi_first.openapi.loader import load
from support.commands import contract
from support.serving import ROOT

_TESTS = """
import base64, importlib.util, sys, types
from pathlib import Path
from openapi_first.runtime import Reply, lambda_handler

def load(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

def call(name, **event):
    operations = types.ModuleType("operations")
    operations.add_note = lambda *, folder, dry, body=None: Reply({"id": 1}, headers={"ETag": "x"})
    event = {"httpMethod": "POST", "resource": "/folders/{folder}/notes", "path": "/x", **event}
    return lambda_handler(load(name), operations)(event, None)

def test_a_note_is_added():
    text = base64.b64encode(b'{"text": "a"}').decode()
    answer = call(
        "one",
        pathParameters={"folder": "a b/c"},
        multiValueHeaders={"Content-Type": ["application/json"]},
        body=text,
        isBase64Encoded=True,
    )
    assert answer["statusCode"] == 200

def test_a_text_that_is_too_long():
    answer = call(
        "one",
        pathParameters={"folder": "a"},
        queryStringParameters={"dry": "maybe"},
        headers={"content-type": "application/json"},
        body='{"text": "abcd"}',
    )
    assert answer["statusCode"] == 400

def test_another_contract():
    answer = call("other", pathParameters={"folder": "a"})
    assert answer["statusCode"] == 200
"""


def _document(title: str) -> str:
    schema = {
        "type": "object",
        "properties": {"text": {"type": "string", "maxLength": 3}},
    }
    operation = {
        "operationId": "addNote",
        "parameters": [
            {"name": "folder", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
        ],
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {
            "200": {
                "description": "",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            "404": {"description": ""},
        },
    }
    paths = {"/folders/{folder}/notes": {"post": operation}}
    document = {"openapi": "3.0.3", "info": {"title": title, "version": "2"}, "paths": paths}
    return json.dumps(document)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with unit tests of two contracts."""
    return _project(tmp_path)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a project after a run: its record is `unit.json`, its output `output`."""
    folder = _project(tmp_path_factory.mktemp("counted"))
    done = _pytest(folder, "--contract-coverage", "unit.json")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "output").write_text(done.stdout)
    return folder


def _project(folder: Path) -> Path:
    (folder / "test_notes.py").write_text(_TESTS)
    for name in ("one", "other"):
        (folder / f"{name}.yaml").write_text(_document(name))
        write_compiled(load(folder / f"{name}.yaml"), folder / f"{name}.py")
    return folder


def _pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis"]
    return subprocess.run(
        [*command, "-p", pytest_plugin.__name__, "--covered-contract", "one.yaml", *options],
        cwd=folder, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def _coverage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return contract("coverage", *arguments, folder=folder)


def test_calls_of_the_handler_are_counted_and_those_of_other_contracts_are_not(
    counted: Path,
) -> None:
    assert "Contract coverage " in (counted / "output").read_text()
    record = CoverageRecord.read(counted / "unit.json")
    name = "POST /folders/{folder}/notes"
    assert record.title == "one"
    assert record.seen[Point(name, "status", "200")] == 1
    assert record.seen[Point(name, "status", "400")] == 1
    assert record.seen[Point(name, "header", "200 ETag")] == 1
    assert record.seen[Point(name, "parameter", "query dry", "absent")] == 1
    assert record.seen[Point(name, "parameter", "query dry", "invalid")] == 1
    assert record.seen[Point(name, "parameter", "path folder", "valid")] == 2
    keyword = "body application/json#/properties/text/maxLength"
    assert record.seen[Point(name, "keyword", keyword, "violated")] == 1
    assert record.seen[Point(name, "keyword", keyword, "satisfied")] == 1


def test_the_processes_of_pytest_xdist_are_counted_together(folder: Path, counted: Path) -> None:
    done = _pytest(folder, "-n", "2", "--contract-coverage", "several.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Contract coverage ") == 1
    one = CoverageRecord.read(counted / "unit.json")
    assert CoverageRecord.read(folder / "several.json") == one


def test_another_run_adds_to_the_record(folder: Path, counted: Path) -> None:
    shutil.copy(counted / "unit.json", folder)
    assert _pytest(folder, "--contract-coverage", "unit.json").returncode == 0
    status = Point("POST /folders/{folder}/notes", "status", "200")
    assert CoverageRecord.read(folder / "unit.json").seen[status] == 2


def test_nothing_is_counted_unasked(folder: Path) -> None:
    assert _pytest(folder).returncode == 0
    assert list(folder.glob("*.json")) == []


def test_a_file_that_is_not_a_record_stops_pytest_before_a_test(folder: Path) -> None:
    (folder / "unit.json").write_text("{}")
    done = _pytest(folder, "--contract-coverage", "unit.json")
    assert done.returncode == 4
    assert "unit.json: not a coverage record" in done.stderr
    assert "Traceback" not in done.stderr


def test_records_of_several_runs_are_merged_shown_and_held_to_a_floor(
    folder: Path, counted: Path
) -> None:
    shutil.copy(counted / "unit.json", folder)
    name = "POST /folders/{folder}/notes"
    live = {"status|404": 3, "status|418": 1}
    record = {"format": "contract-coverage/1", "title": "one", "version": "1", "seen": {name: live}}
    (folder / "live.json").write_text(json.dumps(record))
    arguments = ["unit.json", "live.json", "--contract", "one.yaml"]
    done = _coverage(folder, *arguments, "-o", "all/both.json", "--html", "all/page.html")
    assert done.returncode == 0, done.stderr
    assert "Statuses" in done.stdout.splitlines()[0]
    assert f"  {name} status 418" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("one 2: coverage ")
    merged = CoverageRecord.read(folder / "all/both.json").seen
    assert merged[Point(name, "status", "404")] == 3
    assert merged[Point(name, "status", "200")] == 1
    assert "<h1>one 2</h1>" in (folder / "all/page.html").read_text()
    floor = _coverage(folder, *arguments, "--cov-fail-under", "99", "--format", "json")
    assert floor.returncode == 1
    assert floor.stderr.startswith("Coverage is below 99 %: ")
    assert floor.stderr.endswith(" with the point that is not counted taken as never seen.\n")
    value = json.loads(floor.stdout)
    assert [name, "status|418"] in value["undocumented"]
    again = _coverage(folder, "all/both.json", "--contract", "one.yaml", "--format", "json")
    assert json.loads(again.stdout) == value


def test_every_record_that_cannot_be_counted_is_reported(folder: Path) -> None:
    (folder / "other.json").write_text(
        json.dumps({"format": "contract-coverage/1", "title": "b", "version": "1", "seen": {}})
    )
    (folder / "broken.json").write_text("[")
    records = ("other.json", "broken.json", "missing.json")
    done = _coverage(folder, *records, "--contract", "one.yaml")
    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == list(records)


def test_what_a_stage_has_seen_counts_as_well(stage: str, tmp_path: Path) -> None:
    file = tmp_path / "stage.json"
    file.write_text(requests.get(f"{stage.rpartition('/')[0]}/_stage/coverage", timeout=10).text)
    done = _coverage(ROOT, str(file))
    assert done.returncode == 0, done.stderr
    assert "Items API" in done.stdout.splitlines()[-1]
