"""Cases that the gateway answers by itself: keys, preflights, routes it does not have, bodies that
are too large."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Case, Expectation, Phase
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import NO_BODY, Builder
from openapi_first.conformance.requests.sampling import NoSample
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.node import Place

OTHER_ORIGIN = "https://contract.test.example"
"""One that no stage lets in by its name."""

_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH")
_PAYLOAD_LIMIT = 10 * 1024 * 1024  # AWS: api-gateway-execution-service-limits-table


def key_cases(
    operation: Operation, builder: Builder, credentials: Credentials
) -> Iterator[tuple[str, Case]]:
    """The same request with a wrong key, without one, and (where none is asked for) with neither;
    each with what it is about. Where several credentials are asked for, each of them is left out
    and made up on its own, too."""
    bare = _bare(operation, builder)
    if bare is None:
        return
    place = Place.of(operation.node.child("security") or operation.node)
    if not credentials.wanted(operation):
        yield "none", Case("no key", Phase.GATEWAY, operation.id, bare, place=place)
        return
    schemes = credentials.chosen(operation)
    yield "missing", Case("no key", Phase.GATEWAY, operation.id, bare, place=place)
    made_up = dict.fromkeys(schemes, "wrong-" + uuid.uuid4().hex)
    wrong = credentials.with_key(operation, bare, made_up)
    yield "wrong", Case("a wrong key", Phase.GATEWAY, operation.id, wrong, place=place)
    for scheme in schemes if len(schemes) > 1 else ():
        if credentials.dispensable(operation, scheme):
            continue
        for kind, title, value in (
            ("missing", f"no {scheme}", None),
            ("wrong", f"a wrong {scheme}", made_up[scheme]),
        ):
            request = credentials.with_key(operation, bare, {scheme: value})
            yield kind, Case(title, Phase.GATEWAY, operation.id, request, place=place)


def _bare(operation: Operation, builder: Builder) -> Request | None:
    """A request without credentials: without a body where none can be made up, since callers are
    looked at first."""
    for body in (None, NO_BODY):
        try:
            return builder.request(operation, body=body, key=False)
        except (NoSample, NotSendable):
            pass
    return None


def preflight_cases(contract: Contract, origin: str) -> Iterator[tuple[str, Case]]:
    """A browser's preflight for each path that has no OPTIONS of its own, by path."""
    for path in dict.fromkeys(operation.path for operation in contract.operations):
        operations = [each for each in contract.operations if each.path == path]
        if any(operation.method == "OPTIONS" for operation in operations):
            continue
        headers = (
            ("Origin", origin),
            ("Access-Control-Request-Method", operations[0].method),
        )
        target = path
        for parameter in operations[0].parameters:
            if parameter.location == "path":
                target = target.replace(f"{{{parameter.name}}}", "preflight")
                target = target.replace(f"{{{parameter.name}+}}", "preflight")
        request = Request("OPTIONS", target, headers)
        yield path, Case(f"preflight of {path}", Phase.GATEWAY, None, request)


def route_cases(contract: Contract) -> Iterator[Case]:
    """A path the contract does not have, and for each path a method it does not have."""
    place = Place.of(contract.root)
    unknown = Request("GET", f"/{uuid.uuid4().hex}")
    yield Case("an unknown path", Phase.GATEWAY, None, unknown, Expectation.FORBIDDEN, place=place)
    for path in dict.fromkeys(operation.path for operation in contract.operations):
        known = {each.method for each in contract.operations if each.path == path}
        method = next((each for each in _METHODS if each not in known), None)
        if method is not None and "{" not in path:
            request = Request(method, path)
            title = f"{method}, which {path} does not have"
            yield Case(title, Phase.GATEWAY, None, request, Expectation.FORBIDDEN, place=place)


def oversized_case(contract: Contract, builder: Builder) -> Case | None:
    """A body beyond what API Gateway takes, to the first operation that declares a 413."""
    for operation in contract.operations:
        if operation.method != "POST" or operation.body is None or not operation.body.content:
            continue
        if not any(response.status == "413" for response in operation.responses):
            continue
        kind = operation.body.content[0].name
        content = b'"' + b"a" * _PAYLOAD_LIMIT + b'"'
        request = builder.request(operation, content=content, media_type=kind)
        return Case(
            "a body of more than 10 MB", Phase.GATEWAY, operation.id, request, Expectation.FORBIDDEN
        )
    return None
