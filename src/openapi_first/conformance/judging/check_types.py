"""What a check is: a promise, the operations that make it, and how a response is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openapi_first.conformance.judging.response_complaints import Evidence
from openapi_first.conformance.model.declarations import header_parameter
from openapi_first.conformance.roles.listings import Listing
from openapi_first.conformance.roles.resources import Resource
from openapi_first.documents.node import Place
from openapi_first.openapi.model import Operation


@dataclass(frozen=True)
class Subject:
    """An operation, and what it does with the contract's resources. `browsed` says that it lists
    what cannot be created."""

    operation: Operation
    resources: tuple[Resource, ...]
    browsed: bool = False

    def takes(self, header: str) -> bool:
        return header_parameter(self.operation, header) is not None

    @property
    def creates(self) -> bool:
        return any(each.create is self.operation for each in self.resources)

    @property
    def reads(self) -> bool:
        return any(each.read is self.operation for each in self.resources)

    @property
    def updates(self) -> bool:
        return any(self.operation in (each.update, each.patch) for each in self.resources)

    @property
    def deletes(self) -> bool:
        return any(each.delete is self.operation for each in self.resources)

    @property
    def listings(self) -> list[Listing]:
        found = (each.listing for each in self.resources)
        return [each for each in found if each is not None and each.operation is self.operation]


def _always(_: object) -> bool:
    return True


def response_part(evidence: Evidence) -> Place | None:
    """The declared response for the status."""
    return Place.of(evidence.declared.node) if evidence.declared is not None else None


def response_reference(evidence: Evidence) -> Place | None:
    """Where the operation refers to the declared response; None if it is written there."""
    responses, declared = evidence.operation.node.get("responses"), evidence.declared
    written = responses.child(declared.status) if responses and declared else None
    if written is None or "$ref" not in written.value:
        return None
    return Place.of(written)


def case_part(evidence: Evidence) -> Place | None:
    """The part of the contract that the case tests."""
    return evidence.exchange.case.place


def no_part(_: Evidence) -> Place | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that a contract promises of an operation. `applies` selects the operations that
    promise it. The place of the promise is the first member of `promised_in` that the operation
    has, otherwise the operation itself."""

    id: str
    promise: str
    applies: Callable[[Subject], bool] = _always
    promised_in: tuple[str, ...] = ()

    def place(self, operation: Operation) -> Place:
        nodes = (operation.node.child(name) for name in self.promised_in)
        return Place.of(next((node for node in nodes if node is not None), operation.node))


@dataclass(frozen=True, kw_only=True)
class ResponseCheck(Check):
    """A check that judges every response it `concerns`; `applies` must not ask for the subject's
    resources. `complaint` is what is wrong, None if
    nothing is. `part` is the part of the contract that a finding names, None for the promise's."""

    complaint: Callable[[Evidence], str | None]
    concerns: Callable[[Evidence], bool] = _always
    part: Callable[[Evidence], Place | None] = response_part
