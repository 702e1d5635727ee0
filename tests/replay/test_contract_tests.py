"""`pytest contract-tests`: names in CI, one for each promise."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mutation import HEALTHY, KEY, ROOT, mutants, serving_mutant
from stage import dynamodb

FEW = ("--max-examples", "2", "--seed", "1")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with dynamodb.start() as server:
        yield server.endpoint_url


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "contract-tests", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False, timeout=110
    )


def test_a_healthy_stage_keeps_every_promise(database: str, tmp_path: Path) -> None:
    with serving_mutant(HEALTHY, database, tmp_path / "a") as stage:
        done = run("--base-url", stage.base_url, "--api-key", KEY, *FEW)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\n\d{2,} passed in", done.stdout), "nothing failed, nothing was left out"


def test_a_broken_promise_is_a_test_that_fails_by_its_name(database: str, tmp_path: Path) -> None:
    (mutant,) = (each for each in mutants() if each.name == "lost-update")
    with serving_mutant(mutant, database, tmp_path / "a") as stage:
        done = run("--base-url", stage.base_url, "--api-key", KEY, *FEW)
    assert done.returncode == 1
    assert "FAILED contract-tests/test_contract.py::test_keeps[updateItem-conditional-write]" in (
        done.stdout
    )
    assert "openapi.yaml:" in done.stdout
    assert "curl" in done.stdout
    assert KEY not in done.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Name the stage: pytest contract-tests --base-url URL --api-key KEY"),
        (("--base-url", "http://127.0.0.1:9/prod", "--api-key", KEY), "127.0.0.1:9"),
        (("--base-url", "http://127.0.0.1:9/prod", "--contract", "none.yaml"), "none.yaml"),
    ],
)
def test_what_cannot_be_judged_ends_with_a_line(options: tuple[str, ...], words: str) -> None:
    done = run(*options)
    assert done.returncode not in (0, 1)
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
