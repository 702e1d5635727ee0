"""`contract fix` writes derived names, changes no other byte, and no name of a function."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.cli.main import main
from openapi_first.fix.names import fixed_files
from openapi_first.openapi.loader import read_contract

ODD = """\
# A comment before.
openapi: "3.0.3"   # and beside
info: {title: 'it''s', version: "1"}

paths:
  /a/{from}:
    parameters:
      - $ref: '#/components/parameters/From'
    get:   # the operation
      # about its summary
      summary: >-
        folded  text that is long, with a\ttab and an emoji \U0001f600,
        on two lines
      parameters:
      - name: in   # the place
        in: query
        schema: &s {type: string}
      - {in: query, name: class, schema: *s}
      - { "in": "header", "name": "2fa", "schema": {} }
      responses: {default: {description: d}}
    put: {responses: {default: {description: d}}}
  /b:
    post:
        operationId: 2fa
        responses:
            default: {description: d}
components:
  parameters:
    From:
      in: path
      required: true
      schema: {type: string}
      name: from"""
DERIVED = {
    "get_a_by_from": ("from_", "in_", "class_", "_2fa"),
    "put_a_by_from": ("from_",),
    "_2fa": (),
}


def names(path: Path) -> dict[str, tuple[str, ...]]:
    return {
        operation.function: tuple(parameter.argument for parameter in operation.parameters)
        for operation in read_contract(path).contract.operations
    }


def written(folder: Path, data: bytes, name: str = "openapi.yaml") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["", "\ufeff", "%YAML 1.2\n---\n"])
def test_all_other_bytes_stay_and_a_second_run_changes_nothing(
    tmp_path: Path, line_end: str, before: str
) -> None:
    text = (before + ODD).replace("\n", line_end)
    path = written(tmp_path, text.encode())
    assert names(path) == DERIVED
    assert main(["fix", str(path)]) == 0
    fixed = path.read_bytes().decode()
    assert names(path) == DERIVED
    assert fixed.count("x-python-name") == 5
    assert "name: in   # the place" + line_end + "        x-python-name: in_" in fixed
    added = [line for line in fixed.split(line_end) if line not in text.split(line_end)]
    assert len(added) == 7, added
    assert [line for line in text.split(line_end) if line not in fixed.split(line_end)] == [
        "      - {in: query, name: class, schema: *s}",
        '      - { "in": "header", "name": "2fa", "schema": {} }',
        "    put: {responses: {default: {description: d}}}",
    ]
    assert main(["fix", str(path)]) == 0
    assert path.read_bytes().decode() == fixed


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_stays_json_in_its_own_style(tmp_path: Path, indent: int | str | None) -> None:
    value = yaml.safe_load(ODD)
    separators = (",", ":") if indent is None else None
    data = json.dumps(value, indent=indent, separators=separators).encode()
    path = written(tmp_path, data, "openapi.json")
    assert main(["fix", str(path)]) == 0
    fixed = json.loads(path.read_text())
    again = json.dumps(fixed, indent=indent, separators=separators)
    assert path.read_text() == again
    assert names(path) == DERIVED


def test_an_empty_operation_id_is_completed_by_a_name_in_python(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    responses = {"default": {"description": "d"}}
    paths = {"/a": {"get": {"operationId": "", "responses": responses}}}
    document = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}
    path.write_text(json.dumps(document))
    assert main(["fix", str(path)]) == 0
    assert json.loads(path.read_text())["paths"]["/a"]["get"]["x-python-name"] == "get_a"


def test_nothing_to_write_leaves_the_file_byte_by_byte(tmp_path: Path) -> None:
    data = (Path(__file__).parents[2] / "openapi.yaml").read_bytes()
    path, output = written(tmp_path, data), tmp_path / "fixed.yaml"
    assert main(["fix", str(path), "-o", str(output)]) == 0
    assert path.read_bytes() == output.read_bytes() == data


def test_diff_prints_the_change_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, ODD.encode())
    assert main(["fix", str(path), "--diff"]) == 0
    assert path.read_text() == ODD
    assert "+      operationId: get_a_by_from\n" in capsys.readouterr().out


def test_names_are_written_into_the_file_that_holds_them(tmp_path: Path) -> None:
    other = written(tmp_path, b"name: from\nin: query\nschema: {type: string}\n", "from.yaml")
    text = ODD.replace("{in: query, name: class, schema: *s}", "$ref: from.yaml")
    path = written(tmp_path, text.encode())
    output = tmp_path / "out.yaml"
    assert main(["fix", str(path), "-o", str(output)]) == 2
    assert not output.exists()
    before = names(path)
    assert main(["fix", str(path)]) == 0
    assert names(path) == before
    assert other.read_text().startswith("name: from\nx-python-name: from_")


def test_what_several_places_share_is_left_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operation = "{responses: {default: {description: d}}}"
    text = (
        f"openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a: {{get: &o {operation}}}"
    )
    path = written(tmp_path, f"{text}\n  /b: {{get: *o}}\n".encode())
    before = path.read_bytes()
    assert main(["fix", str(path)]) == 0
    assert path.read_bytes() == before
    assert "an anchor repeats the object" in capsys.readouterr().err


WORD = st.sampled_from(["from", "a", "a_2", "A", "2", "é", "null", "on", "self", "a-b", "body"])


@given(
    st.lists(
        st.tuples(WORD, st.none() | WORD, st.lists(WORD, unique=True, max_size=3)), max_size=5
    ),
    st.sampled_from([None, False, True]),
)
def test_names_in_python_are_the_same_after_a_fix(
    tmp_path_factory: pytest.TempPathFactory,
    operations: list[tuple[str, str | None, list[str]]],
    style: bool | None,
) -> None:
    paths = {
        f"/{word}/{number}": {
            "get": {
                **({"operationId": f"{identifier}{number}"} if identifier else {}),
                "parameters": [{"name": name, "in": "query", "schema": {}} for name in parameters],
                "responses": {"default": {"description": "d"}},
            }
        }
        for number, (word, identifier, parameters) in enumerate(operations)
    }
    document = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}
    text = yaml.safe_dump(document, default_flow_style=style, sort_keys=False, allow_unicode=True)
    path = written(tmp_path_factory.mktemp("fix"), text.encode())
    before = names(path)
    assert main(["fix", str(path)]) == 0
    assert names(path) == before
    assert fixed_files(read_contract(path).contract) == ([], [])


SWAGGER = """\
swagger: "2.0"  # kept
info: {title: t, version: "1"}
parameters:
  From: {name: from, in: path, required: true, type: string}
