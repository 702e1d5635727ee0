"""Turns YAML into plain values, and records the position of each value.

YAML is read as OpenAPI §4.2 requires, by the JSON schema of YAML 1.2: `yes` is a string, a date is
a string, and keys are strings. A duplicate key is an error, since its meaning is undefined.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from openapi_first.core.json_pointer import escaped
from openapi_first.core.json_values import MOST_DIGITS
from openapi_first.documents.errors import ContractError, Diagnostic

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEPTH_LIMIT = 150
"""How deep the values of a document may be nested."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]{1,1000}|0x[0-9a-fA-F]{1,1000}")
_MOST_COPIES = 100_000
_MERGE = "<<"


def too_deep_line(text: str) -> int | None:
    """The line of the first collection that is nested too deeply, found without composing them."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_LIMIT:
                return line(event.start_mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def line(mark: Any) -> int:
    return int(mark.line) + 1


def column(mark: Any) -> int:
    return int(mark.column) + 1


class YamlBuilder:
    """Turns YAML's node graph into values. Each alias becomes a copy, so that every pointer has a
    line."""

    def __init__(self, path: Path, position: Callable[[Any], int] = line) -> None:
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
        if len(self._open) >= DEPTH_LIMIT:
            self._error(node, pointer, f"nested deeper than {DEPTH_LIMIT} levels", "Use $ref.")
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
        if id(node) in self._built:
            self._repeated += 1 + len(node.value)
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
            if key in members and not self._takes_repeated(key_node, step):
                continue
            self.lines[step] = self._position(key_node.start_mark)
            members[key] = self.build(value_node, step)
        return {**merged, **members}

    def _takes_repeated(self, key_node: Any, pointer: str) -> bool:
        """Whether a key that is there already gets its further value."""
        self._error(
            key_node, pointer, f"duplicate key {key_node.value!r}", "Remove one of the two."
        )
        return False

    def _merge_sources(self, node: Any) -> Iterator[Any]:
        for source in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if isinstance(source, yaml.MappingNode):
                yield source

    def _error(self, node: Any, pointer: str, detail: str, remedy: str) -> None:
        place = line(node.start_mark)
        self.errors.append(Diagnostic(str(self._path), place, pointer, detail, remedy))


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
