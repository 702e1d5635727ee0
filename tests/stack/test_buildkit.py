"""`make sam-build` by BuildKit, with a `docker` that logs what it is called with."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from openapi_first.deployment.buildkit import Builder, builder
from support.aws_account.project import Project

COMMAND = '#!/bin/sh\necho "$SOURCE_DATE_EPOCH $*" >>"{log}"\necho "{output}"\nexit {status}\n'


def program(folder: Path, name: str, output: str = "", status: int = 0) -> Path:
    """A command in the folder `bin`, which logs its time and its arguments in `name`.log."""
    path = folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(COMMAND.format(log=folder / f"{name}.log", output=output, status=status))
    path.chmod(0o755)
    return path


def test_sam_builds_with_the_time_of_the_commit(project: Project, tmp_path: Path) -> None:
    path = f"{program(tmp_path, 'docker').parent}:{project.environment['PATH']}"
    project.succeeds("build", PATH=path, DOCKER_BUILDKIT="")
    show = ["git", "show", "-s", "--format=%ct"]
    time = subprocess.run(show, cwd=project.folder, capture_output=True, text=True).stdout.strip()
    builds = (tmp_path / "docker.log").read_text().splitlines()[-2:]
    for build, tag in zip(builds, ("function:latest", "pretrafficfunction:latest"), strict=True):
        assert build.startswith(f"{time} buildx build "), build
        assert f" -t {tag} " in build


@pytest.mark.parametrize(
    ("buildx", "version", "disabled", "is_used"),
    [
        (0, "1.156.0", "", True),
        (0, "2.0.0", "1", True),
        (0, "1.155.9", "", False),
        (0, "unknown", "", False),
        (1, "1.170.0", "", False),
        (0, "1.170.0", "0", False),
    ],
)
def test_it_is_used_where_docker_and_sam_have_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    buildx: int,
    version: str,
    disabled: str,
    is_used: bool,
) -> None:
    program(tmp_path, "docker", status=buildx)
    sam = program(tmp_path, "sam", f"SAM CLI, version {version}")
    program(tmp_path, "git", "1700000000")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.setenv("DOCKER_BUILDKIT", disabled)
    used = Builder(("--use-buildkit",), {"SOURCE_DATE_EPOCH": "1700000000"})
    assert builder(str(sam)) == (used if is_used else Builder())
