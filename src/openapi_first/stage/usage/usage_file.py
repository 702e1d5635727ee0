"""A JSON file with a meter's counters, so that they survive a restart."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from openapi_first.core.errors import UserError
from openapi_first.core.files import replace_file
from openapi_first.stage.usage.meter import Meter

_DELAY_SECONDS = 0.5
_VERSION = 1


class UsageFileError(UserError):
    """The file holds no counters; the message names it and the remedy."""


class UsageFile:
    """Keeps a meter's counters in a file: reads it at once, writes it soon after each change.

    A stage that is killed loses at most the last half second.
    """

    def __init__(self, path: Path, meter: Meter) -> None:
        self._path = path
        self._meter = meter
        self._pending: asyncio.TimerHandle | None = None
        if path.exists():
            self._load()
        meter.on_change = self._changed

    def _load(self) -> None:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            if content["version"] != _VERSION:
                raise ValueError(f"version {content['version']!r}")  # noqa: TRY301
            self._meter.restore(content["accounts"])
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise UsageFileError(
                f"{self._path} holds no usage counters ({error}); remove it to start again"
            ) from error

    def _changed(self) -> None:
        # Not for each request: writing the file a hundred times a second helps nobody.
        if self._pending is None:
            loop = asyncio.get_running_loop()
            self._pending = loop.call_later(_DELAY_SECONDS, self.save)

    def save(self) -> None:
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None
        content = {"version": _VERSION, "accounts": self._meter.snapshot()}
        replace_file(self._path, json.dumps(content, indent=1))
