"""`contract lint` finds each rule where a contract breaks it, and reports it in every format."""

from __future__ import annotations

import json
import lzma
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from lint_rules import PAGE, rules_page
from openapi_first.cli.main import main
from openapi_first.import_document.settings import read_settings
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import Finding, Verdict
from openapi_first.lint.lint import RULES, lint
from openapi_first.openapi.loader import load
from support.documents import whole, written
from support.lint_breaks import BREAKS, SETTINGS, posting, required

ROOT = Path(__file__).parents[2]
# Static Analysis Results Interchange Format (SARIF) Version 2.1.0, Errata 01, JSON schema.
# Copyright © OASIS Open 2023. All Rights Reserved.
SARIF = json.loads(lzma.decompress((ROOT / "tests/lint/sarif-schema-2.1.0.json.xz").read_bytes()))
GUARD = {"type": "token", "authorizerUri": "arn:aws:apigateway:x", "identitySource": "x"}


def found(folder: Path, document: dict[str, Any], settings: str = "") -> tuple[Finding, ...]:
    contract = load(written(folder, document))
    path = folder / "pyproject.toml"
    path.write_text(settings)
    return lint(Rendered.of(contract, read_settings(path, contract)))


def rules(findings: tuple[Finding, ...]) -> set[str]:
    return {each.rule.id for each in findings}


def test_every_rule_has_a_contract_that_breaks_it() -> None:
    assert set(BREAKS) == set(RULES)


@pytest.mark.parametrize("rule", sorted(BREAKS))
def test_each_rule_is_found_where_it_is_broken_and_no_other_failure(
    rule: str, tmp_path: Path
) -> None:
    findings = found(tmp_path, BREAKS[rule], SETTINGS.get(rule, ""))
    own = [each for each in findings if each.rule.id == rule]
    assert own
    assert all(each.line for each in own)
    failing = {each.rule.id for each in findings if each.rule.verdict.fails}
    assert failing == ({rule} if RULES[rule].verdict.fails else set())


def test_what_is_broken_twenty_times_is_reported_twenty_times(tmp_path: Path) -> None:
    document = whole()
    for index in range(20):
        document = posting(document, required({"format": f"own{index}"}), f"path{index}")
    failing = [each for each in found(tmp_path, document) if each.rule.verdict.fails]
    assert len(failing) == len({each.pointer for each in failing}) == 20


def test_twenty_rules_broken_in_one_contract_are_all_reported(tmp_path: Path) -> None:
    """All kinds of rules that fail, and some that only change something."""
    bearer = {"type": "http", "scheme": "bearer"}
    key = {"type": "apiKey", "name": "key", "in": "query"}
    flows = {"clientCredentials": {"tokenUrl": "/t", "scopes": {"read": "", "write": ""}}}
    long = {"type": "string", "maxLength": 20_000}
    document = whole()
    document["components"] = {
        "schemas": {"My_Thing": {"type": "object", "properties": {"a": {"default": 1}}}},
        "securitySchemes": {
            "bearer": bearer, "key": key, "pool": {"type": "oauth2", "flows": flows},
            **{f"guard{n}": {**bearer, "x-amazon-apigateway-authorizer": GUARD} for n in range(10)},
        },
    }  # fmt: skip
    document["x-amazon-apigateway-request-validators"] = {"all": {}}
    document["security"] = [{"pool": ["read", "write"]}]

    def add(path: str, method: str = "get", **more: Any) -> None:
        names = [step.strip("{}+") for step in path.split("/") if step.startswith("{")]
        given = more.pop("parameters", [])
        item = document["paths"].setdefault(path, {})
        item[method] = {
            "operationId": f"operation{len(json.dumps(document))}",
            "parameters": [
                *({"name": n, "in": "path", "required": True, "schema": {}} for n in names), *given
            ],
            "responses": {"4XX": {"description": "."}},
            **more,
        }  # fmt: skip

    add("/a~b//c", security=[{"bearer": []}])
    add("/files/{proxy+}/more", security=[{"key": []}, {}])
    add("/traced", "trace")
    add("/things/{other}/more", deprecated=True)
    add("/validated", **{"x-amazon-apigateway-request-validator": "none"})
    add("/headers", parameters=[{"name": n, "in": "header", "schema": long} for n in "ab"])
    add("/url", parameters=[{"name": "q", "in": "query", "schema": long}])
    applied = {"type": "string", "nullable": True, "default": "a"}
    add("/cookie", parameters=[{"name": "c", "in": "cookie", "schema": applied}])
    add("/name", parameters=[{"name": "a[b]", "in": "query", "schema": {"format": "colour"}}])
    add("/get", requestBody=required({"$ref": "#/components/schemas/My_Thing"}))
    add("/post", "post", requestBody=required({"enum": ["x" * 410_000]}))
    for index in range(300):
        add(f"/path{index}")
    settings = '[tool.contract.authorizers.pool]\ntype = "cognito_user_pools"\n'
    reported = {each.rule.id for each in found(tmp_path, document, settings)}
    failing = {
        *("path-segment", "method-unknown", "validator"),
        *("headers-too-large", "url-too-long", "unknown-format"),
        *("too-many-paths", "too-many-authorizers", "any-scope", "security-scheme"),
        "api-key-elsewhere",
    }
    changed = {
        *("cookie-parameter", "parameter-name", "body-on-get", "response-range", "deprecated"),
        *("model-name", "default", "nullable", "root-security", "security-alternatives"),
        *("path-variable", "path-template", "model-left-out"),
    }
    assert len(failing | changed) > 20
    assert reported >= failing | changed
    assert failing == {rule for rule in reported if RULES[rule].verdict.fails}


