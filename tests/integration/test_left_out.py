"""A run says which tests it left out, and those of the image never pass for want of an engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run_pytest(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        env={**os.environ, "DOCKER_HOST": f"unix://{folder}/no-engine", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.mark.parametrize("ci", ["true", ""])
def test_without_an_engine_the_tests_of_the_image_fail(tmp_path: Path, ci: str) -> None:
    chosen = ("--image=items", f"--emulator={tmp_path}/rie", "--tb=line")
    run = run_pytest(tmp_path, "tests/image/test_start.py", *chosen, CI=ci)
    assert run.returncode == 1
    assert "need a Docker engine, and none can be reached" in run.stdout
    summary = run.stdout.splitlines()[-1]
    assert "error" in summary
    assert "passed" not in summary
    assert "skipped" not in summary


def test_a_run_without_the_image_says_so_in_one_line(tmp_path: Path) -> None:
    run = run_pytest(tmp_path, "--collect-only", "--quiet", "tests/test_architecture.py")
    said = [line for line in run.stdout.splitlines() if line.startswith("Left out:")]
    (line,) = (each for each in said if "image" in each)
    assert line == (
        "Left out: the tests of the image, for which `make test-image` needs a Docker engine."
    )
