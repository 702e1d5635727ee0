"""The links between the operations of a contract (OpenAPI 3.0.3 §4.7.20)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openapi_first.documents.node import Node
from openapi_first.openapi.model import Contract, Operation


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
                    target = by_node.get(node.resolve(node.value["operationRef"]).identity)
                if target is None:
                    continue
                parameters = {
                    _key(target, key): value
                    for key, value in node.value.get("parameters", {}).items()
                }
                body = node.value.get("requestBody")
                yield Link(name, operation, response.status, target, parameters, body, node)


def _key(target: Operation, key: str) -> str:
    """`path id` for `path.id`, and for `id` where the target has such a path parameter."""
    location, dot, name = key.partition(".")
    if dot and location in ("path", "query", "header", "cookie"):
        return f"{location} {name}"
    for parameter in target.parameters:
        if parameter.name == key:
            return f"{parameter.location} {key}"
    return f"query {key}"
