"""One run lists the errors of all stages, and --keep-going goes on without their operations."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from openapi_first.compiler.checking import Checked, check_contract
from openapi_first.compiler.compile import compile_contract
from openapi_first.core.errors import UserError
from openapi_first.documents.errors import ContractError, Diagnostic, NotImportable
from openapi_first.import_document.document import import_document, refusals
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.model import Contract
from openapi_first.python_types.module import types_module

HEAD = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"
OK = "responses: {default: {description: d}}"
EVERY_STAGE = f"""{HEAD}paths:
  /reference: {{get: {{responses: {{default: {{$ref: '#/nowhere'}}}}}}}}
  /shape: {{get: {{responses: {{default: {{}}}}}}}}
  /semantics: {{get: {{security: [{{nobody: []}}], {OK}}}}}
  /reading: {{get: {{parameters: [{{in: query, name: q, content: {{a/b: {{}}}}}}], {OK}}}}}
  /planning:
    get:
      parameters: [{{in: query, name: q, schema: {{type: string, pattern: '('}}}}]
      {OK}
  /import/{{a}}: {{trace: {{parameters: [{{$ref: '#/components/parameters/A'}}], {OK}}}}}
  /open: {{get: {{security: [{{oauth: []}}], {OK}}}}}
  /sound: {{get: {{{OK}}}}}
components:
  parameters:
    A: {{in: path, name: a, required: true, schema: {{type: string}}}}
  securitySchemes:
    oauth: {{type: http, scheme: bearer}}
"""


def importing(contract: Contract) -> list[Diagnostic]:
    return refusals(contract, GatewaySettings())


def written(folder: Path, text: str) -> Path:
    path = folder / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(ContractError) as caught:
        check_contract(path, importing)
    return caught.value.diagnostics


def labels(checked: Checked) -> list[str]:
    return [operation.label for operation in checked.contract.operations]


def test_errors_of_all_stages_are_in_one_list_each_once(tmp_path: Path) -> None:
    errors = refused(written(tmp_path, EVERY_STAGE))
    lines = [error.line for error in errors]
    assert lines == [4, 5, 6, 7, 10, 12, 19], [str(each) for each in errors]
    assert errors[-1].operations == ("GET /open",)


def test_operations_without_an_error_are_kept_and_pass_every_later_stage(tmp_path: Path) -> None:
    path = written(tmp_path, EVERY_STAGE)
    checked = check_contract(path, importing, keep_going=True)
    assert labels(checked) == ["GET /sound"]
    assert checked.errors == refused(path)
    assert list(checked.contract.root.value["paths"]) == ["/sound"]
    assert import_document(checked.contract)
    compiled: dict[str, Any] = {}
    exec(compile_contract(checked.contract, [], checked.plans), compiled)
    assert list(compiled["ROUTES"]) == [("GET", "/sound")]
    assert "get_shape" in compiled["SKIPPED"]
    assert "7 of 8 operations skipped: GET /reference, " in checked.skipped


SHARED = f"""{HEAD}paths:
  /a: {{get: {{parameters: [{{$ref: '#/components/parameters/Q'}}], {OK}}}}}
  /b:
    get:
      parameters:
        - {{$ref: '#/components/parameters/H'}}
        - {{$ref: '#/components/parameters/H'}}
      {OK}
  /c:
    post:
      requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}
      {OK}
  /d: {{get: {{parameters: [{{$ref: '#/components/parameters/Q'}}], {OK}}}}}
components:
  parameters:
    H: {{in: header, name: idempotency-key, schema: {{type: string}}}}
    Q: {{in: query, name: q, schema: {{$ref: '#/components/schemas/B'}}}}
  schemas:
    A: {{properties: {{b: {{$ref: '#/components/schemas/B'}}}}}}
    B: {{type: string, pattern: '['}}
    Unused: {{type: nothing}}
