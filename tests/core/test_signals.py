from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from openapi_first.core.signals import Interrupted, end_if_signalled, held_signals

HEAD = "import os, signal\nfrom openapi_first.core.signals import held_signals, reported_signals\n"


def run(script: str) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-c", HEAD + script], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_a_signal_waits_for_the_end_of_the_block_and_ends_the_process_with_a_line() -> None:
    script = (
        "with reported_signals(lambda: 'line'):\n"
        "    with held_signals():\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        print('cleaned', flush=True)\n"
        "    print('never')\n"
    )
    assert run(script) == (-signal.SIGTERM, "cleaned\n", "contract: line\n")


def test_an_ignored_signal_stays_ignored() -> None:
    script = (
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with reported_signals(lambda: 'line'), held_signals():\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "print('done')\n"
    )
    assert run(script) == (0, "done\n", "")


def test_a_long_block_ends_at_its_next_step() -> None:
    seen = []
    before = signal.signal(signal.SIGINT, lambda number, _: seen.append(number))
    try:
        with pytest.raises(Interrupted), held_signals():  # noqa: PT012 - the signal comes in it
            end_if_signalled()
            signal.raise_signal(signal.SIGINT)
            assert seen == []
            end_if_signalled()
        assert seen == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)


ENDING = (
    "import asyncio, time\n"
    "from openapi_first.core.signals import Ending\n"
    "async def served():\n"
    "    os.kill(os.getpid(), signal.SIGHUP)\n"
    "    try:\n"
    "        await asyncio.sleep(10)\n"
    "    finally:\n"
    "        os.kill(os.getpid(), signal.SIGINT)\n"
    "        await asyncio.sleep(0.01)\n"
    "        os.kill(os.getpid(), signal.SIGTERM)\n"
    "        print('ended in order')\n"
)


def test_what_runs_ends_in_order_at_the_first_signal_whatever_follows() -> None:
    script = (
        "try:\n"
        "    with Ending() as ending:\n"
        "        ending.run(served())\n"
        "except asyncio.CancelledError:\n"
        "    print('cancelled')\n"
    )
    assert run(ENDING + script) == (0, "ended in order\ncancelled\n", "")


def test_before_it_runs_the_first_signal_is_an_interrupt() -> None:
    script = (
        "try:\n"
        "    with Ending():\n"
        "        try:\n"
        "            os.kill(os.getpid(), signal.SIGTERM)\n"
        "            time.sleep(10)\n"
        "        finally:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "            print('cleaned')\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    assert run(ENDING + script) == (0, "cleaned\ninterrupted\n", "")


def test_a_process_ends_when_nobody_reads_its_pipe() -> None:
    script = (
        "import time\n"
        "from openapi_first.core.signals import end_without_reader\n"
        "reading, writing = os.pipe()\n"
        "end_without_reader(writing)\n"
        "print('runs', flush=True)\n"
        "os.close(reading)\n"
        "time.sleep(10)\n"
    )
    assert run(script) == (-signal.SIGTERM, "runs\n", "")
