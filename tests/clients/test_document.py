"""Generators get one valid document that means what the contract means."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from openapi_first.clients.document import as_json, client_document, without_method
from openapi_first.clients.request_bodies import with_one_media_type
from openapi_first.openapi.loader import load
from support.documents import as_yaml, whole, written

ROOT = Path(__file__).parents[2]


def made(folder: Path, files: dict[str, Any]) -> dict[str, Any]:
    """The document of a contract of several files, after it was checked."""
    for name, document in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(as_yaml(document))
    found = client_document(load(folder / "openapi.yaml"))
    document: dict[str, Any] = json.loads(as_json(found))
    validate(document)
    places = re.findall(r'"\$ref": "(.*?)"', as_json(document))
    assert all(re.fullmatch("#/components/[A-Za-z]+/[A-Za-z0-9._-]+", each) for each in places)
    return document


def with_schema(schema: Any, **components: Any) -> dict[str, Any]:
    document = whole()
    responses = document["paths"]["/things/{id}"]["get"]["responses"]
    responses["200"]["content"] = {"application/json": {"schema": schema}}
    return document | ({"components": components} if components else {})


def schema_of(document: dict[str, Any]) -> Any:
    responses = document["paths"]["/things/{id}"]["get"]["responses"]
    return responses["200"]["content"]["application/json"]["schema"]


def test_a_contract_that_needs_nothing_stays_as_it_is() -> None:
    contract = load(ROOT / "openapi.yaml")
    assert client_document(contract) == contract.root.value


def test_files_become_components_with_the_names_that_they_have(tmp_path: Path) -> None:
    pet = {
        "type": "object",
        "properties": {"owner": {"$ref": "more.yaml#/Owner"}, "next": {"$ref": "pet.yaml"}},
    }
    owner = {"type": "object", "properties": {"pets": {"items": {"$ref": "pet.yaml"}}}}
    owner["properties"]["pets"]["type"] = "array"  # type: ignore[index]
    root = with_schema({"$ref": "./pet.yaml"}, schemas={"Owner": {"type": "string"}})
    document = made(
        tmp_path, {"openapi.yaml": root, "pet.yaml": pet, "more.yaml": {"Owner": owner}}
    )
    assert schema_of(document) == {"$ref": "#/components/schemas/pet"}
    schemas = document["components"]["schemas"]
    assert schemas["Owner"] == {"type": "string"}
    assert schemas["pet"]["properties"] == {
        "owner": {"$ref": "#/components/schemas/Owner_2"},
        "next": {"$ref": "#/components/schemas/pet"},
    }
    assert schemas["Owner_2"]["properties"]["pets"]["items"] == schema_of(document)


def test_a_component_in_another_file_keeps_the_name_that_the_contract_gives_it(
    tmp_path: Path,
) -> None:
    aliases = {"Animal": {"$ref": "pet.yaml"}, "Other": {"$ref": "#/components/schemas/Animal"}}
    root = with_schema({"$ref": "list.yaml#/Pets"}, schemas=aliases)
    pets = {"type": "array", "items": {"$ref": "pet.yaml"}}
    files = {"openapi.yaml": root, "pet.yaml": {"type": "string"}, "list.yaml": {"Pets": pets}}
    assert made(tmp_path, files)["components"]["schemas"] == {
        "Animal": {"type": "string"},
        "Other": {"$ref": "#/components/schemas/Animal"},
        "Pets": {"type": "array", "items": {"$ref": "#/components/schemas/Animal"}},
    }


def test_a_reference_into_a_component_becomes_one_to_a_component(tmp_path: Path) -> None:
    thing = {"type": "object", "properties": {"size": {"type": "integer"}}}
    size = {"$ref": "#/components/schemas/Thing/properties/size"}
    document = made(tmp_path, {"openapi.yaml": with_schema(size, schemas={"Thing": thing})})
    assert schema_of(document) == {"$ref": "#/components/schemas/size"}
    assert document["components"]["schemas"] == {"Thing": thing, "size": {"type": "integer"}}


def test_every_kind_of_object_may_be_in_another_file(tmp_path: Path) -> None:
    parts = {
        "item": {
            "get": {
                "parameters": [{"$ref": "#/id"}],
                "requestBody": {"$ref": "#/body"},
                "responses": {"200": {"$ref": "#/response"}},
                "callbacks": {"done": {"$ref": "#/callback"}},
            }
        },
        "id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        "body": {"content": {"application/json": {"schema": {"type": "object"}}}},
        "response": {
            "description": "A thing.",
            "headers": {"ETag": {"$ref": "#/header"}},
            "links": {"again": {"$ref": "#/link"}},
            "content": {"application/json": {"examples": {"one": {"$ref": "#/example"}}}},
        },
        "header": {"schema": {"type": "string"}},
        "link": {"operationRef": "#/item/get", "parameters": {"id": "$response.body#/id"}},
        "example": {"value": {"$ref": "not a reference"}},
        "callback": {"{$request.body#/url}": {"post": {"responses": {"200": {"$ref": "#/other"}}}}},
        "other": {"description": "Taken."},
    }
    root = {**whole(), "paths": {"/things/{id}": {"$ref": "parts.yaml#/item"}}}
    for name, document in {"openapi.yaml": root, "parts.yaml": parts}.items():
        (tmp_path / name).write_text(as_yaml(document))
    document = client_document(load(tmp_path / "openapi.yaml"))
    validate(document)
    get = document["paths"]["/things/{id}"]["get"]
    assert get["operationId"] == "get_things_by_id"
    assert get["parameters"] == [{"$ref": "#/components/parameters/id"}]
    components = document["components"]
    assert components["links"]["link"]["operationId"] == "get_things_by_id"
    assert "operationRef" not in components["links"]["link"]
    assert components["examples"]["example"] == {"value": {"$ref": "not a reference"}}
    assert {section: sorted(names) for section, names in components.items()} == {
        "parameters": ["id"],
        "requestBodies": ["body"],
        "responses": ["other", "response"],
        "callbacks": ["callback"],
        "headers": ["header"],
        "links": ["link"],
        "examples": ["example"],
    }


def test_a_mapping_of_a_discriminator_leads_to_components(tmp_path: Path) -> None:
    kind = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    either = {
        "oneOf": [{"$ref": "cat.yaml"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"c": "cat.yaml", "d": "Dog"}},
    }
    files = {"openapi.yaml": with_schema(either, schemas={"Dog": kind}), "cat.yaml": kind}
    mapping = schema_of(made(tmp_path, files))["discriminator"]["mapping"]
    assert mapping == {"c": "#/components/schemas/cat", "d": "Dog"}


def test_what_stands_beside_a_reference_of_3_1_stays(tmp_path: Path) -> None:
    beside = {"$ref": "pet.yaml", "properties": {"size": {"$ref": "size.yaml"}}}
    files = {"openapi.yaml": with_schema(beside) | {"openapi": "3.1.0"}}
    files |= {"pet.yaml": {"type": "object"}, "size.yaml": {"type": "integer"}}
    document = made(tmp_path, files)
    size = {"$ref": "#/components/schemas/size"}
    assert schema_of(document) == {"$ref": "#/components/schemas/pet", "properties": {"size": size}}


@pytest.mark.parametrize(("written_as", "read_as"), [("3.1.0", "3.1.0"), ("3.2.0", "3.1.1")])
def test_an_operation_without_responses_has_any(
    tmp_path: Path, written_as: str, read_as: str
) -> None:
    root = whole() | {"openapi": written_as}
    del root["paths"]["/things/{id}"]["get"]["responses"]
    document = made(tmp_path, {"openapi.yaml": root})
    assert document["openapi"] == read_as
    responses = document["paths"]["/things/{id}"]["get"]["responses"]
    assert responses == {"default": {"description": "Any."}}


def test_a_contract_without_paths_has_none_for_a_generator(tmp_path: Path) -> None:
    info = {"title": "Things", "version": "1"}
    document = made(tmp_path, {"openapi.yaml": {"openapi": "3.1.0", "info": info, "webhooks": {}}})
    assert document["paths"] == {}
    assert with_one_media_type(document) == (document, [])


def test_swagger_is_converted(tmp_path: Path) -> None:
    definitions = {"Thing": {"type": "object"}}
    thing = {"description": "A thing.", "schema": {"$ref": "#/definitions/Thing"}}
    root = {
        "swagger": "2.0",
        "info": {"title": "Things", "version": "1"},
        "definitions": definitions,
    }
    root["paths"] = {"/things": {"get": {"produces": ["a/json"], "responses": {"200": thing}}}}
    document = made(tmp_path, {"openapi.yaml": root})
    assert document["openapi"].startswith("3.0")
    assert document["components"]["schemas"] == {"Thing": {"type": "object"}}
    assert document["paths"]["/things"]["get"]["operationId"] == "get_things"


def test_an_operation_for_every_method_is_left_out(tmp_path: Path) -> None:
    root = whole()
    item = root["paths"]["/things/{id}"]
    item["x-amazon-apigateway-any-method"] = {**item["get"], "operationId": "rest"}
    contract = load(written(tmp_path, root))
    assert client_document(contract) == whole()
    assert without_method(contract) == ["ANY /things/{id}"]
