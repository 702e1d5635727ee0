"""Counters that survive a restart, when asked to: one small JSON file."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from openapi_first.core.errors import UserError
from openapi_first.stage.usage.meter import Meter

_DELAY_SECONDS = 0.5
_VERSION = 1


class UsageFileError(UserError):
    """The file holds no counters; the message names it and the way out."""


class UsageFile:
    """Keeps a meter's counters in a file: read at once, written soon after each change.

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
                raise ValueError(f"version {content['version']!r}")
            self._meter.restore(content["accounts"])
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise UsageFileError(
                f"{self._path} holds no usage counters ({error}); remove it to begin anew"
            ) from error

    def _changed(self) -> None:
        # Not at each request: a file written a hundred times a second tells nobody more.
        if self._pending is None:
            loop = asyncio.get_running_loop()
            self._pending = loop.call_later(_DELAY_SECONDS, self.save)

    def save(self) -> None:
        """Write now. Whole or not at all: a reader never sees half a file."""
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None
        content = {"version": _VERSION, "accounts": self._meter.snapshot()}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_text(json.dumps(content, indent=1), encoding="utf-8")
        fresh.replace(self._path)
