"""Changes that somebody makes to an API by hand."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from drift.imported_api import RestApi
from openapi_first.drift.comparison import Drift

PREFIX = "x-amazon-apigateway-"
ITEM, LIST = "/paths/~1items~1{id}", "/paths/~1items"
INTEGRATION = f"{PREFIX}integration"

Change = Callable[[RestApi], None]
"""Changes an API in place."""
Look = Callable[[dict[str, Any], RestApi, RestApi], Drift]
"""The drift of an import document, the current API, and the stage."""


def on_method(path: str, method: str, *keys: str, to: Any) -> Change:
    """Sets, or with None removes, a value of a method."""

    def change(rest: RestApi) -> None:
        value = rest.method(path, method)
        for key in keys[:-1]:
            value = value[key]
        if to is None:
            del value[keys[-1]]
        else:
            value[keys[-1]] = to

    return change


def on_model(name: str, *keys: Any, to: Any) -> Change:
    def change(rest: RestApi) -> None:
        schema = json.loads(rest.model(name)["schema"])
        value = schema
        for key in keys[:-1]:
            value = value[key]
        if to is None:
            del value[keys[-1]]
        else:
            value[keys[-1]] = to
        rest.model(name)["schema"] = json.dumps(schema)

    return change


def on_gateway_response(name: str, to: dict[str, Any]) -> Change:
    return lambda rest: rest.gateway_response(name).update({**to, "defaultResponse": False})


def on_api(key: str, to: Any) -> Change:
    return lambda rest: rest.api.__setitem__(key, to)


def on_authorizer(key: str, to: Any) -> Change:
    return lambda rest: rest.authorizers[0].__setitem__(key, to)


def on_validator(name: str, key: str, to: bool) -> Change:
    def change(rest: RestApi) -> None:
        next(each for each in rest.validators if each["name"] == name)[key] = to

    return change


def reset_gateway_response(name: str) -> Change:
    """As `delete-gateway-response` does."""

    def change(rest: RestApi) -> None:
        stock = {"application/json": '{"message":$context.error.messageString}'}
        rest.gateway_response(name).clear()
        rest.gateway_responses.append(
            {"responseType": name, "responseTemplates": stock, "defaultResponse": True}
        )
        rest.gateway_responses = [each for each in rest.gateway_responses if each]

    return change


def without_method(path: str, method: str) -> Change:
    return lambda rest: rest.resource(path)["resourceMethods"].pop(method)


def with_method(path: str, method: str, like: str) -> Change:
    def change(rest: RestApi) -> None:
        rest.resource(path)["resourceMethods"][method] = copy.deepcopy(rest.method(path, like))

    return change


def without_resource(path: str) -> Change:
    def change(rest: RestApi) -> None:
        rest.resources = [each for each in rest.resources if each["path"] != path]

    return change


def with_resource(path: str) -> Change:
    def change(rest: RestApi) -> None:
        methods = {"GET": copy.deepcopy(rest.method("/items", "GET"))}
        rest.resources.append({"id": "added", "path": path, "resourceMethods": methods})

    return change
