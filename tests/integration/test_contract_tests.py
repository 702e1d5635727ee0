"""`pytest contract-tests`: names in CI, one for each promise."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from mutants.mutation import KEY, ROOT, mutants, serving_mutant
from openapi_first.conformance.model.coverage import CoverageRecord, Point
from support.documents import written
from support.relay import Answer, relaying
from support.stages import SHIPPING

Run = Callable[..., subprocess.CompletedProcess[str]]
FEW = ("--max-examples", "2", "--seed", "1")


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "contract-tests", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False, timeout=110
    )


@pytest.fixture
def run_here(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The same in this process, which has imported already what it needs."""
    monkeypatch.chdir(ROOT)

    def run_here(*options: str) -> subprocess.CompletedProcess[str]:
        command = ["contract-tests", "-q", "-p", "no:cacheprovider", "--timeout=0", *options]
        status = pytest.main(command)
        return subprocess.CompletedProcess(command, status, "".join(capfd.readouterr()))

    return run_here


def of_carriers(url: str, folder: Path) -> tuple[str, ...]:
    """The options for a run of one operation of the shipping API only."""
    document = yaml.safe_load((SHIPPING / "openapi.yaml").read_text())
    document["paths"] = {"/carriers": document["paths"]["/carriers"]}
    contract = written(folder, document)
    return ("--base-url", url, "--contract", str(contract), "--max-examples", "0")


def test_a_healthy_stage_keeps_every_promise(stage: str) -> None:
    done = run("--base-url", stage, "--api-key", KEY, *FEW)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\n\d{2,} passed in", done.stdout), "nothing failed, nothing was left out"


def test_a_broken_promise_is_a_test_that_fails_by_its_name(
    database: str, run_here: Run, tmp_path: Path
) -> None:
    (mutant,) = (each for each in mutants() if each.name == "lost-update")
    with serving_mutant(mutant, database, tmp_path / "a") as stage:
        done = run_here("--base-url", stage.base_url, "--api-key", KEY, "--max-examples", "0")
    assert done.returncode == 1
    assert "FAILED contract-tests/test_contract.py::test_keeps[updateItem-conditional-write]" in (
        done.stdout
    )
    assert "openapi.yaml:" in done.stdout
    assert "curl" in done.stdout
    assert KEY not in done.stdout


def test_what_was_seen_is_added_to_a_record(shipping: str, run_here: Run, tmp_path: Path) -> None:
    record = tmp_path / "new" / "record.json"
    options = (*of_carriers(shipping, tmp_path), "--coverage", str(record))
    assert run_here(*options).returncode == 0
    once = CoverageRecord.read(record).seen
    assert once[Point("GET /carriers", "status", "200")]
    assert run_here(*options).returncode == 0
    assert CoverageRecord.read(record).seen == once + once
    record.write_text("{}")
    done = run_here(*options)
    assert done.returncode == 2
    assert "not a coverage record" in done.stdout


@pytest.mark.parametrize("broken", [False, True])
def test_a_stage_that_dies_midway_is_reported_with_what_was_found(
    shipping: str, run_here: Run, tmp_path: Path, broken: bool
) -> None:
    def change(answer: Answer) -> None:
        if broken and answer.method == "GET" and answer.status == 200:
            answer.body = b"{}"

    with relaying(shipping) as relay:
        relay.change, relay.loses = change, lambda method, path, number: number > 5
        done = run_here(*of_carriers(relay.url, tmp_path), "-rs")
    assert done.returncode == (1 if broken else 2)
    assert "keep failing" in done.stdout
    if broken:
        assert "test_keeps[listCarriers-body]" in done.stdout
        assert "SKIPPED" in done.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Name the stage: pytest contract-tests --base-url URL --api-key KEY"),
        (("--base-url", "http://127.0.0.1:9/prod", "--api-key", KEY), "127.0.0.1:9"),
        (("--base-url", "http://127.0.0.1:9/prod", "--contract", "none.yaml"), "none.yaml"),
        (
            ("--base-url", "http://127.0.0.1:9/prod", "--credential", "session=UNSET_VARIABLE"),
            "the environment variable UNSET_VARIABLE is empty or not set",
        ),
        (
            ("--base-url", "http://127.0.0.1:9/prod", "--credential", "session"),
            "'session' is not a security scheme and the name of an environment variable",
        ),
    ],
)
def test_what_cannot_be_judged_ends_with_a_line(
    run_here: Run, options: tuple[str, ...], words: str
) -> None:
    done = run_here(*options)
    assert done.returncode not in (0, 1)
    assert words in done.stdout
    assert "Traceback" not in done.stdout
