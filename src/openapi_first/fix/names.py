"""Writes the derived names of a contract into its files."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.json_document import NotJson, looks_like_json, parse_json
from openapi_first.documents.node import Node
from openapi_first.documents.source import Source, read_source
from openapi_first.fix.insertions import Addition, inserted, with_members
from openapi_first.fix.spans import Written, objects_of_json, objects_of_yaml
from openapi_first.openapi.model import Contract
from openapi_first.openapi.python_names import EXTENSION, snake_case

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file with its text before and after; `count` is the number of added members."""

    path: Path
    before: str
    after: str
    count: int


def fixed_files(contract: Contract) -> tuple[list[FixedFile], list[Diagnostic]]:
    """The files that change, and the names that cannot be written with the reason for each."""
    left: list[Diagnostic] = []
    by_file: dict[str, tuple[Source, list[Addition]]] = {}
    for source, addition in _additions(contract, left):
        by_file.setdefault(source.resolved, (source, []))[1].append(addition)
    files = [_fixed(source, additions, left) for source, additions in by_file.values()]
    return [each for each in files if each.count], list(dict.fromkeys(left))


def _additions(contract: Contract, left: list[Diagnostic]) -> Iterator[tuple[Source, Addition]]:
    """What to write where. What several operations share can have only one name."""
    users = Counter(_identity(operation.node) for operation in contract.operations)
    arguments: dict[object, set[str]] = {}
    for operation in contract.operations:
        for parameter in operation.parameters:
            arguments.setdefault(_identity(parameter.node), set()).add(parameter.argument)
    done = set()
    for operation in contract.operations:
        node = operation.node
        place = _identity(node)
        source, pointer = node.source.origin(node.pointer)
        missing = node.child("operationId") is None
        if missing and users[place] > 1:
            left.append(_left(node, "several paths have the operation"))
        elif missing:
            yield source, Addition(pointer, "operationId", operation.id)
        written = node.value.get("operationId", operation.id)
        if users[place] == 1 and _is_derived(node, written, operation.function):
            after = None if missing else "operationId"
            yield source, Addition(pointer, EXTENSION, operation.function, after)
        for parameter in operation.parameters:
            node = parameter.node
            place = _identity(node)
            source, pointer = node.source.origin(node.pointer)
            derived = _is_derived(node, parameter.name, parameter.argument)
            if derived and place not in done:
                done.add(place)
                if len(arguments[place]) == 1:
                    yield source, Addition(pointer, EXTENSION, parameter.argument, "name")
                else:
                    left.append(_left(node, "it differs between the operations that share it"))


def _identity(node: Node) -> tuple[str, str]:
    """Equal for equal places in the files, also if a value was converted since."""
    source, pointer = node.source.origin(node.pointer)
    return source.resolved, pointer


def _is_derived(node: Node, written: str, name: str) -> bool:
    return node.child(EXTENSION) is None and name != snake_case(written)


def _left(node: Node, reason: str) -> Diagnostic:
    return node.diagnostic(f"the name stays derived: {reason}", f"Write {EXTENSION} yourself.")


def _fixed(source: Source, additions: list[Addition], left: list[Diagnostic]) -> FixedFile:
    """Raises ContractError when the text would not mean the same with the additions."""
    whole = source.data.decode("utf-8")
    text = whole.removeprefix(_BOM)
    objects = _objects(text)
    before = _value(source.path, text)  # the contract's own value may be converted
    root = Node(source, before, "")
    writable = []
    for each in additions:
        written = objects.get(each.pointer)
        if written is None or written.shared:
            left.append(_left(_at(root, each.pointer), "an anchor repeats the object"))
        else:
            writable.append(each)
    after = inserted(text, objects, writable)
    if _value(source.path, after) != with_members(before, writable):
        detail = "names cannot be inserted into this file without changing other values"
        fix = f"Add operationId or {EXTENSION} by hand; `contract lint --all` lists the names."
        raise ContractError([root.diagnostic(detail, fix)])
    return FixedFile(source.path, whole, whole[: len(whole) - len(text)] + after, len(writable))


def _value(path: Path, text: str) -> Any:
    """What a file of that name with the text would be read as."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        copy.write_text(text, encoding="utf-8", newline="")
        return read_source(copy).value


def _objects(text: str) -> dict[str, Written]:
    if looks_like_json(text):
        try:
            parse_json(text)
        except NotJson:
            pass  # YAML in braces
        else:
            return objects_of_json(text)
    return objects_of_yaml(text)


def _at(root: Node, pointer: str) -> Node:
    return root.resolve(f"#{pointer}")
