"""What each command returns for each kind of input, and that it says so in one line.

0: done. 1: a command that judges found something wrong. 2: the input or an argument is wrong, or
the command could not do its work.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from openapi_first.cli.main import main

ROOT = Path(__file__).parents[2]

COMMANDS = {
    "compile": ["compile", "CONTRACT", "-o", "made.py"],
    "types": ["types", "CONTRACT"],
    "types --check": ["types", "CONTRACT", "--check", "-o", "types.py"],
    "client --check": ["client", "go", "CONTRACT", "--check", "-o", "client"],
    "gateway": ["gateway", "CONTRACT"],
    "lint": ["lint", "CONTRACT"],
    "diff, old": ["diff", "CONTRACT", "good.yaml"],
    "diff, new": ["diff", "good.yaml", "CONTRACT"],
    "drift": ["drift", "CONTRACT", "--export", "export.json"],
    "serve": ["serve", "CONTRACT", "--handler", "shop.handler", "--port", "0"],
    "fix": ["fix", "CONTRACT", "-o", "fixed.yaml"],
    "test --dry-run": ["test", "http://127.0.0.1:9/prod", "CONTRACT", "--dry-run"],
    "test": ["test", "http://127.0.0.1:9/prod", "CONTRACT", "--api-key", "k" * 20],
    "coverage": ["coverage", "record.json", "--contract", "CONTRACT"],
}
KEEP_GOING = ["test", "http://127.0.0.1:9/prod", "CONTRACT", "--keep-going"]
DOCUMENT = ["serve", "--document", "CONTRACT", "--handler", "shop.handler", "--port", "0"]
WITH_SETTINGS = ("gateway", "lint", "drift", "serve")
COMPILES = ("compile", "gateway", "lint", "serve")


def good() -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    responses = {"200": {"description": "ok"}}
    operation = {"operationId": "save", "requestBody": body, "responses": responses}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "paths": {"/things": {"post": operation}},
    }


def with_pattern(pattern: str) -> dict[str, Any]:
    document = good()
    document["paths"]["/things"]["post"]["requestBody"]["content"]["application/json"]["schema"] = {
        "type": "object",
        "properties": {"name": {"type": "string", "pattern": pattern}},
    }
    return document


def invalid(count: int) -> dict[str, Any]:
    document = good()
    responses = {"200": {"description": "ok"}}
    for index in range(count):
        document["paths"][f"/{index}"] = {"get": {"operationId": "save", "responses": responses}}
    return document


def refused() -> dict[str, Any]:
    """A contract that compiles and that API Gateway would not import."""
    document = good()
    document["paths"]["/a//b"] = document["paths"].pop("/things")
    return document


def open_to_everybody() -> dict[str, Any]:
    """A contract whose security nobody would enforce."""
    document = good()
    document["components"] = {"securitySchemes": {"one": {"type": "http", "scheme": "bearer"}}}
    document["security"] = [{"one": []}]
    return document


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything that the commands need beside the contract, and no DynamoDB, which none asks."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(yaml.safe_dump(good()))
    (tmp_path / "shop.py").write_text("def handler(event, context): return {}")
    (tmp_path / "export.json").write_text('{"paths": {}}')
    record = {"format": "contract-coverage/1", "title": "Shop", "version": "1", "seen": {}}
    (tmp_path / "record.json").write_text(json.dumps(record))
    return tmp_path


def run(
    arguments: list[str], capsys: pytest.CaptureFixture[str], contract: str = "good.yaml"
) -> tuple[int, list[str]]:
    """The status and what is wrong: one line each, without the indented ones that explain it."""
    status = main([contract if each == "CONTRACT" else each for each in arguments])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    return status, [line for line in printed.err.splitlines() if not line.startswith(" ")]


UNREADABLE: dict[str, bytes | None] = {
    "no file": None,
    "no YAML": b"a: [",
    "no OpenAPI": b"a: b",
    "a list": b"[]",
    "no text": b"\xff\xfe",
    "nothing": b"",
}


@pytest.mark.parametrize("command", [*COMMANDS, "serve --document"])
@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_contract_that_cannot_be_read_is_2_and_one_line(
    command: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = UNREADABLE[kind]
    if content is not None:
        Path("bad.yaml").write_bytes(content)
    status, lines = run(COMMANDS.get(command, DOCUMENT), capsys, "bad.yaml")
    assert (status, len(lines)) == (2, 1), lines
    assert "bad.yaml" in lines[0]


DANGLING = {
    "#/components/schemas/No": "the reference '#/components/schemas/No' has no target",
    "no.yaml#/No": "no.yaml",
    "good.yaml#/No": "good.yaml",
}


@pytest.mark.parametrize("command", [*COMMANDS, "test --keep-going"])
@pytest.mark.parametrize("target", DANGLING)
def test_a_dangling_reference_is_2_and_one_line(
    command: str, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document = good()
    body = document["paths"]["/things"]["post"]["requestBody"]
    body["content"]["application/json"]["schema"] = {"$ref": target}
    Path("bad.yaml").write_text(yaml.safe_dump(document))
    status, lines = run(COMMANDS.get(command, KEEP_GOING), capsys, "bad.yaml")
    assert status == 2
    assert DANGLING[target] in lines[0]


@pytest.mark.parametrize("command", ["test", "test --dry-run", "coverage"])
def test_a_link_to_no_operation_is_2_and_one_line(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document = good()
    link = {"operationRef": "#/paths/~1none/get"}
    document["paths"]["/things"]["post"]["responses"]["200"]["links"] = {"next": link}
    Path("bad.yaml").write_text(yaml.safe_dump(document))
    status, lines = run(COMMANDS[command], capsys, "bad.yaml")
    assert (status, len(lines)) == (2, 1), lines
    assert lines[0].startswith("bad.yaml:")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_invalid_contract_is_2_and_one_line_for_each_error(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.yaml").write_text(yaml.safe_dump(invalid(3)))
    status, lines = run(COMMANDS[command], capsys, "bad.yaml")
    assert (status, len(lines)) == (2, 3), lines
    assert all(line.startswith("bad.yaml:") for line in lines)


@pytest.mark.parametrize(
    "command",
    [
        *([name, "CONTRACT", "-o", "made"] for name in ("compile", "types", "gateway")),
        ["lint", "CONTRACT", "--all"],
        ["diff", "good.yaml", "CONTRACT"],
        ["diff", "CONTRACT", "good.yaml"],
        ["drift", "CONTRACT", "--export", "export.json"],
        ["coverage", "record.json", "--contract", "CONTRACT"],
        ["test", "http://127.0.0.1:9/prod", "CONTRACT", "--dry-run"],
    ],
)
def test_names_in_a_contract_do_not_reach_the_terminal_as_they_are(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    escape, document = "a\x1b[31m\x9b", good()
    operation = document["paths"].pop("/things")["post"]
    document["paths"][f"/{escape}"] = {"post": operation, "get": {**operation}}
    operation["operationId"] = escape
    operation["tags"] = [escape]
    media_type = operation["requestBody"]["content"]["application/json"]
    media_type["schema"] = {"properties": {escape: {"type": "string", "format": escape}}}
    Path("bad.yaml").write_text(yaml.safe_dump(document))
    main(["bad.yaml" if each == "CONTRACT" else each for each in command])
    printed = capsys.readouterr()
    assert {"\x1b", "\x9b"} & set(printed.out + printed.err) == set()


@pytest.mark.parametrize("command", COMPILES)
def test_a_contract_that_cannot_be_compiled_is_2(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.yaml").write_text(yaml.safe_dump(with_pattern("(")))
    status, lines = run(COMMANDS[command], capsys, "bad.yaml")
    assert (status, len(lines)) == (2, 1), lines
    assert lines[0].startswith("bad.yaml:")


@pytest.mark.parametrize("document", [refused, open_to_everybody])
def test_a_document_that_aws_must_not_get_is_1_for_the_commands_that_judge_it(
    document: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.yaml").write_text(yaml.safe_dump(document()))
    for command, wanted in (("compile", 0), ("types", 0), ("gateway", 1), ("lint", 1)):
        assert run(COMMANDS[command], capsys, "bad.yaml")[0] == wanted, command
    for command in ("drift", "serve"):
        assert run(COMMANDS[command], capsys, "bad.yaml")[0] == 2, command


@pytest.mark.parametrize("command", WITH_SETTINGS)
@pytest.mark.parametrize(
    ("text", "count"),
    [("[tool", 1), ("[tool.contract]\na = 1\nb = 2", 2), ("a = " + "[" * 5000, 1)],
)
def test_a_broken_settings_file_is_2_and_one_line_for_each_problem(
    command: str, text: str, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pyproject.toml").write_text(text)
    status, lines = run(COMMANDS[command], capsys)
    assert (status, len(lines)) == (2, count), lines
    assert all(line.startswith("pyproject.toml: ") for line in lines)
    Path("pyproject.toml").unlink()
    status, lines = run([*COMMANDS[command], "--settings", "none.toml"], capsys)
    assert (status, len(lines)) == (2, 1)
    assert "none.toml" in lines[0]


@pytest.mark.parametrize("command", [*COMMANDS, "token"])
def test_an_unknown_option_or_argument_is_2_and_one_line(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = COMMANDS.get(command, ["token", "--pool", "a_b"])
    for unknown in ("--nope", "-x"):
        status, lines = run([*arguments, unknown], capsys)
        assert status == 2
        assert lines == [
            f"contract {arguments[0]}: unknown arguments: {unknown}; "
            f"see `contract {arguments[0]} --help`"
        ]


@pytest.mark.parametrize("arguments", [[], ["nope"], ["--nope", "lint"], ["--nope"], ["-x"]])
def test_an_unknown_command_is_2_and_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, lines = run(arguments, capsys)
    assert (status, len(lines)) == (2, 1)
    assert lines[0].startswith("contract")


@pytest.mark.parametrize(
    "arguments",
    [
        ["compile", "good.yaml", "-o", "good.yaml/made.py"],
        ["compile", "good.yaml", "-o", "."],
        ["types", "good.yaml", "-o", "."],
        ["types", "good.yaml", "--check"],
        ["types", "good.yaml", "--check", "-o", "."],
        ["types", "good.yaml", "-o", "loop"],
        ["lint", "loop"],
        ["gateway", "good.yaml", "-o", "."],
        ["gateway", "good.yaml", "--format", "toml"],
        ["gateway", "good.yaml", "--allow-origin", "shop"],
        ["gateway", "good.yaml", "--allow-origin", "*", "--allow-origin", "https://a.example"],
        ["lint", "good.yaml", "other.yaml"],
        ["diff", "good.yaml"],
        ["drift", "good.yaml"],
        ["drift", "good.yaml", "--export", "none.json"],
        ["drift", "good.yaml", "--export", "good.yaml"],
        ["drift", "good.yaml", "--export", "deep.json"],
        ["serve", "good.yaml"],
        ["serve", "good.yaml", "--handler", "nowhere.handler"],
        ["serve", "good.yaml", "--handler", "shop.handler", "--port", "65536"],
        ["serve", "good.yaml", "--handler", "shop.handler", "--plans", "good.yaml"],
        ["serve", "good.yaml", "--handler", "shop.handler", "--plans", "deep.json"],
        ["serve", "good.yaml", "--handler", "shop.handler", "--jwks", "good.yaml"],
        ["serve", "good.yaml", "--handler", "shop.handler", "--jwks", "deep.json"],
        ["serve", "good.yaml", "--handler", "shop.handler", "--host", "a..b"],
        ["serve", "good.yaml", "--handler", "shop.handler", "--variable", "a=b"],
        ["serve", "good.yaml", "--image", "x", "--emulator", "none"],
        ["serve", "--document", "good.yaml", "good.yaml", "--handler", "shop.handler"],
        ["test"],
        ["test", "nonsense", "good.yaml"],
        ["test", "http://127.0.0.1:9/prod", "good.yaml"],
        ["test", "http://127.0.0.1:9/prod", "good.yaml", "--credential", "x"],
        ["test", "http://127.0.0.1:9/prod", "good.yaml", "--api-key", "a\nb"],
        ["test", "http://127.0.0.1:9/prod", "good.yaml", "--api-key", "é"],
        ["test", "http://127.0.0.1:9/prod", "good.yaml", "--timeout", "1e300"],
        ["test", "http://127.0.0.1:9/prod", "good.yaml", "--seed", "x"],
        ["test", "http://127.0.0.1:9/prod", "good.yaml", "--coverage", "good.yaml"],
        ["coverage", "good.yaml", "--contract", "good.yaml"],
        ["coverage", "none.json", "--contract", "good.yaml"],
        ["coverage", "record.json", "--contract", "good.yaml", "--cov-fail-under", "0"],
        ["coverage", "record.json", "--contract", "good.yaml", "--html", "."],
        ["token"],
        ["token", "--pool", "a_b", "--jwks", "good.yaml"],
        ["token", "--pool", "a_b", "--jwks", "."],
        ["token", "--pool", "a_b", "--claim", "iss=5"],
        ["token", "--pool", "a_b", "--expires-in", "inf"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_2_and_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("deep.json").write_text("[" * 100_000)
    Path("loop").symlink_to("loop")
    if arguments[0] == "token" and "--jwks" not in arguments:
        run(["token", "--pool", "a_b"], capsys)  # which makes the key set
    status, lines = run(arguments, capsys)
    (line,) = (each for each in lines if "requests planned" not in each)
    assert status == 2, line


def test_a_judging_command_that_finds_something_wrong_is_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    narrower = good()
    narrower["paths"]["/things"]["post"]["requestBody"]["required"] = True
    Path("new.yaml").write_text(yaml.safe_dump(narrower))
    Path("types.py").write_bytes(b"\xff")
    assert run(["diff", "good.yaml", "new.yaml"], capsys)[0] == 1
    assert run(COMMANDS["types --check"], capsys)[0] == 1
    assert run([*COMMANDS["coverage"], "--cov-fail-under", "50"], capsys)[0] == 1
    assert run(COMMANDS["drift"], capsys)[0] == 1


def test_what_is_done_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("compile", "types", "gateway", "lint", "diff, old", "coverage"):
        assert run(COMMANDS[command], capsys)[0] == 0, command
    assert run(["types", "CONTRACT", "-o", "types.py"], capsys)[0] == 0
    assert run(COMMANDS["types --check"], capsys)[0] == 0
    assert run(["token", "--pool", "a_b"], capsys)[0] == 0


def test_keys_and_plans_that_aws_would_refuse_are_2(capsys: pytest.CaptureFixture[str]) -> None:
    key = {"value": "a-key-of-more-than-20-characters", "enabled": True}
    plan = {"name": "p", "keys": ["a"]}
    serve = [*COMMANDS["serve"], "--plans", "plans.yaml"]
    for keys, problem in (
        ([{"id": "a", **key}, {"id": "b", **key}], "plans.yaml#/keys/1/value: another key has"),
        ([{"id": "a", **key}] * 2, "plans.yaml#/keys/1/id: another key has this id"),
        ([{"id": "b", **key}], "names the key 'a', which is not defined"),
    ):
        Path("plans.yaml").write_text(json.dumps({"keys": keys, "plans": [plan]}))
        status = main([each if each != "CONTRACT" else "good.yaml" for each in serve])
        assert status == 2
        assert problem in capsys.readouterr().err


@pytest.mark.parametrize("usage", ["{}", "[" * 100_000])
def test_a_usage_file_that_is_not_one_is_2(usage: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("usage.json").write_text(usage)
    Path("api.json").write_text(json.dumps({"openapi": "3.0.1", "paths": {}}))
    status, lines = run([*DOCUMENT, "--usage-file", "usage.json"], capsys, "api.json")
    assert (status, len(lines)) == (2, 1)
    assert "usage.json" in lines[0]


def test_an_error_that_cannot_be_printed_is_2_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, text: str, /) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    assert main(["lint", "nope.yaml"]) == 2
