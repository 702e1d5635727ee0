"""Finds where the objects of a JSON or YAML text and their members are written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from openapi_first.core.json_pointer import escaped

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SYMBOL = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]|[^\s{}\[\],:"]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object: offsets of its name, and of the start and end of its value."""

    key: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Written:
    """An object in the text. `flow` is the style with braces; `shared` objects have several
    pointers, since aliases repeat them."""

    members: dict[str, Member]
    flow: bool
    shared: bool = False


def objects_of_json(text: str) -> dict[str, Written]:
    """Every object of a valid JSON text that has members, by its JSON Pointer."""
    found: dict[str, Written] = {}
    opened: list[_Open] = []
    for symbol in _SYMBOL.finditer(text):
        mark, top = symbol[0], opened[-1] if opened else None
        if mark == ",":
            assert top is not None
            top.index += 1
            top.name = None
        elif mark in "}]":
            done = opened.pop()
            if done.members:
                found[done.pointer] = Written(done.members, flow=True)
            if opened:
                opened[-1].ends(symbol.end())
        elif top is not None and top.of_names and top.name is None:
            top.name, top.key = json.loads(mark), symbol.start()
        else:
            if top is not None:
                top.starts(symbol)
            if mark in "{[":
                pointer = "" if top is None else f"{top.pointer}/{top.step}"
                opened.append(_Open(pointer, mark == "{"))
    return found


@dataclass(slots=True)
class _Open:
    """A JSON object or array whose end has not come yet."""

    pointer: str
    of_names: bool
    members: dict[str, Member] = field(default_factory=dict)
    index: int = 0
    name: str | None = None
    key: int = 0

    @property
    def step(self) -> str:
        return str(self.index) if self.name is None else escaped(self.name)

    def starts(self, symbol: re.Match[str]) -> None:
        if self.name is not None:
            self.members[self.name] = Member(self.key, symbol.start(), symbol.end())

    def ends(self, end: int) -> None:
        if self.name is not None:
            self.members[self.name] = replace(self.members[self.name], end=end)


def objects_of_yaml(text: str) -> dict[str, Written]:
    """Every object of a valid YAML text that has members, by its JSON Pointer."""
    found: dict[str, Written] = {}
    seen: dict[int, str] = {}

    def visit(node: Any, pointer: str) -> None:
        first = seen.setdefault(id(node), pointer)
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                visit(item, f"{pointer}/{index}")
        elif isinstance(node, yaml.MappingNode) and node.value:
            members = {
                key.value: Member(
                    key.start_mark.index, value.start_mark.index, value.end_mark.index
                )
                for key, value in node.value
                if isinstance(key, yaml.ScalarNode)
            }
            repeated = first != pointer
            found[pointer] = Written(members, bool(node.flow_style), repeated)
            if repeated:
                found[first] = Written(members, bool(node.flow_style), shared=True)
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    visit(value, f"{pointer}/{escaped(key.value)}")

    visit(yaml.compose(text, Loader=_LOADER), "")
    return found
