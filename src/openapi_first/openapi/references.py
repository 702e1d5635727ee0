"""The references of a contract: checks them all, and writes their targets in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.aws.extensions import ANY_METHOD
from openapi_first.openapi.errors import ContractError, Diagnostic
from openapi_first.openapi.node import Node

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


def _is_extension(node: Node, key: str | int) -> bool:
    """Whether the value is the vendor's own (OpenAPI 3.0.3 §4.9), in which `$ref` means nothing. A
    header or a property may be called x-…, a path may not."""
    kind = node.pointer.rpartition("/")[2]
    named = kind in _NAMES and kind != "paths"
    if key == ANY_METHOD:
        return False  # an operation of OpenAPI
    return not named and isinstance(key, str) and key.startswith("x-")


def check_references(root: Node) -> Iterator[Diagnostic]:
    """An error for each `$ref` without a target or to itself, in every file reached."""
    queue, seen = [root], {root.identity}
    while queue:
        node = queue.pop()
        reference = node.value.get("$ref") if isinstance(node.value, dict) else None
        if isinstance(reference, str):
            try:
                node.followed()
                target = node.resolve(reference)
            except ContractError as error:
                yield from error.diagnostics
            else:
                if target.source is not root.source and target.identity not in seen:
                    seen.add(target.identity)
                    queue.append(target)
        queue.extend(_children(node))


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node.value, dict):
        named = node.pointer.rpartition("/")[2] in _NAMES
        keys: list[str | int] = [
            key
            for key in node.value
            if (named or key not in _OPAQUE) and not _is_extension(node, key)
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

    References between schemas of the document stay, since only a schema is possible there. A cycle
    is cut where it closes, so the result has the shape of the contract, not its whole meaning.
    """
    root = node.source

    def build(part: Node, open_: tuple[object, ...]) -> Any:
        value = part.value
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            try:
                target = part.resolve(value["$ref"])
            except ContractError:  # reported by check_references
                return {"$ref": value["$ref"]}
            if target.source is root and _between_schemas(part, target):
                return {"$ref": "#" + target.pointer}
            if target.identity in open_:
                return {"$ref": "#/"}
            return build(target, (*open_, target.identity))
        if isinstance(value, dict):
            opaque = _opaque_keys(part)
            return {
                key: child.value
                if key in opaque or _is_extension(part, key)
                else build(child, open_)
                for key in value
                if (child := part.child(key)) is not None
            }
        if isinstance(value, list):
            return [
                build(child, open_)
                for index in range(len(value))
                if (child := part.child(index)) is not None
            ]
        return value

    return build(node, ())


def _between_schemas(part: Node, target: Node) -> bool:
    steps = part.pointer.split("/")
    return target.pointer.startswith("/components/schemas/") and (
        "schema" in steps or "schemas" in steps
    )


def _opaque_keys(node: Node) -> frozenset[str]:
    named = node.pointer.rpartition("/")[2] in _NAMES
    return frozenset() if named else _OPAQUE
