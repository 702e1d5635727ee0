"""Each error in a contract is reported with file, line and remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from openapi_first.compiler.compile import compile_contract
from openapi_first.documents.errors import ContractError
from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load

CONTRACT = """\
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /things/{id}:
    get:
      operationId: readThing
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {$ref: "#/components/parameters/Limit"}
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
          links:
            self: {operationId: readThing}
    put:
      operationId: writeThing
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      requestBody:
        content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
      responses:
        "200": {description: ok}
components:
  parameters:
    Limit: {name: limit, in: query, schema: {type: integer, minimum: 1, default: 5}}
    Other: {name: other, in: path, required: true, schema: {type: string}}
  securitySchemes:
    key: {type: apiKey, name: x-api-key, in: header}
  schemas:
    Thing:
      type: object
      required: [name]
      properties:
        name: {type: string}
        value: {type: integer}
"""

# What to replace by what, the line of the error, a part of its detail, a part of its remedy.
MISTAKES = {
    "a missing title": ("{title: t, version", "{version", 2, "title is missing", "Add title"),
    "a wrong type": ("type: integer, min", "type: integr, min", 26, "integr", "integer"),
    "a number as text": ("minimum: 1", "minimum: one", 26, "found a string", "Write a number"),
    "a misspelt keyword": (
        "operationId: w",
        "operationID: w",
        16,
        "not allow operationID",
        "operationId",
    ),
    "required inside of a schema": (
        "name: {type: string}",
        "name: {type: string, required: true}",
        35,
        "found a boolean",
        "Write an array",
    ),
    "a schema that is a list": (
        "schema: {type: string}}",
        "schema: [1]}",
        8,
        "found an array",
        "Write an object",
    ),
    "a reference to nothing": ("schemas/Thing", "schemas/Thin", 13, "has no target", "correct"),
    "a reference to another kind": (
        "#/components/parameters/Limit",
        "#/components/schemas/Thing",
        9,
        "not allow type",
        "is of the wrong kind",
    ),
    "a parameter the path does not have": (
        'parameters/Limit"}',
        'parameters/Limit"}\n        - {$ref: "#/components/parameters/Other"}',
        10,
        "no variable {other}",
        "Remove the parameter",
    ),
    "a variable that is not declared": (
        "/things/{id}:",
        "/things/{id}/{more}:",
        5,
        "path parameter more",
        "Add a parameter",
    ),
    "an unknown security scheme": (
        "operationId: writeThing",
        "operationId: writeThing\n      security: [{nope: []}]",
        18,
        "no security scheme nope",
        "key",
    ),
    "a link to nowhere": ("self: {operationId: r", "self: {operationId: d", 15, "dead", "readT"),
    "an id used twice": ("operationId: write", "operationId: read", 17, "get (line 6)", "own"),
    "a bad reference in a property called value": (
        "value: {type: integer}",
        'value: {$ref: "#/nowhere"}',
        36,
        "has no target",
        "Add",
    ),
    "a schema defined by itself": (
        "    Thing:\n      type: object\n",
        '    Thing:\n      allOf: [{$ref: "#/components/schemas/Thing"}]\n',
        31,
        "defined by itself",
        "cycle",
    ),
    "a name that is not a string": (
        "in: query,",
        "in: query, x-python-name: 5,",
        26,
        "x-python-name",
        "name",
    ),
    "an empty paths": (
        CONTRACT[CONTRACT.index("  /things") : CONTRACT.index("\ncomponents") + 1],
        "",
        3,
        "found null",
        "Write an object",
    ),
    "a version that is a number": ("openapi: 3.0.3", "openapi: 3.0", 1, "not a string", '"3.0.3"'),
    "a version of the future": ("openapi: 3.0.3", "openapi: 4.0.0", 1, "4.0.0", "3.1"),
    "a path with a query": (
        "  /things/{id}:",
        "  /things/{id}?full=1:",
        4,
        "has a query or a fragment",
        "parameters",
    ),
    "two templates of one path": (
        "components:\n  parameters",
        "  /things/{other}:\n    get:\n      operationId: other\n      parameters:\n"
        '        - {$ref: "#/components/parameters/Other"}\n'
        "      responses: {default: {description: d}}\ncomponents:\n  parameters",
        24,
        "is the same path as /things/{id} on line 4, and both have GET",
        "Merge",
    ),
    "a keyword of 3.1": (
        "value: {type: integer}",
        "value: {type: integer, const: 1}",
        36,
        "not allow const",
        "enum",
    ),
    "a path that API Gateway refuses": (
        "/things/{id}:",
        "/things//{id}:",
        4,
        "an empty segment",
        "Remove one slash",
    ),
    "two paths that only a slash tells apart": (
        "components:\n  parameters",
        "  /things/{id}/:\n    get:\n      operationId: other\n      parameters:\n"
        "        - {name: id, in: path, required: true, schema: {type: string}}\n"
        "      responses: {default: {description: d}}\ncomponents:\n  parameters",
        25,
        "no request to GET /things/{id}/ differs from one to /things/{id} on line 5",
        "change its path",
    ),
    "an unknown validator": (
        "components:\n  parameters",
        "x-amazon-apigateway-request-validators: {all: {validateRequestBody: true}}\n"
        "x-amazon-apigateway-request-validator: nope\ncomponents:\n  parameters",
        25,
        "no request validator nope",
        "all",
    ),
}


def compile_all(path: Path) -> None:
    contract = load(path)
    compile_contract(contract, [])
    import_document(contract)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_with_its_place_and_a_remedy(name: str, tmp_path: Path) -> None:
    old, new, line, detail, remedy = MISTAKES[name]
    assert old in CONTRACT
    path = tmp_path / "openapi.yaml"
    path.write_text(CONTRACT.replace(old, new, 1))
    with pytest.raises(ContractError) as caught:
        compile_all(path)
    errors = caught.value.diagnostics
    assert all(error.detail and error.remedy and error.line for error in errors), errors
    assert not any(re.search(r"\n|Failed validating", error.detail) for error in errors)
    matching = [error for error in errors if detail in error.detail and remedy in error.remedy]
    assert matching, errors
    assert matching[0].line == line, errors
    assert len({(error.line, error.detail) for error in errors}) == len(errors)


def test_the_contract_without_a_mistake_has_no_errors(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(CONTRACT)
    compile_all(path)


def test_mistakes_of_every_kind_are_reported_at_once(tmp_path: Path) -> None:
    text = CONTRACT
    for name in ("a missing title", "a variable that is not declared", "an id used twice"):
        old, new, *_ = MISTAKES[name]
        text = text.replace(old, new, 1)
    path = tmp_path / "openapi.yaml"
    path.write_text(text)
    with pytest.raises(ContractError) as caught:
        load(path)
    assert [error.line for error in caught.value.diagnostics] == [2, 5, 16, 17]


def test_errors_in_other_files_name_the_other_file(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    shared = tmp_path / "shared" / "schemas.yaml"
    shared.parent.mkdir()
    text = CONTRACT.replace('"#/components/schemas/Thing"', '"shared/schemas.yaml#/Thing"')
    path.write_text(text)
    shared.write_text('Thing: {type: object, properties: {part: {$ref: "#/Thing"}}}\n')
    contract = load(path)
    assert [source.path.name for source in contract.sources] == ["openapi.yaml", "schemas.yaml"]
    assert "def response_schemas_Thing" in compile_contract(contract, [])
    shared.write_text("Thing:\n  type: objekt\n")
    with pytest.raises(ContractError) as caught:
        load(path)
    assert {(Path(error.file).name, error.line) for error in caught.value.diagnostics} == {
        ("schemas.yaml", 2)
    }


def message_of(folder: Path, text: str) -> str:
    source = folder / "openapi.yaml"
    source.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        load(source)
    return str(caught.value)


HEAD = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"


@pytest.mark.parametrize(
    "nested",
    [
        "x-a: " + "[" * 100_000 + "]" * 100_000,
        "x-a: " + '{"a":' * 100_000 + "1" + "}" * 100_000,
        "x-a:\n" + "- " * 100_000 + "a",
        "\n".join(" " * depth + "x-a:" for depth in range(3_000)),
    ],
)
def test_nesting_that_would_exhaust_the_stack_is_an_error(tmp_path: Path, nested: str) -> None:
    assert "nested too deeply" in message_of(tmp_path, f"{HEAD}paths: {{}}\n{nested}\n")


def test_aliases_of_aliases_are_an_error_before_they_fill_the_memory(tmp_path: Path) -> None:
    bomb = "x-a0: &a0 [x, x]\n" + "".join(
        f"x-a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(20)
    )
    assert "aliases make more than" in message_of(tmp_path, f"{HEAD}paths: {{}}\n{bomb}")


def test_copies_of_a_large_object_count_by_its_members(tmp_path: Path) -> None:
    members = ", ".join(f"k{n}: x" for n in range(500))
    bomb = f"x-a: &a {{{members}}}\nx-b: [{', '.join(['*a'] * 300)}]\n"
    assert "aliases make more than" in message_of(tmp_path, f"{HEAD}paths: {{}}\n{bomb}")


def test_brackets_in_strings_and_an_alias_used_often_are_no_errors(tmp_path: Path) -> None:
    source = tmp_path / "openapi.yaml"
    text = f"x-a: '{'[' * 500}'\nx-b: &b {{c: d}}\nx-e: [{', '.join(['*b'] * 1000)}]\n"
    source.write_text(f"{HEAD}paths: {{}}\n{text}")
    assert len(load(source).root.value["x-e"]) == 1000


def test_errors_of_every_kind_are_reported_at_once(tmp_path: Path) -> None:
    message = message_of(
        tmp_path,
        CONTRACT.replace("{title: t, version", "{version")
        .replace("operationId: writeThing", "operationId: readThing")
        .replace("parameters/Limit", "parameters/Missing")
        .replace("type: integer, min", "type: integr, min")
        .replace("/things/{id}:", "/things/{thing}:"),
    )
    for words in (
        "title is missing",
        "the operationId readThing is already used",
        "'#/components/parameters/Missing' has no target",
        "integr",
        "has no variable {id}",
        "does not declare the path parameter thing",
    ):
        assert words in message


@pytest.mark.parametrize("minified", ['"{0}"', "{0}"])
def test_in_a_line_of_many_values_the_column_shows_the_place(tmp_path: Path, minified: str) -> None:
    head = '{openapi: "3.0.3", info: {title: "t", version: "1"}, paths: {}, x-a: "' + "a" * 200
    text = re.sub(r"([a-z-]+):", lambda found: minified.format(found[1]) + ":", head) + '", '
    name = minified.format("tags")
    message = message_of(tmp_path, f"{text}{name}: 5}}")
    assert f"openapi.yaml:1:{len(text) + 1}: found a number at #/tags" in message


@pytest.mark.parametrize(
    ("written", "detail"),
    [
        ("required: [a, a]", "elements 0 and 1 of the array are equal"),
        ("enum: []", "the array is too short"),
        ("minLength: -1", "the number is negative"),
        ("multipleOf: 0", "the number is too small"),
    ],
)
def test_limits_are_explained_in_words(tmp_path: Path, written: str, detail: str) -> None:
    message = message_of(tmp_path, CONTRACT.replace("value: {type", f"value: {{{written}, type"))
    assert detail in message
    assert "See the OpenAPI specification" not in message
