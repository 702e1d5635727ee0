"""Reads a YAML or JSON file into plain values, and finds the line and column of each value."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from openapi_first.core.json_values import may_exhaust_the_stack, nests_deeper, openings
from openapi_first.documents.errors import ContractError, Diagnostic, UnreadableContract
from openapi_first.documents.json_document import (
    NotJson,
    columns_of,
    deep_line,
    lines_of,
    looks_like_json,
    parse_json,
)
from openapi_first.documents.yaml_document import (
    DEPTH_LIMIT,
    LOADER,
    YamlBuilder,
    column,
    too_deep_line,
)

if TYPE_CHECKING:
    from openapi_first.documents.node import Node

_LONGEST_LINE = 200


@dataclass(frozen=True)
class Source:
    """One file of a contract: its bytes, its value, and what finds the line of each JSON Pointer in
    it."""

    path: Path
    data: bytes
    value: Any
    locate: Callable[[], dict[str, int]] = field(repr=False, compare=False)
    files: SourceFiles = field(repr=False, compare=False)
    origins: Mapping[str, tuple[Source, str]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """If the value was converted: where its objects were written, by their JSON Pointers."""
    targets: dict[str, Node] = field(default_factory=dict, repr=False, compare=False)
    """The targets of the references in the file that have been resolved."""

    @cached_property
    def resolved(self) -> str:
        """The absolute path without symbolic links: equal for the same file."""
        return os.path.realpath(self.path)  # Path.resolve() raises for a loop of links

    @cached_property
    def lines(self) -> dict[str, int]:
        return self.locate()

    def line(self, pointer: str) -> int | None:
        """The line (from 1) of the value at a pointer, or of the nearest enclosing value."""
        source, pointer = self.origin(pointer)
        return _nearest(source.lines, pointer)

    def origin(self, pointer: str) -> tuple[Source, str]:
        """The file that the value at a pointer was written in, and the pointer there."""
        if not self.origins:
            return self, pointer
        rest: list[str] = []
        while pointer and pointer not in self.origins:
            pointer, _, step = pointer.rpartition("/")
            rest.append(step)
        source, pointer = self.origins.get(pointer, (self, pointer))
        while rest and f"{pointer}/{rest[-1]}" in source.lines:
            pointer = f"{pointer}/{rest.pop()}"
        return source, pointer

    @cached_property
    def long_lines(self) -> frozenset[int]:
        """The lines that are too long for their number to show a place."""
        lines = enumerate(self.data.split(b"\n"), start=1)
        return frozenset(number for number, line in lines if len(line) > _LONGEST_LINE)

    @cached_property
    def columns(self) -> dict[str, int]:
        text = self.data.decode("utf-8-sig")
        if looks_like_json(text):
            with contextlib.suppress(NotJson):
                parse_json(text)
                return columns_of(text)
        builder = YamlBuilder(self.path, column)
        builder.build(yaml.compose(text, Loader=LOADER), "")
        return builder.lines

    def column(self, pointer: str) -> int | None:
        """The column (from 1) of the value at a pointer, if its line is long; None if not."""
        source, pointer = self.origin(pointer)
        if _nearest(source.lines, pointer) not in source.long_lines:
            return None
        return _nearest(source.columns, pointer)


def _nearest(places: dict[str, int], pointer: str) -> int | None:
    while pointer and pointer not in places:
        pointer = pointer.rpartition("/")[0]
    return places.get(pointer)


class SourceFiles:
    """The files of one contract; each is read once."""

    def __init__(self) -> None:
        self._read: dict[Path, Source] = {}

    def read(self, path: Path) -> Source:
        """Raises ContractError as `read_source` does."""
        key = Path(os.path.realpath(path))
        source = self._read.get(key)
        if source is None:
            source = self._read[key] = read_source(path, self)
        return source

    @property
    def all(self) -> tuple[Source, ...]:
        """Every file read so far, in the order of the first reference."""
        return tuple(self._read.values())


def read_source(
    path: Path,
    files: SourceFiles | None = None,
    builder: Callable[[Path], YamlBuilder] = YamlBuilder,
) -> Source:
    """`builder` makes the values of YAML. Raises UnreadableContract when the file cannot be read or
    is neither JSON nor YAML, and ContractError for duplicate keys, lone surrogates and unsupported
    YAML."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        detail = f"cannot be read: {error.strerror}"
        raise _unreadable(path, None, detail, "Check the path.") from None
    except UnicodeDecodeError as error:
        detail = f"is not UTF-8 at byte {error.start}"
        raise _unreadable(path, None, detail, "Save it as UTF-8.") from None
    read = _read_json if looks_like_json(text) else _read_yaml
    try:
        value, locate = read(path, text, builder)
    except RecursionError:
        line = deep_line(text, DEPTH_LIMIT)
        raise _unreadable(path, line, "is nested too deeply", "Use $ref.") from None
    return Source(path, data, value, locate, files or SourceFiles())


def _read_json(
    path: Path, text: str, builder: Callable[[Path], YamlBuilder]
) -> tuple[Any, Callable[[], dict[str, int]]]:
    """A text in braces may also be YAML, unless the name of its file says that it is not."""
    try:
        value, faults = parse_json(text)
    except NotJson as error:
        if path.suffix.lower() != ".json":
            with contextlib.suppress(UnreadableContract):
                return _read_yaml(path, text, builder)
        remedy = f"Fix the JSON at column {error.column}."
        raise _unreadable(path, error.line, error.detail, remedy) from None
    if openings(text) > DEPTH_LIMIT and nests_deeper(value, DEPTH_LIMIT):
        line = deep_line(text, DEPTH_LIMIT)
        raise _unreadable(path, line, "is nested too deeply", "Use $ref.")
    if faults:
        raise ContractError(
            Diagnostic(str(path), each.line, each.pointer, each.detail, each.remedy)
            for each in faults
        )
    return value, lambda: lines_of(text)


def _read_yaml(
    path: Path, text: str, builder: Callable[[Path], YamlBuilder]
) -> tuple[Any, Callable[[], dict[str, int]]]:
    try:
        line = too_deep_line(text) if may_exhaust_the_stack(text, DEPTH_LIMIT) else None
        if line is not None:
            raise _unreadable(path, line, "is nested too deeply", "Use $ref.")
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        remedy = "Fix the YAML on that line."
        raise _unreadable(path, line, f"is not YAML: {error.problem}", remedy) from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise _unreadable(path, None, f"is not YAML: {reason}", "Fix the YAML.") from None
    if node is None:
        raise _unreadable(path, None, "is empty", "Write an OpenAPI document into it.")
    building = builder(path)
    value = building.build(node, "")
    if building.errors:
        raise ContractError(building.errors)
    return value, lambda: building.lines


def _unreadable(path: Path, line: int | None, detail: str, remedy: str) -> UnreadableContract:
    return UnreadableContract(Diagnostic(str(path), line, "", detail, remedy))
