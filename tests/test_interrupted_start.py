"""Ctrl-C while `contract` is still being imported ends it without a traceback."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

IMPORTING = """
import os, runpy, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
runpy.run_module("openapi_first", run_name="__main__")
"""


@pytest.mark.parametrize("module", ["openapi_first.cli", "openapi_first.cli.options.shared"])
def test_ctrl_c_during_an_import_ends_the_command_without_a_word(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING, module, "--version"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_a_command_in_the_background_of_a_shell_goes_on() -> None:
    """Without job control, a shell has it ignore Ctrl-C, which is for the foreground."""
    done = subprocess.run(
        ["sh", "-c", '"$@" & wait $!', "sh", sys.executable, "-m", "openapi_first", "--version"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("openapi-first-serverless ")
