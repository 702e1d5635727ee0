"""Every operation and parameter has a name in Python, whatever the contract calls it."""

from __future__ import annotations

import json
from keyword import iskeyword
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.documents.errors import ContractError
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from openapi_first.openapi.python_names import derived_names, snake_case

RESPONSES = {"200": {"description": "ok"}}
ODD = ("from", "self", "body", "2fa", "$", "a-b", "a_b", "aB", "日本", "größe", "ﬁ", "²", "class_")
NAMES = st.sampled_from(ODD) | st.text(
    st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6
)
SEGMENTS = st.text(st.sampled_from("ab_-.12"), min_size=1, max_size=3) | st.just("{id}")


@st.composite
def paths(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    ids: set[str] = set()
    templates = st.lists(SEGMENTS, max_size=3).map(lambda parts: "/" + "/".join(parts))
    unique = draw(st.lists(templates, min_size=1, max_size=5, unique=True))
    for path in (each for each in unique if each.count("{id}") < 2):
        variables = [{"name": "id", "in": "path", "required": True, "schema": {}}]
        listed = draw(st.lists(NAMES.filter(lambda name: name != "id"), max_size=4, unique=True))
        operation: dict[str, Any] = {
            "parameters": [
                *(variables if "{id}" in path else []),
                *({"name": name, "in": "query", "schema": {}} for name in listed),
            ],
            "responses": RESPONSES,
        }
        identifier = draw(st.none() | NAMES)
        if identifier is not None and identifier not in ids:
            ids.add(identifier)
            operation["operationId"] = identifier
        if draw(st.booleans()):
            operation["requestBody"] = {"content": {"application/json": {"schema": {}}}}
        found[path] = {"post": operation}
    return found


def loaded(folder: Path, paths: dict[str, Any]) -> Contract:
    document = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths}
    # JSON, since PyYAML leaves out the quotes of what is a number only in YAML 1.2.
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return load(path)


def names(contract: Contract) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    return {
        operation.path: (
            operation.id,
            operation.function,
            tuple(parameter.argument for parameter in operation.parameters),
        )
        for operation in contract.operations
    }


@given(paths())
def test_names_are_unique_and_valid_and_stay_when_an_operation_is_added(
    tmp_path_factory: pytest.TempPathFactory, paths: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("names")
    found = names(loaded(folder, paths))
    assert len({identifier for identifier, _, _ in found.values()}) == len(paths)
    assert len({function for _, function, _ in found.values()}) == len(paths)
    for path, (_, function, arguments) in found.items():
        body = ["body"] if "requestBody" in paths[path]["post"] else []
        assert len({*arguments, *body}) == len(arguments) + len(body)
        for name in (function, *arguments):
            assert name.isidentifier()
            assert not iskeyword(name)
            assert name != "self"
    more = {**paths, "/z/added": {"post": {"responses": RESPONSES}}}
    assert {**names(loaded(folder, more)), **found} == names(loaded(folder, more))


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("get", "/", "get_root"),
        ("get", "/items", "get_items"),
        ("put", "/items/{id}", "put_items_by_id"),
        ("get", "/shops/{shopId}/items/{id}.json", "get_shops_by_shop_id_items_by_id_json"),
        ("delete", "/files/{path+}", "delete_files_by_path"),
        ("get", "/{id}", "get_by_id"),
    ],
)
def test_an_operation_without_an_id_is_named_after_its_method_and_path(
    tmp_path: Path, method: str, path: str, name: str
) -> None:
    parameters = [
        {"name": variable, "in": "path", "required": True, "schema": {"type": "string"}}
        for variable in ("shopId", "id", "path")
        if f"{{{variable}" in path
    ]
    item = {method: {"parameters": parameters, "responses": RESPONSES}}
    (operation,) = loaded(tmp_path, {path: item}).operations
    assert (operation.id, operation.function) == (name, name)


@pytest.mark.parametrize(
    ("written_name", "argument"),
    [
        ("If-Match", "if_match"),
        ("HTTPCode", "http_code"),
        ("from", "from_"),
        ("self", "self_"),
        ("2fa", "_2fa"),
        ("StartTime<", "start_time"),
        ("größe", "größe"),
        ("ﬁle", "file"),
        ("$", "query"),
    ],
)
def test_what_python_cannot_take_is_changed(
    tmp_path: Path, written_name: str, argument: str
) -> None:
    parameters = [{"name": written_name, "in": "query", "schema": {"type": "string"}}]
    item = {"get": {"operationId": "a", "parameters": parameters, "responses": RESPONSES}}
    (operation,) = loaded(tmp_path, {"/a": item}).operations
    assert operation.parameters[0].argument == argument
    derived = [each.name for each in derived_names(operation)]
    assert derived == ([] if argument == snake_case(written_name) else [argument])


def test_the_first_of_equal_names_keeps_it_and_x_python_name_comes_before_all(
    tmp_path: Path,
) -> None:
    def operation(**more: str) -> dict[str, Any]:
        return {"get": {"responses": RESPONSES, **more}}

    found = loaded(
        tmp_path,
        {
            "/a": operation(operationId="getX"),
            "/b": operation(operationId="get_x"),
            "/c": operation(operationId="x", **{"x-python-name": "get_x_2"}),
            "/x": operation(),
        },
    )
    functions = [each.function for each in found.operations]
    assert functions == ["get_x", "get_x_3", "get_x_2", "get_x_4"]
    assert [each.id for each in found.operations] == ["getX", "get_x", "x", "get_x_4"]


def test_a_name_that_the_contract_gives_is_checked(tmp_path: Path) -> None:
    def parameter(name: str, python_name: str) -> dict[str, Any]:
        given = {"x-python-name": python_name}
        return {"name": name, "in": "query", "schema": {"type": "string"}, **given}

    parameters = [parameter("a", "one"), parameter("b", "one"), parameter("c", "class")]
    parameters += [parameter("e", "ﬁnd"), parameter("f", "__debug__")]
    body = {"content": {"application/json": {"schema": {}}}}
    item = {
        "post": {
            "operationId": "p",
            "parameters": [*parameters, parameter("d", "body")],
            "requestBody": body,
            "responses": RESPONSES,
        },
        "get": {"operationId": "a", "x-python-name": "same", "responses": RESPONSES},
        "put": {"operationId": "b", "x-python-name": "same", "responses": RESPONSES},
    }
    with pytest.raises(ContractError) as raised:
        loaded(tmp_path, {"/a": item})
    assert {each.detail for each in raised.value.diagnostics} == {
        "two functions are named same",
        "two arguments of p are named one",
        "'class' is not a name that a function or an argument can have",
        "two arguments of p are named body",
        "Python reads 'ﬁnd' as 'find'",
        "'__debug__' is not a name that a function or an argument can have",
    }
