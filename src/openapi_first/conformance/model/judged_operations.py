"""Which operations of a contract are judged: those that its functions serve by one method.

An operation with its own integration is not answered by functions of the contract. OpenAPI has no
operation for any method, so neither openapi-core nor Schemathesis knows one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from openapi_first.openapi.model import METHODS, Contract, Operation


def judged(contract: Contract) -> Contract:
    """The contract with only the operations that are judged."""
    return replace(contract, operations=tuple(filter(_is_judged, contract.operations)))


def finished(contract: Contract, unfinished: Collection[str]) -> Contract:
    """The contract without the operations that have no function yet, by operationId."""
    operations = (each for each in contract.operations if each.id not in unfinished)
    return replace(contract, operations=tuple(operations))


def unfinished_line(unfinished: Collection[str]) -> str:
    """What a run leaves out of these operations, by operationId."""
    count = len(unfinished)
    have = "1 operation has" if count == 1 else f"{count} operations have"
    return f"{have} no function yet, so only what they refuse is judged: {', '.join(unfinished)}"


def not_judged(contract: Contract) -> Iterator[str]:
    """A line for each other operation, with the reason, and one for those that have errors."""
    if contract.skipped:
        count = f"{len(contract.skipped)} of {len(contract.skipped) + len(contract.operations)}"
        names = ", ".join(each.label for each in contract.skipped)
        yield f"not judged: {count} operations, which have errors in the contract: {names}"
    for operation, reason in unjudged(contract):
        yield f"not judged: {operation.id}, since {reason}"


def unjudged(contract: Contract) -> Iterator[tuple[Operation, str]]:
    """The other operations, each with the reason."""
    for each in contract.operations:
        if not _is_judged(each):
            own = each.own_integration is not None
            yield each, "it has its own integration" if own else "it is for any method"


def _is_judged(operation: Operation) -> bool:
    return operation.own_integration is None and operation.method.lower() in METHODS
