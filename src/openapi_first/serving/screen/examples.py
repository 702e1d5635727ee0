"""Requests that a contract's examples make, for the first request that a user sends."""

from __future__ import annotations

import random
from collections.abc import Callable

from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import RequestBuilder
from openapi_first.documents.errors import ContractError
from openapi_first.openapi.model import Contract
from openapi_first.samples.lowered_schemas import LoweredSchemas
from openapi_first.samples.sampling import NoSample
from openapi_first.stage.api.rest_api import Method

_LONGEST_BODY = 1000

Examples = Callable[[Method], Request | None]
"""The request for a method of the stage, without credentials; None if none can be made up."""


def contract_examples(contract: Contract) -> Examples:
    """Requests with all that is required: the contract's examples, or else values that match."""
    operations = {(each.id, each.method): each for each in contract.operations}
    labels = {each.label: each for each in contract.operations}

    def example(method: Method) -> Request | None:
        operation = operations.get((method.operation_name or "", method.http_method)) or labels.get(
            f"{method.http_method} {method.resource}"
        )
        if operation is None:
            return None
        schemas = LoweredSchemas(contract.openapi)
        rng = random.Random(0)  # noqa: S311 - not for secrets
        builder = RequestBuilder(schemas, Credentials(contract), (), rng)
        try:
            request = builder.request(operation, authenticated=False)
        except (NoSample, NotSendable, ContractError, RecursionError):
            return None
        return request if _is_short_text(request.body) else None

    return example


def _is_short_text(body: bytes | None) -> bool:
    try:
        return body is None or (len(body) <= _LONGEST_BODY and body.decode("utf-8").isprintable())
    except UnicodeDecodeError:
        return False
