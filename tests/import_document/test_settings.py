"""The settings choose authorizers, and every problem in them is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.cli.main import main
from openapi_first.documents.errors import SettingsError
from openapi_first.import_document.document import import_document
from openapi_first.import_document.settings import GatewaySettings, read_settings
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.lint import lint
from openapi_first.openapi.loader import load
from support.documents import operation, whole, written

SCHEMES: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "oidc": {
        "type": "openIdConnect",
        "openIdConnectUrl": "https://id.example/x/.well-known/openid-configuration",
    },
    "oauth": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {"read": "", "write": ""}}},
    },
    "named": {"type": "apiKey", "name": "X-Token", "in": "header"},
    "asked": {"type": "apiKey", "name": "token", "in": "query"},
    "cookie-x": {"type": "apiKey", "name": "sid", "in": "cookie"},
    "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
}
EXTENSION = "x-amazon-apigateway-authorizer"
HEADER = "method.request.header.Authorization"


def settings_of(folder: Path, text: str, security: Any = None) -> tuple[Any, GatewaySettings]:
    document = whole()
    document["components"] = {"securitySchemes": SCHEMES}
    operation(document)["security"] = [{}] if security is None else security
    contract = load(written(folder, document))
    path = folder / "pyproject.toml"
    path.write_text(text)
    return contract, read_settings(path, contract)


def rendered(folder: Path, name: str, text: str) -> dict[str, Any]:
    """The scheme of that name in the import document."""
    table = f'[tool.contract.authorizers."{name}"]\n{text}'
    scopes = ["read"] if name == "oauth" else []
    contract, settings = settings_of(folder, table, [{name: scopes}])
    document = import_document(contract, settings)
    method = document["paths"]["/things/{id}"]["get"]
    assert method["security"] == [{name: scopes}]
    scheme: dict[str, Any] = document["components"]["securitySchemes"][name]
    assert scheme["type"] == "apiKey"
    return scheme


def test_a_user_pool_is_a_stage_variable_an_id_or_an_arn(tmp_path: Path) -> None:
    for pools, ends in (
        ("", [":${AWS::AccountId}:userpool/${stageVariables.oauth}"]),
        ('user_pools = ["eu-west-1_a"]', [":${AWS::AccountId}:userpool/eu-west-1_a"]),
        ('user_pools = ["arn:aws:cognito-idp:r:1:userpool/p", "q"]', ["r:1:userpool/p", "pool/q"]),
    ):
        scheme = rendered(tmp_path, "oauth", f'type = "cognito_user_pools"\n{pools}')
        extension = scheme[EXTENSION]
        assert extension["type"] == "cognito_user_pools"
        assert extension["identitySource"] == HEADER
        assert len(extension["providerARNs"]) == len(ends)
        assert all(a.endswith(b) for a, b in zip(extension["providerARNs"], ends, strict=True))
        assert scheme["x-amazon-apigateway-authtype"] == "cognito_user_pools"


def test_a_jwt_authorizer_finds_the_issuer_of_an_openid_scheme(tmp_path: Path) -> None:
    scheme = rendered(tmp_path, "oidc", 'type = "jwt"\naudiences = ["a", "b"]')
    assert scheme[EXTENSION]["jwtConfiguration"] == {
        "issuers": [{"issuer": "https://id.example/x", "audiences": ["a", "b"]}],
        "defaultAlgorithms": ["RS256"],
    }
    text = 'type = "jwt"\naudiences = ["a"]\nissuer = "https://i.example"\nalgorithms = ["ES256"]'
    configuration = rendered(tmp_path, "bearer", text)[EXTENSION]["jwtConfiguration"]
    assert configuration["issuers"][0]["issuer"] == "https://i.example"
    assert configuration["defaultAlgorithms"] == ["ES256"]


@pytest.mark.parametrize(
    ("name", "kind", "source"),
    [
        ("bearer", "token", HEADER),
        ("basic", "request", HEADER),
        ("named", "token", "method.request.header.X-Token"),
        ("asked", "request", "method.request.querystring.token"),
    ],
)
def test_a_lambda_authorizer_reads_the_token_where_the_scheme_has_it(
    tmp_path: Path, name: str, kind: str, source: str
) -> None:
    scheme = rendered(tmp_path, name, f'type = "{kind}"\nresult_ttl_in_seconds = 0')
    extension = scheme[EXTENSION]
    assert (extension["type"], extension["identitySource"]) == (kind, source)
    assert extension["authorizerResultTtlInSeconds"] == 0
    variable = "function:${stageVariables." + name + "}/invocations"
    assert extension["authorizerUri"].endswith(variable)
    assert "${AWS::AccountId}" in extension["authorizerUri"]
    named = rendered(tmp_path, name, f'type = "{kind}"\nfunction = "guard:live"')
    assert ":function:guard:live/invocations" in named[EXTENSION]["authorizerUri"]


def test_a_schemes_name_becomes_the_name_of_a_stage_variable(tmp_path: Path) -> None:
    text = 'type = "request"\nidentity_source = "method.request.header.Cookie"'
    scheme = rendered(tmp_path, "cookie-x", text)
    assert "${stageVariables.cookie_x}" in scheme[EXTENSION]["authorizerUri"]
    _, settings = settings_of(tmp_path, f'[tool.contract.authorizers."cookie-x"]\n{text}')
    assert settings.stage_variables == ("cookie_x",)


def test_what_the_service_checks_is_not_asked_for_at_the_gateway(tmp_path: Path) -> None:
    table = '[tool.contract.authorizers.basic]\ntype = "service"'
    both = [{"basic": [], "key": []}]
    contract, settings = settings_of(tmp_path, table, both)
    document = import_document(contract, settings)
    assert document["paths"]["/things/{id}"]["get"]["security"] == [{"key": []}]
    assert "basic" not in document["components"]["securitySchemes"]
    preflight = document["paths"]["/things/{id}"]["options"]
    allowed = preflight["x-amazon-apigateway-integration"]["responses"]["default"]
    headers = allowed["responseParameters"]["method.response.header.Access-Control-Allow-Headers"]
    assert headers == "'Authorization,Content-Type,x-api-key'"


def test_a_scheme_that_no_operation_asks_for_is_not_imported(tmp_path: Path) -> None:
    contract, settings = settings_of(tmp_path, "")
    schemes = import_document(contract, settings)["components"]["securitySchemes"]
    assert all(scheme["type"] == "apiKey" for scheme in schemes.values())
    assert "bearer" not in schemes


WRONG = """
[tool.contract]
colour = 1
binary_media_types = ["*"]
[tool.contract.authorizers]
nobody = {type = "token"}
bearer = {type = "lambda"}
basic = {type = "jwt", audiences = ["a"], issuer = "https://i.example"}
oidc = {type = "jwt", issuer = "http://i.example", algorithms = ["HS256"]}
oauth = {type = "jwt", audiences = ["a"]}
named = {type = "token", result_ttl_in_seconds = 3601, pools = []}
asked = {type = "token"}
"cookie-x" = {type = "request"}
key = 3
"""


def test_every_problem_is_reported_with_its_table(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(tmp_path, WRONG)
    problems = caught.value.problems
    for words in (
        "[tool.contract]: unknown setting colour",
        "[tool.contract]: binary_media_types is not a list of media types: ['*']",
        "authorizers.nobody]: unknown security scheme; the contract has: bearer, basic",
        "authorizers.bearer]: unknown type 'lambda'; use one of: token, request",
        "authorizers.basic]: jwt reads bearer tokens",
        "authorizers.oidc]: audiences is missing",
        "authorizers.oidc]: issuer must be an https URL",
        "authorizers.oidc]: unknown algorithm HS256",
        "authorizers.oauth]: issuer is missing",
        "authorizers.named]: unknown setting pools for token",
        "authorizers.asked]: token reads a header, but the scheme has `in: query`",
        "authorizers.cookie-x]: identity_source is missing",
        "authorizers.key]: is not a table: 3",
    ):
        assert any(words in each for each in problems), words
    assert all(
        line.startswith(f"{tmp_path}/pyproject.toml: ") for line in str(caught.value).split("\n")
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tool", "cannot be read"),
        ("tool = 1", "tool is not a table"),
        ("[tool]\ncontract = 1", "contract is not a table"),
        ("[tool.contract]\nauthorizers = 1", "authorizers is not a table"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    path = str(written(tmp_path, whole()))
    (tmp_path / "pyproject.toml").write_text(text)
    for command in (["lint", path], ["gateway", path], ["drift", path, "--export", "none.json"]):
        assert main(command) == 2
        output = capsys.readouterr()
        assert words in output.err
        assert (len(output.err.splitlines()), output.out) == (1, "")


def test_a_settings_file_that_is_named_has_to_be_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(written(tmp_path, whole()))
    assert main(["gateway", path, "--settings", str(tmp_path / "none.toml")]) == 2
    assert "there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize("origin", ["shop.example", "https://shop.example/", "https://A.example"])
def test_an_origin_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], origin: str
) -> None:
    assert main(["gateway", str(written(tmp_path, whole())), "--allow-origin", origin]) == 2
    assert f"'{origin}' is not an origin (as in https://shop.example" in capsys.readouterr().err


def test_all_origins_and_one_of_them_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    origins = ["--allow-origin", "*", "--allow-origin", "https://a.example"]
    assert main(["gateway", str(written(tmp_path, whole())), *origins]) == 2
    assert "* allows every origin" in capsys.readouterr().err


def test_with_any_media_type_binary_the_preflight_is_converted_to_text(tmp_path: Path) -> None:
    contract, settings = settings_of(tmp_path, '[tool.contract]\nbinary_media_types = ["*/*"]')
    document = import_document(contract, settings)
    assert document["x-amazon-apigateway-binary-media-types"] == ["*/*"]
    integration = document["paths"]["/things/{id}"]["options"]["x-amazon-apigateway-integration"]
    assert integration["contentHandling"] == "CONVERT_TO_TEXT"
    assert integration["responses"]["default"]["contentHandling"] == "CONVERT_TO_TEXT"


@pytest.mark.parametrize(
    ("security", "imported", "rules"),
    [
        ([{"oauth": ["read"]}, {"oauth": ["write"]}], [{"oauth": ["read", "write"]}], {"scopes"}),
        ([{"oauth": ["read"]}, {"oauth": ["read"]}], [{"oauth": ["read"]}], {"scopes"}),
        ([{"oauth": ["read"]}, {"oauth": []}], [{"oauth": []}], set()),
        (
            [{"oauth": ["read"], "key": []}, {"key": [], "oauth": ["write"]}],
            [{"oauth": ["read", "write"], "key": []}],
            {"scopes"},
        ),
        (
            [{"oauth": ["read", "write"]}, {"oauth": ["write"]}],
            [{"oauth": ["read", "write"]}],
            {"any-scope"},
        ),
        (
            [{"oauth": ["read"]}, {}],
            [{"oauth": ["read"]}, {}],
            {"scopes", "security-alternatives"},
        ),
    ],
)
def test_alternatives_that_differ_in_scopes_are_one_requirement_with_any_of_them(
    tmp_path: Path,
    security: list[dict[str, list[str]]],
    imported: list[dict[str, list[str]]],
    rules: set[str],
) -> None:
    table = (
        '[tool.contract.authorizers.oauth]\ntype = "jwt"\nissuer = "https://a.example"\n'
        'audiences = ["a"]\n'
    )
    contract, settings = settings_of(tmp_path, table, security)
    method = import_document(contract, settings)["paths"]["/things/{id}"]["get"]
    assert method["security"] == imported
    found = {each.rule.id for each in lint(Rendered.of(contract, settings))}
    assert found & {"scopes", "any-scope", "security-alternatives"} == rules
