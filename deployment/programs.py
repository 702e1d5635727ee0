"""Runs other programs at the top of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from deployment.failures import Refused

ROOT = Path(__file__).resolve().parents[1]


def run(*command: str, **environment: str) -> int:
    """The exit status of a program whose output is that of this one. Raises Refused."""
    sys.stdout.flush()
    try:
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode
    except OSError as error:
        raise Refused(f"{command[0]} cannot be run: {error.strerror}.") from error


def revision() -> str:
    """The commit that is checked out, with `-dirty` if files differ from it."""
    command = ["git", "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def python_of(sam: str) -> str:
    """The Python that SAM runs in. Raises Refused if SAM was not installed by pip."""
    found = shutil.which(sam)
    python = Path(found).parent / "python" if found else None
    if python is None or not python.exists():
        raise Refused(
            f"{sam} is not a SAM CLI that pip has installed, as build/tools/bin/sam is: rollback "
            "triggers need it. Use that one, or MONITOR=0."
        )
    return str(python)
