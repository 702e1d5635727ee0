"""Finds what API Gateway would refuse to import.

AWS: api-gateway-known-issues, and the messages of its control plane.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from openapi_first.aws.extensions import AUTHORIZER, REQUEST_VALIDATOR, REQUEST_VALIDATORS
from openapi_first.aws.methods import ANY, METHODS
from openapi_first.documents.errors import Diagnostic
from openapi_first.documents.node import Node
from openapi_first.import_document.protection import enforced_security, scheme_nodes
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.gateway_extensions import is_intrinsic
from openapi_first.openapi.model import Contract, Operation
from openapi_first.resources.resources import Resources, sharing_errors
from openapi_first.resources.segments import segments_of

DEFAULT_VALIDATOR = "all"
"""The request validator that the import document adds, for operations that name no other."""


def import_errors(
    contract: Contract, settings: GatewaySettings, resources: Resources
) -> Iterator[tuple[str, Diagnostic]]:
    """Every error of the importer, with the id of its rule in `contract lint`."""
    for operation in contract.operations:
        yield from _check_method(operation)
        yield from _check_integration(operation)
    yield from _check_authorizers(contract, settings)
    yield from _check_paths(contract)
    yield from sharing_errors(resources, partial(enforced_security, settings=settings))
    yield from _check_validators(contract)


def _check_method(operation: Operation) -> Iterator[tuple[str, Diagnostic]]:
    if operation.method not in (*METHODS, ANY):
        yield (
            "method-unknown",
            operation.node.diagnostic(
                f"API Gateway does not support the method {operation.method}",
                "Remove the operation.",
            ),
        )


def _check_authorizers(
    contract: Contract, settings: GatewaySettings
) -> Iterator[tuple[str, Diagnostic]]:
    schemes = scheme_nodes(contract)
    with_authorizer = {
        name
        for name, node in schemes.items()
        if name in settings.authorizers or isinstance(node.value.get(AUTHORIZER), dict)
    }
    for operation in contract.operations:
        names = [
            name
            for requirement in enforced_security(operation, settings)
            for name in requirement
            if name in with_authorizer
        ]
        node = operation.node.child("security") or contract.root.child("security")
        if len(names) > 1 and node is not None:
            yield (
                "one-authorizer",
                node.diagnostic(
                    f"{operation.id} has an authorizer for each of {', '.join(names)}, but a "
                    "method has one",
                    "Keep one of them, or let the functions check the others: type `service` in "
                    "[tool.contract.authorizers].",
                ),
            )


def _check_integration(operation: Operation) -> Iterator[tuple[str, Diagnostic]]:
    node = operation.own_integration
    if node is None or is_intrinsic(node.value):
        return
    called = f"the integration of {operation.method} {operation.path}"
    if "type" not in node.value:
        yield "integration", node.diagnostic(f"{called} has no type", "Add its `type`.")
    elif str(node.value["type"]).lower() != "mock" and not node.value.get("uri"):
        yield (
            "integration",
            node.diagnostic(
                f"{called} has no uri",
                "Add the `uri`, such as arn:aws:apigateway:REGION:states:action/StartSyncExecution "
                "with `type: aws`; `integrationSubtype` is for HTTP APIs.",
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
    values = declared.value if declared is not None else {}
    if declared is not None and not all(isinstance(each, dict) for each in values.values()):
        yield (
            "validator",
            declared.diagnostic(
                f"{REQUEST_VALIDATORS} is not an object of validators",
                "Write `name: {validateRequestBody: true, validateRequestParameters: true}`.",
            ),
        )
        return
    declared_names = dict.fromkeys((*values, DEFAULT_VALIDATOR))
    for owner in (root, *(operation.node for operation in contract.operations)):
        yield from _check_validator_name(owner, declared_names)


def _check_validator_name(owner: Node, declared: Iterable[str]) -> Iterator[tuple[str, Diagnostic]]:
    chosen = owner.child(REQUEST_VALIDATOR)
    if chosen is not None and isinstance(chosen.value, str) and chosen.value not in declared:
        names = ", ".join(declared)
        yield (
            "validator",
            chosen.diagnostic(
                f"there is no request validator {chosen.value}", f"Name one of: {names}."
            ),
        )
