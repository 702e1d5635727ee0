"""What API Gateway refuses to import, told with its place before it does.

AWS: api-gateway-known-issues, and the texts of its control plane.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from openapi_first.openapi.errors import ContractFault
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.node import Node

_SEGMENT = re.compile(r"[A-Za-z0-9_.:,-]+|\{[A-Za-z0-9_.:,-]+\+?\}")
_VALIDATORS = "x-amazon-apigateway-request-validators"
_VALIDATOR = "x-amazon-apigateway-request-validator"


def refused(contract: Contract) -> Iterator[ContractFault]:
    """Every reason for which the importer would refuse the contract's document."""
    for _, fault in refusals(contract):
        yield fault


def refusals(contract: Contract) -> Iterator[tuple[str, ContractFault]]:
    """The same, each with the id of its rule in `contract lint`."""
    for operation in contract.operations:
        yield from _operation(operation)
    yield from _paths(contract)
    yield from _validators(contract)


def _operation(operation: Operation) -> Iterator[tuple[str, ContractFault]]:
    if operation.method == "TRACE":
        yield (
            "method-unknown",
            operation.node.fault("API Gateway knows no TRACE method", "Remove the operation."),
        )


def _paths(contract: Contract) -> Iterator[tuple[str, ContractFault]]:
    paths = contract.root.child("paths")
    variables: dict[tuple[str, ...], str] = {}
    for path in dict.fromkeys(operation.path for operation in contract.operations):
        node = paths.child(path) if paths is not None else None
        assert node is not None
        segments = path.strip("/").split("/") if path != "/" else []
        for index, segment in enumerate(segments):
            if not _SEGMENT.fullmatch(segment):
                yield (
                    "path-segment",
                    node.fault(
                        f"API Gateway takes no path segment {segment!r}",
                        "Use letters, digits and _ . : , - alone, or one {variable} as all of it.",
                    ),
                )
            if not segment.startswith("{"):
                continue
            if segment.endswith("+}") and index + 1 < len(segments):
                yield (
                    "greedy-variable",
                    node.fault(
                        f"nothing may follow the greedy variable {segment}", "Put it at the end."
                    ),
                )
            other = variables.setdefault(tuple(segments[:index]), segment)
            if other != segment:
                yield (
                    "sibling-variables",
                    node.fault(
                        f"API Gateway takes one variable at a place, and {segment} stands where "
                        f"{other} stands in another path",
                        "Give both the same name.",
                    ),
                )


def _validators(contract: Contract) -> Iterator[tuple[str, ContractFault]]:
    root = contract.root
    declared = root.child(_VALIDATORS)
    if declared is not None and not (
        isinstance(declared.value, dict)
        and all(isinstance(each, dict) for each in declared.value.values())
    ):
        yield (
            "validator",
            declared.fault(
                "the request validators are no map of validators",
                "Write `name: {validateRequestBody: true, validateRequestParameters: true}`.",
            ),
        )
        return
    if declared is None:
        return
    for owner in (root, *(operation.node for operation in contract.operations)):
        yield from _named(owner, declared)


def _named(owner: Node, declared: Node) -> Iterator[tuple[str, ContractFault]]:
    chosen = owner.child(_VALIDATOR)
    if chosen is not None and chosen.value not in declared.value:
        names = ", ".join(declared.value)
        yield (
            "validator",
            chosen.fault(f"there is no request validator {chosen.value}", f"Name one of: {names}."),
        )