def test_every_rule_cites_a_page_and_says_what_to_do() -> None:
    for rule in RULES.values():
        assert rule.authority in ("AWS", "OpenAPI", "JSON Schema"), rule.id
        assert rule.authority == "AWS" or rule.verdict in (
            Verdict.LIMITED,
            Verdict.NOTE,
            Verdict.NOWHERE,
        )
        assert all((rule.statement, rule.title, rule.remedy))


def test_the_page_of_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "run make lint-rules"


def test_the_shipped_contract_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(ROOT / "openapi.yaml")]) == 0
    assert "0 enforced nowhere" in capsys.readouterr().out


def test_each_format_reports_the_same_and_exits_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(written(tmp_path, BREAKS["unknown-format"]))
    printed = {}
    for name in ("text", "json", "sarif", "github"):
        assert main(["lint", path, "--format", name]) == 1
        printed[name] = capsys.readouterr().out
    pointer = "/paths/~1post/post/requestBody/content/application~1json/schema/format"
    assert f"[unknown-format] at #{pointer}" in printed["text"]
    assert pointer in {each["pointer"] for each in json.loads(printed["json"])["findings"]}
    assert printed["github"].startswith("::error file=")
    log = json.loads(printed["sarif"])
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        # SARIF 2.1.0 §3.27.9: where the kind is not `fail`, the level is `none`.
        assert (result["kind"] == "fail") == (result["level"] != "none")
        (location,) = result["locations"]
        assert location["physicalLocation"]["region"]["startLine"] >= 1


