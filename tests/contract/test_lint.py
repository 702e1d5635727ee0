"""`contract lint` says where each constraint is enforced, and what API Gateway changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract.cli import main
from contract.document import load
from contract.gateway_settings import read_settings
from contract.lint.findings import Finding
from contract.lint.linting import lint
from contract.lint.rules import RULES
from documents import operation, whole, written
from lint_rules import PAGE, rules_page

ROOT = Path(__file__).parents[2]


def found(folder: Path, document: dict[str, Any], settings: str = "") -> tuple[Finding, ...]:
    contract = load(written(folder, document))
    path = folder / "pyproject.toml"
    path.write_text(settings)
    return lint(contract, read_settings(path, contract))


def rules(findings: tuple[Finding, ...]) -> set[str]:
    return {each.rule.id for each in findings}


def posting(document: dict[str, Any], body: dict[str, Any], name: str = "post") -> dict[str, Any]:
    """The document with an operation on a path of its own that takes `body`."""
    document["paths"][f"/{name}"] = {
        "post": {
            "operationId": name,
            "requestBody": body,
            "responses": {"204": {"description": "Taken."}},
        }
    }
    return document


def required(schema: dict[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    return {"required": True, "content": {media_type: {"schema": schema}}}


def parameter(name: str, place: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": schema, **more}


def secured(scheme: dict[str, Any], *, root: bool = False, more: int = 0) -> dict[str, Any]:
    document = whole()
    document["components"] = {"securitySchemes": {"one": scheme}}
    owner = document if root else operation(document)
    owner["security"] = [{"one": []}, *({} for _ in range(more))]
    return document


def scoped(*scopes: str) -> dict[str, Any]:
    flows = {"clientCredentials": {"tokenUrl": "/t", "scopes": dict.fromkeys(scopes, "")}}
    document = secured({"type": "oauth2", "flows": flows})
    operation(document)["security"] = [{"one": list(scopes)}]
    return document


def guarded(count: int) -> dict[str, Any]:
    document = whole()
    scheme = {"type": "http", "scheme": "bearer", "x-amazon-apigateway-authorizer": AUTHORIZER}
    names = [f"guard{index}" for index in range(count)]
    document["components"] = {"securitySchemes": dict.fromkeys(names, scheme)}
    for name in names:
        document = posting(document, required({}), name)
        document["paths"][f"/{name}"]["post"]["security"] = [{name: []}]
    return document


def with_parameter(*parameters: dict[str, Any]) -> dict[str, Any]:
    document = whole()
    operation(document)["parameters"] += parameters
    return document


def with_path(path: str, **more: Any) -> dict[str, Any]:
    document = whole()
    names = [part.strip("{}+") for part in path.split("/") if part.startswith("{")]
    if "{b}" in path and "b" not in names:
        names.append("b")
    document["paths"][path] = {
        "get": {
            "operationId": "other",
            "parameters": [parameter(n, "path", {"type": "string"}, required=True) for n in names],
            "responses": {"200": {"description": "Fine."}},
            **more,
        }
    }
    return document


def with_method(method: str, **more: Any) -> dict[str, Any]:
    document = whole()
    item = document["paths"]["/things/{id}"]
    item[method] = {**operation(document), "operationId": method + "Other", **more}
    return document


KEY = {"type": "apiKey", "name": "x-api-key", "in": "header"}
AUTHORIZER = {"type": "token", "authorizerUri": "arn:aws:apigateway:x", "identitySource": "x"}
LONG = {"type": "string", "maxLength": 20_000}


def many_paths() -> dict[str, Any]:
    document = whole()
    for index in range(300):
        document = posting(document, required({}), f"path{index}")
    return document


def in_3_1() -> dict[str, Any]:
    return {**whole(), "openapi": "3.1.0"}


def responding(responses: dict[str, Any]) -> dict[str, Any]:
    document = whole()
    operation(document)["responses"] |= responses
    return document


def named(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    document = posting(whole(), required({"$ref": f"#/components/schemas/{name}"}))
    document["components"] = {"schemas": {name: schema}}
    return document


def choosing() -> dict[str, Any]:
    document = posting(
        whole(),
        required(
            {
                "oneOf": [{"$ref": "#/components/schemas/A"}],
                "discriminator": {"propertyName": "kind"},
            }
        ),
    )
    document["components"] = {"schemas": {"A": {"properties": {"kind": {}}}}}
    return document


def called_back() -> dict[str, Any]:
    document = whole()
    operation(document)["callbacks"] = {
        "done": {"{$request.query.url}": {"post": {"responses": {"200": {"description": "."}}}}}
    }
    return document


BREAKS: dict[str, dict[str, Any]] = {
    "keyword-at-gateway": posting(whole(), required({"type": "object"})),
    "keyword-not-in-models": posting(whole(), required({"format": "uuid"})),
    "body-without-model": posting(whole(), required({"type": "object"}, "multipart/form-data")),
    "parameter-schema": with_parameter(parameter("q", "query", {"maxLength": 3})),
    "parameter-required": whole(),
    "parameter-not-asked-for": with_parameter(
        parameter("q", "query", {"type": "object"}, required=True)
    ),
    "response-schema": responding(
        {"201": {"description": ".", "content": {"application/json": {"schema": {"type": "null"}}}}}
    )
    | {"openapi": "3.1.0"},
    "body-required": posting(whole(), required({"type": "object"})),
    "media-type": posting(whole(), required({})),
    "api-key": secured(KEY),
    "authorizer": secured(
        {"type": "http", "scheme": "bearer", "x-amazon-apigateway-authorizer": AUTHORIZER}
    ),
    "security-in-service": secured({"type": "http", "scheme": "basic"}),
    "scopes": scoped("read"),
    "scopes-in-authorizer": scoped("read", "write"),
    "any-scope": scoped("read", "write"),
    "too-many-authorizers": guarded(11),
    "binary-response": responding({"200": {"description": ".", "content": {"image/png": {}}}}),
    "any-body-as-text": posting(whole(), {"content": {"*/*": {}}}),
    "unknown-format": posting(whole(), required({"format": "colour"})),
    "api-key-elsewhere": secured({**KEY, "in": "query"}),
    "security-scheme": secured({"type": "http", "scheme": "basic"}),
    "method-unknown": with_method("trace"),
    "body-on-get": with_path("/got", requestBody=required({})),
    "path-segment": with_path("/a~b"),
    "greedy-variable": with_path("/{proxy+}/more"),
    "sibling-variables": with_path("/things/{other}/more"),
    "validator": {
        **with_path("/x", **{"x-amazon-apigateway-request-validator": "none"}),
        "x-amazon-apigateway-request-validators": {"all": {}},
    },
    "too-many-paths": many_paths(),
    "document-too-large": {
        **whole(),
        "info": {"title": "T", "version": "1", "description": "x" * 6_300_000},
    },
    "models-too-large": posting(whole(), required({"enum": ["x" * 410_000]})),
    "headers-too-large": with_parameter(
        parameter("a", "header", LONG), parameter("b", "header", LONG)
    ),
    "url-too-long": with_parameter(parameter("q", "query", LONG)),
    "discriminator": choosing(),
    "default": with_parameter(parameter("q", "query", {"default": "a"})),
    "nullable": posting(whole(), required({"type": "string", "nullable": True})),
    "deprecated": with_path("/old", deprecated=True),
    "model-name": named("My_Thing", {"type": "object"}),
    "cookie-parameter": with_parameter(parameter("c", "cookie", {"type": "string"})),
    "response-range": responding({"4XX": {"description": "Refused."}}),
    "root-security": secured(KEY, root=True),
    "security-alternatives": secured(KEY, more=1),
    "callbacks": called_back(),
    "openapi-3-1": in_3_1(),
    "blank-parameter": with_parameter(parameter("q", "query", {"type": "string"}, required=True)),
}


POOL = '[tool.contract.authorizers.one]\ntype = "cognito_user_pools"\n'
SETTINGS = {
    "security-in-service": '[tool.contract.authorizers.one]\ntype = "service"\n',
    "scopes": POOL,
    "scopes-in-authorizer": '[tool.contract.authorizers.one]\ntype = "token"\n',
    "any-scope": POOL,
}


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


def test_what_is_broken_twenty_times_is_told_twenty_times(tmp_path: Path) -> None:
    document = whole()
    for index in range(20):
        document = posting(document, required({"format": f"own{index}"}), f"path{index}")
    failing = [each for each in found(tmp_path, document) if each.rule.verdict.fails]
    assert len(failing) == len({each.pointer for each in failing}) == 20


def test_every_rule_cites_a_page_of_aws_and_says_what_to_do() -> None:
    for rule in RULES.values():
        assert rule.source.startswith("https://docs.aws.amazon.com/apigateway/"), rule.id
        assert all((rule.statement, rule.title, rule.remedy))


def test_the_page_of_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "write it anew: make lint-rules"


def test_the_shipped_contract_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(ROOT / "openapi.yaml")]) == 0
    assert "0 enforced nowhere" in capsys.readouterr().out


def test_each_format_says_the_same_and_exits_1(
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


def test_an_unreadable_contract_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("lint", "gateway"):
        assert main([command, str(tmp_path / "none.yaml")]) == 2
        assert "cannot be read" in capsys.readouterr().err
        assert main([command, str(written(tmp_path, "swagger: '2.0'"))]) == 2
        assert capsys.readouterr().out == ""


@pytest.mark.parametrize("command", ["gateway", "compile", "types"])
def test_an_output_that_is_a_folder_leaves_nothing_behind(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "made"
    output.mkdir()
    assert main([command, str(ROOT / "openapi.yaml"), "-o", str(output)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_writing_the_import_document_tells_of_what_nobody_enforces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gateway", str(written(tmp_path, BREAKS["unknown-format"]))]) == 0
    assert "enforced nowhere: format" in capsys.readouterr().err


@pytest.mark.parametrize("rule", ["security-scheme", "api-key-elsewhere"])
def test_no_import_document_leaves_an_operation_open_that_asks_for_security(
    rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "made.json"
    assert main(["gateway", str(written(tmp_path, BREAKS[rule])), "-o", str(output)]) == 1
    said = capsys.readouterr().err
    assert "nobody would check the security scheme one" in said
    assert "[tool.contract.authorizers.one]" in said
    assert not output.exists()
