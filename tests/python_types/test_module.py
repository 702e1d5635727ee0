"""Generated types: a type checker accepts what the contract allows and finds mismatches."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from differential.exchanges import Case, cases
from differential.judges import Compiled
from openapi_first.openapi.loader import load
from openapi_first.python_types.module import types_module
from support.compiled import contract_of, event, serve
from support.documents import as_yaml

ROOT = Path(__file__).parents[2]
HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"


def mypy(folder: Path) -> dict[str, list[str]]:
    """The errors of strict mypy in each module of the folder."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"),
            # As for an installed package: its own errors are not reported.
            "--follow-imports=silent",
            # One for all tests, which have the same options: mypy reads all again for others.
            *("--cache-dir", str(ROOT / ".mypy_cache" / "types"), "."),
        ],
        cwd=folder,
        env={"MYPYPATH": f"{ROOT / 'src'}:{folder}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        name, _, error = line.partition(".py:")
        found.setdefault(name, []).append(error)
    return found


def types_of(folder: Path, text: str) -> str:
    (folder / "openapi.yaml").write_text(text)
    return types_module(load(folder / "openapi.yaml"))


def _declared(case: Case, given: dict[str, Any]) -> dict[str, Any]:
    """Without undeclared members of a form, for which mypy has no code of their own beside None."""
    content = case.operation.get("requestBody", {}).get("content", {})
    forms = [entry["schema"]["properties"] for name, entry in content.items() if "form" in name]
    if not forms or not given.get("body"):
        return given
    known = {name: value for name, value in given["body"].items() if name in forms[0]}
    return {**given, "body": known}


def test_the_arguments_of_any_contract_match_the_types(tmp_path: Path, everything: bool) -> None:
    calls = tmp_path / "calls"
    calls.mkdir()
    count = 0

    @settings(
        max_examples=100 if everything else 40,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def written(case: Case) -> None:
        nonlocal count
        count += 1
        text = types_of(tmp_path, as_yaml(case.document))
        (calls / f"types_{count}.py").write_text(text)
        ours = Compiled(case, tmp_path / "compiled")
        verdicts = [ours.request(request) for request in case.requests]
        arguments = {name: argument for argument, name in ours.names.items()}
        called = [
            "    operations.call("
            + ", ".join(
                f"{arguments.get(name, name)}={value!r}"
                for name, value in _declared(case, verdict.given or {}).items()
            )
            + ")"
            for verdict in verdicts
            if verdict.kept
        ]
        # A schema that does not forbid other members lets them pass, which no TypedDict can say.
        (calls / f"calls_{count}.py").write_text(
            '# mypy: disable-error-code="typeddict-unknown-key"\n'
            "from openapi_first.runtime import FormFile\n"
            f"from types_{count} import Operations\n\n\n"
            "def call(operations: Operations) -> None:\n"
            + "\n".join((*called, "    return"))
            + "\n"
        )

    written()
    assert mypy(calls) == {}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{type: integer}", "int"),
        ("{type: number}", "float | Decimal"),
        ("{type: [string, 'null']}", "str | None"),
        ("{enum: [a, 1, null, true]}", 'Literal["a", 1, None, True]'),
        ("{const: 1.5}", "Any"),
        ("{type: array, items: {type: string}}", "list[str]"),
        ("{type: array, prefixItems: [{type: integer}], items: {type: string}}", "list[int | str]"),
        ("{type: object, additionalProperties: {type: boolean}}", "dict[str, bool]"),
        ("{anyOf: [{type: string}, {type: integer}]}", "str | int"),
        ("{not: {type: string}}", "Any"),
        ("{allOf: [{minLength: 2}, {type: string}]}", "str"),
        ("false", "Never"),
    ],
)
def test_the_type_of_a_schema(tmp_path: Path, schema: str, expected: str) -> None:
    text = types_of(tmp_path, f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{S: {schema}}}}}\n")
    assert f"S: TypeAlias = {expected!r}".replace("'", '"') in text.replace('\\"', '"').replace(
        "'", '"'
    )


