"""Generates in a separate process, while this one sends requests: generating takes as long."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

import openapi_first
from openapi_first.conformance.generation import worker
from openapi_first.conformance.generation.task import (
    Batch,
    Generated,
    GenerationFailed,
    Generator,
    Send,
    Task,
    task_of,
)
from openapi_first.conformance.model.judged_operations import finished, judged
from openapi_first.conformance.model.run import Options, Phase
from openapi_first.openapi.model import Contract

_LONGEST_WAIT = 3600.0


class SeparateGenerator:
    """Generates what a task wants, in a process that `separate_generator` starts."""

    def __init__(
        self, task: Task, connection: Connection, process: subprocess.Popen[bytes]
    ) -> None:
        self._task = task
        self._connection = connection
        self.process = process

    def batches(self, deadline: float) -> Iterator[tuple[Batch, Generated]]:
        for batch in self._task.batches:
            if not self._ready(deadline):
                return
            yield batch, self._received()

    def run_sequences(self, send: Send, deadline: float) -> None:
        while self._ready(deadline) and (step := self._received()) is not None:
            response = send(*step)
            with contextlib.suppress(OSError):  # what is received next says that it has ended
                self._connection.send(response)

    def _ready(self, deadline: float) -> bool:
        left = min(deadline - time.monotonic(), _LONGEST_WAIT)
        return left > 0 and self._connection.poll(left)

    def _received(self) -> Any:
        try:
            message = self._connection.recv()
        except (EOFError, OSError):
            status = self.process.wait()
            raise GenerationFailed(
                f"the process that generates data has ended with status {status}"
            ) from None
        if isinstance(message, GenerationFailed):
            raise message
        return message


@contextlib.contextmanager
def generating(contract: Contract, options: Options) -> Iterator[Generator | None]:
    """Generates the data of a run in a separate process until the block ends; None if the run sends
    none. Raises ModuleNotFoundError."""
    if Phase.GENERATED not in options.chosen_phases or not options.max_examples:
        yield None
        return
    task = task_of(
        finished(judged(contract), options.unfinished), options.seed, options.max_examples
    )
    with separate_generator(task) as generator:
        yield generator


@contextlib.contextmanager
def separate_generator(task: Task) -> Iterator[SeparateGenerator]:
    """Generates in a process that starts here and ends with the block. Raises
    ModuleNotFoundError."""
    if importlib.util.find_spec("schemathesis") is None:
        raise ModuleNotFoundError("No module named 'schemathesis'", name="schemathesis")
    packages = str(Path(openapi_first.__file__).resolve().parents[1])
    path = os.pathsep.join(filter(None, (packages, os.environ.get("PYTHONPATH"))))
    ours, theirs = Pipe()
    with ours:
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", worker.__name__, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C is for this process, which cleans up first
            )
        try:
            with contextlib.suppress(OSError):
                ours.send(task)
            yield SeparateGenerator(task, ours, process)
        finally:
            process.kill()  # it has nothing to clean up
            process.wait()
