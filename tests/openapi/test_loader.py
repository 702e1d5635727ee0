"""A contract that cannot be loaded: every error has its line and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.openapi.loader import load
from support.documents import operation, whole, written


def errors_of(path: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(ContractError) as caught:
        load(path)
    return caught.value.diagnostics


def test_a_valid_contract_loads(tmp_path: Path) -> None:
    contract = load(written(tmp_path, whole()))
    (loaded,) = contract.operations
    assert (loaded.id, loaded.function, loaded.method) == ("getThing", "get_thing", "GET")
    assert loaded.parameters[0].argument == "id"


def test_swagger_and_what_is_not_openapi_have_different_errors(tmp_path: Path) -> None:
    (swagger,) = errors_of(written(tmp_path, "swagger: '2.0'\n"))
    assert swagger.detail == "info, paths is missing"
    (older,) = errors_of(written(tmp_path, "swagger: '1.2'\n"))
    assert "Swagger 1.2" in older.detail
    (nothing,) = errors_of(written(tmp_path, "hello: world\n"))
    assert "not an OpenAPI document" in nothing.detail


def test_a_duplicate_key_is_reported_with_its_line(tmp_path: Path) -> None:
    (error,) = errors_of(written(tmp_path, "openapi: 3.0.3\ninfo: {}\nopenapi: 3.0.0\n"))
    assert (error.line, error.pointer) == (3, "/openapi")


@pytest.mark.parametrize("text", ["", "a: [", "\t- x", "a: &x [*x]"])
def test_a_file_that_is_not_a_document_has_one_error(tmp_path: Path, text: str) -> None:
    (error,) = errors_of(written(tmp_path, text))
    assert error.remedy


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_bytes(b"openapi: \xff")
    (error,) = errors_of(path)
    assert "UTF-8" in error.detail


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    (error,) = errors_of(tmp_path / "absent.yaml")
    assert "cannot be read" in error.detail


def test_errors_of_every_operation_are_listed_at_once(tmp_path: Path) -> None:
    document = whole()
    document["paths"]["/a"] = {"get": {"responses": {}, "security": [{"a": []}]}}
    document["paths"]["/b"] = {"get": {"responses": {}, "security": [{"b": []}]}}
    found = errors_of(written(tmp_path, document))
    assert {error.pointer.partition("/get")[0] for error in found} == {"/paths/~1a", "/paths/~1b"}
    assert all(error.line for error in found)


def test_a_reference_without_a_target_is_reported(tmp_path: Path) -> None:
    document = whole()
    operation(document)["parameters"] = [{"$ref": "#/components/parameters/Absent"}]
    found = errors_of(written(tmp_path, document))
    assert found


def test_plain_scalars_are_read_as_yaml_1_2_has_them(tmp_path: Path) -> None:
    path = written(tmp_path, "a: yes\nb: 2026-11-24\nc: 010\nd: 1e3\ne: null\nf: '1'\n200: x\n")
    from openapi_first.documents.source import read_source

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


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_a_misspelt_member_is_suggested_in_every_version(version: str, tmp_path: Path) -> None:
    document = {**whole(), "openapi": version}
    document["info"]["descripton"] = "."
    operation(document)["sumary"] = "."
    operation(document)["parameters"][0]["requred"] = True
    found = {error.detail: error.remedy for error in errors_of(written(tmp_path, document))}
    assert len(found) == 3
    for wrong, right in (
        ("descripton", "description"),
        ("sumary", "summary"),
        ("requred", "required"),
    ):
        (remedy,) = [remedy for detail, remedy in found.items() if f"not allow {wrong}" in detail]
        assert remedy == f"Write {right}."


def test_a_member_that_another_one_excludes_is_named(tmp_path: Path) -> None:
    document = {**whole(), "openapi": "3.1.0"}
    described = {"content": {"application/json": {"schema": {}}}, "style": "form"}
    operation(document)["parameters"].append({"name": "q", "in": "query", **described})
    (error,) = errors_of(written(tmp_path, document))
    assert error.detail == "OpenAPI 3.1 does not allow style here"
    assert error.remedy.startswith("Remove it")
