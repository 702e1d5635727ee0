"""Extensions of API Gateway in a contract are read, or refused with place and remedy."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from openapi_first.aws.extensions import EXTENSIONS, Place, Shape
from openapi_first.documents.errors import ContractError
from openapi_first.openapi.loader import load
from support.documents import operation, whole, written

PREFIX = "x-amazon-apigateway-"
INTEGRATION = f"{PREFIX}integration"
ANY = f"{PREFIX}any-method"
NOT_FOR_ANY_SHAPE = {f"{PREFIX}any-method"}
WRONG: dict[Shape, list[Any]] = {
    Shape.STRING: [1, None, [], {}, True],
    Shape.INTEGER: ["1", 1.5, True, {}, None],
    Shape.LIST: ["a", {}, {"a": 1}, None],
    Shape.OBJECT: ["{}", [], 1, None, True],
}


def refusals(folder: Path, document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The pointer, the detail and the remedy of each error."""
    with pytest.raises(ContractError) as caught:
        load(written(folder, document))
    return [(each.pointer, each.detail, each.remedy) for each in caught.value.diagnostics]


def placed(place: Place, key: str, value: Any) -> dict[str, Any]:
    """A contract with an extension at the place."""
    document = {
        **whole(),
        "servers": [{"url": "/"}],
        "tags": [{"name": "a"}],
        "components": {"securitySchemes": {"one": {"type": "http", "scheme": "bearer"}}},
    }
    owners: dict[Place, Any] = {
        Place.ROOT: document,
        Place.SERVER: document["servers"][0],
        Place.TAG: document["tags"][0],
        Place.COMPONENTS: document["components"],
        Place.PATH_ITEM: document["paths"]["/things/{id}"],
        Place.OPERATION: operation(document),
        Place.SECURITY_SCHEME: document["components"]["securitySchemes"]["one"],
    }
    owners[place][key] = value
    return document


@pytest.mark.parametrize("key", sorted(set(EXTENSIONS) - NOT_FOR_ANY_SHAPE))
def test_an_extension_of_the_wrong_shape_is_an_error_at_its_place(tmp_path: Path, key: str) -> None:
    extension = EXTENSIONS[key]
    for place in extension.places:
        for value in WRONG[extension.shape]:
            ((pointer, detail, remedy),) = refusals(tmp_path, placed(place, key, value))
            assert pointer.endswith(f"/{key}")
            assert detail == f"{key} is not {extension.shape.value}"
            assert extension.page in remedy


@pytest.mark.parametrize("key", sorted(set(EXTENSIONS) - NOT_FOR_ANY_SHAPE))
def test_a_function_of_cloudformation_may_stand_for_any_value(tmp_path: Path, key: str) -> None:
    for value in ({"Ref": "Parameter"}, {"Fn::Sub": "${Parameter}"}):
        for place in EXTENSIONS[key].places:
            load(written(tmp_path, placed(place, key, value)))


@pytest.mark.parametrize(
    ("key", "value", "pointer", "words"),
    [
        ("api-key-source", "BODY", "", "Write one of: HEADER, AUTHORIZER."),
        ("minimum-compression-size", -1, "", "from 0 to 10485760"),
        ("gateway-responses", {"THROTLED": {}}, "/THROTLED", "Write THROTTLED."),
        ("gateway-responses", {"THROTTLED": 429}, "/THROTTLED", "Write an object"),
    ],
)
def test_a_value_that_api_gateway_does_not_know_is_an_error(
    tmp_path: Path, key: str, value: Any, pointer: str, words: str
) -> None:
    ((place, _, remedy),) = refusals(tmp_path, {**whole(), PREFIX + key: value})
    assert place == f"/{PREFIX}{key}{pointer}"
    assert words in remedy


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("type", "moc"),
        ("type", 1),
        ("uri", ["a"]),
        ("timeoutInMillis", "29000"),
        ("timeoutInMillis", True),
        ("timeoutInMillis", 49),
        ("timeoutInMillis", 900_001),
        ("cacheKeyParameters", "id"),
        ("responses", []),
        ("requestTemplates", "x"),
        ("contentHandling", "TEXT"),
        ("responseTransferMode", "CHUNKED"),
        ("passthroughBehavior", "sometimes"),
    ],
)
def test_a_member_of_an_integration_of_the_wrong_shape_is_an_error(
    tmp_path: Path, member: str, value: Any
) -> None:
    document = whole()
    operation(document)[INTEGRATION] = {member: value}
    ((pointer, detail, remedy),) = refusals(tmp_path, document)
    assert pointer.endswith(f"/{INTEGRATION}/{member}")
    assert member in detail
    assert remedy.startswith("Write ")


def test_the_operation_for_any_method_is_an_operation(tmp_path: Path) -> None:
    document = whole()
    item = document["paths"]["/things/{id}"]
    item[ANY] = {**copy.deepcopy(item["get"]), "operationId": "anyThing"}
    item[ANY]["responses"]["200"] = {"$ref": "#/components/responses/Thing"}
    document["components"] = {"responses": {"Thing": {"description": "A thing."}}}
    contract = load(written(tmp_path, document))
    assert [(each.method, each.function) for each in contract.operations] == [
        ("GET", "get_thing"),
        ("ANY", "any_thing"),
    ]
    assert contract.operations[1].responses[0].node.pointer == "/components/responses/Thing"


def test_the_operation_for_any_method_gets_a_derived_name(tmp_path: Path) -> None:
    document = whole()
    item = document["paths"]["/things/{id}"]
    item[ANY] = item.pop("get")
    del item[ANY]["operationId"]
    (only,) = load(written(tmp_path, document)).operations
    assert (only.id, only.function) == ("any_things_by_id", "any_things_by_id")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"response": {}}, "OpenAPI does not allow response here"),
        ({"responses": {"200": {"$ref": "#/nowhere"}}}, "'#/nowhere' has no target"),
        ({"parameters": []}, "ANY /things/{id} does not declare the path parameter id"),
        ({"operationId": "getThing"}, "the operationId getThing is already used"),
        ({"security": [{"nobody": []}]}, "there is no security scheme nobody"),
    ],
)
def test_what_is_wrong_in_the_operation_for_any_method_is_found(
    tmp_path: Path, edit: dict[str, Any], words: str
) -> None:
    document = whole()
    item = document["paths"]["/things/{id}"]
    item[ANY] = {**copy.deepcopy(item["get"]), "operationId": "anyThing", **edit}
    (found,) = [each for each in refusals(tmp_path, document) if words in each[1]]
    assert ANY in found[0]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_an_operation_with_an_integration_needs_no_responses(tmp_path: Path, version: str) -> None:
    document = {**whole(), "openapi": version}
    del operation(document)["responses"]
    operation(document)[INTEGRATION] = {"type": "mock"}
    (only,) = load(written(tmp_path, document)).operations
    assert only.own_integration is not None
    del operation(document)[INTEGRATION]
    if version == "3.0.3":
        ((_, detail, _),) = refusals(tmp_path, document)
        assert detail == "responses is missing"


def test_an_integration_of_its_own_needs_no_declared_path_variables(tmp_path: Path) -> None:
    document = whole()
    del operation(document)["parameters"]
    assert "does not declare the path parameter id" in refusals(tmp_path, document)[0][1]
    operation(document)[INTEGRATION] = {"type": "mock"}
    load(written(tmp_path, document))
