"""A stage in a process of its own ends with the process that started it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

CONTRACT = """
openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /a:
    get:
      operationId: a
      responses: {"200": {description: d}}
"""
PARENT = """
import sys, time
from pathlib import Path
from openapi_first.serving.separate_stage import separate_stage

with separate_stage((sys.argv[1], "--mock"), Path(sys.argv[2])) as starting:
    starting.announcement()
    print(starting._process.pid, flush=True)
    time.sleep(60)
"""


def test_it_ends_and_leaves_nothing_when_the_one_who_started_it_is_killed(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(CONTRACT)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    arguments = (str(tmp_path / "openapi.yaml"), str(tmp_path / "log"))
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert list(temporary.iterdir())
        parent.kill()
    end = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and "Z" not in _state(pid):
        assert time.monotonic() < end, "it stays"
        time.sleep(0.01)
    assert not list(temporary.iterdir())


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"
