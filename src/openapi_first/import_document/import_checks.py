"""Finds what API Gateway would refuse to import.

AWS: api-gateway-known-issues, and the messages of its control plane.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from openapi_first.aws.extensions import REQUEST_VALIDATOR, REQUEST_VALIDATORS
from openapi_first.aws.methods import METHODS
from openapi_first.import_document.protection import enforced_security
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.errors import Diagnostic
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.node import Node
from openapi_first.resources.resources import resources_of, sharing_errors
from openapi_first.resources.segments import segments_of


def import_errors(
    contract: Contract, settings: GatewaySettings
) -> Iterator[tuple[str, Diagnostic]]:
    """Every error of the importer, with the id of its rule in `contract lint`."""
    for operation in contract.operations:
        yield from _check_method(operation)
    yield from _check_paths(contract)
    yield from sharing_errors(resources_of(contract), partial(enforced_security, settings=settings))
    yield from _check_validators(contract)


def _check_method(operation: Operation) -> Iterator[tuple[str, Diagnostic]]:
    if operation.method not in METHODS:
        yield (
            "method-unknown",
            operation.node.diagnostic(
                f"API Gateway does not support the method {operation.method}",
                "Remove the operation.",
            ),
        )


def _check_paths(contract: Contract) -> Iterator[tuple[str, Diagnostic]]:
    paths = contract.root.child("paths")
    for path in dict.fromkeys(operation.path for operation in contract.operations):
        node = paths.child(path) if paths is not None else None
        assert node is not None
        if any(segment.text == "" for segment in segments_of(path)):
            yield (
                "path-segment",
                node.diagnostic(f"the path {path} has an empty segment", "Remove one slash."),
            )


def _check_validators(contract: Contract) -> Iterator[tuple[str, Diagnostic]]:
    root = contract.root
    declared = root.child(REQUEST_VALIDATORS)
    if declared is not None and not (
        isinstance(declared.value, dict)
        and all(isinstance(each, dict) for each in declared.value.values())
    ):
        yield (
            "validator",
            declared.diagnostic(
                f"{REQUEST_VALIDATORS} is not an object of validators",
                "Write `name: {validateRequestBody: true, validateRequestParameters: true}`.",
            ),
        )
        return
    if declared is None:
        return
    for owner in (root, *(operation.node for operation in contract.operations)):
        yield from _check_validator_name(owner, declared)


def _check_validator_name(owner: Node, declared: Node) -> Iterator[tuple[str, Diagnostic]]:
    chosen = owner.child(REQUEST_VALIDATOR)
    if chosen is not None and not (
        isinstance(chosen.value, str) and chosen.value in declared.value
    ):
        names = ", ".join(declared.value)
        yield (
            "validator",
            chosen.diagnostic(
                f"there is no request validator {chosen.value}", f"Name one of: {names}."
            ),
        )
