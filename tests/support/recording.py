"""Has every process of a test run write down the calls to AWS that the service makes in it."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

RECORDER = pytest.StashKey[Path]()
"""The folder with the recorder and what it has recorded."""

_FOLDER = "CALLS_RECORDER"
_SOURCE = Path(__file__).parent / "recorder" / "sitecustomize.py"


def start(config: pytest.Config) -> None:
    """Has this process and those that it starts record; pytest-xdist's workers do so already."""
    if is_worker(config):
        config.stash[RECORDER] = Path(os.environ[_FOLDER])
        return
    folder = Path(tempfile.mkdtemp(prefix="recorder-"))
    shutil.copy(_SOURCE, folder)
    config.stash[RECORDER] = folder
    os.environ[_FOLDER] = str(folder)
    inherited = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), inherited)))
    # This process has started already.
    sys.modules.pop("sitecustomize", None)
    sys.path.insert(0, str(folder))
    importlib.import_module("sitecustomize")
    sys.path.remove(str(folder))


def stop(config: pytest.Config) -> None:
    if not is_worker(config):
        shutil.rmtree(config.stash[RECORDER], ignore_errors=True)


def is_worker(config: pytest.Config) -> bool:
    """Whether pytest-xdist has started this process; the one that did judges what all have done."""
    return hasattr(config, "workerinput")


def calls(folder: Path) -> set[tuple[str, str]]:
    """Pairs of a module and a call, as `("items.calls", "dynamodb:GetItem")`."""
    file = folder / "calls"
    lines = file.read_text().splitlines() if file.exists() else []
    return {(module, call) for module, _, call in (line.partition(" ") for line in lines)}
