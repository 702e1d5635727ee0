"""`contract serve PATH` recognises what it is given, and says what it looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.cli.main import main
from openapi_first.documents.errors import UnreadableContract
from openapi_first.serving.errors import CannotServe
from openapi_first.serving.templates.given import given

CONTRACT = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {}}}}\n"
DOCUMENT = CONTRACT.replace(
    "{responses: {}}", "{x-amazon-apigateway-integration: {type: aws_proxy, uri: !Sub '${F.Arn}'}}"
)
SWAGGER = DOCUMENT.replace("openapi: 3.0.3", "swagger: '2.0'")
TEMPLATE = "Resources:\n  Api: {Type: AWS::ApiGateway::RestApi}\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CONTRACT, "contract"),
        (DOCUMENT, "import document"),
        (SWAGGER, "import document"),
        (TEMPLATE, "template"),
        ('{"openapi": "3.1.0", "paths": {}}', "contract"),
        ('{"Resources": {}}', "template"),
    ],
)
def test_a_file_is_recognised_by_its_content(tmp_path: Path, text: str, kind: str) -> None:
    path = tmp_path / "any.yaml"
    path.write_text(text)
    assert given(path).kind == kind


def test_a_folder_is_its_template_unless_it_has_settings_for_a_contract(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "openapi.yaml").write_text(CONTRACT)
    found = given(tmp_path)
    assert (found.kind, found.path.name) == ("template", "template.yaml")
    assert found.note == f"serving {tmp_path / 'template.yaml'}; also there: openapi.yaml"
    (tmp_path / "pyproject.toml").write_text("[tool.contract]\n")
    assert given(tmp_path).kind == "contract"


@pytest.mark.parametrize(
    ("arguments", "settings", "template"),
    [
        ((), "", True),
        (("--handler", "nowhere.f"), "", False),
        ((), "[tool.contract]\nhandler = 'nowhere.f'\n", False),
        ((), "[tool.contract]\nfunctions = {a = 'nowhere.f'}\n", False),
    ],
)
def test_without_a_path_the_template_is_served_unless_the_contract_has_a_function(
    arguments: tuple[str, ...],
    settings: str,
    template: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "template.yaml").write_text("Resources: {}\n")
    (tmp_path / "openapi.yaml").write_text(CONTRACT)
    (tmp_path / "pyproject.toml").write_text(settings)
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "--port", "0", *arguments]) == 2  # neither can be served
    shown = capsys.readouterr()
    assert ("serving template.yaml" in shown.out) is template
    assert ("declares no REST API" in shown.err) is template


def test_a_folder_of_cdk_is_served_and_so_is_the_one_that_has_it(tmp_path: Path) -> None:
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    assert [given(each).path for each in (folder, tmp_path)] == [folder, folder]


def test_what_is_none_of_them_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match=r"Looked for cdk\.out, template\.yaml, openapi\.yaml"):
        given(tmp_path)
    path = tmp_path / "notes.yaml"
    path.write_text("a: 1\n")
    with pytest.raises(UnreadableContract, match="neither an OpenAPI document nor a template"):
        given(path)
