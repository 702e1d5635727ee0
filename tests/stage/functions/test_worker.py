"""Workers whose stage is killed, and whose function starts other processes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.pool import FunctionEnvironments

PARENT = """
import asyncio, pathlib, sys
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.pool import FunctionEnvironments

async def main():
    folder = pathlib.Path(sys.argv[1])
    pool = FunctionEnvironments(FunctionConfiguration(handler="code.handler", task_root=folder))
    await pool.start()
    await asyncio.sleep(60)

asyncio.run(main())
"""
HEAD = "import os, pathlib, subprocess, threading, time\nchildren = []\n"
CODE = {
    "loading": "{wrote}time.sleep(60)\n",
    "with a thread": "threading.Thread(target=time.sleep, args=(60,)).start()\n{wrote}",
    "with a child": "children.append(subprocess.Popen(['sleep', '60']).pid)\n{wrote}",
}


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("name", CODE)
def test_what_a_function_runs_ends_when_its_stage_is_killed(tmp_path: Path, name: str) -> None:
    mark = tmp_path / "pids"
    pids = "' '.join(map(str, (os.getpid(), *children)))"
    wrote = f"pathlib.Path({str(mark)!r}).write_text({pids})\n"
    code = HEAD + CODE[name].format(wrote=wrote) + "def handler(event, context): pass\n"
    folder = tmp_path / "function"
    folder.mkdir()
    (folder / "code.py").write_text(code)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder)], env=os.environ)
    with parent:
        end = time.monotonic() + 20
        while not (mark.exists() and mark.read_text()):
            assert time.monotonic() < end
            time.sleep(0.01)
        found = [int(each) for each in mark.read_text().split()]
        parent.kill()
    end = time.monotonic() + 10
    while left := [pid for pid in found if runs(pid)]:
        assert time.monotonic() < end, f"{left} stay"
        time.sleep(0.01)


FORKING = """
import os
def handler(event, context):
    if event.get("fork"):
        os.fork()
    return event["number"]
"""


def test_a_copy_that_a_function_has_forked_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(FORKING)
    configuration = FunctionConfiguration(handler="code.handler", task_root=tmp_path)

    async def main() -> list[bytes]:
        async with FunctionEnvironments(configuration, concurrency=1) as pool:
            events = [{"fork": each == 1, "number": each} for each in range(1, 5)]
            return [(await pool.invoke(json.dumps(each).encode())).payload for each in events]

    assert asyncio.run(main()) == [b"1", b"2", b"3", b"4"]
