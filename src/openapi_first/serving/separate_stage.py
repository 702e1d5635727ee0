"""A stage of `contract serve` in a separate process, for tests."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

from openapi_first.serving.access.local_tokens import LocalToken
from openapi_first.serving.errors import CannotServe, StageEnded

_SECONDS_TO_END = 10


@dataclass(frozen=True, slots=True)
class Announcement:
    """What another process needs to call a stage.

    `api_keys` are the enabled ones: id and value; `api_key` is the first one's value. `base_urls`
    of a template are by the logical ids of its REST APIs; `base_url` is the first one's.
    `dynamodb` is the URL of the DynamoDB that its functions use.
    """

    base_url: str
    api_key: str | None
    tokens: tuple[LocalToken, ...] = ()
    api_keys: tuple[tuple[str, str], ...] = ()
    base_urls: Mapping[str, str] = field(default_factory=dict)
    dynamodb: str | None = None

    def write_to(self, descriptor: int) -> None:
        """Writes it as one line."""
        with os.fdopen(descriptor, "w", closefd=False) as file:
            file.write(f"{json.dumps(asdict(self))}\n")


class StartingStage:
    """A stage that starts while other work is done."""

    def __init__(self, process: subprocess.Popen[bytes], announced: TextIO, log: Path) -> None:
        self._process = process
        self._announced = announced
        self._log = log

    def announcement(self, seconds: float | None = None) -> Announcement:
        """Waits until it listens, at most some `seconds` if they are given. Raises CannotServe with
        what it printed if it does not start."""
        ready, _, _ = select.select([self._announced], [], [], seconds)
        if not ready:
            printed = self._log.read_text("utf-8", "replace").strip()
            raise CannotServe(f"the stage did not listen within {seconds:g} seconds\n{printed}")
        line = self._announced.readline()
        if not line:
            self._process.wait()
            printed = self._log.read_text("utf-8", "replace").strip()
            if printed:
                raise StageEnded(printed)
            raise CannotServe("the stage ended before it listened")
        written = json.loads(line)
        tokens = tuple(map(_token, written.pop("tokens")))
        keys = tuple((name, value) for name, value in written.pop("api_keys"))
        return Announcement(**written, tokens=tokens, api_keys=keys)


def _token(written: dict[str, Any]) -> LocalToken:
    also = tuple((where, name, value) for where, name, value in written.pop("also"))
    return LocalToken(**written, also=also)


@contextlib.contextmanager
def separate_stage(arguments: Sequence[str], log: Path) -> Iterator[StartingStage]:
    """Runs `contract serve` with these arguments on a free port until the block, or this process,
    ends. What it prints is in the file `log`."""
    reading, writing = os.pipe()
    command = (sys.executable, "-m", "openapi_first", "serve", *arguments)
    log.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(reading) as announced, log.open("wb") as output:
        process = subprocess.Popen(
            (*command, "--port", "0", "--announce", str(writing)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(writing,),
            start_new_session=True,  # Ctrl-C is for the tests, which clean up first
        )
        os.close(writing)
        try:
            yield StartingStage(process, announced, log)
        finally:
            process.send_signal(signal.SIGTERM)  # SIGINT is ignored in the background of a shell
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
