"""Changes of the messages of a contract whose relation is known.

Each change takes an operation, changes it in place, and returns whether it applies.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

from relations.contracts import Document

Edit = Callable[[random.Random, Document, Document], bool]
"""Of a random generator, the document and one of its operations."""


def _parameter(operation: Document, name: str) -> Document | None:
    found: Document | None = next(
        (each for each in operation["parameters"] if each.get("name") == name), None
    )
    return found


def _renamed(content: Document, name: str) -> bool:
    if list(content) != ["application/json"]:
        return False
    content[name] = content.pop("application/json")
    return True


# Equal.


def other_spelling(rng: random.Random, _: Document, operation: Document) -> bool:
    """`explode` and styles that write the same."""
    chosen = _parameter(operation, rng.choice(["filter", "id", "X-Trace", "many"]))
    if chosen is None:
        return False
    if chosen["name"] == "many":
        chosen.update(style="form", explode=True)
    else:
        chosen["explode"] = rng.random() < 0.5
    return True


def header_explode(_rng: random.Random, _: Document, operation: Document) -> bool:
    operation["responses"]["200"]["headers"]["X-Count"]["explode"] = True
    return True


def shared_parameter(rng: random.Random, document: Document, operation: Document) -> bool:
    shared = document["components"].setdefault("parameters", {})
    index = rng.randrange(len(operation["parameters"]))
    name = f"{operation['operationId']}P{index}"
    if "$ref" in operation["parameters"][index]:
        return False
    shared[name] = operation["parameters"][index]
    operation["parameters"][index] = {"$ref": f"#/components/parameters/{name}"}
    return True


def header_case(_rng: random.Random, _: Document, operation: Document) -> bool:
    headers = operation["responses"]["200"]["headers"]
    headers["x-count"] = headers.pop("X-Count")
    return True


def media_type_spelling(rng: random.Random, _: Document, operation: Document) -> bool:
    spelled = [
        "application/json; charset=utf-8",
        "Application/JSON",
        'application/json;charset="UTF-8"',
    ]
    body, ok = operation["requestBody"], operation["responses"]["200"]
    return _renamed(rng.choice([body, ok])["content"], rng.choice(spelled))


def shared_body(_rng: random.Random, document: Document, operation: Document) -> bool:
    name = f"{operation['operationId']}Body"
    document["components"].setdefault("requestBodies", {})[name] = operation["requestBody"]
    operation["requestBody"] = {"$ref": f"#/components/requestBodies/{name}"}
    return True


def shared_response(_rng: random.Random, document: Document, operation: Document) -> bool:
    name = f"{operation['operationId']}Ok"
    document["components"].setdefault("responses", {})[name] = operation["responses"]["200"]
    operation["responses"]["200"] = {"$ref": f"#/components/responses/{name}"}
    return True


def body_default(_rng: random.Random, _: Document, operation: Document) -> bool:
    value = operation["requestBody"]["content"]["application/json"]["schema"]
    for member in value.get("properties", {}).values():
        if member.get("type") == "boolean":
            member["default"] = True
            return True
    return False


def renamed_scheme(_rng: random.Random, document: Document, operation: Document) -> bool:
    schemes = document["components"]["securitySchemes"]
    schemes["renamed"] = copy.deepcopy(schemes["key"])
    if operation.get("security") != [{"key": []}]:
        return False
    operation["security"] = [{"renamed": []}]
    return True


def documented(rng: random.Random, document: Document, operation: Document) -> bool:
    operation[rng.choice(["summary", "description"])] = "New words."
    document["info"]["version"] = "2"
    return True


EQUAL: tuple[Edit, ...] = (
    *(other_spelling, header_explode, shared_parameter, header_case, media_type_spelling),
    *(shared_body, shared_response, body_default, renamed_scheme, documented),
)


# What no client of the old contract notices; backwards it breaks some.


def optional_parameter(_rng: random.Random, _: Document, operation: Document) -> bool:
    operation["parameters"].append({"name": "new", "in": "query", "schema": {"type": "string"}})
    return True


def no_longer_required(rng: random.Random, _: Document, operation: Document) -> bool:
    required = [each for each in operation["parameters"][1:] if each.get("required")]
    if not required:
        return False
    rng.choice(required)["required"] = False
    return True


def optional_body(_rng: random.Random, _: Document, operation: Document) -> bool:
    was = operation["requestBody"].get("required", False)
    operation["requestBody"]["required"] = False
    return bool(was)


def optional_property(_rng: random.Random, _: Document, operation: Document) -> bool:
    value = operation["requestBody"]["content"]["application/json"]["schema"]
    value["properties"]["added"] = {"type": "string"}
    return True


def response_property(_rng: random.Random, _: Document, operation: Document) -> bool:
    value = operation["responses"]["200"]["content"]["application/json"]["schema"]
    if value.get("type") != "object" or "additionalProperties" in value:
        return False
    value["properties"]["added"] = {"type": "string"}
    return True


def more_media_types(rng: random.Random, _: Document, operation: Document) -> bool:
    content = operation["requestBody"]["content"]
    if rng.random() < 0.5:
        return _renamed(content, rng.choice(["application/*", "*/*"]))
    content["text/csv"] = {"schema": {"type": "string"}}
    return True


def header_always(_rng: random.Random, _: Document, operation: Document) -> bool:
    header = operation["responses"]["200"]["headers"]["X-Count"]
    was = header["required"]
    header["required"] = True
    return not was


def several_values(_rng: random.Random, _: Document, operation: Document) -> bool:
    parameter = _parameter(operation, "filter")
    if parameter is None:
        return False
    parameter["schema"] = {"type": "array", "items": parameter["schema"]}
    return True


def any_text(_rng: random.Random, _: Document, operation: Document) -> bool:
    parameter = _parameter(operation, "filter")
    if parameter is None or parameter["schema"].get("type") not in ("integer", "number", "boolean"):
        return False
    parameter["schema"] = {"type": "string"}
    return True


def other_credentials(_rng: random.Random, _: Document, operation: Document) -> bool:
    if "security" not in operation:
        return False
    operation["security"].append({"token": []})
    return True


def no_credentials(_rng: random.Random, _: Document, operation: Document) -> bool:
    return operation.pop("security", None) is not None


def another_operation(_rng: random.Random, document: Document, operation: Document) -> bool:
    name = f"{operation['operationId']}New"
    path = next(path for path, item in document["paths"].items() if operation in item.values())
    document["paths"][path]["delete"] = {
        "operationId": name,
        "parameters": [operation["parameters"][0]],
        "responses": {"204": {"description": "Gone."}},
    }
    return True


def response_header(_rng: random.Random, _: Document, operation: Document) -> bool:
    operation["responses"]["200"]["headers"]["X-New"] = {"schema": {"type": "string"}}
    return True


WIDER: tuple[Edit, ...] = (
    *(optional_parameter, no_longer_required, optional_body, optional_property),
    *(response_property, more_media_types, header_always, several_values, any_text),
    *(other_credentials, no_credentials, another_operation, response_header),
)


# What no client notices, in neither direction of the change.


def error_range(_rng: random.Random, _: Document, operation: Document) -> bool:
    responses = operation["responses"]
    responses["4XX"] = responses.pop("404")
    return True


def error_default(_rng: random.Random, _: Document, operation: Document) -> bool:
    responses = operation["responses"]
    responses["default"] = responses.pop("404")
    return True


def another_error(_rng: random.Random, _: Document, operation: Document) -> bool:
    responses = operation["responses"]
    responses["409"] = copy.deepcopy(responses["404"])
    return True


def a_default_beside(_rng: random.Random, _: Document, operation: Document) -> bool:
    responses = operation["responses"]
    responses["default"] = copy.deepcopy(responses["404"])
    return True


HARMLESS: tuple[Edit, ...] = (error_range, error_default, another_error, a_default_beside)