"""


def test_an_error_in_a_component_is_shown_once_with_its_operations(tmp_path: Path) -> None:
    errors = refused(written(tmp_path, SHARED))
    assert len(errors) == 3, [str(each) for each in errors]
    twice, broken, unused = errors
    assert (twice.line, twice.operations) == (9, ())
    assert broken.operations == ("GET /a", "POST /c", "GET /d")
    assert "(used by GET /a and 2 more operations)" not in str(broken)  # three are named
    assert unused.operations == ()
    checked = check_contract(
        written(
            tmp_path, SHARED.replace("components:", f"  /f: {{get: {{{OK}}}}}\ncomponents:", 1)
        ),
        importing,
        keep_going=True,
    )
    assert labels(checked) == ["GET /f"]
    assert list(checked.contract.root.value["components"]["schemas"]) == []
    assert types_module(checked.contract)


def test_many_users_of_a_component_are_counted(tmp_path: Path) -> None:
    uses = "{parameters: [{$ref: '#/components/parameters/Q'}], " + OK + "}"
    paths = "".join(f"  /p{n}: {{get: {uses}}}\n" for n in range(100))
    text = f"{HEAD}paths:\n{paths}components:\n  parameters:\n    Q: {{in: query, name: q}}\n"
    path = written(tmp_path, text)
    with pytest.raises(ContractError, match=r"used by GET /p0 and 99 more operations"):
        check_contract(path)


def test_an_error_of_the_document_or_of_all_operations_stops_keep_going(tmp_path: Path) -> None:
    for text in (
        f"openapi: 3.0.3\ninfo: {{title: t}}\npaths: {{/a: {{get: {{{OK}}}}}}}\n",
        f"{HEAD}paths: {{/a: {{get: {{}}}}}}\n",
        f"{HEAD}paths: {{/a: {{get: {{{OK}}}}}}}\nservers: 5\n",
    ):
        with pytest.raises(ContractError):
            check_contract(written(tmp_path, text), keep_going=True)


def test_what_only_the_import_refuses_is_told_apart(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD}paths: {{/a: {{trace: {{{OK}}}}}, /b: {{get: {{{OK}}}}}}}\n")
    with pytest.raises(NotImportable):
        check_contract(path, importing)
    assert labels(check_contract(path, importing, keep_going=True)) == ["GET /b"]
    assert len(labels(check_contract(path))) == 2


def test_errors_in_other_files_skip_the_operations_that_lead_there(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"get: {{{OK}}}\nput: {{responses: {{}}, x: 1}}\n")
    (tmp_path / "bad.yaml").write_text("a: 1\na: 2\n")
    path = written(
        tmp_path,
        f"{HEAD}paths:\n  /a: {{$ref: a.yaml}}\n  /b: {{get: {{{OK}}}}}\n"
        "  /c: {get: {responses: {default: {$ref: bad.yaml}}}}\n",
    )
    checked = check_contract(path, importing, keep_going=True)
    assert labels(checked) == ["GET /a", "GET /b"]
    assert {error.operations for error in checked.errors} == {("PUT /a",), ("GET /c",)}


def test_names_stay_as_they_are_when_operations_are_skipped(tmp_path: Path) -> None:
    text = f"{HEAD}paths:\n  /a-b: {{get: {{x: 1, {OK}}}}}\n  /a_b: {{get: {{{OK}}}}}\n"
    (operation,) = check_contract(written(tmp_path, text), keep_going=True).contract.operations
    assert operation.function == "get_a_b_2"


SOUND = f"""{HEAD}
servers: [{{url: 'https://{{h}}.example', variables: {{h: {{default: a}}}}}}]
security: [{{key: []}}]
tags: [{{name: t}}]
paths:
  /a/{{id}}:
    parameters: [{{$ref: '#/components/parameters/Id'}}]
    get:
      operationId: readA
      security: []
      responses:
        '200':
          description: d
          headers: {{X-H: {{schema: {{type: integer}}}}}}
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}
          links: {{self: {{operationId: writeA, parameters: {{id: $request.path.id}}}}}}
    put:
      operationId: writeA
      requestBody: {{$ref: '#/components/requestBodies/A'}}
      responses: {{default: {{$ref: '#/components/responses/D'}}}}
  /b: {{post: {{parameters: [{{in: query, name: q, schema: {{enum: [1, 2]}}}}], {OK}}}}}
components:
  parameters: {{Id: {{in: path, name: id, required: true, schema: {{type: string}}}}}}
  requestBodies:
    A: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}
  responses: {{D: {{description: d}}}}
  schemas:
    A:
      type: object
      required: [n]
      properties: {{n: {{type: string, pattern: '^a$'}}, a: {{$ref: '#/components/schemas/A'}}}}
  securitySchemes: {{key: {{type: apiKey, in: header, name: x-api-key}}}}
