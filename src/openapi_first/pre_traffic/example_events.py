"""The events of a contract's examples, as API Gateway sends them to the function.

They are written when the image is built, so that the function that tries out a new version parses
no contract. Only operations that read are called.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.aws import extensions
from openapi_first.aws.names import API_KEY_HEADER
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.conformance.requests.named_examples import examples_by_name, statuses_by_name
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import NULL, RequestBuilder
from openapi_first.core.files import replace_file
from openapi_first.openapi.model import Contract, Operation
from openapi_first.pre_traffic.proxy_events import proxy_event
from openapi_first.resources.resources import resources_of
from openapi_first.samples.lowered_schemas import LoweredSchemas
from openapi_first.samples.sampling import NoSample

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""RFC 9110 section 9.2.1."""


@dataclass(frozen=True)
class ExampleEvents:
    """`events` have the members `operation` (an operationId), `example` (its name), `method` and
    `path` (the contract's), and `event`. `left_out` are lines about operations without any."""

    events: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...]


def example_events(contract: Contract) -> ExampleEvents:
    """Raises ContractError."""
    builder = RequestBuilder(
        LoweredSchemas(contract.openapi),
        Credentials(contract),
        (),
        random.Random(0),  # noqa: S311 - the same image from the same contract
    )
    events, left_out = list[dict[str, Any]](), list[str]()
    for operation in contract.served:
        if operation.method not in _SAFE:
            continue
        if _needs_authorizer(contract, operation):
            left_out.append(f"{operation.id}: needs what an authorizer adds to the event")
            continue
        try:
            events += _of_operation(contract, operation, builder)
        except (NoSample, NotSendable) as error:
            left_out.append(f"{operation.id}: {error}")
    return ExampleEvents(tuple(events), tuple(left_out))


def write_example_events(contract: Contract, output: Path) -> ExampleEvents:
    """Writes them as JSON. Raises ContractError, OSError."""
    found = example_events(contract)
    written = {"events": found.events, "left_out": found.left_out}
    replace_file(output, json.dumps(written, ensure_ascii=False, separators=(",", ":")))
    return found


def _of_operation(
    contract: Contract, operation: Operation, builder: RequestBuilder
) -> Iterator[dict[str, Any]]:
    """One for each example that succeeds; a plain request if there is none."""
    statuses = statuses_by_name(operation)
    named = {
        name: parts
        for name, parts in examples_by_name(operation).items()
        if min(statuses.get(name, {200})) < 400
    }
    resource = resources_of(contract).templates[operation.path].resource
    for name, parts in (named or {"": {}}).items():
        values = {key: value for key, value in parts.items() if key[0] != "body"}
        bodies = [(key[1], value) for key, value in parts.items() if key[0] == "body"]
        media_type, body = bodies[-1] if bodies else (None, None)
        body = NULL if bodies and body is None else body
        request = builder.request(
            operation, values, body, media_type=media_type, authenticated=False
        )
        yield {
            "operation": operation.id,
            "example": name,
            "method": operation.method,
            "path": operation.path,
            "event": proxy_event(request, resource),
        }


def _needs_authorizer(contract: Contract, operation: Operation) -> bool:
    """Whether every way into the operation leads past an authorizer."""
    components = contract.root.get("components")
    nodes = components.get("securitySchemes") if components is not None else None
    schemes = {name: each.value for name, each in nodes.items()} if nodes is not None else {}
    return bool(operation.security) and not any(
        all(_is_api_key(schemes.get(name, {})) for name in each) for each in operation.security
    )


def _is_api_key(scheme: dict[str, Any]) -> bool:
    """Whether API Gateway checks it by itself, and adds nothing to the event."""
    return (
        scheme.get("type") == "apiKey"
        and str(scheme.get("name")).lower() == API_KEY_HEADER.lower()
        and extensions.AUTHORIZER not in scheme
        and extensions.AUTHTYPE not in scheme
    )
