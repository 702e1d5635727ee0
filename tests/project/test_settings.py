"""A project states in `[tool.contract]` what its commands would otherwise be told as options."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.cli.main import main
from openapi_first.documents.errors import SettingsError
from openapi_first.project.settings import DEFAULT_CONTRACT, ProjectSettings, read_project

WHOLE = """
[tool.contract]
contract = "api/openapi.yaml"
handler = "shop.handler.handler"
setup = "shop.table"
environment = { TABLE_NAME = "orders" }
functions = { guard = "shop.guard.handler" }
preload = ["boto3", "aws_lambda_powertools.event_handler"]
port = 3001
dynamodb = false
types = "src/shop/types.py"
binary_media_types = ["image/png"]
"""
EMPTY = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(text)
    return path


def test_settings_are_read_and_paths_are_those_beside_the_file(tmp_path: Path) -> None:
    assert read_project(written(tmp_path, WHOLE)) == ProjectSettings(
        contract=tmp_path / "api/openapi.yaml",
        handler="shop.handler.handler",
        setup="shop.table",
        environment={"TABLE_NAME": "orders"},
        functions={"guard": "shop.guard.handler"},
        preload=["boto3", "aws_lambda_powertools.event_handler"],
        port=3001,
        dynamodb=False,
        types=tmp_path / "src/shop/types.py",
        folder=tmp_path,
    )


@pytest.mark.parametrize("text", [None, "", "[tool]\nother = 1\n"])
def test_what_a_project_does_not_state_has_its_default(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "pyproject.toml" if text is None else written(tmp_path, text)
    assert read_project(path) == ProjectSettings(tmp_path / DEFAULT_CONTRACT, folder=tmp_path)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("handler = 5", "handler is not a string: 5"),
        ('handler = "shop"', "handler is not module.function or package.module.function: 'shop'"),
        ('handler = "shop.class.f"', "handler is not module.function or package.module.function"),
        ('contract = "a\\u0000"', "contract has a null byte: 'a\\x00'"),
        ('environment = { "A=B" = "x" }', "what no process can have: 'A=B' = 'x'"),
        ('environment = { "" = "x" }', "what no process can have: '' = 'x'"),
        ('functions = { g = "x y.z" }', "g is not module.function"),
        ("environment = { A = 1 }", "environment is not a table of strings"),
        ('port = "3000"', "port is not an integer: '3000'"),
        ("port = true", "port is not an integer: True"),
        ("port = 70000", "port is not from 0 to 65535: 70000"),
        ("dynamodb = 1", "dynamodb is not true or false: 1"),
        ('preload = ["a-b"]', "preload has what is not the name of a module: 'a-b'"),
        ('handler = "a.b.c"\npreload = ["a.d"]', "'a.d', which is code of the function"),
        ('setup = ""', "setup is not a string: ''"),
        ('handlr = "a.b"', "unknown setting handlr; did you mean handler?"),
        ("zzz = 1", "unknown setting zzz; use one of: accepted_findings, "),
    ],
)
def test_every_wrong_setting_is_named(tmp_path: Path, line: str, words: str) -> None:
    path = written(tmp_path, f'[tool.contract]\n{line}\ntypes = ["wrong, too"]\n')
    with pytest.raises(SettingsError) as caught:
        read_project(path)
    assert words in str(caught.value)
    assert "types is not a string" in str(caught.value)


def test_commands_without_a_contract_take_the_one_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, '[tool.contract]\ncontract = "api.yaml"\ntypes = "types.py"\n')
    (tmp_path / "api.yaml").write_text(EMPTY)
    monkeypatch.chdir(tmp_path)
    assert main(["types"]) == 0
    assert (tmp_path / "types.py").exists()
    assert main(["types", "--check"]) == 0
    assert main(["compile", "-o", "compiled.py"]) == 0
    assert "0 operations of api.yaml" in capsys.readouterr().out


def test_a_contract_elsewhere_has_the_settings_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there").mkdir()
    written(tmp_path / "there", '[tool.contract]\ntypes = "types.py"\n')
    (tmp_path / "there" / "api.yaml").write_text(EMPTY)
    written(tmp_path, "[tool.contract]\nwrong = 1\n")
    monkeypatch.chdir(tmp_path)
    assert main(["types", "there/api.yaml"]) == 0
    assert (tmp_path / "there" / "types.py").exists()
    assert main(["compile"]) == 2
    assert "unknown setting wrong" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["src/shop", "my-types.py", "class.py", "types.txt"])
def test_types_are_a_module_that_others_can_import(tmp_path: Path, path: str) -> None:
    with pytest.raises(SettingsError, match="types is not the path of a module, such as"):
        read_project(written(tmp_path, f'[tool.contract]\ntypes = "{path}"\n'))


@pytest.mark.parametrize(
    ("handler", "module", "operations"),
    [
        ("app.handler", "app.py", "operations.py"),
        ("app.handler", "src/app.py", "src/operations.py"),
        ("shop.app.handler", "shop/app.py", "shop/operations.py"),
        ("shop.app.handler", "src/shop/app.py", "src/shop/operations.py"),
    ],
)
def test_operations_are_beside_the_handler(
    tmp_path: Path, handler: str, module: str, operations: str
) -> None:
    (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / module).touch()
    project = read_project(written(tmp_path, f'[tool.contract]\nhandler = "{handler}"\n'))
    assert project.operations == tmp_path / operations
