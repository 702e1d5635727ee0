"""A contract that cannot be compiled is refused with every fault, its line and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.openapi.errors import ContractError, ContractFault
from openapi_first.openapi.loader import load
from support.documents import operation, whole, written


def faults_of(path: Path) -> tuple[ContractFault, ...]:
    with pytest.raises(ContractError) as caught:
        load(path)
    return caught.value.faults


def test_a_whole_contract_loads(tmp_path: Path) -> None:
    contract = load(written(tmp_path, whole()))
    (loaded,) = contract.operations
    assert (loaded.id, loaded.function, loaded.method) == ("getThing", "get_thing", "GET")
    assert loaded.parameters[0].argument == "id"


def test_swagger_is_told_apart_from_no_openapi_at_all(tmp_path: Path) -> None:
    (swagger,) = faults_of(written(tmp_path, "swagger: '2.0'\n"))
    assert "Swagger 2.0" in swagger.detail
    (nothing,) = faults_of(written(tmp_path, "hello: world\n"))
    assert "no OpenAPI document" in nothing.detail


def test_a_key_that_stands_twice_is_named_with_its_line(tmp_path: Path) -> None:
    (fault,) = faults_of(written(tmp_path, "openapi: 3.0.3\ninfo: {}\nopenapi: 3.0.0\n"))
    assert (fault.line, fault.pointer) == (3, "/openapi")


@pytest.mark.parametrize("text", ["", "a: [", "\t- x", "a: &x [*x]"])
def test_what_is_no_document_is_refused_in_one_fault(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(written(tmp_path, text))
    assert fault.remedy


def test_bytes_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_bytes(b"openapi: \xff")
    (fault,) = faults_of(path)
    assert "UTF-8" in fault.detail


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path / "absent.yaml")
    assert "cannot be read" in fault.detail


def test_an_operation_without_id_is_refused(tmp_path: Path) -> None:
    document = whole()
    del operation(document)["operationId"]
    (fault,) = faults_of(written(tmp_path, document))
    assert fault.pointer == "/paths/~1things~1{id}/get"
    assert "operationId" in fault.detail


def test_names_that_become_one_in_python_are_refused(tmp_path: Path) -> None:
    document = whole()
    operation(document)["parameters"] += [
        {"name": "If-Match", "in": "header", "schema": {"type": "string"}},
        {"name": "if_match", "in": "query", "schema": {"type": "string"}},
    ]
    (fault,) = faults_of(written(tmp_path, document))
    assert "if_match" in fault.detail
    assert "x-python-name" in fault.remedy


def test_a_python_keyword_is_mended_by_x_python_name(tmp_path: Path) -> None:
    document = whole()
    parameter = {"name": "class", "in": "query", "schema": {"type": "string"}}
    operation(document)["parameters"].append(parameter)
    (fault,) = faults_of(written(tmp_path, document))
    assert "class" in fault.detail
    parameter["x-python-name"] = "class_"
    assert load(written(tmp_path, document)).operations[0].parameters[1].argument == "class_"


def test_faults_of_every_operation_are_listed_at_once(tmp_path: Path) -> None:
    document = whole()
    document["paths"]["/a"] = {"get": {"responses": {"200": {"description": ""}}}}
    document["paths"]["/b"] = {"get": {"responses": {"200": {"description": ""}}}}
    found = faults_of(written(tmp_path, document))
    assert [fault.pointer for fault in found] == ["/paths/~1a/get", "/paths/~1b/get"]
    assert all(fault.line for fault in found)


def test_a_reference_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    document = whole()
    operation(document)["parameters"] = [{"$ref": "#/components/parameters/Absent"}]
    found = faults_of(written(tmp_path, document))
    assert found


def test_plain_scalars_are_read_as_yaml_1_2_has_them(tmp_path: Path) -> None:
    path = written(tmp_path, "a: yes\nb: 2026-11-24\nc: 010\nd: 1e3\ne: null\nf: '1'\n200: x\n")
    from openapi_first.openapi.source import read_source

    value = read_source(path).value
    assert value == {
        "a": "yes",
        "b": "2026-11-24",
        "c": 10,
        "d": 1000.0,
        "e": None,
        "f": "1",
        "200": "x",
    }
