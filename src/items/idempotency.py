"""Idempotency-Key: one item for each key, without a second table.

The id of the item is derived from the key, so that DynamoDB's condition on absence decides which
request was first. https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from items.records import Content
from openapi_first.runtime import Request, StartError

# Made by uuid4 for this service. Another value would make every key in use a new one.
_NAMESPACE = UUID("0f0f3bd5-3c8d-4b5e-9d0e-6a1f4f5f2c11")


@dataclass(frozen=True, slots=True)
class Once:
    """The id of the key's item, and a hash of the request that the key was used for."""

    id: str
    request_hash: str


Caller = str | tuple[str, ...]
"""The id of an API key, or the kind of another identity and what names it."""


def check_callers(signatures: Mapping[str, Sequence[str]], secured: Collection[str]) -> None:
    """Raises StartError for an operation that takes an Idempotency-Key from unknown callers.

    They would share their keys, and one could be answered with the item of another. `signatures`
    and `secured` are those of the compiled contract.
    """
    open_to_all = [
        name
        for name, arguments in signatures.items()
        if "idempotency_key" in arguments and name not in secured
    ]
    if open_to_all:
        raise StartError(
            [
                f"{name} takes an Idempotency-Key, and the contract allows calls without a "
                "credential, so callers would share their keys: require an API key or an "
                "authorizer under `security`, without an empty alternative"
                for name in open_to_all
            ]
        )


def caller(request: Request) -> Caller:
    """The caller that the authorizer names, else the IAM identity, else the API key.

    Raises RuntimeError without any of them. A `sub` is unique for its issuer (RFC 7519 §4.1.2).
    """
    claims = request.claims
    if claims.get("sub"):
        return ("sub", str(claims.get("iss") or ""), str(claims["sub"]))
    if claims.get("principalId"):
        return ("principalId", str(claims["principalId"]))
    user_arn = request.event.request_context.identity.user_arn
    if user_arn:
        return ("userArn", user_arn)
    if request.api_key_id:
        return request.api_key_id
    raise RuntimeError(
        "The request has an Idempotency-Key, and neither its authorizer nor an API key names the "
        "caller. Let the authorizer return a principalId."
    )


def once(caller: Caller, key: str, content: Content) -> Once:
    """Two callers never share an idempotency key, even if the keys are equal."""
    # A JSON array, since concatenations of ["a", "bc"] and ["ab", "c"] are equal.
    derived = uuid5(_NAMESPACE, json.dumps([caller, key]))
    request = json.dumps([content.name, content.description]).encode()
    return Once(id=str(derived), request_hash=hashlib.sha256(request).hexdigest())


def write_hash(caller: Caller, key: str, content: Content) -> str:
    """What two attempts of one write have in common, and two writes never."""
    write = json.dumps([caller, key, content.name, content.description])
    return hashlib.sha256(write.encode()).hexdigest()
