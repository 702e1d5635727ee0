from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import openapi_first
from openapi_first.project.wheel import wheel_name
from project.upgrade.conftest import older, project, written
from support.commands import contract
from support.console.older_project import VERSION, Project, write_wheel

__all__ = ["older", "project", "written"]
RUN = ".ci/run"
NEXT = "99.0"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=N", "-c", "user.email=n@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The folder of an engine of a later version, which writes another Makefile."""
    folder = tmp_path / "next"
    engine = Path(openapi_first.__file__).parent
    shutil.copytree(engine, folder / engine.name, ignore=shutil.ignore_patterns("__pycache__"))
    source = folder / engine.name / "project/project_files/every/Makefile.jinja"
    text = source.read_text()
    assert "export PORT API_KEY\n" in text
    source.write_text(text.replace("export PORT API_KEY\n", "export PORT API_KEY AWS_PROFILE\n"))
    metadata = folder / f"openapi_first_serverless-{NEXT}.dist-info/METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: openapi-first-serverless\nVersion: {NEXT}\n")
    return folder


def test_a_later_version_upgrades_a_project_and_keeps_its_changes(
    project: Project, next_version: Path, tmp_path: Path
) -> None:
    project.edit("Makefile", "clean:", "mine:\n\nclean:")
    done = subprocess.run(
        [sys.executable, "-m", "openapi_first", "upgrade", "--wheel", write_wheel(tmp_path, NEXT)],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": str(next_version)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "Makefile: merged with your changes" in lines
    assert f"wheels/{wheel_name(VERSION)}: removed" in lines
    assert lines[-1] == f"Upgraded: {VERSION} to {NEXT}. Next: make types lint test"
    makefile = (project / "Makefile").read_text()
    assert "export PORT API_KEY AWS_PROFILE\n" in makefile
    assert "mine:\n\nclean:" in makefile


def test_the_patch_is_what_the_command_writes_then(project: Project) -> None:
    project.was(RUN, "make check\n", "make test\n")
    copy = project.folder.with_name("copy")
    shutil.copytree(project.folder, copy)
    before = project.state()
    shown = contract("upgrade", "--diff", folder=project.folder)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert project.state() == before
    subprocess.run(["git", "apply"], cwd=copy, input=shown.stdout, text=True, check=True)
    done = contract("upgrade", folder=project.folder)
    assert done.stdout == f"{RUN}: updated\nUpgraded: {VERSION}. Next: make types lint test\n"
    assert (copy / RUN).read_bytes() == (project / RUN).read_bytes()
    again = contract("upgrade", str(project.folder))
    assert (again.returncode, again.stdout) == (
        0,
        f"nothing to do: the project has the files of version {VERSION}\n",
    )


def test_conflicts_write_nothing_until_one_says_how(project: Project) -> None:
    project.was(RUN, "make check\n", "make test\n")
    project.was("Makefile", "export PORT\n", "export PORT API_KEY\n")
    project.edit(RUN, "make check\n", "make mine\n")
    before = project.state()
    found = contract("upgrade", folder=project.folder)
    assert (found.returncode, found.stdout) == (1, "")
    place, remedy = found.stderr.splitlines()
    assert place == f"{RUN}:7: conflict: you and version {VERSION} have changed these lines"
    assert remedy.startswith("Nothing is written. --conflicts markers ")
    assert project.state() == before
    shown = contract("upgrade", "--diff", folder=project.folder)
    assert shown.returncode == 1
    assert "+export PORT API_KEY" in shown.stdout
    marked = contract("upgrade", "--conflicts", "markers", folder=project.folder)
    assert marked.returncode == 1
    assert "resolve the conflicts" in marked.stdout
    assert (project / RUN).read_text().splitlines()[6] == "<<<<<<< yours"
    assert contract("upgrade", folder=project.folder).returncode == 0


def test_changes_that_git_could_not_undo_are_refused(project: Project) -> None:
    project.was(RUN, "make check\n", "make test\n")
    git(project.folder, "init", "-q")
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-qm", "first")
    project.edit(RUN, "# Every", "# Mine. Every")
    (project / "openapi.yaml").write_text("mine")
    before = project.state()
    refused = contract("upgrade", folder=project.folder)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"contract: not committed: {RUN}. Commit or stash them")
    assert project.state() == before
    git(project.folder, "commit", "-qm", "mine", RUN)
    assert contract("upgrade", folder=project.folder).returncode == 0


def test_allow_dirty_merges_into_them(project: Project) -> None:
    project.was(RUN, "make check\n", "make test\n")
    git(project.folder, "init", "-q")
    assert contract("upgrade", folder=project.folder).returncode == 2
    assert contract("upgrade", "--allow-dirty", folder=project.folder).returncode == 0
