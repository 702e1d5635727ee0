"""The document that generators of clients read.

It says the same as the contract, in what every generator understands: one file of OpenAPI 3.0 or
3.1. Each reference leads to a component, and each operation has an `operationId`, the one that
`contract` derives if the contract has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from pathlib import PurePosixPath
from typing import Any

from openapi_first.core.json_pointer import unescaped
from openapi_first.dialects.objects import PATH_ITEM, SCHEMA, Object, inside
from openapi_first.dialects.part import Part
from openapi_first.documents.errors import ContractError
from openapi_first.documents.node import Node
from openapi_first.openapi.model import METHODS, Contract, method_key

_SECTIONS = {
    SCHEMA: "schemas",
    "requestBody": "requestBodies",
    **{
        name: name
        for name in (
            *("responses", "parameters", "examples", "requestBodies", "headers"),
            *("securitySchemes", "links", "callbacks"),
        )
    },
}
"""The kinds of objects that can be components, with the member of `components` for them."""
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_NO_NAMES = frozenset({"schema", "items", "additionalProperties", "not"})


def client_document(contract: Contract) -> dict[str, Any]:
    """The document as plain data, always the same for the same contract."""
    return _Bundle(contract).document()


def as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def without_method(contract: Contract) -> list[str]:
    """The operations that no client can have, since they serve every method that is left."""
    return [each.label for each in contract.operations if method_key(each.method) not in METHODS]


class _Bundle:
    """Copies a contract, and turns what is referred to into components."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._root = contract.root
        self._placed: dict[tuple[str, Hashable], str] = {}
        """The names of the components that stand elsewhere in the contract."""
        self._waiting: list[tuple[str, str, Part]] = []
        self._taken = {
            (section, name) for section in set(_SECTIONS.values()) for name in self._named(section)
        }
        self._open: list[Hashable] = []
        self._ids = {each.node.identity: each.id for each in contract.operations}

    def document(self) -> dict[str, Any]:
        self._take_over_names()
        copied: dict[str, Any] = self._copied(Object(self._root, ""))
        if self._contract.openapi == "3.1" and not copied["openapi"].startswith("3.1."):
            copied["openapi"] = "3.1.1"
        copied.setdefault("paths", {})  # OpenAPI 3.1 requires none, but generators do
        self._complete_operations(copied)
        while self._waiting:
            section, name, part = self._waiting.pop()
            kind = next(kind for kind, each in _SECTIONS.items() if each == section)
            components = copied.setdefault("components", {}).setdefault(section, {})
            components[name] = self._copied(Object(part, kind))
        return copied

    def _named(self, section: str) -> dict[str, Any]:
        found = self._root.value.get("components", {}).get(section, {})
        return found if isinstance(found, dict) else {}

    def _take_over_names(self) -> None:
        """A component that is only a reference to another place gives that place its name."""
        for section in sorted(set(_SECTIONS.values())):
            for name, value in self._named(section).items():
                if isinstance(value, dict) and set(value) == {"$ref"}:
                    target = self._target(self._root, value["$ref"])
                    if self._component(target, section) is None:
                        self._placed.setdefault((section, target.identity), name)

    def _complete_operations(self, copied: dict[str, Any]) -> None:
        left = {(each.path, method_key(each.method)): each.id for each in self._contract.operations}
        for path, item in copied.get("paths", {}).items():
            if not path.startswith("/"):
                continue
            for key in [*METHODS, *(key for key in item if key.startswith("x-amazon-apigateway"))]:
                if key in METHODS and (path, key) in left:
                    item[key]["operationId"] = left[path, key]
                    # OpenAPI 3.1 lets an operation have none, which generators do not know.
                    item[key].setdefault("responses", {"default": {"description": "Any."}})
                else:
                    item.pop(key, None)

    def _copied(self, found: Object) -> Any:
        reference = found.value.get("$ref")
        if isinstance(reference, str):
            if found.kind == PATH_ITEM:
                return self._inlined(found, reference)
            if found.kind != SCHEMA or self._contract.openapi == "3.0":
                return self._referring(found, reference, {})
        copied = {key: _shallow(value) for key, value in found.value.items()}
        for each in inside(found):
            steps = each.part.pointer[len(found.part.pointer) :].split("/")[1:]
            container: Any = copied
            for step in steps[:-1]:
                container = container[_key(container, step)]
            container[_key(container, steps[-1])] = self._copied(each)
        if found.kind == "discriminator":
            self._map(found.part, copied)
        if found.kind == "links":
            self._link(found.part, copied)
        if isinstance(reference, str):
            return self._referring(found, reference, copied)
        return copied

    def _inlined(self, found: Object, reference: str) -> Any:
        target = self._target(found.part, reference)
        if target.identity in self._open:  # a callback that has the path item it is in
            return {}
        self._open.append(target.identity)
        copied = self._copied(Object(target, PATH_ITEM))
        self._open.pop()
        beside = {key: value for key, value in found.value.items() if key != "$ref"}
        return {**copied, **beside}

    def _referring(self, found: Object, reference: str, beside: dict[str, Any]) -> Any:
        """The reference to a component; or its target, where there are no components of a kind and
        where it takes over the component's name."""
        target = self._target(found.part, reference)
        section = _SECTIONS.get(found.kind)
        if section is None:
            return self._copied(Object(target, found.kind))
        placed = self._placed.get((section, target.identity))
        if (
            placed is not None
            and found.part.pointer == f"/components/{section}/{placed}"
            and (found.part.identity == self._identity_of(found.part.pointer))
        ):
            return self._copied(Object(target, found.kind))
        if self._component(target, section) is not None and reference.startswith("#"):
            return {**beside, "$ref": reference}  # as its author escaped it
        return {**beside, "$ref": self._reference(target, section)}

    def _identity_of(self, pointer: str) -> Hashable:
        return self._root.source.resolved, pointer

    def _reference(self, target: Part, section: str) -> str:
        name = self._component(target, section)
        if name is None:
            name = self._placed.get((section, target.identity))
        if name is None:
            name = self._free(section, target)
            self._placed[section, target.identity] = name
            self._waiting.append((section, name, target))
        return f"#/components/{section}/{name}"

    def _component(self, target: Part, section: str) -> str | None:
        """The name of a target that is a component already, as references write it."""
        above, _, name = target.pointer.rpartition("/")
        in_root = target.identity == self._identity_of(target.pointer)
        return name if in_root and above == f"/components/{section}" else None

    def _free(self, section: str, target: Part) -> str:
        steps = [unescaped(step) for step in target.pointer.split("/")[1:]]
        usable = [step for step in steps if not step.isdecimal() and step not in _NO_NAMES]
        file = PurePosixPath(str(_node(target).source.path)).stem
        plain = _NOT_IN_NAMES.sub("_", usable[-1] if usable else file).strip("_") or section
        name, number = plain, 1
        while (section, name) in self._taken:
            number += 1
            name = f"{plain}_{number}"
        self._taken.add((section, name))
        return name

    def _target(self, part: Part, reference: str) -> Part:
        """Where a reference leads, through places outside of components that only refer on."""
        target, seen = part.resolve(reference), set[Hashable]()
        while (
            isinstance(target.value, dict)
            and set(target.value) == {"$ref"}
            and target.identity not in seen
            and not (
                target.identity == self._identity_of(target.pointer)
                and target.pointer.startswith("/components/")
            )
        ):
            seen.add(target.identity)
            target = target.resolve(target.value["$ref"])
        return target

    def _map(self, part: Part, copied: dict[str, Any]) -> None:
        """The values of a discriminator's mapping are names of schemas, or references to them."""
        mapping = copied.get("mapping")
        for value, schema in mapping.items() if isinstance(mapping, dict) else ():
            if isinstance(schema, str) and schema not in self._named("schemas"):
                for target in _resolved(part, schema):
                    copied["mapping"][value] = self._reference(target, "schemas")

    def _link(self, part: Part, copied: dict[str, Any]) -> None:
        written = copied.get("operationRef")
        for target in _resolved(part, written) if isinstance(written, str) else ():
            operation = self._ids.get(_node(target).identity)
            if operation is not None:
                del copied["operationRef"]
                copied["operationId"] = operation


def _resolved(part: Part, reference: str) -> Iterator[Part]:
    try:
        yield part.resolve(reference)
    except ContractError:
        return


def _node(part: Part) -> Node:
    assert isinstance(part, Node)
    return part


def _shallow(value: Any) -> Any:
    """With copies of the maps and lists that may get other members."""
    if isinstance(value, dict):
        return dict(value)
    return list(value) if isinstance(value, list) else value


def _key(container: Any, step: str) -> Any:
    if isinstance(container, list):
        return int(step)
    name = unescaped(step)
    return name if name in container else next(key for key in container if str(key) == name)
