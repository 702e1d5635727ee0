"""The links between the operations of a contract (OpenAPI 3.0.3 §4.7.20)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from openapi_first.core.json_pointer import unescaped
from openapi_first.documents.errors import ContractError
from openapi_first.documents.node import Node
from openapi_first.openapi.model import OPERATION_KEYS, Contract, Operation

LOCATIONS = ("path", "query", "header", "cookie")


@dataclass(frozen=True)
class Link:
    """A link from a response to an operation; the keys of `parameters` are location and name:
    `path id`."""

    name: str
    source: Operation
    status: str
    target: Operation
    parameters: dict[str, Any]
    body: Any
    node: Node


def links_of(contract: Contract) -> tuple[Link, ...]:
    """Every link whose target is an operation of the contract."""
    return tuple(_links(contract))


def _links(contract: Contract) -> Iterator[Link]:
    by_id = {operation.id: operation for operation in contract.operations}
    by_node = {operation.node.identity: operation for operation in contract.operations}
    for operation in contract.operations:
        for response in operation.responses:
            links = response.node.get("links")
            for name, node in links.items() if links is not None else ():
                target = by_id.get(str(node.value.get("operationId")))
                if target is None and "operationRef" in node.value:
                    target = _referenced(node.child("operationRef"), by_node)
                if target is None:
                    continue
                parameters = {
                    _key(target, key): value
                    for key, value in node.value.get("parameters", {}).items()
                }
                body = node.value.get("requestBody")
                yield Link(name, operation, response.status, target, parameters, body, node)


def _referenced(reference: Node | None, by_node: dict[Any, Operation]) -> Operation | None:
    if reference is None or is_remote(reference.value):
        return None
    return by_node.get(referenced_operation(reference).identity)


def is_remote(reference: str) -> bool:
    """Whether an `operationRef` names an operation of a description that is not read."""
    return "://" in reference


def referenced_operation(reference: Node) -> Node:
    """The operation at an `operationRef`, through the references of path items on the way. Raises
    ContractError if there is none."""
    try:
        found = reference.resolve(reference.value)
    except ContractError:
        file, _, fragment = reference.value.partition("#")
        found = reference.resolve(file + "#")
        for step in unquote(fragment).split("/")[1:]:
            below = found.get(unescaped(step))
            if below is None:
                raise
            found = below
    if found.pointer.rpartition("/")[2] not in OPERATION_KEYS or not isinstance(found.value, dict):
        example = "#/paths/~1items~1{id}/get"
        raise ContractError(
            [
                reference.diagnostic(
                    f"there is no operation at {reference.value}",
                    f"Refer to an operation, such as {example}.",
                )
            ]
        )
    return found


def _key(target: Operation, key: str) -> str:
    """`path id` for `path.id`, and for `id` where the target has such a path parameter."""
    location, dot, name = key.partition(".")
    if dot and location in LOCATIONS:
        return f"{location} {name}"
    for parameter in target.parameters:
        if parameter.name == key:
            return f"{parameter.location} {key}"
    return f"query {key}"
