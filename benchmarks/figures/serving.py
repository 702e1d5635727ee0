"""How long a developer waits for `contract serve`: until it answers, and after a change."""

from __future__ import annotations

import http.client
import shutil
import statistics
import time
from pathlib import Path

from benchmarks import targets
from benchmarks.results import Figure, Section
from benchmarks.servers import KEY, Server, started_stage
from benchmarks.turns import ROOT, TURNS, BenchmarkFailed

_WITHIN_S = 60.0
_POLL_S = 0.01
_EDIT_AFTER_S = 2.0
"""Nobody changes a file sooner; by then, the stage has prepared for it."""
_LIMIT = "maximum: 100, default: 20"
_LOWER = "maximum: 99, default: 20"


def measure(folder: Path, turns: int = TURNS) -> Section:
    """Makes a copy of the sample in the folder. Raises BenchmarkFailed."""
    project = folder / "project"
    (project / "src").mkdir(parents=True)
    for name in ("openapi.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, project)
    shutil.copytree(ROOT / "src" / "items", project / "src" / "items")
    ready, reload = [], []
    for turn in range(turns + 1):
        started = time.perf_counter()
        with started_stage(folder, project) as stage:
            _wait(stage, 200)
            answered = time.perf_counter()
            time.sleep(_EDIT_AFTER_S)
            changed = time.perf_counter()
            _replace(project / "openapi.yaml", _LIMIT, _LOWER)
            _wait(stage, 400)
            served = time.perf_counter()
        _replace(project / "openapi.yaml", _LOWER, _LIMIT)
        if turn:
            ready.append(answered - started)
            reload.append(served - changed)
    return Section(
        (
            Figure(targets.READY, statistics.median(ready), "from its start to its first answer"),
            Figure(targets.RELOAD, statistics.median(reload), "from the change to its effect"),
        )
    )


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    if old not in text:
        raise BenchmarkFailed(f"{path} does not have {old!r}")
    path.write_text(text.replace(old, new))


def _wait(stage: Server, status: int) -> None:
    """Until the largest page is answered with the status. Raises BenchmarkFailed."""
    deadline = time.monotonic() + _WITHIN_S
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=_WITHIN_S)
        connection.request("GET", f"{stage.prefix}/items?limit=100", headers={"x-api-key": KEY})
        found = connection.getresponse().status
        connection.close()
        if found == status:
            return
        time.sleep(_POLL_S)
    raise BenchmarkFailed(f"the stage does not answer {status}; the last status is {found}")
