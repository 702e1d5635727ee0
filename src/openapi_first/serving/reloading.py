"""Reloads what is served when its files change."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from watchfiles import PythonFilter, awatch

from openapi_first.core.errors import UserError
from openapi_first.core.terminal_text import visible
from openapi_first.serving.builds import Build
from openapi_first.serving.function_code import FunctionCode
from openapi_first.serving.screen.welcome import counted, shown
from openapi_first.stage.app import Stage

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Reloader:
    """What fails to load is reported, and the last working version keeps running."""

    stage: Stage
    make_build: Callable[[], Build]
    load_function: Callable[[Build], Awaitable[None]] | None
    """Replaces the function by one that fits the build; None if the function stays as it is."""
    code: FunctionCode | None
    """The function's code, None if its changes are not loaded."""

    async def watch(self, build: Build) -> None:
        """Watches the files of the build and the function's code, until it is cancelled."""
        outdated = False
        watched = PythonFilter(extra_extensions=tuple({path.suffix for path in build.files}))
        folders = {path.parent for path in build.files}
        if self.code is not None:
            folders.add(self.code.watched_folder)
        stop = asyncio.Event()
        async for changes in awatch(
            *folders, watch_filter=watched, stop_event=stop, debounce=200, recursive=True
        ):
            paths = {Path(path).resolve() for _, path in changes}
            changed = {path for path in paths if path in build.files or self._is_code(path)}
            if not changed:
                continue
            names = ", ".join(sorted(shown(path) for path in changed))
            # A build that the function does not fit yet is tried again when the function changes.
            outdated = outdated or bool(changed & build.files)
            try:
                fresh = await in_daemon_thread(self.make_build) if outdated else build
                await self._load(fresh)
            except UserError as error:
                print(f"\n{visible(str(error))}\n{names} changed: {KEPT}\n", flush=True)
            except Exception:
                # The watch has to go on, whatever it was.
                print(f"\n{traceback.format_exc()}\n{names} changed: {KEPT}\n", flush=True)
            else:
                build, outdated = fresh, False
                print(f"{names} changed: reloaded, {counted(build.operations)}.", flush=True)

    def _is_code(self, path: Path) -> bool:
        return self.code is not None and self.code.has(path)

    async def _load(self, build: Build) -> None:
        if self.load_function is not None:
            await self.load_function(build)
        self.stage.replace_document(build.document, build.stage_variables, build.origin)


async def in_daemon_thread(make_build: Callable[[], Made]) -> Made:
    """Nobody waits for it at the end, as asyncio does for its own threads: a large contract takes
    long."""
    loop, made = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

    def finish(build: Made | None, error: Exception | None) -> None:
        if made.cancelled():
            return
        if error is not None:
            made.set_exception(error)
        else:
            made.set_result(build)

    def work() -> None:
        build, raised = None, None
        try:
            build = make_build()
        except Exception as error:
            raised = error
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(finish, build, raised)

    threading.Thread(target=work, name="build", daemon=True).start()
    found: Made = await made
    return found


KEPT = "not reloaded; the last working version keeps running."
