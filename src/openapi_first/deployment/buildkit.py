"""Has SAM build by BuildKit where it can, so that two builds of a commit are the same image.

Without BuildKit, the layers are the same, and the id differs by the time of the build: each rebuild
is another image, for which Lambda publishes another version.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field

_FIRST = (1, 156)
"""The SAM CLI that has --use-buildkit (pull request 8772 of aws/aws-sam-cli)."""
_TIMEOUT = 60.0


@dataclass(frozen=True)
class Builder:
    """What `sam build` is called with."""

    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


def builder(sam: str) -> Builder:
    """BuildKit with the time of the commit, if Docker has buildx and this SAM can use it; what SAM
    does by default otherwise, or with DOCKER_BUILDKIT=0."""
    if os.environ.get("DOCKER_BUILDKIT") == "0" or _output("docker", "buildx", "version") is None:
        return Builder()
    version = re.search(r"(\d+)\.(\d+)", _output(sam, "--version") or "")
    if version is None or (int(version[1]), int(version[2])) < _FIRST:
        return Builder()
    time = (_output("git", "log", "-1", "--format=%ct") or "").strip() or "0"
    return Builder(("--use-buildkit",), {"SOURCE_DATE_EPOCH": time})


def _output(*command: str) -> str | None:
    """None if the program is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
