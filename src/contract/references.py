"""Follows every reference of a document once, so that all that lead nowhere are told together."""

from __future__ import annotations

from collections.abc import Iterator

from contract.faults import ContractError, ContractFault
from contract.node import Node

__all__ = ["reference_faults"]

# Values of the API's own, in which `$ref` is a text like any other.
_OPAQUE = frozenset({"default", "enum", "example", "value"})


def reference_faults(root: Node) -> Iterator[ContractFault]:
    """A fault for each `$ref` of the document that leads nowhere, or back to itself."""
    queue = [root]
    while queue:
        node = queue.pop()
        if isinstance(node.value, dict):
            if isinstance(node.value.get("$ref"), str):
                try:
                    node.followed()
                except ContractError as error:
                    yield from error.faults
                continue
            keys: list[str | int] = [key for key in node.value if key not in _OPAQUE]
        elif isinstance(node.value, list):
            keys = list(range(len(node.value)))
        else:
            continue
        queue.extend(child for key in keys if (child := node.child(key)) is not None)
