"""Follows the files of a template while its APIs are served."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from watchfiles import DefaultFilter, awatch

from openapi_first.core.errors import UserError
from openapi_first.serving.dynamodb.database import Database
from openapi_first.serving.functions.declared import DeclaredFunctions
from openapi_first.serving.reloading import KEPT, in_daemon_thread
from openapi_first.serving.screen.welcome import shown
from openapi_first.serving.templates.api_stage import ApiStage
from openapi_first.serving.templates.declaration import ServedTemplate, TemplateBuild
from openapi_first.serving.templates.tables import Tables

_LISTED = 5


class Reloading:
    """Changes stages, functions and tables with their files. What cannot be read is reported, and
    the last working version keeps running."""

    def __init__(
        self,
        served: ServedTemplate,
        build: TemplateBuild,
        functions: DeclaredFunctions,
        stages: Sequence[ApiStage],
        tables: Tables,
        database: Database | None,
        report: Callable[[str], None],
    ) -> None:
        self._served = served
        self._build = build
        self._functions = functions
        self._stages = stages
        self._tables = tables
        self._database = database
        self._report = report
        self._outdated = False
        self._pending: set[Path] = set()
        """Files that have changed and are not reloaded yet."""
        self._told = frozenset(self._notes())
        self._last_error = ""

    async def watch(self) -> None:
        """Until it is cancelled."""
        stop = asyncio.Event()
        while True:
            folders = self._folders()
            async for changes in awatch(
                *folders, watch_filter=DefaultFilter(), stop_event=stop, debounce=200
            ):
                await self._follow({Path(path).resolve() for _, path in changes})
                if not self._folders() <= folders:
                    break

    def _folders(self) -> frozenset[Path]:
        files = {path.parent for path in self._build.files}
        return frozenset(each for each in files if each.is_dir()) | self._functions.watched_folders

    async def _follow(self, paths: set[Path]) -> None:
        template = self._build.template
        waiting = self._outdated or any(each.reason for each in template.functions)
        with_code = self._functions.with_changed_code(paths)
        if not waiting and not with_code and paths.isdisjoint(self._build.files):
            return
        self._outdated = waiting or not paths.isdisjoint(self._build.files)
        names = _listed(sorted(shown(path) for path in self._named(paths)))
        self._pending |= paths
        try:
            fresh = await in_daemon_thread(self._served.build) if self._outdated else self._build
            changed = await self._change(fresh, self._pending)
        except UserError as error:
            self._fail(names, str(error), bool(with_code))
        except Exception:
            # The watch has to go on, whatever it was.
            self._fail(names, traceback.format_exc(), bool(with_code))
        else:
            self._outdated, self._last_error = False, ""
            self._pending.clear()
            if changed or not paths.isdisjoint(self._build.files):
                self._report(f"{names} changed: reloaded{changed}.")
            self._report_new_notes()

    def _fail(self, names: str, error: str, with_code: bool) -> None:
        """An error that stays is reported once, and that code waits for its end each time."""
        if error != self._last_error:
            self._last_error = error
            self._report(f"\n{error}\n{names} changed: {KEPT}\n")
        elif with_code:
            self._report(f"{names} changed: {KEPT} The error above has to be corrected first.")

    def _named(self, paths: set[Path]) -> set[Path]:
        own = {
            path
            for path in paths
            if path in self._build.files or self._functions.with_changed_code((path,))
        }
        return own or paths

    async def _change(self, fresh: TemplateBuild, paths: set[Path]) -> str:
        """Serves another build, and returns what has changed besides the APIs. Raises UserError
        before it changes anything."""
        changes = []
        if fresh is not self._build:
            by_id = {each.declared.logical_id: each for each in fresh.apis}
            known = {each.logical_id for each in self._stages}
            changes = [
                each.prepare(by_id[each.logical_id])
                for each in self._stages
                if each.logical_id in by_id
            ]
            for name in sorted(by_id.keys() ^ known):
                what = "new" if name in by_id else "gone"
                self._report(f"The REST API {name} is {what}: start again to change what is served")
        template = fresh.template
        functions = await self._functions.change(template.functions, paths, fresh.environment_file)
        tables: tuple[str, ...] = ()
        if self._database is not None:
            tables = await self._tables.change(template.tables, self._database)
        for change in changes:
            change()
        self._build = fresh
        parts = [f"functions {', '.join(functions)}"] if functions else []
        parts += [f"created tables {', '.join(tables)}"] if tables else []
        return f": {'; '.join(parts)}" if parts else ""

    def _notes(self) -> tuple[str, ...]:
        found = [*self._build.template.notes, *map(self._served.placed, self._functions.notes)]
        for each in self._stages:
            prefix = f"{each.logical_id}: " if len(self._stages) > 1 else ""
            found += [f"{prefix}{warning}" for warning in each.warnings]
        return tuple(dict.fromkeys(found))

    def _report_new_notes(self) -> None:
        notes = self._notes()
        for each in notes:
            if each not in self._told:
                self._report(f"  {each}")
        self._told = frozenset(notes)


def _listed(names: Sequence[str]) -> str:
    """The first ones and a count: a build changes thousands of files."""
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return f"{', '.join(names[:_LISTED])}{more}"
