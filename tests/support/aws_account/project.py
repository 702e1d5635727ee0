"""A copy of this repository's deployable files, from which a user deploys into the account."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stack.template import ROOT

_FILES = ("openapi.yaml", "template.yaml", "Dockerfile", ".dockerignore")
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE")
_PATHS = (str(ROOT / "src"), str(Path(__file__).parent / "libyaml"))


@dataclass
class Project:
    """`environment` are the variables of its commands, and no others."""

    folder: Path
    sam: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(
        self, task: str, *options: str, answers: str = "", **changed: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs a task of `python -m openapi_first.deployment` with the real sam; `answers` is its
        input, `changed` are variables, of which an empty one is removed."""
        environment = {**self.environment, **changed}
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "openapi_first.deployment",
                task,
                "--sam",
                str(self.sam),
                *options,
            ],
            cwd=self.folder,
            env={name: value for name, value in environment.items() if value},
            input=answers,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def succeeds(self, task: str, *options: str, **changed: str) -> str:
        """What a task prints that must succeed."""
        done = self.run(task, *options, **changed)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, task: str, *options: str, status: int = 2, **changed: str) -> str:
        """The line with which a task ends that must not succeed; it has no traceback."""
        done = self.run(task, *options, **changed)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done.stderr.strip().splitlines()[-1]

    def commit(self, message: str = "Change it") -> str:
        """Commits all that has changed, and returns the commit."""
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        for arguments in (("add", "-A"), (*identity, "commit", "-qm", message)):
            subprocess.run(["git", *arguments], cwd=self.folder, check=True, env=self._clean)
        return self.head

    @property
    def head(self) -> str:
        """The commit that is checked out."""
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
            env=self._clean,
        )
        return done.stdout.strip()

    @property
    def _clean(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": self.environment["HOME"]}


def new_project(folder: Path, tools: Path, account: Mapping[str, str]) -> Project:
    """`account` are the variables that lead to the account, `tools` has the command sam."""
    files = folder / "items"
    files.mkdir()
    for name in _FILES:
        shutil.copy(ROOT / name, files)
    (files / ".gitignore").write_text("/.aws-sam/\n/build/\n/samconfig.toml\n__pycache__/\n")
    (files / "build").mkdir()
    return in_account(files, tools, account)


def in_account(files: Path, tools: Path, account: Mapping[str, str]) -> Project:
    """The project whose files these are, in a repository of its own."""
    home = files.parent / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    own = {
        "HOME": str(home),
        "__SAM_CLI_APP_DIR": str(home),
        "PYTHONPATH": os.pathsep.join(_PATHS),
        "DOCKER_BUILDKIT": "0",  # the account's engine has none
    }
    environment = {**kept, **own, **account}
    project = Project(files, (tools / "sam").resolve(), environment)
    subprocess.run(["git", "init", "-q"], cwd=files, check=True, env=project._clean)
    project.commit("Begin")
    return project
