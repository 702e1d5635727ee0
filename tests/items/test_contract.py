"""openapi.yaml itself: valid, and its examples are what it promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from openapi_schema_validator import oas30_format_checker as formats
from openapi_spec_validator import validate

DOCUMENT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8")
)
METHODS = ("get", "put", "post", "delete")


def resolved(node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        target: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for item in DOCUMENT["paths"].values():
        for method in METHODS:
            if method in item:
                yield item[method]["operationId"], item[method]


def values(holder: dict[str, Any]) -> dict[str, Any]:
    found = {name: resolved(each)["value"] for name, each in holder.get("examples", {}).items()}
    if "example" in holder:
        found["the example"] = holder["example"]
    return found


def examples() -> Iterator[tuple[str, Any, Any, Any]]:
    """Where each example stands, its validator's class, its schema and its value."""
    for name, operation in operations():
        for parameter in map(resolved, operation.get("parameters", [])):
            for example, value in values(parameter).items():
                yield (
                    f"{name} {parameter['name']} {example}",
                    OAS30WriteValidator,
                    parameter["schema"],
                    value,
                )
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            for example, value in values(content).items():
                yield (
                    f"{name} {media_type} {example}",
                    OAS30WriteValidator,
                    content["schema"],
                    value,
                )
        for status, response in operation["responses"].items():
            response = resolved(response)
            for media_type, content in response.get("content", {}).items():
                for example, value in values(content).items():
                    where = f"{name} {status} {media_type} {example}"
                    yield where, OAS30ReadValidator, content["schema"], value
            for header, written in response.get("headers", {}).items():
                header_object = resolved(written)
                for example, value in values(header_object).items():
                    where = f"{name} {status} {header} {example}"
                    yield where, OAS30ReadValidator, header_object["schema"], value


def test_it_is_valid() -> None:
    validate(DOCUMENT)


@pytest.mark.parametrize(
    ("validator", "schema", "value"),
    [pytest.param(*rest, id=where) for where, *rest in examples() if "notAnId" not in where],
)
def test_every_example_keeps_its_schema(validator: Any, schema: Any, value: Any) -> None:
    whole = {**schema, "components": DOCUMENT["components"]}
    validator(whole, format_checker=formats).validate(value)


def test_the_example_of_a_bad_id_breaks_its_schema() -> None:
    (example,) = [rest for where, *rest in examples() if where == "getItem id notAnId"]
    validator, schema, value = example
    assert not validator(schema, format_checker=formats).is_valid(value)


def test_every_request_body_and_every_response_has_an_example() -> None:
    found = [where for where, *_ in examples()]
    for name, operation in operations():
        for media_type in operation.get("requestBody", {}).get("content", {}):
            assert any(where.startswith(f"{name} {media_type} ") for where in found)
        for status, response in operation["responses"].items():
            # 403, say, comes in two media types, one of them only should a stage setting not hold.
            if resolved(response).get("content"):
                assert any(where.startswith(f"{name} {status} ") for where in found), status


def test_every_example_of_a_request_has_its_answer() -> None:
    for name, operation in operations():
        asked = {
            example
            for body in operation.get("requestBody", {}).get("content", {}).values()
            for example in values(body)
        }
        answered = {
            example
            for response in map(resolved, operation["responses"].values())
            for content in response.get("content", {}).values()
            for example in values(content)
        }
        assert asked <= answered, name


def test_every_operation_asks_for_the_key_itself() -> None:
    for _, operation in operations():
        assert operation["security"] == [{"apiKey": []}]
