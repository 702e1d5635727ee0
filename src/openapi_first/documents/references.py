"""The references of a contract: checks them all, and writes their targets in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from openapi_first.aws.extensions import ANY_METHOD
from openapi_first.core.json_pointer import escaped
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.documents.source import Source

# Values of the API itself, in which `$ref` has no special meaning.
_OPAQUE = frozenset({"const", "default", "enum", "example", "examples", "value"})
# Maps whose keys are names of the API itself: a property may be called `default`.
_NAMES = frozenset(
    {
        *("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"),
        *("schemas", "responses", "parameters", "examples", "requestBodies", "headers"),
        *("securitySchemes", "links", "callbacks", "pathItems", "paths", "content", "variables"),
    }
)
# The steps below which a reference is one between schemas.
_IN_SCHEMA = frozenset({"schema", "schemas", "definitions"})


def _is_extension(kind: str, key: str | int) -> bool:
    """Whether a value is the vendor's own (OpenAPI 3.0.3 §4.9), in which `$ref` means nothing. A
    header or a property may be called x-…, a path may not. `kind` is the key of the object."""
    named = kind in _NAMES and kind != "paths"
    if key == ANY_METHOD:
        return False  # an operation of OpenAPI
    return not named and isinstance(key, str) and key.startswith("x-")


def check_references(root: Node) -> Iterator[Diagnostic]:
    """An error for each `$ref` without a target or to itself, in every file reached."""
    queue, seen = [root], {root.identity}
    while queue:
        for node in _references(queue.pop()):
            try:
                node.followed()
                target = node.resolve(node.value["$ref"])
            except ContractError as error:
                yield from error.diagnostics
            else:
                if target.source is not root.source and target.identity not in seen:
                    seen.add(target.identity)
                    queue.append(target)


_Steps: TypeAlias = "tuple[_Steps, str | int] | None"
"""The way to a value below another one, the last step outermost."""


def _references(start: Node) -> Iterator[Node]:
    """The objects with a `$ref` in a value. A value without one becomes no node: there are
    hundreds of thousands in a large contract."""
    queue: list[tuple[Any, str, _Steps]] = [(start.value, _kind(start), None)]
    while queue:
        value, kind, steps = queue.pop()
        if isinstance(value, list):
            queue.extend(
                (item, "", (steps, index))
                for index, item in enumerate(value)
                if isinstance(item, dict | list)
            )
        elif isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield Node(start.source, value, start.pointer + _pointer(steps))
            named = kind in _NAMES
            queue.extend(
                (item, str(key), (steps, key))
                for key, item in value.items()
                if isinstance(item, dict | list)
                and (named or key not in _OPAQUE)
                and not _is_extension(kind, key)
            )


def _pointer(steps: _Steps) -> str:
    found: list[str] = []
    while steps is not None:
        steps, key = steps
        found.append("/" + escaped(key))
    return "".join(reversed(found))


def _kind(node: Node) -> str:
    return node.pointer.rpartition("/")[2]


def children(node: Node) -> Iterator[Node]:
    """The values of an object or array in which `$ref` is a reference."""
    if isinstance(node.value, dict):
        kind = _kind(node)
        named = kind in _NAMES
        keys: list[str | int] = [
            key
            for key in node.value
            if (named or key not in _OPAQUE) and not _is_extension(kind, key)
        ]
    elif isinstance(node.value, list):
        keys = list(range(len(node.value)))
    else:
        return
    for key in keys:
        child = node.child(key)
        if child is not None:
            yield child


def bundled(node: Node) -> Any:
    """The document's value with the targets of its references written in place, so that OpenAPI's
    own schema can also check that each target is of the right kind.

    References between schemas of the document stay, since only a schema is possible there; so do
    those to a schema of another file that is already in the result. A cycle is cut where it closes,
    so the result has the shape of the contract, not its whole meaning.
    """
    root = node.source
    placed: set[object] = set()

    def followed(part: Node, in_schema: bool, open_: tuple[object, ...]) -> Any:
        try:
            target = part.resolve(part.value["$ref"])
        except ContractError:  # reported by check_references
            return {"$ref": part.value["$ref"]}
        if target.source is root and in_schema and _is_component(target):
            return {"$ref": "#" + target.pointer}
        if target.identity in open_ or (in_schema and target.identity in placed):
            return {"$ref": "#/"}
        if in_schema:
            placed.add(target.identity)
        value, source = target.value, target.source
        below = in_schema or not _IN_SCHEMA.isdisjoint(target.pointer.split("/"))
        return build(value, source, _kind(target), below, (*open_, target.identity))

    def build(
        value: Any, source: Source, kind: str, in_schema: bool, open_: tuple[object, ...]
    ) -> Any:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                return followed(Node(source, value, ""), in_schema, open_)
            opaque = frozenset() if kind in _NAMES else _OPAQUE
            return {
                key: build(item, source, str(key), in_schema or key in _IN_SCHEMA, open_)
                if isinstance(item, dict | list)
                and key not in opaque
                and not _is_extension(kind, key)
                else item
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [
                build(item, source, "", in_schema, open_) if isinstance(item, dict | list) else item
                for item in value
            ]
        return value

    below = not _IN_SCHEMA.isdisjoint(node.pointer.split("/"))
    return build(node.value, root, _kind(node), below, ())


def _is_component(target: Node) -> bool:
    return target.pointer.startswith(("/components/schemas/", "/definitions/"))
