"""What a contract promises: a promise for each operation and check, known before a run."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from openapi_first.conformance.judging.check_types import Subject
from openapi_first.conformance.judging.checks import CHECKS, UNKNOWN_ROUTE
from openapi_first.conformance.model.judged_operations import finished
from openapi_first.conformance.model.run import Promise
from openapi_first.conformance.roles.resources import roles_of
from openapi_first.documents.node import Place
from openapi_first.openapi.model import Contract


def promises(contract: Contract, unfinished: Collection[str] = ()) -> tuple[Promise, ...]:
    """All promises, in the contract's order; those of the whole API last. Operations that are
    `unfinished`, by operationId, have no roles, and promise nothing that only a function keeps."""
    return tuple(_promises(contract, unfinished))


def _promises(contract: Contract, unfinished: Collection[str]) -> Iterator[Promise]:
    roles = roles_of(finished(contract, unfinished))
    resources = (*roles.resources, *roles.singletons)
    browsed = {each.listing.operation.id for each in roles.collections}
    for operation in contract.operations:
        subject = Subject(operation, resources, operation.id in browsed)
        for check in CHECKS:
            if check.applies(subject):
                yield Promise(operation.id, check.id, check.promise, check.place(operation))
    paths = contract.root.get("paths")
    assert paths is not None
    yield Promise("", UNKNOWN_ROUTE.id, UNKNOWN_ROUTE.promise, Place.of(paths))