DIRECTED = """\
paths:
  /pets:
    post:
      operationId: createPet
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
      responses:
        "201":
          description: made
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
        "204": {description: nothing}
components:
  schemas:
    Pet:
      type: object
      required: [id, name, secret]
      properties:
        id: {type: integer, readOnly: true}
        secret: {type: string, writeOnly: true}
        name: {type: string}
        from: {type: string}
        parent: {$ref: '#/components/schemas/Pet'}
"""


def test_requests_and_responses_differ_where_properties_go_one_way(tmp_path: Path) -> None:
    (tmp_path / "types_of_pets.py").write_text(types_of(tmp_path, HEAD + DIRECTED))
    (tmp_path / "good.py").write_text(
        "from openapi_first.runtime import Reply\n"
        "from types_of_pets import PetRequest, PetResponse\n\n\n"
        "def create_pet(body: PetRequest) -> PetResponse | Reply[None]:\n"
        '    if body["secret"] == body["name"]:\n'
        "        return Reply(None, 204)\n"
        '    return {"id": 1, "name": body["name"], "from": "x", "parent": {"id": 2, "name": ""}}\n'
    )
    (tmp_path / "bad.py").write_text(
        "from types_of_pets import PetRequest, PetResponse\n\n\n"
        "def create_pet(body: PetRequest) -> PetResponse:\n"
        '    return {"id": body["id"], "name": "", "secret": ""}\n'
    )
    (tmp_path / "holds.py").write_text(
        "import bad\nimport good\nfrom types_of_pets import Operations\n\n"
        "operations: Operations = good\noperations = bad\n"
    )
    found = mypy(tmp_path)
    assert set(found) == {"bad"}
    assert any('has no key "id"' in error for error in found["bad"])
    assert any('"secret"' in error for error in found["bad"])


WRONG = {
    "argument_missing": ("id: str, if_none_match: str | None", "id: str"),
    "argument_of_another_type": ("limit: int, cursor", "limit: str, cursor"),
    "argument_that_is_not_there": ("if_match: str | None) -> None", "other: str) -> None"),
    "function_missing": ("def delete_item", "def remove_item"),
    "return_of_another_type": ("-> Reply[types.Item | None]", "-> Reply[types.ItemPage]"),
    "member_misspelled": ('reply["next_cursor"]', 'reply["cursor"]'),
    "member_of_another_type": ("= cursors.encode(page.next_after)", "= limit"),
    "body_member_misspelled": ('body["name"]', 'body["title"]'),
}


def test_functions_may_have_the_names_of_the_types_that_others_use(tmp_path: Path) -> None:
    operation = """
    {method}:
      operationId: {name}
      parameters: [{{name: tags, in: query, schema: {{enum: ["list of str", "dict"]}}}}]
      responses:
        "200":
          description: ok
          content: {{application/json: {{schema: {{type: array, items: {{type: string}}}}}}}}"""
    methods = zip(("get", "put", "post"), ("list", "str", "dict"), strict=True)
    paths = "".join(operation.format(method=method, name=name) for method, name in methods)
    text = types_of(tmp_path, f"{HEAD}paths:\n  /a:{paths}\n")
    assert "Literal['list of str', 'dict']" in text.replace('"', "'")
    (tmp_path / "found.py").write_text(text)
    assert mypy(tmp_path) == {}


def test_a_function_that_does_not_fit_is_an_error_of_the_type_checker(tmp_path: Path) -> None:
    source = (ROOT / "src/items/operations.py").read_text()
    for name, (right, wrong) in {"unchanged": ("", ""), **WRONG}.items():
        assert right in source, name
        (tmp_path / f"{name}.py").write_text(source.replace(right, wrong, 1) if right else source)
        (tmp_path / f"holds_{name}.py").write_text(
            f"import {name}\nfrom items.types import Operations\n\n_: Operations = {name}\n"
        )
    found = {name.removeprefix("holds_") for name in mypy(tmp_path)}
    assert found == set(WRONG)


def test_the_committed_types_are_those_of_the_contract() -> None:
    text = (ROOT / "src/items/types.py").read_text()
    assert text == types_module(load(ROOT / "openapi.yaml"))


