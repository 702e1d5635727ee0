"""What a contract promises, before anything is sent: one promise for each operation and check."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.conformance.model.resources import resources_of
from openapi_first.conformance.model.run import Promise
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.node import Node, Place

CHECKS = {
    "status": "answers only with the statuses the contract declares",
    "media-type": "answers in the media types the contract declares",
    "body": "bodies keep the schemas of their responses",
    "header": "declared headers are there and keep their schemas",
    "undocumented-header": "answers have no headers the contract does not declare",
    "problem-details": "problem details are well-formed (RFC 9457)",
    "server-error": "no request brings about a 5xx",
    "key": "the API key is enforced where it is asked for, and nowhere else",
    "cors": "every answer may be read by the pages that the preflight allows",
    "preflight": "the preflight allows the methods and headers of the contract",
    "allowed": "what the contract allows is not refused",
    "forbidden": "what the contract forbids is refused, by a documented 4xx",
    "disclosure": "no body shows a stack trace, a path or a secret",
    "example": "the contract's examples are answered as they say",
    "link": "links lead where they say",
    "life-cycle": "what was written is what is read, until it is removed",
    "conditional-read": "If-None-Match spares what the client has, and nothing else",
    "conditional-write": "If-Match keeps one writer from undoing another's work",
    "idempotency": "the same Idempotency-Key creates once",
    "unchanged": "a write that was refused changed nothing",
    "list": "lists hold what was created",
    "paging": "pages neither lose nor repeat anything",
    "removed": "what was removed stays removed",
    "unknown-route": "a path or method the contract does not have is refused",
}
"""Every check and what it holds a stage to."""

_ALWAYS = (
    *("status", "media-type", "body", "undocumented-header", "server-error", "key", "cors"),
    *("preflight", "allowed", "disclosure"),
)


def promises(contract: Contract) -> tuple[Promise, ...]:
    """All promises, in the contract's order; those of the API as a whole last."""
    return tuple(_promises(contract))


def _promises(contract: Contract) -> Iterator[Promise]:
    resources = resources_of(contract)
    for operation in contract.operations:
        checks = list(_ALWAYS)
        if any(response.headers for response in operation.responses):
            checks.append("header")
        if _has_problems(operation):
            checks.append("problem-details")
        if operation.parameters or operation.body is not None:
            checks.append("forbidden")
        if _has_examples(operation):
            checks.append("example")
        if any(response.node.get("links") is not None for response in operation.responses):
            checks.append("link")
        headers = {each.name.lower() for each in operation.parameters if each.location == "header"}
        for resource in resources:
            if operation is resource.create or operation in resource.operations:
                checks.append("life-cycle")
            if operation is resource.create and "idempotency-key" in headers:
                checks.append("idempotency")
            if operation is resource.read and "if-none-match" in headers:
                checks.append("conditional-read")
            if operation in (resource.update, resource.patch, resource.delete):
                if "if-match" in headers:
                    checks.append("conditional-write")
                if operation is not resource.delete:
                    checks.append("unchanged")
            if operation is resource.delete:
                checks.append("removed")
            if resource.listing is not None and operation is resource.listing.operation:
                checks.append("list")
                if resource.listing.following is not None:
                    checks.append("paging")
        for check in CHECKS:
            if check in checks:
                yield Promise(operation.id, check, CHECKS[check], _place(operation, check))
    paths = contract.root.get("paths")
    assert paths is not None
    yield Promise("", "unknown-route", CHECKS["unknown-route"], Place.of(paths))


def _place(operation: Operation, check: str) -> Place:
    """Where the contract says it: the part that matters most to the check."""
    node: Node | None = None
    if check in ("status", "media-type", "body", "header", "server-error", "link"):
        node = operation.node.child("responses")
    elif check == "key":
        node = operation.node.child("security")
    elif check in ("allowed", "forbidden", "idempotency", "conditional-read", "conditional-write"):
        node = operation.node.child("parameters") or operation.node.child("requestBody")
    return Place.of(node or operation.node)


def _has_problems(operation: Operation) -> bool:
    return any(
        entry.name == "application/problem+json"
        for response in operation.responses
        for entry in response.content
    )


def _has_examples(operation: Operation) -> bool:
    bodies = operation.body.content if operation.body is not None else ()
    nodes = [part.node for part in operation.parameters] + [part.node for part in bodies]
    return any("example" in node.value or "examples" in node.value for node in nodes)
