"""Operators on what the gateway answers by itself: credentials, preflights, routes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mutants.operators.changes import Change, Document, Operator
from openapi_first.openapi.model import Contract

_ANY = "x-amazon-apigateway-any-method"
_MOCK = {
    "responses": {"200": {"description": "."}},
    "x-amazon-apigateway-integration": {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200"}},
    },
}


def _open(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations:
        if operation.security:

            def change(
                document: Document, path: str = operation.path, key: str = operation.method.lower()
            ) -> None:
                document["paths"][path][key].pop("security")

            yield Change(operation.id, gateway=change)


def _without_preflight(contract: Contract) -> Iterator[Change]:
    for path in dict.fromkeys(each.path for each in contract.operations):

        def change(document: Document, path: str = path) -> None:
            del document["paths"][path]["options"]

        yield Change(path, gateway=change)


def _narrow_preflight(contract: Contract) -> Iterator[Change]:
    """The preflight does not allow the method of the last operation of the path."""
    last = {each.path: each for each in contract.operations}
    for path, operation in last.items():
        if operation.method in ("PUT", "PATCH", "DELETE"):

            def change(document: Document, path: str = path, name: str = operation.method) -> None:
                _replaced(document["paths"][path]["options"], name, "TRACE")

            yield Change(operation.id, gateway=change)


def _replaced(value: Any, old: str, new: str) -> None:
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(each, str):
            value[key] = each.replace(old, new)
        elif isinstance(each, dict | list):
            _replaced(each, old, new)


def _any_route(contract: Contract) -> Iterator[Change]:
    def change(document: Document) -> None:
        document["paths"]["/{proxy+}"] = {_ANY: _MOCK}

    yield Change("all", gateway=change)


OPERATORS = (
    Operator("credentials-unchecked", "an operation takes requests without credentials", _open),
    Operator("preflight-lost", "a path has no preflight", _without_preflight),
    Operator("preflight-narrow", "the preflight does not allow a method", _narrow_preflight),
    Operator("any-route", "a path that the contract does not have is a 200", _any_route),
)
