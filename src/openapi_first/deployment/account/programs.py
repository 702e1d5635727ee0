"""Runs other programs, as everything here, in the folder of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from openapi_first.deployment.account.failures import Refused

_MISSING = (
    "This needs the SAM CLI: install it, e.g. by `pipx install aws-sam-cli`, or name it: SAM="
)
_LONGEST_LINE = 256


def run(*command: str, **environment: str) -> int:
    """The exit status of a program whose output is that of this one. Raises Refused."""
    sys.stdout.flush()
    try:
        return subprocess.run(command, env={**os.environ, **environment}).returncode
    except FileNotFoundError as error:
        is_sam = Path(command[0]).name == "sam"
        raise Refused(_MISSING if is_sam else f"{command[0]} is not installed.") from error
    except OSError as error:
        raise Refused(f"{command[0]} cannot be run: {error.strerror}.") from error


def check_installed(sam: str) -> None:
    """Raises Refused if there is no such command."""
    if shutil.which(sam) is None:
        raise Refused(_MISSING)


def revision() -> str:
    """The commit that is checked out, with `-dirty` if files differ from it; "unknown" outside of a
    git repository."""
    try:
        return git("describe", "--always", "--abbrev=40", "--dirty", "--exclude=*")
    except Refused:
        return "unknown"


def git(*arguments: str) -> str:
    """What git prints about the repository of the project. Raises Refused with what it reports."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True)
    except OSError as error:
        raise Refused(f"git cannot be run: {error.strerror}.") from error
    if done.returncode != 0:
        raise Refused(f"git reported: {' '.join(done.stderr.split())}")
    return done.stdout.strip()


def python_of(sam: str) -> str | None:
    """The Python of a SAM CLI that pip, pipx or Homebrew has installed: beside it, or in its first
    line. None for AWS's own installer, whose program needs no Python. Raises Refused."""
    found = shutil.which(sam)
    if found is None:
        raise Refused(_MISSING)
    beside = Path(found).with_name("python")
    if beside.exists() and Path(found).resolve().parent == beside.parent.resolve():
        return str(beside)
    with Path(found).open("rb") as script:
        line = script.readline(_LONGEST_LINE)
    python = line[2:].split()[:1] if line.startswith(b"#!") else []
    return os.fsdecode(python[0]) if python and b"python" in python[0] else None
