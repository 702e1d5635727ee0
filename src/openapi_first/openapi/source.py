"""Reads a YAML or JSON file into plain values, and records the line of each value.

YAML is read as OpenAPI §4.2 requires, by the JSON schema of YAML 1.2: `yes` is a string, a date is
a string, and keys are strings. A duplicate key is an error, since its meaning is undefined.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from openapi_first.core.json_pointer import escaped
from openapi_first.core.json_values import (
    MOST_DIGITS,
    may_exhaust_the_stack,
    nests_deeper,
    openings,
)
from openapi_first.openapi.errors import ContractError, Diagnostic, UnreadableContract
from openapi_first.openapi.json_document import (
    NotJson,
    columns_of,
    deep_line,
    lines_of,
    looks_like_json,
    parse_json,
)

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]{1,1000}|0x[0-9a-fA-F]{1,1000}")
_DEPTH_LIMIT = 150
_MOST_COPIES = 100_000
_MERGE = "<<"
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

    @cached_property
    def resolved(self) -> Path:
        """The absolute path without symbolic links: equal for the same file."""
        return Path(os.path.realpath(self.path))  # Path.resolve() raises for a loop of links

    @cached_property
    def lines(self) -> dict[str, int]:
        return self.locate()

    def line(self, pointer: str) -> int | None:
        """The line (from 1) of the value at a pointer, or of the nearest enclosing value."""
        return _nearest(self.lines, pointer)

    @cached_property
    def _long_lines(self) -> frozenset[int]:
        """The lines that are too long for their number to show a place."""
        lines = enumerate(self.data.split(b"\n"), start=1)
        return frozenset(number for number, line in lines if len(line) > _LONGEST_LINE)

    @cached_property
    def _columns(self) -> dict[str, int]:
        text = self.data.decode("utf-8-sig")
        if looks_like_json(text):
            with contextlib.suppress(NotJson):
                parse_json(text)
                return columns_of(text)
        builder = _Builder(self.path, _column)
        builder.build(yaml.compose(text, Loader=_LOADER), "")
        return builder.lines

    def column(self, pointer: str) -> int | None:
        """The column (from 1) of the value at a pointer, if its line is long; None if not."""
        return _nearest(self._columns, pointer) if self.line(pointer) in self._long_lines else None


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


def read_source(path: Path, files: SourceFiles | None = None) -> Source:
    """Raises UnreadableContract when the file cannot be read or is neither JSON nor YAML, and
    ContractError for duplicate keys, lone surrogates and unsupported YAML."""
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
        value, locate = read(path, text)
    except RecursionError:
        line = deep_line(text, _DEPTH_LIMIT)
        raise _unreadable(path, line, "is nested too deeply", "Use $ref.") from None
    return Source(path, data, value, locate, files or SourceFiles())


def _read_json(path: Path, text: str) -> tuple[Any, Callable[[], dict[str, int]]]:
    """A text in braces may also be YAML, unless the name of its file says that it is not."""
    try:
        value, faults = parse_json(text)
    except NotJson as error:
        if path.suffix.lower() != ".json":
            with contextlib.suppress(UnreadableContract):
                return _read_yaml(path, text)
        remedy = f"Fix the JSON at column {error.column}."
        raise _unreadable(path, error.line, error.detail, remedy) from None
    if openings(text) > _DEPTH_LIMIT and nests_deeper(value, _DEPTH_LIMIT):
        line = deep_line(text, _DEPTH_LIMIT)
        raise _unreadable(path, line, "is nested too deeply", "Use $ref.")
    if faults:
        raise ContractError(
            Diagnostic(str(path), each.line, each.pointer, each.detail, each.remedy)
            for each in faults
        )
    return value, lambda: lines_of(text)


def _read_yaml(path: Path, text: str) -> tuple[Any, Callable[[], dict[str, int]]]:
    try:
        line = _too_deep(text) if may_exhaust_the_stack(text, _DEPTH_LIMIT) else None
        if line is not None:
            raise _unreadable(path, line, "is nested too deeply", "Use $ref.")
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        remedy = "Fix the YAML on that line."
        raise _unreadable(path, line, f"is not YAML: {error.problem}", remedy) from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise _unreadable(path, None, f"is not YAML: {reason}", "Fix the YAML.") from None
    if node is None:
        raise _unreadable(path, None, "is empty", "Write an OpenAPI document into it.")
    builder = _Builder(path)
    value = builder.build(node, "")
    if builder.errors:
        raise ContractError(builder.errors)
    return value, lambda: builder.lines


def _unreadable(path: Path, line: int | None, detail: str, remedy: str) -> UnreadableContract:
    return UnreadableContract(Diagnostic(str(path), line, "", detail, remedy))


def _too_deep(text: str) -> int | None:
    """The line of the first collection that is nested too deeply, found without composing them."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEPTH_LIMIT:
                return _line(event.start_mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _line(mark: Any) -> int:
    return int(mark.line) + 1


def _column(mark: Any) -> int:
    return int(mark.column) + 1


class _Builder:
    """Turns YAML's node graph into values. Each alias becomes a copy, so that every pointer has a
    line."""

    def __init__(self, path: Path, position: Callable[[Any], int] = _line) -> None:
        """`lines` gets the position that is taken of a mark, if not its line."""
        self._path = path
        self._position = position
        self._open: set[int] = set()
        self._built: set[int] = set()
        self._repeated = 0
        self.lines: dict[str, int] = {}
        self.errors: list[Diagnostic] = []

    def build(self, node: Any, pointer: str) -> Any:
        self.lines.setdefault(pointer, self._position(node.start_mark))
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        self._count(node, pointer)
        if len(self._open) >= _DEPTH_LIMIT:
            self._error(node, pointer, f"nested deeper than {_DEPTH_LIMIT} levels", "Use $ref.")
            return None
        if id(node) in self._open:
            self._error(node, pointer, "an alias is inside its own anchor", "Use $ref.")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [
                    self.build(item, f"{pointer}/{index}") for index, item in enumerate(node.value)
                ]
            return self._mapping(node, pointer)
        finally:
            self._open.discard(id(node))

    def _count(self, node: Any, pointer: str) -> None:
        """Copies of copies of aliases could exhaust the memory."""
        self._repeated += id(node) in self._built
        self._built.add(id(node))
        if self._repeated > _MOST_COPIES:
            detail = f"aliases make more than {_MOST_COPIES} copies"
            self._error(node, pointer, detail, "Use $ref instead of aliases.")
            raise ContractError(self.errors)

    def _mapping(self, node: Any, pointer: str) -> dict[str, Any]:
        members: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                detail = "a key is not a string"
                self._error(key_node, pointer, detail, "Write the key as a string.")
                continue
            key = key_node.value
            if key == _MERGE and not key_node.style:
                for source in self._merge_sources(value_node):
                    merged = {**self.build(source, pointer), **merged}
                continue
            step = f"{pointer}/{escaped(key)}"
            if key in members:
                self._error(key_node, step, f"duplicate key {key!r}", "Remove one of the two.")
                continue
            self.lines[step] = self._position(key_node.start_mark)
            members[key] = self.build(value_node, step)
        return {**merged, **members}

    def _merge_sources(self, node: Any) -> Iterator[Any]:
        for source in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if isinstance(source, yaml.MappingNode):
                yield source

    def _error(self, node: Any, pointer: str, detail: str, remedy: str) -> None:
        line = node.start_mark.line + 1
        self.errors.append(Diagnostic(str(self._path), line, pointer, detail, remedy))


def _scalar(node: Any) -> Any:
    """YAML 1.2's core schema (§10.3.2) for plain scalars; quoted ones are strings."""
    text: str = node.value
    if node.style:
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= MOST_DIGITS else text
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text
