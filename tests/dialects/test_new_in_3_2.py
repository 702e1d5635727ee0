"""What is new in OpenAPI 3.2 is named: a remark if it only documents, else an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.documents.errors import ContractError
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import RemarkKind
from support.documents import operation, whole, written

JSON = "application/json"
OK = {"responses": {"200": {"description": "ok"}}}


def newest(**more: Any) -> dict[str, Any]:
    return {**whole(), "openapi": "3.2.0", **more}


def changed(name: str) -> dict[str, Any]:
    document = newest()
    item, content = document["paths"]["/things/{id}"], {JSON: {}}
    operation(document)["responses"]["200"]["content"] = content
    parameters = operation(document)["parameters"]
    if name in ("query", "additionalOperations"):
        item[name] = OK if name == "query" else {"COPY": OK}
    elif name == "in: querystring":
        parameters.append({"name": "q", "in": "querystring", "content": {JSON: {"schema": {}}}})
    elif name == "style: cookie":
        parameters.append({"name": "q", "in": "cookie", "style": "cookie", "schema": {}})
    elif name == "mediaTypes":
        document["components"] = {name: {"A": {}}}
    elif name == "defaultMapping":
        one = {"propertyName": "a", name: "A"}
        content[JSON] = {"schema": {"anyOf": [{"type": "object"}], "discriminator": one}}
    else:
        content[JSON] = {name: [{}] if name == "prefixEncoding" else {}}
    return document


@pytest.mark.parametrize(
    "name",
    [
        *("query", "additionalOperations", "in: querystring", "style: cookie", "mediaTypes"),
        *("defaultMapping", "itemSchema", "itemEncoding", "prefixEncoding"),
    ],
)
def test_what_changes_the_api_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContractError) as caught:
        load(written(tmp_path, changed(name)))
    (error,) = caught.value.diagnostics
    assert error.detail == f"{name} is new in OpenAPI 3.2, and is not supported yet"
    assert error.line
    assert error.pointer.endswith(name.partition(":")[0])


def test_what_only_documents_is_a_remark(tmp_path: Path) -> None:
    example = {"dataValue": {"a": 1}, "serializedValue": "{}"}
    flows = {
        "deviceAuthorization": {"deviceAuthorizationUrl": "/d", "tokenUrl": "/t", "scopes": {}}
    }
    document = newest(
        **{"$self": "https://example.com/api"},
        tags=[{"name": "a", "summary": "A", "kind": "nav"}, {"name": "b", "parent": "a"}],
        servers=[{"url": "/", "name": "one"}],
        components={
            "securitySchemes": {
                "o": {
                    "type": "oauth2",
                    "oauth2MetadataUrl": "/m",
                    "deprecated": True,
                    "flows": flows,
                }
            }
        },
    )
    operation(document)["responses"] = {
        "200": {"summary": "Found.", "content": {JSON: {"examples": {"a": example}}}}
    }
    contract = load(written(tmp_path, document))
    assert {each.kind for each in contract.remarks} == {RemarkKind.NEW_IN_3_2}
    assert sorted(each.node.pointer.rpartition("/")[2] for each in contract.remarks) == sorted(
        [
            *("$self", "summary", "kind", "parent", "name", "oauth2MetadataUrl", "deprecated"),
            *("deviceAuthorization", "summary", "dataValue", "serializedValue"),
        ]
    )


def test_other_errors_speak_of_3_2(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"OpenAPI 3\.2 does not allow colour"):
        load(written(tmp_path, newest(colour="red")))
