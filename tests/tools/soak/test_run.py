"""A soak sees nothing wrong in the sample service, ends quickly, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from soak.run import main, soaked
from support import engines
from support.faults.catalogue import DELAYED, FAULTS, SLOW
from support.faults.stage import descendants
from support.serving import ROOT

_QUICK = [each for each in FAULTS.values() if each not in (*SLOW, *DELAYED)]


def test_nothing_is_lost_doubled_or_wrong_while_calls_of_dynamodb_fail(everything: bool) -> None:
    clients, seconds, concurrency = (50, 12, 8) if everything else (8, 1, 2)
    options: dict[str, Any] = {"faults": _QUICK, "share": 0.1, "concurrency": concurrency}
    with engines.start(engines.to_test(everything)[0]) as engine:
        result = soaked(engine.endpoint_url, clients, seconds, 7, **options)
    # Memory settles only in a longer run.
    grown = [] if everything else result.before.growth(result.after)
    assert [each for each in result.violations() if each not in grown] == []
    assert result.faults
    assert result.soak.hung_up
    assert result.soak.statuses.keys() >= {200, 201, 204, 400, 403, 404}
    assert result.lines()[-1] == f"{len(grown)} violations"


@pytest.mark.parametrize("share", ["5", "-0.1", "nan"])
def test_a_share_of_faults_that_is_none_is_refused(
    share: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """5 is easily meant as 5 %."""
    monkeypatch.setattr(sys, "argv", ["soak", f"--faults={share}"])
    with pytest.raises(SystemExit):
        main()
    assert "such as 0.05 for 5 %" in capsys.readouterr().err


def test_ctrl_c_ends_a_soak_and_all_of_its_processes(everything: bool) -> None:
    """At once: slow answers and clients do not hold it up."""
    if not everything:
        return
    paths = os.pathsep.join(str(ROOT / each) for each in ("src", "tests", "tools"))
    command = [sys.executable, "-m", "soak.run", "--clients", "5", "--faults", "0.5"]
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 60
    # moto, the stage and two of its workers.
    while len(started := descendants(process.pid)) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(2)
    started = descendants(process.pid)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "interrupted" in output
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in started):
        assert time.monotonic() < deadline
        time.sleep(0.1)
