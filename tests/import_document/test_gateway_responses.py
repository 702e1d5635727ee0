"""The gateway's own responses have the shape on which the contract's operations agree."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.cli.main import main
from openapi_first.documents.errors import SettingsError
from openapi_first.import_document.settings import read_settings
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.openapi.loader import load
from support.documents import whole, written

CODED = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
}
SAMPLES = {
    "$context.error.messageString": '"refused"',
    "$context.error.validationErrorString": "[object has missing properties]",
    "$context.requestId": "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
}


def declaring(*schemas: Any, status: str = "default") -> dict[str, Any]:
    """A contract of an operation for each schema of an error; None declares no error."""
    document = whole()
    template = document["paths"].pop("/things/{id}")
    for number, schema in enumerate(schemas):
        item = copy.deepcopy(template)
        item["get"]["operationId"] = f"get{number}"
        if schema is not None:
            content = {"application/json": {"schema": schema}}
            item["get"]["responses"][status] = {"description": "", "content": content}
        document["paths"][f"/things{number}/{{id}}"] = item
    return document


def responses_of(folder: Path, document: dict[str, Any], settings: str = "") -> dict[str, Any]:
    path = folder / "pyproject.toml"
    path.write_text(settings)
    contract = load(written(folder, document))
    found = Rendered.of(contract, read_settings(path, contract)).document
    responses: dict[str, Any] = found["x-amazon-apigateway-gateway-responses"]
    return responses


def body(response: dict[str, Any]) -> Any:
    """The body as API Gateway makes it."""
    (text,) = response["responseTemplates"].values()
    for variable, value in SAMPLES.items():
        text = text.replace(variable, value)
    assert "$" not in text
    return json.loads(text)


def media_type(response: dict[str, Any]) -> str:
    found: str = response["responseParameters"]["gatewayresponse.header.Content-Type"]
    return found.strip("'")


def test_the_shape_of_all_operations_is_filled(tmp_path: Path) -> None:
    responses = responses_of(tmp_path, declaring(CODED, CODED, None))
    assert {media_type(each) for each in responses.values()} == {"application/json"}
    assert body(responses["BAD_REQUEST_PARAMETERS"]) == {"code": 400, "message": "refused"}
    assert body(responses["THROTTLED"]) == {"code": 429, "message": "Too Many Requests"}
    assert body(responses["DEFAULT_5XX"]) == {"code": 500, "message": "Server Error"}


def test_operations_that_differ_get_problem_details(tmp_path: Path) -> None:
    other = {"type": "object", "properties": {"error": {"type": "string"}}}
    responses = responses_of(tmp_path, declaring(CODED, other))
    assert {media_type(each) for each in responses.values()} == {"application/problem+json"}


def test_only_declared_statuses_have_the_shape(tmp_path: Path) -> None:
    responses = responses_of(tmp_path, declaring(CODED, status="400"))
    assert media_type(responses["BAD_REQUEST_BODY"]) == "application/json"
    assert media_type(responses["THROTTLED"]) == "application/problem+json"


def test_lists_have_one_error(tmp_path: Path) -> None:
    item = {"type": "object", "properties": {"message": {"type": "string"}}}
    schema = {"type": "object", "properties": {"errors": {"type": "array", "items": item}}}
    responses = responses_of(tmp_path, declaring(schema))
    assert body(responses["UNAUTHORIZED"]) == {"errors": [{"message": "Unauthorized"}]}


def test_the_settings_choose_the_body(tmp_path: Path) -> None:
    settings = """
        [tool.contract.errors]
        media_type = "application/vnd.shop+json"
        body.error = { code = "$CODE", status = "$status", text = "$detail", id = "$request_id" }
        body.version = 2
    """
    responses = responses_of(tmp_path, declaring(None), settings)
    refusal = responses["BAD_REQUEST_PARAMETERS"]
    assert media_type(refusal) == "application/vnd.shop+json"
    request_id = SAMPLES["$context.requestId"]
    error = {"code": "BAD_REQUEST", "status": 400, "text": "refused", "id": request_id}
    assert body(refusal) == {"error": error, "version": 2}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("errors = 1", "[tool.contract.errors]: is not a table"),
        ("errors.body = 1", "body is not a table"),
        ("errors.body = {}", "body is not a table"),
        ("errors.shape = {}", "unknown setting shape"),
        ('errors.body = { a = "$detial" }', "unknown variable in '$detial'"),
        ('errors.body = { a = "see $detail" }', "unknown variable in 'see $detail'"),
        ("errors.body = { a = [{ b = inf }] }", "inf is not a JSON value"),
        ("errors.body = { a = 2020-01-01 }", "is not a JSON value"),
        ('errors.body = { "$a" = 1 }', "the name '$a' has a $"),
        ('errors = { media_type = "text/plain", body = { a = 1 } }', "is not a JSON media type"),
        ("errors = { media_type = 1, body = { a = 1 } }", "is not a JSON media type"),
    ],
)
def test_a_wrong_setting_is_reported(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        responses_of(tmp_path, whole(), f"[tool.contract]\n{text}")
    assert words in str(caught.value)


def test_a_template_that_fits_nothing_fails_and_one_that_fits_something_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.contract.errors]\nbody = { message = "$detail" }\n')
    path = str(written(tmp_path, declaring(CODED)))
    assert main(["lint", path]) == 1
    assert "gateway-error-template" in capsys.readouterr().out
    path = str(written(tmp_path, declaring(CODED, {"type": "object"})))
    assert main(["lint", path]) == 0
    assert main(["lint", path, "--all"]) == 0
    assert "gateway-error-body" in capsys.readouterr().out


def test_drift_compares_with_the_same_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(written(tmp_path, declaring(CODED)))
    export = tmp_path / "export.json"
    assert main(["gateway", path, "-o", str(export)]) == 0
    main(["drift", path, "--export", str(export)])
    assert "gateway-responses" not in capsys.readouterr().out