@pytest.mark.parametrize("count", [0, 1, 20])
def test_sarif_matches_the_schema_of_oasis(
    count: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = whole() | {"paths": {}} if count == 0 else whole()
    for index in range(count):
        document = posting(document, required({"format": f"own{index}"}), f"path{index}")
    folder = tmp_path / "a folder: 100 %"
    folder.mkdir()
    assert main(["lint", str(written(folder, document)), "--format", "sarif"]) == bool(count)
    log = json.loads(capsys.readouterr().out)
    kind = jsonschema.Draft4Validator
    kind(SARIF, format_checker=kind.FORMAT_CHECKER).validate(log)
    (run,) = log["runs"]
    failing = [each for each in run["results"] if each["level"] == "error"]
    assert len(failing) == count
    assert bool(run["results"]) == bool(count)
    for result in run["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert unquote(uri) == str(folder / "openapi.yaml")
        assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", uri)  # RFC 3986 §2


COMMANDS = ["compile", "types", "gateway", "lint", "diff", "serve", "drift"]
UNREADABLE = {
    "no file": None,
    "a folder": None,
    "not YAML": b"a: [",
    "not UTF-8": b"\xff\xfe",
    "nothing": b"",
    "Swagger": b"swagger: '1.2'",
    "another version": b"openapi: 4.0.0",
    "a list": b"[]",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_contract_is_one_line_and_2(
    command: str,
    kind: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    path = tmp_path / "openapi.yaml"
    if kind == "a folder":
        path.mkdir()
    content = UNREADABLE[kind]
    if content is not None:
        path.write_bytes(content)
    made = tmp_path / "made"
    options = {
        "diff": [str(path)],
        "serve": ["--handler", "items.handler.handler", "--port", "0"],
        "drift": ["--rest-api-id", "a", "--stage", "b"],
        "lint": [],
    }.get(command, ["-o", str(made)])
    assert main([command, str(path), *options]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1, printed.err
    assert str(path) in printed.err
    assert not made.exists()


@pytest.mark.parametrize("command", ["gateway", "compile", "types"])
def test_an_output_that_is_a_folder_leaves_nothing_behind(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "made"
    output.mkdir()
    assert main([command, str(ROOT / "openapi.yaml"), "-o", str(output)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_writing_the_import_document_reports_what_nothing_enforces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gateway", str(written(tmp_path, BREAKS["unknown-format"]))]) == 0
    assert "enforced nowhere: format" in capsys.readouterr().err


@pytest.mark.parametrize("rule", ["security-scheme", "api-key-elsewhere"])
def test_no_import_document_leaves_an_operation_open_that_requires_security(
    rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "made.json"
    assert main(["gateway", str(written(tmp_path, BREAKS[rule])), "-o", str(output)]) == 1
    printed = capsys.readouterr().err
    assert "nothing would enforce the security scheme one" in printed
    assert "[tool.contract.authorizers.one]" in printed
    assert not output.exists()


@pytest.mark.parametrize(
    ("schema", "rule", "words"),
    [
        ({"type": "string", "nullable": True}, "misspelt-keyword", 'type: [string, "null"]'),
        ({"type": "string", "maxLenght": 3}, "misspelt-keyword", "maxLength is similar"),
        ({"type": "string", "colour": "red"}, "unknown-keyword", "colour is unknown"),
        ({"discriminator": {"propertyName": "kind"}}, "idle-discriminator", "discriminator"),
    ],
)
def test_what_means_nothing_in_a_schema_of_3_1_is_reported(
    tmp_path: Path, schema: dict[str, Any], rule: str, words: str
) -> None:
    contract = load(written(tmp_path, {**posting(whole(), required(schema)), "openapi": "3.1.0"}))
    found = [each for each in lint(Rendered.of(contract)) if each.pointer.count("/schema")]
    assert [(each.rule.id, words in each.detail) for each in found if each.rule.id == rule] == [
        (rule, True)
    ]
    assert not {"nullable", "discriminator"} & {each.rule.id for each in found}


def test_a_pattern_that_needs_backtracking_is_listed_without_asking_and_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"type": "array", "items": {"type": "string", "pattern": "^(?!a)b"}}
    path = str(written(tmp_path, posting(whole(), required(names))))
    assert main(["lint", path]) == 0
    output = capsys.readouterr().out
    assert "[repeated-pattern-backtracks] at #" in output
    assert "100 ms per request" in output
    assert "--all lists every finding." in output


@pytest.mark.parametrize("verdict", ["gateway", "lambda", "nowhere", "note"])
def test_findings_can_be_limited_to_one_verdict(
    verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(written(tmp_path, posting(whole(), required({"type": "object", "minLength": 1}))))
    assert main(["lint", path, "--only", verdict, "--format", "json"]) == 1
    listed = json.loads(capsys.readouterr().out)["findings"]
    assert {each["verdict"] for each in listed} == {verdict}
    assert main(["lint", path, "--only", verdict]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.endswith(f"#{each['pointer']}") for line in lines for each in listed)
