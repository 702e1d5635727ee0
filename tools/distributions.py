"""Builds the engine's source distribution, and from that its wheel, as a release has them.

    python tools/distributions.py FOLDER

Needs setuptools and no network. The same sources give the same wheel: its time stamps are
SOURCE_DATE_EPOCH and its modes do not depend on the umask.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_SOURCES = ("pyproject.toml", "README.md", "LICENSE", "src/openapi_first")


def build(target: Path) -> Path:
    """The wheel's path; `target` holds nothing else afterwards but the source distribution."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as folder:
        # setuptools would leave its build folder beside the sources, and take from it next time
        # what is no longer there.
        project = Path(folder, "project")
        for name in _SOURCES:
            _copy(ROOT / name, project / name)
        _run("build_sdist", project, target)
        (archive,) = target.glob("*.tar.gz")
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        _run("build_wheel", Path(folder, archive.name.removesuffix(".tar.gz")), target)
    (wheel,) = target.glob("*.whl")
    return wheel


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _run(hook: str, project: Path, target: Path) -> None:
    program = f"import sys; from setuptools.build_meta import {hook}; {hook}(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", program, str(target.resolve())],
        cwd=project,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{hook} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