paths:
  /a/{from}:
    parameters: [{$ref: "#/parameters/From"}]
    get:
      parameters:
      - {name: class, in: query, type: integer}
      responses: {"200": {description: d, schema: {type: string}}}
    x-amazon-apigateway-any-method:
      parameters: [{name: body, in: body, schema: {type: string}}]
      responses: {default: {description: d}}
"""
MISSHAPEN = """\
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /a:
    get: {deprecated: "no", responses: {default: {description: d}}}
"""


@pytest.mark.parametrize(("text", "count"), [(SWAGGER, 4), (MISSHAPEN, 1)])
def test_names_are_written_where_the_contract_is_read_differently(
    tmp_path: Path, text: str, count: int
) -> None:
    """Swagger 2.0 is converted, and misshapen annotations are left out."""
    path = tmp_path / "openapi.yaml"
    path.write_text(text)
    before = names(path)
    assert main(["fix", str(path)]) == 0
    added = set(path.read_text().splitlines()) - set(text.splitlines())
    assert yaml.safe_load(path.read_text()) != yaml.safe_load(text)
    assert len(added) == count, added
    assert names(path) == before
    assert fixed_files(read_contract(path).contract) == ([], [])


def test_an_operation_that_several_paths_have_is_reported_once(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
        "components: {pathItems: {a: {get: {responses: {default: {description: d}}}}}}\n"
        "paths: {/a: {$ref: '#/components/pathItems/a'}, /b: {$ref: '#/components/pathItems/a'}}\n"
    )
    files, left = fixed_files(read_contract(path).contract)
    assert files == []
    assert [each.pointer for each in left] == ["/components/pathItems/a/get"]


def test_a_contract_with_errors_is_left_as_it_is(tmp_path: Path) -> None:
    operation = "{operationId: list, responses: {default: {description: d}}}"
    text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n"
    text += f"  /a: {{get: {operation}, post: {operation}}}\n"
    path = written(tmp_path, text.encode())
    assert main(["fix", str(path)]) == 2
    assert path.read_text() == text