def test_a_file_of_a_form_is_one_and_a_string_in_json(tmp_path: Path) -> None:
    text = types_of(
        tmp_path,
        HEAD
        + """
paths:
  /a:
    post:
      operationId: send
      requestBody:
        required: true
        content:
          multipart/form-data: {schema: {$ref: '#/components/schemas/Form'}}
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {$ref: '#/components/schemas/Form'}}}
components:
  schemas:
    Form:
      type: object
      properties:
        only: {type: object, properties: {x: {type: string, contentMediaType: text/html}}}
        file: {type: string, contentMediaType: application/pdf}
""",
    )
    assert "file: NotRequired[FormFile | str]" in text
    assert "x: NotRequired[str]" in text
    assert "import FormFile, Reply" in text


PDF = {"type": "string", "contentMediaType": "application/pdf"}
BINARY = {"type": "string", "format": "binary"}
BASE64 = {"type": "string", "contentMediaType": "application/pdf", "contentEncoding": "base64"}
FORM = "multipart/form-data"


@pytest.mark.parametrize(
    ("openapi", "media_type", "schema", "content_type", "expected"),
    [
        ("3.1.0", FORM, PDF, None, "FormFile"),
        ("3.1.0", FORM, {"contentMediaType": "application/octet-stream"}, None, "FormFile"),
        ("3.1.0", FORM, {**PDF, "type": ["string", "null"]}, None, "FormFile"),
        ("3.1.0", FORM, BASE64, None, "str"),
        ("3.0.3", FORM, BINARY, None, "FormFile"),
        ("3.0.3", FORM, {"allOf": [BINARY]}, None, "FormFile"),
        ("3.0.3", FORM, {"type": "string", "format": "byte"}, None, "str"),
        ("3.0.3", FORM, {"type": "string"}, "image/png, image/jpeg", "FormFile"),
        ("3.0.3", FORM, {"type": "string"}, "text/csv", "str"),
        ("3.0.3", "application/x-www-form-urlencoded", BINARY, None, "str"),
        ("3.0.3", "application/json", BINARY, None, "str"),
    ],
)
def test_a_member_has_the_type_that_arrives(
    tmp_path: Path,
    openapi: str,
    media_type: str,
    schema: dict[str, Any],
    content_type: str | None,
    expected: str,
) -> None:
    form = {"type": "object", "required": ["f"], "properties": {"f": schema}}
    encoding = {"encoding": {"f": {"contentType": content_type}}} if content_type else {}
    content = {media_type: {"schema": form, **encoding}}
    none: dict[str, Any] = {"204": {"description": ""}}
    document = contract_of(
        method="post", openapi=openapi, responses=none, requestBody={"content": content}
    )
    handler, seen = serve(tmp_path, document, lambda **_: None)
    assert f"    f: {expected}\n" in types_module(load(tmp_path / "openapi.yaml"))
    bodies = {
        FORM: '--x\r\nContent-Disposition: form-data; name="f"\r\n\r\nQUJD\r\n--x--\r\n',
        "application/json": '{"f": "QUJD"}',
    }
    headers: dict[str, str | list[str]] = {"Content-Type": f"{media_type}; boundary=x"}
    sent = event(method="POST", headers=headers, body=bodies.get(media_type, "f=QUJD"))
    assert handler(sent, None)["statusCode"] == 204
    assert type(seen[0]["body"]["f"]).__name__ == expected


def test_a_type_checker_knows_the_file_name_of_a_file(tmp_path: Path) -> None:
    form = {"type": "object", "required": ["f"], "properties": {"f": PDF}}
    content = {FORM: {"schema": form}}
    none: dict[str, Any] = {"204": {"description": ""}}
    document = contract_of(
        method="post", openapi="3.1.0", responses=none, requestBody={"content": content}
    )
    (tmp_path / "types_of_it.py").write_text(types_of(tmp_path, as_yaml(document)))
    (tmp_path / "uses.py").write_text(
        "import types_of_it\n\n\n"
        "def call(*, body: types_of_it.CallBody | None) -> None:\n"
        "    if body is not None:\n"
        '        size: int = len(body["f"])\n'
        '        name: str | None = body["f"].filename\n'
        '        kind: bytes = body["f"].media_type\n'
    )
    assert list(mypy(tmp_path)) == ["uses"]
    assert len(mypy(tmp_path)["uses"]) == 1
