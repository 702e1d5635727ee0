"""Cases that API Gateway answers itself: credentials, preflights, unknown routes, large bodies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from openapi_first.aws.extensions import ANY_METHOD
from openapi_first.aws.quotas import PAYLOAD_BYTES
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Case, Expectation, Phase
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import NO_BODY, RequestBuilder
from openapi_first.documents.node import Node, Place
from openapi_first.openapi.gateway_extensions import own_integration
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.path_templates import path_variables
from openapi_first.samples.sampling import NoSample

OTHER_ORIGIN = "https://contract.test.example"
"""An origin that no stage allows by name."""

_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH")


def key_cases(setup: Setup, operation: Operation) -> Iterator[tuple[bool, Case]]:
    """Each case, and whether the stage must refuse it: the same request without credentials and
    with wrong ones. If an operation requires several, each of them is also left out and replaced
    separately. Raises NoSample, NotSendable."""
    credentials, bare = setup.credentials, _bare(setup.builder, operation)
    place = Place.of(operation.node.child("security") or operation.node)

    def case(title: str, request: Request) -> Case:
        return Case(title, Phase.GATEWAY, operation.id, request, place=place)

    if not credentials.required(operation):
        yield False, case("no key", bare)
        return
    schemes = credentials.chosen_schemes(operation)
    yield True, case("no key", bare)
    wrong = dict.fromkeys(schemes, "wrong-" + uuid.uuid4().hex)
    yield True, case("a wrong key", credentials.add_to(bare, operation, wrong))
    for given in setup.options.wrong_credentials:
        scopes = operation.scopes(given.scheme)
        fits = given.fits(scopes) and (scopes or not given.lacks_scopes)
        if given.scheme in schemes and fits:
            request = credentials.add_to(bare, operation, {given.scheme: given.placeholder})
            yield True, case(f"a credential for {given.scheme} that is {given.reason}", request)
    for scheme in schemes if len(schemes) > 1 else ():
        if credentials.dispensable(operation, scheme):
            continue
        for title, value in ((f"no {scheme}", None), (f"a wrong {scheme}", wrong[scheme])):
            yield True, case(title, credentials.add_to(bare, operation, {scheme: value}))


def _bare(builder: RequestBuilder, operation: Operation) -> Request:
    """A request without credentials; without a body if none can be made up, since the gateway
    checks credentials first."""
    try:
        return builder.request(operation, authenticated=False)
    except (NoSample, NotSendable):
        return builder.request(operation, body=NO_BODY, authenticated=False)


def preflight_cases(contract: Contract, origin: str) -> Iterator[tuple[str, Case]]:
    """A browser's preflight for each path that does not declare OPTIONS, with the path."""
    for path in dict.fromkeys(operation.path for operation in contract.operations):
        operations = [each for each in contract.operations if each.path == path]
        if _answers_options(contract, path):
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
    """A path that the contract does not have, and for each path a method that it does not have."""
    place = Place.of(contract.root)
    unknown = Request("GET", f"/{uuid.uuid4().hex}")
    paths = contract.root.value["paths"]
    if not any(path_variables(each, unknown.target) for each in paths):
        title = "an unknown path"
        yield Case(title, Phase.GATEWAY, None, unknown, Expectation.FORBIDDEN, place=place)
    for path in dict.fromkeys(operation.path for operation in contract.operations):
        known = set(_item(contract, path).value)
        method = next((each for each in _METHODS if each.lower() not in known), None)
        if ANY_METHOD not in known and method is not None and "{" not in path:
            request = Request(method, path)
            title = f"{method}, which {path} does not have"
            yield Case(title, Phase.GATEWAY, None, request, Expectation.FORBIDDEN, place=place)


def _item(contract: Contract, path: str) -> Node:
    """The path item, which also has the operations that are not judged."""
    paths = contract.root.get("paths")
    item = paths.get(path) if paths is not None else None
    assert item is not None
    return item


def _answers_options(contract: Contract, path: str) -> bool:
    """Whether an operation of the contract answers OPTIONS."""
    item = _item(contract, path)
    of_any = item.get(ANY_METHOD)
    return "options" in item.value or (of_any is not None and own_integration(of_any) is not None)


def oversized_case(setup: Setup) -> Case | None:
    """A body larger than API Gateway's limit, for the first operation that declares a 413. Raises
    NoSample, NotSendable."""
    for operation in setup.contract.operations:
        if operation.method != "POST" or operation.body is None or not operation.body.content:
            continue
        if not any(response.status == "413" for response in operation.responses):
            continue
        media_type = operation.body.content[0].name
        content = b'"' + b"a" * PAYLOAD_BYTES.limit + b'"'
        request = setup.builder.request(operation, content=content, media_type=media_type)
        title = "a body of more than 10 MB"
        return Case(title, Phase.GATEWAY, operation.id, request, Expectation.FORBIDDEN)
    return None