"""
VALUES = (None, 5, "text", True, [], {}, [1], {"a": 1}, {"$ref": "#/paths"}, {"$ref": "x"})


def places(value: Any, steps: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [steps] if steps else []
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            found += places(child, (*steps, key))
    return found


def broken(document: Any, draw: random.Random) -> Any:
    result = copy.deepcopy(document)
    for _ in range(draw.randint(1, 3)):
        *above, last = draw.choice(places(result))
        whole = result
        for step in above:
            whole = whole[step]
        if draw.random() < 0.3 and isinstance(whole, dict):
            del whole[last]
        else:
            whole[last] = copy.deepcopy(draw.choice(VALUES))
    return result


@pytest.mark.parametrize("scopes", [True, "read", {"read": 1}, [{"read": 1}], [["read"]]])
def test_scopes_that_are_no_names_are_an_error_of_the_contract(
    tmp_path: Path, scopes: object
) -> None:
    document = {**yaml.safe_load(SOUND), "security": [{"key": scopes}]}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ContractError, match="#/security/0/key"):
        check_contract(path, importing)


def test_a_scheme_that_no_remaining_operation_uses_may_be_anything(tmp_path: Path) -> None:
    document = yaml.safe_load(SOUND)
    document["components"]["securitySchemes"]["key"] = "x-api-key"
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    kept = check_contract(path, importing, keep_going=True).contract
    assert "key" not in import_document(kept)["components"]["securitySchemes"]


def test_a_contract_broken_anywhere_is_refused_or_goes_on(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    whole = yaml.safe_load(SOUND)
    path = tmp_path / "openapi.json"
    draw = random.Random(18)
    for number in range(300 if pytestconfig.getoption("--all") else 30):
        path.write_text(json.dumps(broken(whole, draw)))
        for keep_going in (False, True):
            try:
                checked = check_contract(path, importing, keep_going=keep_going)
                import_document(checked.contract)
                compile_contract(checked.contract, [], checked.plans)
                types_module(checked.contract)
            except UserError:
                pass
            except Exception as error:
                raise AssertionError(number, path.read_text()) from error


def test_any_method_does_not_take_the_requests_of_a_skipped_operation(tmp_path: Path) -> None:
    """It may be open where the other is not."""
    text = f"""{HEAD}paths:
  /a:
    get: {{security: [{{nobody: []}}], {OK}}}
    x-amazon-apigateway-any-method: {{{OK}}}
  /b:
    x-amazon-apigateway-any-method: {{{OK}}}
"""
    checked = check_contract(written(tmp_path, text), importing, keep_going=True)
    assert [each.label for each in checked.contract.operations] == ["ANY /b"]
    assert "2 of 3 operations skipped: GET /a, ANY /a" in checked.skipped
    assert set(import_document(checked.contract)["paths"]) == {"/b"}


def test_an_integration_does_not_take_the_requests_of_a_skipped_operation(tmp_path: Path) -> None:
    """It would call the backend without the operation's authorizer."""
    own = "x-amazon-apigateway-integration: {type: http_proxy, uri: 'https://a.example/'}"
    variable = "parameters: [{in: path, name: p, required: true, schema: {type: string}}]"
    text = f"""{HEAD}paths:
  /admin/{{p}}: {{get: {{security: [{{nobody: []}}], {variable}, {OK}}}}}
  /{{p+}}: {{put: {{{variable}, {own}, {OK}}}}}
  /b/{{p+}}: {{x-amazon-apigateway-any-method: {{{variable}, {own}, {OK}}}}}
  /{{p}}/c: {{post: {{{variable}, {own}, {OK}}}}}
  /admin/{{p+}}: {{x-amazon-apigateway-any-method: {{{variable}, {own}, {OK}}}}}
  /admin: {{get: {{{OK}}}}}
"""
    checked = check_contract(written(tmp_path, text), keep_going=True)
    left = [each.label for each in checked.contract.operations]
    assert left == ["ANY /b/{p+}", "POST /{p}/c", "GET /admin"]
