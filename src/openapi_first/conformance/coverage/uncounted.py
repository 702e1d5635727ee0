"""The parts of a contract that no point of coverage stands for, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.coverage import Uncounted
from openapi_first.conformance.model.judged_operations import judged, unjudged
from openapi_first.core.media_types import is_json
from openapi_first.openapi.model import Contract, MediaType
from openapi_first.schemas.form_members import is_form

_OTHER_BODY = "only JSON and forms are read"
_CALLBACKS = "the service sends these requests, and no one here receives them"


def uncounted_parts(
    contract: Contract, readers: Mapping[str, OperationReader]
) -> tuple[Uncounted, ...]:
    """The parts in the contract's order. `readers` are those of the operations that are judged."""
    return tuple(dict.fromkeys(_parts(contract, readers)))


def _parts(contract: Contract, readers: Mapping[str, OperationReader]) -> Iterator[Uncounted]:
    for operation in judged(contract).operations:
        yield from _parts_of(readers[operation.id])
    for operation, reason in unjudged(contract):
        yield Uncounted(operation.label, "the operation", reason)
    for operation in contract.skipped:
        yield Uncounted(operation.label, "the operation", "it has errors and is left out")
    webhooks = contract.root.get("webhooks")
    for name in webhooks.value if webhooks is not None else ():
        yield Uncounted("*", f"webhook {name}", _CALLBACKS)


def _parts_of(reader: OperationReader) -> Iterator[Uncounted]:
    operation = reader.operation
    for parameter in operation.parameters:
        subject = f"{parameter.location} {parameter.name}"
        for pointer, reason in reader.tracer(parameter).uncounted:
            yield Uncounted(reader.name, f"{subject}#{pointer}", reason)
    for entry in operation.body.content if operation.body is not None else ():
        yield from _parts_of_body(reader, entry)
    callbacks = operation.node.get("callbacks")
    for name in callbacks.value if callbacks is not None else ():
        yield Uncounted(reader.name, f"callback {name}", _CALLBACKS)


def _parts_of_body(reader: OperationReader, entry: MediaType) -> Iterator[Uncounted]:
    subject = f"body {entry.name}"
    if not (is_json(entry.name) or is_form(entry.name)):
        yield Uncounted(reader.name, subject, _OTHER_BODY)
    elif entry.schema is None:
        if is_form(entry.name):
            yield Uncounted(reader.name, subject, "it has no schema that names its fields")
    else:
        for pointer, reason in reader.tracer(entry).uncounted:
            yield Uncounted(reader.name, f"{subject}#{pointer}", reason)
        encoding = entry.encoding if is_form(entry.name) else None
        for name, part in encoding.items() if encoding is not None else ():
            if part.get("headers") is not None:
                reason = "headers of parts are not read"
                yield Uncounted(reader.name, f"{subject} {name}: headers", reason)
