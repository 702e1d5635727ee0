"""What API Gateway drops, adds or reorders is not drift."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from drift.changing import PREFIX, Change, Look, on_api, on_gateway_response, on_method, on_model
from drift.exported_api import exported
from drift.imported_api import RestApi, imported
from drift.small import SMALL, SMALL_EXPORT
from openapi_first.drift.comparison import compare_export


def shuffled(value: Any, seed: int) -> Any:
    generator = random.Random(seed)

    def turn(part: Any) -> Any:
        if isinstance(part, dict):
            names = list(part)
            generator.shuffle(names)
            return {name: turn(part[name]) for name in names}
        return [turn(item) for item in part] if isinstance(part, list) else part

    return turn(value)


def reversed_list(name: str) -> Change:
    return lambda rest: getattr(rest, name).reverse()


def with_model(name: str) -> Change:
    model = {"id": name, "name": name, "schema": '{"type": "object"}'}
    return lambda rest: rest.models.append(model)


def described(rest: RestApi) -> None:
    rest.api["description"] = "Another."
    rest.api["tags"] = {"team": "items"}
    for each in rest.models:
        schema = json.loads(each["schema"])
        each["schema"] = json.dumps({**schema, "description": "D", "title": "T"}, indent=2)


def with_proxy_responses(rest: RestApi) -> None:
    """As the console writes them."""
    integration = rest.method("/items", "GET")["methodIntegration"]
    integration["integrationResponses"] = {"200": {"statusCode": "200"}}


def unordered(rest: RestApi) -> None:
    for each in rest.models:
        schema = json.loads(each["schema"])
        if "required" in schema:
            schema["required"].reverse()
        each["schema"] = json.dumps(shuffled(schema, 1))


def shuffle_all(rest: RestApi) -> None:
    rest.resources = shuffled(rest.resources, 2)
    rest.resources.reverse()


HARMLESS: dict[str, Change] = {
    "order of models": reversed_list("models"),
    "order of resources": reversed_list("resources"),
    "order of validators": reversed_list("validators"),
    "order of gateway responses": reversed_list("gateway_responses"),
    "order within methods": shuffle_all,
    "order within schemas": unordered,
    "order of media types": lambda rest: rest.api["binaryMediaTypes"].reverse(),
    "models that nothing uses": with_model("Empty"),
    "descriptions and tags": described,
    "responses of a proxy": with_proxy_responses,
    "cache namespace": on_method("/items", "GET", "methodIntegration", "cacheNamespace", to="x"),
    "connection": on_method("/items", "GET", "methodIntegration", "connectionType", to="INTERNET"),
    "buffered": on_method(
        "/items", "GET", "methodIntegration", "responseTransferMode", to="BUFFERED"
    ),
    "title": on_api("name", "items-prod"),
    "numbers": on_model("ItemInput", "properties", "name", "maxLength", to=255.0),
    "a gateway response equal to its default": on_gateway_response(
        "REQUEST_TOO_LARGE", {"statusCode": "413"}
    ),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_aws_drops_or_reorders_is_not_drift(
    name: str, document: dict[str, Any], look: Look
) -> None:
    current, stage = imported(document), imported(document)
    HARMLESS[name](current)
    assert look(document, current, stage).differences == ()
    HARMLESS[name](stage)
    assert look(document, current, stage).differences == ()


def test_an_export_without_gateway_responses_is_not_drift(
    document: dict[str, Any],
) -> None:
    """Some exports leave them out entirely."""
    export = exported(imported(document), "prod")
    del export[f"{PREFIX}gateway-responses"]
    assert compare_export(document, export).differences == ()


def test_the_exporter_of_these_tests_writes_what_aws_writes() -> None:
    assert exported(imported(SMALL), "local") == SMALL_EXPORT
    assert compare_export(SMALL, SMALL_EXPORT).differences == ()
