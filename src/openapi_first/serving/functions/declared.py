"""All functions of a template, kept up to date while their files and the template change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from openapi_first.serving.functions.environment_file import EnvironmentFile
from openapi_first.serving.functions.invoker import DeclaredInvoker
from openapi_first.serving.functions.running import (
    RunOptions,
    configuration_of,
    notes,
    plan,
    version_note,
)
from openapi_first.templates.model import DeclaredFunction

_NOT_CODE = frozenset({"__pycache__", "node_modules", "venv"})


class DeclaredFunctions:
    """Created by `DeclaredFunctions.of`; ends its processes and containers with `stop`."""

    def __init__(self, options: RunOptions) -> None:
        self._options = options
        self._by_name: dict[str, DeclaredInvoker] = {}
        self._gone: list[DeclaredInvoker] = []
        self._hidden: tuple[DeclaredFunction, ...] = ()
        """Those whose name another function has."""

    @classmethod
    async def of(
        cls, functions: Iterable[DeclaredFunction], options: RunOptions
    ) -> DeclaredFunctions:
        """The functions, none of them started."""
        made = cls(options)
        await made.change(functions, frozenset())
        return made

    @property
    def invokers(self) -> Mapping[str, DeclaredInvoker]:
        """By the names that invocation URIs have. The mapping changes with the template."""
        return self._by_name

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence, with its place, for each function that does not run, or not as on AWS."""
        functions = tuple(each.function for each in self._by_name.values())
        given = [*self._own_notes(), version_note(functions)]
        given += self._options.environment_file.notes(functions)
        return tuple(filter(None, given))

    @property
    def watched_folders(self) -> frozenset[Path]:
        """The folders to watch, with all below them. They exist."""
        folders = (each if each.is_dir() else each.parent for each in self._files())
        return frozenset(each for each in folders if each.is_dir())

    def with_changed_code(self, paths: Iterable[Path]) -> frozenset[str]:
        """The names of the functions of whose code or layers one of the files, by their resolved
        paths, is a part."""
        changed = tuple(paths)
        return frozenset(
            name
            for name, invoker in self._by_name.items()
            if any(_is_part(path, code) for code in _code(invoker.function) for path in changed)
        )

    async def change(
        self,
        functions: Iterable[DeclaredFunction],
        paths: Iterable[Path],
        environment_file: EnvironmentFile | None = None,
    ) -> tuple[str, ...]:
        """Changes to what the template declares now, when files at `paths` have changed, and to
        another file of variables if one is given.

        Functions that are the same keep their environments. Returns the logical ids of the others,
        those that are gone first.
        """
        if environment_file is not None:
            self._options = replace(self._options, environment_file=environment_file)
        declared: dict[str, DeclaredFunction] = {}
        self._hidden = tuple(
            each for each in functions if declared.setdefault(each.name, each) is not each
        )
        with_changed_code = self.with_changed_code(paths)
        gone = [self._by_name.pop(name) for name in tuple(self._by_name) if name not in declared]
        changed = [each.function.logical_id for each in gone]
        for name, function in declared.items():
            known = self._by_name.get(name)
            if known is not None and name not in with_changed_code and self._same(known, function):
                continue
            # The Docker engine is asked, and archives are read.
            made = await asyncio.to_thread(plan, function, self._options)
            if known is None:
                self._by_name[name] = DeclaredInvoker(function, made, self._options)
            else:
                known.change(function, made)
            changed.append(function.logical_id)
        for each in gone:
            each.change(each.function, each.plan)  # running invocations finish
        self._gone += gone
        return tuple(changed)

    async def stop(self) -> None:
        """Ends every environment, whatever it is doing."""
        await asyncio.gather(*(each.stop() for each in (*self._by_name.values(), *self._gone)))

    async def __aenter__(self) -> DeclaredFunctions:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def _same(self, known: DeclaredInvoker, function: DeclaredFunction) -> bool:
        configuration = configuration_of(function, self._options)
        return known.function == function and known.plan.configuration == configuration

    def _own_notes(self) -> Iterator[str]:
        for hidden in self._hidden:
            other = self._by_name[hidden.name].function.logical_id
            yield (
                f"{_place(hidden)}the function {hidden.logical_id} does not run: {other} has the "
                f"name {hidden.name}, too; change FunctionName"
            )
        for invoker in self._by_name.values():
            function = invoker.function
            where = _place(function)
            if invoker.plan.reason:
                yield (
                    f"{where}the function {function.logical_id} does not run, and its integrations "
                    f"answer 500: {invoker.plan.reason}"
                )
                continue
            for note in notes(function, self._options):
                yield f"{where}the function {function.logical_id}: {note}"

    def _files(self) -> Iterator[Path]:
        for invoker in self._by_name.values():
            yield from _code(invoker.function)


def _place(function: DeclaredFunction) -> str:
    return f"{function.pointer}: " if function.pointer else ""


def _code(function: DeclaredFunction) -> Iterator[Path]:
    for path in (function.code, *function.layers):
        if path is not None:
            yield path.resolve()


def _is_part(path: Path, code: Path) -> bool:
    if path == code:
        return True
    if code not in path.parents:
        return False
    inside = path.relative_to(code).parts
    return not any(_is_no_code(each) for each in inside)


def _is_no_code(name: str) -> bool:
    # A log that grows with each restart would cause the next one.
    return name in _NOT_CODE or name.startswith(".") or name.endswith(".log")
