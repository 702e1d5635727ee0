"""Finds the operations that an error concerns, by following references backwards from its place.

A contract without errors never needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from openapi_first.core.json_pointer import escaped, unescaped
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.documents.references import children
from openapi_first.openapi.model import OPERATION_KEYS, method_name

PlaceKey: TypeAlias = tuple[str, str]
"""The resolved path of a file, and a JSON Pointer into it, as `Node.identity`."""

_OPERATION_STEPS = 3
"""Those of `/paths/{path}/{method}`."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What an error concerns. `places` are its own and those that refer to it, directly or
    indirectly; `everything` is true when it concerns the document rather than operations."""

    operations: frozenset[str]
    places: frozenset[PlaceKey]
    everything: bool


class Reach:
    """The references of a contract, backwards; they are collected for the first error."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._referring: dict[PlaceKey, list[PlaceKey]] = {}
        self._unread: dict[Diagnostic, list[PlaceKey]] = {}
        self._files: dict[str, str] = {}
        self._known: dict[object, Reached] = {}
        self._converted: dict[PlaceKey, list[PlaceKey]] = {}
        """Of a converted document: the places that became of a written one."""
        for pointer, (source, written) in root.source.origins.items():
            places = self._converted.setdefault((source.resolved, written), [])
            places.append((root.source.resolved, pointer))

    def of(self, error: Diagnostic) -> Reached:
        """What an error concerns by its place."""
        if not self._files:
            self._collect()
        starts = self._unread.get(error) or self._read((self._file(error.file), error.pointer))
        key = tuple(self._alike(start) for start in starts)
        reached = self._known.get(key)
        if reached is None:
            reached = self._known[key] = self._reached(starts)
        own = frozenset(starts)
        return Reached(reached.operations, reached.places | own, reached.everything)

    def broken(self, errors: Iterable[Diagnostic]) -> frozenset[PlaceKey]:
        """The places of errors, with all places that enclose them or refer to them."""
        places = {place for error in errors for place in self.of(error).places}
        return frozenset((file, above) for file, pointer in places for above in _prefixes(pointer))

    def _collect(self) -> None:
        """Every reference of every file that the document leads to."""
        queue, seen = [self._root], {self._root.identity}
        while queue:
            node = queue.pop()
            self._files.setdefault(str(node.source.path), node.source.resolved)
            reference = node.value.get("$ref") if isinstance(node.value, dict) else None
            if isinstance(reference, str):
                try:
                    target = node.resolve(reference)
                except ContractError as error:
                    for each in error.diagnostics:
                        self._unread.setdefault(each, []).append(node.identity)
                else:
                    self._referring.setdefault(target.identity, []).append(node.identity)
                    if target.source is not self._root.source and target.identity not in seen:
                        seen.add(target.identity)
                        queue.append(target)
            queue.extend(children(node))

    def _read(self, written: PlaceKey) -> list[PlaceKey]:
        """The places that a written one is read at: others in a converted document."""
        file, pointer = written
        for above in _prefixes(pointer) if self._converted else ():
            if (file, above) in self._converted:
                found = self._converted[file, above]
                return [(each, place + pointer[len(above) :]) for each, place in found]
        return [written]

    def _file(self, name: str) -> str:
        return self._files.get(name, name)

    def _alike(self, place: PlaceKey) -> object:
        """Equal for places that the same references lead to, in the same operation."""
        file, pointer = place
        targets = tuple(
            (above, *_steps(pointer[len(above) :])[:_OPERATION_STEPS])
            for above in _prefixes(pointer)
            if (file, above) in self._referring
        )
        return file, *_steps(pointer)[:_OPERATION_STEPS], targets

    def _reached(self, starts: list[PlaceKey]) -> Reached:
        places = set(starts)
        queue = list(starts)
        while queue:
            file, pointer = queue.pop()
            for above in _prefixes(pointer):
                for other, referring in self._referring.get((file, above), ()):
                    place = other, self._moved(other, referring, pointer[len(above) :])
                    if place not in places:
                        places.add(place)
                        queue.append(place)
        operations: set[str] = set()
        everything = False
        for file, pointer in places:
            if file == self._root.source.resolved:
                found = self._concerned(_steps(pointer))
                everything |= found is None
                operations |= found or set()
        return Reached(frozenset(operations), frozenset(places), everything)

    def _moved(self, file: str, referring: str, below: str) -> str:
        """The place of a reference. If it stands for a path item, or for all, the steps below
        say in which operation the error is."""
        steps = _steps(referring)
        missing = _OPERATION_STEPS - len(steps)
        if file != self._root.source.resolved or steps[:1] != ["paths"] or missing <= 0:
            return referring
        return referring + "".join(f"/{escaped(step)}" for step in _steps(below)[:missing])

    def _concerned(self, steps: list[str]) -> set[str] | None:
        """The operations that have a place of the document; None when all of it is concerned."""
        match steps:
            case ["paths", path, key, *_] if key in OPERATION_KEYS and key in self._item(path):
                return {f"{method_name(key)} {path}"}
            case ["paths", path, *_]:
                return set(self._labels(path))
            case ["security", *_]:
                return {each for each, node in self._operations if "security" not in node}
            case ["components", "securitySchemes", name, *_]:
                return {
                    label
                    for label, node in self._operations
                    if _requires(node.get("security", self._root.value.get("security")), name)
                }
            case ["components", _, _, *_] | ["webhooks", _, *_] | ["tags", *_]:
                return set()
        return None

    def _item(self, path: str) -> dict[str, Any]:
        try:
            paths = self._root.get("paths")
            item = paths.get(path) if paths is not None else None
        except ContractError:
            return {}
        return item.value if item is not None and isinstance(item.value, dict) else {}

    def _labels(self, path: str) -> Iterator[str]:
        item = self._item(path)
        return (f"{method_name(key)} {path}" for key in OPERATION_KEYS if key in item)

    @cached_property
    def _operations(self) -> list[tuple[str, dict[str, Any]]]:
        paths = self._root.value.get("paths")
        return [
            (f"{method_name(key)} {path}", item[key])
            for path in (paths if isinstance(paths, dict) else ())
            for item in [self._item(path)]
            for key in OPERATION_KEYS
            if isinstance(item.get(key), dict)
        ]


def _requires(security: Any, scheme: str) -> bool:
    return isinstance(security, list) and any(
        isinstance(requirement, dict) and scheme in requirement for requirement in security
    )


def _steps(pointer: str) -> list[str]:
    return [unescaped(step) for step in pointer.split("/")[1:]]


def _prefixes(pointer: str) -> Iterator[str]:
    """The pointer and all that enclose it, up to the empty one."""
    yield pointer
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer
