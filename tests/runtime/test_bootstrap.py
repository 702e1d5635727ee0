"""The image's entry point, where no image is needed to see what it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from openapi_first.runtime import bootstrap as bootstrap_module
from openapi_first.runtime.bootstrap import command_under_emulator, find_emulator

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", bootstrap_module.__name__)


def bootstrap(*arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        env={"PATH": path, "PYTHONPATH": str(ROOT / "src")},
        timeout=20,
    )


def emulator_in(folder: Path, script: str = "exit 0") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "aws-lambda-rie"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize("arguments", [(), ("one.handler", "another.handler"), ("--flag=1",)])
def test_it_asks_for_one_handler_on_one_line_of_json(arguments: tuple[str, ...]) -> None:
    ended = bootstrap(*arguments)
    assert ended.returncode == 2
    assert "Name one handler" in json.loads(ended.stderr)["errorMessage"]


def test_without_an_emulator_it_says_how_to_mount_one() -> None:
    ended = bootstrap("items.handler.handler")
    assert ended.returncode == 2
    assert "/aws-lambda:ro" in json.loads(ended.stderr)["errorMessage"]


def test_the_emulator_takes_its_place_and_is_told_to_start_it_again(tmp_path: Path) -> None:
    emulator_in(tmp_path, 'echo "$$ $AWS_DEFAULT_REGION"; for a in "$@"; do echo "$a"; done')
    process = subprocess.Popen(
        [sys.executable, "-X", "utf8", *COMMAND[1:], "--log-level=error", "a.b"],
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": str(tmp_path), "PYTHONPATH": str(ROOT / "src"), "AWS_REGION": "eu-west-1"},
    )
    said = process.communicate(timeout=20)[0].splitlines()
    # The same process: a signal to the container reaches the emulator.
    assert said[0] == f"{process.pid} eu-west-1"
    assert said[1:] == [
        "--log-level=error",
        sys.executable,
        "-X",
        "utf8",
        *COMMAND[1:],
        "a.b",
    ]


def test_the_emulator_is_found_on_the_path_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    unrunnable = emulator_in(tmp_path / "unrunnable")
    unrunnable.chmod(0o644)
    first = emulator_in(tmp_path / "first")
    emulator_in(tmp_path / "second")
    folders = [str(tmp_path / name) for name in ("empty", "unrunnable", "first", "second")]
    assert find_emulator(os.pathsep.join(folders)) == str(first)


def test_an_empty_entry_of_the_path_is_not_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator_in(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert find_emulator(os.pathsep) != "aws-lambda-rie"


def test_the_launcher_of_the_image_is_started_again_as_itself() -> None:
    arguments = ["--runtime-api-address=127.0.0.1:1", "items.handler.handler"]
    original = ["/usr/bin/python3.13", "/var/task/bootstrap", *arguments]
    assert command_under_emulator("/rie", "/usr/bin/python3.13", original, arguments) == [
        "/rie",
        "--runtime-api-address=127.0.0.1:1",
        "/usr/bin/python3.13",
        "/var/task/bootstrap",
        "items.handler.handler",
    ]


def test_it_imports_nothing_that_a_cold_start_would_pay_for() -> None:
    script = "import sys, openapi_first.runtime.bootstrap; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "src")},
    ).stdout.split()
    assert not {"awslambdaric", "importlib.util", "json", "logging", "pathlib"} & set(loaded)
